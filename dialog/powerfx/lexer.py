"""The tokens of a Power Fx formula (grammar: github.com/microsoft/Power-Fx, docs/expression-grammar.md)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

MAX_NESTED_TEXTS = 20
"""Interpolated texts inside one another."""


class FormulaError(Exception):
    """A formula that cannot be read. `position` is the character at which it goes wrong, from 0."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.message = message
        self.position = position


@dataclass(frozen=True, slots=True)
class Token:
    """One token: its kind, its text, where it begins. An interpolated text has parts: texts, and lists of tokens."""

    kind: str
    text: str
    position: int
    parts: tuple["str | tuple[Token, ...]", ...] = ()


_TOKENS = re.compile(
    r"""(?P<space>\s+|//[^\r\n]*|/\*.*?\*/)
      |(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
      |(?P<interpolated>\$")
      |(?P<text>"(?:[^"]|"")*")
      |(?P<quoted>'(?:[^']|'')+')
      |(?P<name>[^\W\d][\w\u200b-\u200d]*)
      |(?P<operator><>|<=|>=|\|\||&&|[-+*/^%&=<>!.,;:(){}\[\]@])
    """,
    re.VERBOSE | re.DOTALL,
)
_WORDS = {"and": "&&", "And": "&&", "AND": "&&", "or": "||", "Or": "||", "OR": "||", "not": "!", "Not": "!", "NOT": "!"}
_ENDS = frozenset([")", "]", "}", "%"])
_OPERATORS = frozenset(["in", "exactin", "As"])
_RESERVED = frozenset(
    [
        "Is",
        "This",
        "blank",
        "Child",
        "Children",
        "Siblings",
        "empty",
        "null",
        "none",
        "nothing",
        "undefined",
    ]  # the language keeps them
)


def tokens_of(source: str, *, reserved: bool = True) -> list[Token]:
    """The tokens of `source`, with one of kind "end" behind the last.

    Raises:
        FormulaError: a character that no token begins with, or a word that the language keeps for itself.
    """
    lexer = _Lexer(source, reserved=reserved)
    tokens = lexer.tokens(nested=0)
    return [*tokens, Token("end", "", len(source))]


def text_first_tokens(source: str) -> list[Token]:
    """The tokens of a formula where text stands as it is, `${…}` holds formulas and a first `=` begins a whole one."""
    if source.startswith("="):
        return [Token("space", " ", 0), *tokens_of(source.replace("=", " ", 1))][1:]
    parts = _Lexer(source, reserved=True).interpolated(0, text_first=True)
    return [Token("interpolated", source, 0, parts), Token("end", "", len(source))]


class _Lexer:
    def __init__(self, source: str, *, reserved: bool) -> None:
        self._source = source
        self._reserved = reserved
        self._position = 0

    def tokens(self, nested: int) -> list[Token]:
        """The tokens up to the end, or up to the brace that ends an island in an interpolated text."""
        tokens: list[Token] = []
        braces = 0
        while self._position < len(self._source):
            match = _TOKENS.match(self._source, self._position)
            if not match:
                raise FormulaError(_unreadable(self._source, self._position), self._position)
            if nested and match.group() == "}" and braces == 0:
                return tokens
            braces += (match.group() == "{") - (match.group() == "}")
            self._position = match.end()
            if match.lastgroup == "interpolated":
                parts = self.interpolated(nested)
                tokens.append(Token("interpolated", self._source[match.start() : self._position], match.start(), parts))
            elif match.lastgroup != "space":
                tokens.append(self._token(match, tokens))
        if nested:
            raise FormulaError("a formula in a text does not end with }", self._position)
        return tokens

    def interpolated(self, nested: int, *, text_first: bool = False) -> tuple[str | tuple[Token, ...], ...]:
        """The parts of an interpolated text up to the quote (or the end) that ends it."""
        if nested >= MAX_NESTED_TEXTS:
            raise FormulaError(f"texts are nested more than {MAX_NESTED_TEXTS} deep", self._position)
        parts: list[str | tuple[Token, ...]] = []
        plain: list[str] = []
        source, begin = self._source, self._position
        opening = "${" if text_first else "{"
        while self._position < len(source):
            at = self._position
            pair = source[at : at + 2]
            if not text_first and pair in {"{{", "}}", '""'}:
                plain.append(pair[0])
                self._position += 2
            elif source[at] == '"' and not text_first:
                self._position += 1
                return (*parts, "".join(plain))
            elif text_first and source.startswith("$${", at):
                plain.append("${")
                self._position += 3
            elif source.startswith(opening, at):
                parts.append("".join(plain))
                plain.clear()
                self._position += len(opening)
                parts.append(self._island(nested))
            elif source[at] == "}" and not text_first:
                raise FormulaError("a lone } in an interpolated text: write }}", at)
            else:
                plain.append(source[at])
                self._position += 1
        if not text_first:
            raise FormulaError("the text that begins here does not end", begin)
        return (*parts, "".join(plain))

    def _island(self, nested: int) -> tuple[Token, ...]:
        begin = self._position
        tokens = self.tokens(nested + 1)
        if not tokens:
            raise FormulaError("an empty formula in an interpolated text", begin)
        self._position += 1
        return (*tokens, Token("end", "", self._position))

    def _token(self, match: re.Match[str], before: Sequence[Token]) -> Token:
        kind, text, position = match.lastgroup or "", match.group(), match.start()
        if kind == "text":
            return Token(kind, text[1:-1].replace('""', '"'), position)
        if kind == "quoted":
            return Token("identifier", text[1:-1].replace("''", "'"), position)
        after_dot = bool(before) and before[-1].text == "." and before[-1].kind == "operator"
        if kind != "name" or after_dot:
            return Token("identifier" if kind == "name" else kind, text, position)
        if text in _OPERATORS:
            return Token("operator", text, position)
        if text in _WORDS and self._is_operator(text, match.end(), before):
            return Token("operator", _WORDS[text], position)
        if text in _RESERVED and self._reserved:
            raise FormulaError(f"\"{text}\" is a reserved word: write '{text}' to name something so", position)
        return Token(kind, text, position)

    def _is_operator(self, word: str, end: int, before: Sequence[Token]) -> bool:
        """`And(a, b)` calls a function, `a and (b)` is an operator, `not (a)` is either, with the same meaning."""
        if _WORDS[word] != "!":
            return bool(before) and (before[-1].kind != "operator" or before[-1].text in _ENDS)
        return not self._source[end:].lstrip().startswith("(")


def _unreadable(source: str, position: int) -> str:
    if source[position] in "\"'":
        return f"the text that begins with {source[position]} does not end"
    return f"{source[position]!r} cannot stand here"
