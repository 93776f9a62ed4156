"""Escape codes of a pattern that stand for a character, or for one of several."""

import re

from dialog.powerfx.regex.characters import (
    CATEGORIES,
    SETS,
    SIMPLE,
    Test,
    exactly,
    ignoring_case,
    in_category,
    outside,
)
from dialog.powerfx.regex.sizes import PatternError
from dialog.powerfx.utf16 import units

_POINT = re.compile(r"\\u\{([0-9a-fA-F]{1,8})\}")
_UNIT = re.compile(r"\\x([0-9a-fA-F]{2})|\\u([0-9a-fA-F]{4})")
_CATEGORY = re.compile(r"\\([pP])\{([\w=:-]+)\}")
_ESCAPED = frozenset(r"^$\.*+?()[]{}|/# ")


def read_escape(text: str, at: int, *, ignores_case: bool) -> tuple[tuple[Test, ...], int]:
    """The tests for the one or two UTF-16 units that an escape code stands for, and where it ends.

    Raises:
        PatternError: there is no such code.
    """
    if match := _POINT.match(text, at):
        return _literal(_point(int(match[1], 16)), ignores_case=ignores_case), match.end()
    if match := _UNIT.match(text, at):
        found, end = _code_units(text, match)
        return _literal(found, ignores_case=ignores_case), end
    if match := _CATEGORY.match(text, at):
        return (_category(match, ignores_case=ignores_case),), match.end()
    letter = text[at + 1 : at + 2]
    if letter in SETS:
        return (ignoring_case(SETS[letter]) if ignores_case else SETS[letter],), at + 2
    if letter in SIMPLE or (letter and letter in _ESCAPED):
        return _literal(SIMPLE.get(letter, letter), ignores_case=ignores_case), at + 2
    raise PatternError("an unknown escape code")


def _literal(found: str, *, ignores_case: bool) -> tuple[Test, ...]:
    if len(found) == 1 and ignores_case:
        return (ignoring_case(exactly(found)),)
    return tuple(map(exactly, found))


def _point(code: int) -> str:
    if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        raise PatternError("there is no such Unicode character")
    return units(chr(code))


def _code_units(text: str, match: re.Match[str]) -> tuple[str, int]:
    """The unit that a code gives, with the other half of its pair behind it."""
    unit = chr(int(match[1] or match[2], 16))
    if not "\ud800" <= unit <= "\udfff":
        return unit, match.end()
    following = _UNIT.match(text, match.end())
    low = chr(int(following[2], 16)) if following and following[2] else ""
    if unit > "\udbff" or not "\udc00" <= low <= "\udfff" or not following:
        raise PatternError("half of a Unicode pair")
    return unit + low, following.end()


def _category(match: re.Match[str], *, ignores_case: bool) -> Test:
    if match[2] not in CATEGORIES:
        raise PatternError("there is no such Unicode category")
    test = in_category(match[2], ignores_case=ignores_case)
    return outside(test) if match[1] == "P" else test
