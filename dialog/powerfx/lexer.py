"""The tokens of a Power Fx formula (grammar: github.com/microsoft/Power-Fx, docs/expression-grammar.md)."""

import re
from dataclasses import dataclass


class FormulaError(Exception):
    """A formula that cannot be read. `position` is the character at which it goes wrong, from 0."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.message = message
        self.position = position


@dataclass(frozen=True)
class Token:
    """One token: its kind, its text, and where it begins."""

    kind: str
    text: str
    position: int


_TOKENS = re.compile(
    r"""(?P<space>\s+|//[^\n]*|/\*.*?\*/)
      |(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+)
      |(?P<interpolated>\$"(?:[^"{]|""|\{\{|\{[^{}]*\})*")
      |(?P<text>"(?:[^"]|"")*")
      |(?P<quoted>'(?:[^']|'')*')
      |(?P<name>[^\W\d]\w*)
      |(?P<operator><>|<=|>=|\|\||&&|[-+*/^%&=<>!.,;:(){}\[\]@])
    """,
    re.VERBOSE | re.DOTALL,
)
_WORDS = {"and": "&&", "And": "&&", "AND": "&&", "or": "||", "Or": "||", "OR": "||", "not": "!", "Not": "!", "NOT": "!"}
_OPERATORS = {"in", "exactin", "As"}


def tokens_of(source: str) -> list[Token]:
    """The tokens of `source`, with one of kind "end" behind the last.

    Raises:
        FormulaError: a character that no token begins with.
    """
    tokens: list[Token] = []
    position = 0
    while position < len(source):
        match = _TOKENS.match(source, position)
        if not match:
            raise FormulaError(_unreadable(source, position), position)
        if match.lastgroup != "space":
            tokens.append(_token(match, source))
        position = match.end()
    return [*tokens, Token("end", "", len(source))]


def _token(match: re.Match[str], source: str) -> Token:
    kind, text, position = match.lastgroup or "", match.group(), match.start()
    if kind == "text":
        return Token(kind, text[1:-1].replace('""', '"'), position)
    if kind == "quoted":
        return Token("name", text[1:-1].replace("''", "'"), position)
    if kind == "name" and text in _OPERATORS:
        return Token("operator", text, position)
    # `And(a, b)` is a function, `a and b` an operator: only a parenthesis tells them apart.
    if kind == "name" and text in _WORDS and not source[match.end() :].lstrip().startswith("("):
        return Token("operator", _WORDS[text], position)
    return Token(kind, text, position)


def _unreadable(source: str, position: int) -> str:
    if source[position] in "\"'":
        return f"the text that begins with {source[position]} does not end"
    return f"{source[position]!r} cannot stand here"
