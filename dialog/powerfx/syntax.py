"""A formula as a tree, read by operator precedence (Pratt)."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dialog.powerfx.lexer import FormulaError, Token, tokens_of

MAX_DEPTH = 100
"""Nested parts of one formula: Python's own stack is not a formula's to exhaust."""
MAX_LENGTH = 20_000
"""Characters of one formula; real ones reach 6,734."""


@dataclass(frozen=True)
class Node:
    """A part of a formula; `position` is where it stands."""

    position: int


@dataclass(frozen=True)
class Literal(Node):
    """A number, a text, or a Boolean."""

    value: Any


@dataclass(frozen=True)
class Name(Node):
    """A variable, a scope, or an option set."""

    name: str


@dataclass(frozen=True)
class Field(Node):
    """`of.name`."""

    of: Node
    name: str


@dataclass(frozen=True)
class Call(Node):
    """A function and its arguments."""

    function: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True)
class Unary(Node):
    """An operator before, or behind, one operand."""

    operator: str
    operand: Node


@dataclass(frozen=True)
class Binary(Node):
    """An operator between two operands."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True)
class RecordLiteral(Node):
    """`{name: value, …}`."""

    fields: tuple[tuple[str, Node], ...]


@dataclass(frozen=True)
class TableLiteral(Node):
    """`[value, …]`."""

    rows: tuple[Node, ...]


@dataclass(frozen=True)
class Interpolated(Node):
    """`$"text {formula} text"`."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Aliased(Node):
    """`table As name`."""

    of: Node
    alias: str


_BINARY = {
    "As": 2, "||": 3, "&&": 4, "in": 5, "exactin": 5, "=": 6, "<>": 6, "<": 6, "<=": 6, ">": 6, ">=": 6,
    "&": 7, "+": 8, "-": 8, "*": 9, "/": 9, "^": 11,
}  # fmt: skip
_PREFIX = 10


def parse(source: str) -> Node:
    """The tree of `source`.

    Raises:
        FormulaError: it is no Power Fx.
    """
    if len(source) > MAX_LENGTH:
        raise FormulaError(f"a formula has at most {MAX_LENGTH} characters", MAX_LENGTH)
    parser = _Parser(tokens_of(source))
    tree = parser.expression(0)
    parser.expect("end", "")
    return tree


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._index = 0
        self._depth = 0

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

    def expression(self, weakest: int) -> Node:
        """Read as far as operators bind more tightly than `weakest`."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise FormulaError(f"nested more than {MAX_DEPTH} deep", self._next.position)
        left = self._prefixed()
        while self._next.kind == "operator" and (binds := _BINARY.get(self._next.text, 0)) > weakest:
            left = self._binary(left, binds)
        self._depth -= 1
        return left

    def _binary(self, left: Node, binds: int) -> Node:
        operator = self._take()
        if operator.text == "As":
            return Aliased(operator.position, left, self.expect("name", "").text)
        # `^` binds to the right, all others to the left.
        right = self.expression(binds - 1 if operator.text == "^" else binds)
        return Binary(operator.position, operator.text, left, right)

    def _prefixed(self) -> Node:
        token = self._next
        if token.kind == "operator" and token.text in {"-", "!"}:
            self._take()
            return Unary(token.position, token.text, self.expression(_PREFIX))
        return self._postfixed(self._primary())

    def _postfixed(self, node: Node) -> Node:
        while True:
            if self._at("."):
                dot = self._take()
                node = Field(dot.position, node, self.expect("name", "").text)
            elif self._at("%"):
                node = Unary(self._take().position, "%", node)
            else:
                return node

    def _primary(self) -> Node:
        token = self._take()
        match token.kind, token.text:
            case "number", text:
                return Literal(token.position, Decimal(text))
            case "text", text:
                return Literal(token.position, text)
            case "interpolated", text:
                return self._interpolated(token)
            case "name", ("true" | "false") as text if not self._at("("):
                return Literal(token.position, text == "true")
            case "name", text:
                return self._call(token) if self._at("(") else Name(token.position, text)
            case "operator", "(":
                inner = self.expression(0)
                self.expect("operator", ")")
                return inner
            case "operator", "{":
                return self._record(token)
            case "operator", "[":
                return TableLiteral(token.position, tuple(self._list("]")))
            case _:
                found = f'"{token.text}"' if token.text else "the end"
                raise FormulaError(f"expected a value, found {found}", token.position)

    def _call(self, name: Token) -> Node:
        self._take()
        return Call(name.position, name.text, tuple(self._list(")")))

    def _list(self, closing: str) -> list[Node]:
        items: list[Node] = []
        while not self._at(closing):
            items.append(self.expression(0))
            if not self._at(closing):
                self.expect("operator", ",")
        self._take()
        return items

    def _record(self, brace: Token) -> Node:
        fields: list[tuple[str, Node]] = []
        while not self._at("}"):
            name = self._take()
            if name.kind not in {"name", "text"}:
                raise FormulaError(f'expected a column\'s name, found "{name.text}"', name.position)
            self.expect("operator", ":")
            fields.append((name.text, self.expression(0)))
            if not self._at("}"):
                self.expect("operator", ",")
        self._take()
        return RecordLiteral(brace.position, tuple(fields))

    def _interpolated(self, token: Token) -> Node:
        parts: list[Node] = []
        rest = token.text[2:-1].replace('""', '"')
        while rest:
            text, brace, rest = rest.partition("{")
            if brace and rest.startswith("{"):
                text, rest = text + "{", rest[1:].replace("}}", "}", 1)
                parts.append(Literal(token.position, text))
                continue
            parts.append(Literal(token.position, text))
            if brace:
                formula, _, rest = rest.partition("}")
                parts.append(parse(formula))
        return Interpolated(token.position, tuple(parts))
