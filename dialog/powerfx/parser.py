"""Reading a formula by operator precedence (Pratt)."""

from collections.abc import Sequence

from dialog.powerfx.lexer import FormulaError, Token
from dialog.powerfx.syntax import (
    Aliased,
    Binary,
    Call,
    Chain,
    Field,
    Interpolated,
    Joined,
    Literal,
    Name,
    Node,
    Number,
    RecordLiteral,
    TableLiteral,
    Unary,
    height_of,
)

MAX_DEPTH = 50
"""Nested parts of one formula: Python's own stack is not a formula's to exhaust."""
MAX_HEIGHT = 100
"""Parts inside one another, parentheses or not."""
MAX_CHAINED = 1_000
"""Operators that follow one another without parentheses."""

_BINARY = {
    "As": 2, "||": 3, "&&": 4, "in": 5, "exactin": 5, "=": 6, "<>": 6, "<": 6, "<=": 6, ">": 6, ">=": 6,
    "&": 7, "+": 8, "-": 8, "*": 9, "/": 9, "^": 11,
}  # fmt: skip
_PREFIX = 10
_JOINING = frozenset(["&", "&&", "||"])


def parse(tokens: Sequence[Token]) -> Node:
    """The tree that the tokens are; no token at all is Blank.

    Raises:
        FormulaError: they are no Power Fx.
    """
    if len(tokens) == 1:
        return Literal(0, None)
    parser = _Parser(tokens)
    tree = parser.chain()
    parser.expect("end", "")
    if height_of(tree) > MAX_HEIGHT:
        raise FormulaError(f"nested more than {MAX_HEIGHT} deep", tree.position)
    return tree


class _Parser:
    def __init__(self, tokens: Sequence[Token], depth: int = 0) -> None:
        self._tokens = tokens
        self._index = 0
        self._depth = depth

    @property
    def _next(self) -> Token:
        return self._tokens[self._index]

    def _take(self) -> Token:
        token = self._next
        self._index += token.kind != "end"
        return token

    def _at(self, text: str) -> bool:
        return self._next.kind == "operator" and self._next.text == text

    def expect(self, kind: str, text: str) -> Token:
        """Take the next token, which must be this."""
        token = self._next
        if token.kind != kind or (text and token.text != text):
            found = f'"{token.text}"' if token.text else "the end"
            raise FormulaError(f"expected {f'{text!r}' if text else 'the end'}, found {found}", token.position)
        return self._take()

    def chain(self) -> Node:
        """Read formulas that follow one another behind semicolons."""
        steps = [self.expression(0)]
        while self._at(";"):
            self._take()
            if self._next.kind == "end" or self._at(")"):
                break
            steps.append(self.expression(0))
        return steps[0] if len(steps) == 1 else Chain(steps[0].position, tuple(steps))

    def expression(self, weakest: int) -> Node:
        """Read as far as operators bind more tightly than `weakest`."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise FormulaError(f"nested more than {MAX_DEPTH} deep", self._next.position)
        left = self._prefixed()
        chained = 0
        while self._next.kind == "operator" and (binds := _BINARY.get(self._next.text, 0)) > weakest:
            left = self._binary(left, binds)
            chained += not isinstance(left, Joined)
            if chained > MAX_CHAINED:
                raise FormulaError(f"more than {MAX_CHAINED} operators in a row", self._next.position)
        self._depth -= 1
        return left

    def _binary(self, left: Node, binds: int) -> Node:
        operator = self._take()
        if operator.text == "As":
            return Aliased(operator.position, left, self._identifier("a name").text)
        # `^` binds to the right, all others to the left.
        right = self.expression(_PREFIX if operator.text == "^" else binds)
        if operator.text in _JOINING:
            before = left.operands if isinstance(left, Joined) and left.operator == operator.text else (left,)
            return Joined(operator.position, operator.text, (*before, right))
        return Binary(operator.position, operator.text, left, right)

    def _identifier(self, what: str) -> Token:
        token = self._take()
        if token.kind not in {"name", "identifier"}:
            found = f'"{token.text}"' if token.text else "the end"
            raise FormulaError(f"expected {what}, found {found}", token.position)
        return token

    def _prefixed(self) -> Node:
        token = self._next
        if token.kind == "operator" and token.text in {"-", "!"}:
            self._take()
            return Unary(token.position, token.text, self.expression(_PREFIX))
        return self._postfixed(self._primary())

    def _postfixed(self, node: Node) -> Node:
        for _ in range(MAX_CHAINED):
            if self._at("."):
                dot = self._take()
                node = Field(dot.position, node, self._identifier("a column's name").text)
            elif self._at("[") and isinstance(node, Name | Field):
                node = self._scoped(node)
            elif self._at("%"):
                node = Unary(self._take().position, "%", node)
            else:
                return node
        raise FormulaError(f"more than {MAX_CHAINED} operators in a row", self._next.position)

    def _scoped(self, node: Node) -> Node:
        """`Table[@Column]`: the column of the row in scope that the table gives."""
        bracket = self._take()
        self.expect("operator", "@")
        column = self._identifier("a column's name")
        self.expect("operator", "]")
        return Field(bracket.position, node, column.text)

    def _primary(self) -> Node:
        token = self._take()
        match token.kind, token.text:
            case "number", text:
                return Number(token.position, text)
            case "text", text:
                return Literal(token.position, text)
            case "interpolated", _:
                return self._interpolated(token)
            case "name", ("true" | "false") as text if not self._at("("):
                return Literal(token.position, text == "true")
            case (("name" | "identifier"), text):
                return self._call(token) if self._at("(") else Name(token.position, text)
            case "operator", "(":
                inner = self.chain()
                self.expect("operator", ")")
                return inner
            case "operator", "{":
                return self._record(token)
            case "operator", "[":
                return self._table(token)
            case _:
                found = f'"{token.text}"' if token.text else "the end"
                raise FormulaError(f"expected a value, found {found}", token.position)

    def _call(self, name: Token) -> Node:
        self._take()
        return Call(name.position, name.text, tuple(self._list(")", chains=True)))

    def _table(self, bracket: Token) -> Node:
        if self._at("@"):
            self._take()
            name = self._identifier("a name")
            self.expect("operator", "]")
            return Name(name.position, name.text, is_global=True)
        return TableLiteral(bracket.position, tuple(self._list("]")))

    def _list(self, closing: str, *, chains: bool = False) -> list[Node]:
        items: list[Node] = []
        while not self._at(closing) or items:
            items.append(self.chain() if chains else self.expression(0))
            if self._at(closing):
                break
            self.expect("operator", ",")
        self._take()
        return items

    def _record(self, brace: Token) -> Node:
        fields: list[tuple[str, Node]] = []
        while not self._at("}") or fields:
            name = self._identifier("a column's name")
            self.expect("operator", ":")
            if any(name.text == other for other, _ in fields):
                raise FormulaError(f'the record has two columns "{name.text}"', name.position)
            fields.append((name.text, self.expression(0)))
            if self._at("}"):
                break
            self.expect("operator", ",")
        self._take()
        return RecordLiteral(brace.position, tuple(fields))

    def _interpolated(self, token: Token) -> Node:
        parts: list[Node] = []
        for part in token.parts:
            if isinstance(part, str):
                parts.append(Literal(token.position, part))
                continue
            inner = _Parser(part, self._depth)
            parts.append(inner.chain())
            inner.expect("end", "")
        return Interpolated(token.position, tuple(parts))
