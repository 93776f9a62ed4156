"""The tokens of a Power Fx expression."""

import re
from dataclasses import dataclass

from dialog.powerfx.syntax import FormulaError

_TOKEN = re.compile(
    r"""
    (?P<space>\s+|//[^\n]*|/\*.*?\*/)
  | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)
  | (?P<interpolated>\$")
  | (?P<text>"(?:[^"]|"")*")
  | (?P<quoted>'(?:[^']|'')*')
  | (?P<word>[^\W\d]\w*)
  | (?P<operator><>|<=|>=|\|\||&&|[-+*/^%=<>!&.,;:(){}\[\]@])
    """,
    re.VERBOSE | re.DOTALL,
)
_WORD_OPERATORS = {"and": "&&", "or": "||", "not": "!", "And": "And", "in": "in", "exactin": "exactin", "As": "As"}


@dataclass(frozen=True)
class Token:
    """One token; an operator's `kind` is "operator", the last one's "end"."""

    kind: str
    text: str
    position: int


def tokens_of(source: str) -> list[Token]:
    """The tokens of `source`, closed by one of kind "end".

    Raises:
        FormulaError: where something is no token.
    """
    found, at = [], 0
    while at < len(source):
        match = _TOKEN.match(source, at)
        if not match:
            raise FormulaError(f"{source[at]!r} is not expected here", at)
        kind, text, start = str(match.lastgroup), match.group(), at
        at = match.end()
        if kind == "interpolated":
            at = interpolation_end(source, at)
            text = source[start:at]
        if kind != "space":
            found.append(_token(kind, text, start, source[at : at + 1]))
    return [*found, Token("end", "", len(source))]


def _token(kind: str, text: str, start: int, following: str) -> Token:
    match kind:
        case "text":
            return Token(kind, text[1:-1].replace('""', '"'), start)
        case "quoted":
            return Token("name", text[1:-1].replace("''", "'"), start)
        case "word" if text in {"and", "or", "not", "in", "exactin", "As"} and not (text == "not" and following == "("):
            return Token("operator", _WORD_OPERATORS[text], start)
        case "word":
            return Token("word", text, start)
    return Token(kind, text, start)


def interpolation_end(source: str, start: int) -> int:
    """Where the interpolated text that begins at `start`, after its `$"`, ends: the offset after its quote.

    Raises:
        FormulaError: where it does not end.
    """
    at = start
    while at < len(source):
        if source.startswith(('""', "{{", "}}"), at):
            at += 2
        elif source[at] == '"':
            return at + 1
        elif source[at] == "{":
            at = island_end(source, at)
        else:
            at += 1
    raise FormulaError("the text is not closed", start)


def island_end(source: str, start: int) -> int:
    """The offset after the brace that closes the one at `start`; texts inside it may hold braces.

    Raises:
        FormulaError: where none closes it.
    """
    depth, at = 0, start
    while at < len(source):
        match = _TOKEN.match(source, at)
        text = match.group() if match else source[at]
        if match and match.lastgroup == "interpolated":
            at = interpolation_end(source, match.end())
            continue
        depth += {"{": 1, "}": -1}.get(text, 0)
        at += len(text)
        if depth == 0:
            return at
    raise FormulaError("the brace is not closed", start)
