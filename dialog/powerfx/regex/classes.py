r"""Character classes: `[a-z\d]`, with the strict rules of Unicode-aware JavaScript."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dialog.powerfx.regex.characters import (
    CATEGORIES,
    SETS,
    SIMPLE,
    Test,
    between,
    exactly,
    ignoring_case,
    in_category,
    outside,
)
from dialog.powerfx.regex.sizes import PatternError

_TOKEN = re.compile(
    r"\\x(?P<hex>[0-9a-fA-F]{2})|\\u(?P<unit>[0-9a-fA-F]{4})|\\u\{(?P<point>[0-9a-fA-F]{1,8})\}"
    r"|\\(?P<case>[pP])\{(?P<category>[\w=:-]+)\}|\\(?P<escape>.)|(?P<plain>.)",
    re.DOTALL,
)
_ESCAPED = frozenset(r"^$\.*+?()[]{}|/# &-!%,;:<=>@`~")
_FORBIDDEN = frozenset("/|\\{}()[]^")
_DOUBLES = frozenset("<=>:@`~%&;,!|#$*+.?^-")


@dataclass(frozen=True)
class _Item:
    """A character of a class, or a set of them."""

    character: str | None
    test: Test
    hyphen: bool = False


def read_class(text: str, begin: int, *, ignores_case: bool) -> tuple[Test, int]:
    """The class that begins at `begin`, and where it ends.

    Raises:
        PatternError: it is none.
    """
    at = begin + 1
    negative = text[at : at + 1] == "^"
    at += negative
    body, end = _body(text, at)
    if not body:
        raise PatternError("an empty character class")
    if body[0] == "-" or (body[-1] == "-" and body[-2:] != "\\-"):
        raise PatternError("a - at the edge of a character class must be written \\-")
    tests = list(_ranges(_items(body, negative=negative, ignores_case=ignores_case)))

    def among(unit: str) -> bool:
        return any(each(unit) for each in tests)

    test = ignoring_case(among) if ignores_case else among
    return (outside(test) if negative else test), end


def _body(text: str, at: int) -> tuple[str, int]:
    begin = at
    while at < len(text):
        if text[at] == "\\":
            at += 2
        elif text[at] == "]":
            return text[begin:at], at + 1
        elif text[at] == "[":
            raise PatternError("a [ in a character class must be written \\[")
        else:
            at += 1
    raise PatternError("a character class is not closed")


def _items(body: str, *, negative: bool, ignores_case: bool) -> Iterator[_Item]:
    for match in _TOKEN.finditer(body):
        if match["plain"]:
            yield _plain(match["plain"], body[match.end() : match.end() + 1])
        elif match["category"]:
            yield _category(match, negative=negative, ignores_case=ignores_case)
        elif match["escape"]:
            yield _escaped(match["escape"], negative=negative)
        else:
            yield _coded(int(match["hex"] or match["unit"] or match["point"], 16))


def _plain(letter: str, following: str) -> _Item:
    if letter in _FORBIDDEN:
        raise PatternError(f"a {letter} in a character class must be written \\{letter}")
    if letter == following and letter in _DOUBLES:
        raise PatternError(f"{letter * 2} in a character class is reserved")
    if "\ud800" <= letter <= "\udfff":
        raise PatternError("a character class has no Unicode pairs")
    return _Item(letter, exactly(letter), hyphen=letter == "-")


def _category(match: re.Match[str], *, negative: bool, ignores_case: bool) -> _Item:
    if match["category"] not in CATEGORIES:
        raise PatternError("there is no such Unicode category")
    test = in_category(match["category"], ignores_case=ignores_case)
    if match["case"] == "p":
        return _Item(None, test)
    if negative:
        raise PatternError("a negative set in a negative character class")
    return _Item(None, outside(test))


def _escaped(letter: str, *, negative: bool) -> _Item:
    if letter in SETS:
        if letter.isupper() and negative:
            raise PatternError("a negative set in a negative character class")
        return _Item(None, SETS[letter])
    if letter not in SIMPLE and letter not in _ESCAPED:
        raise PatternError("an unknown escape code in a character class")
    character = SIMPLE.get(letter, letter)
    return _Item(character, exactly(character))


def _coded(code: int) -> _Item:
    if code > 0xFFFF or 0xD800 <= code <= 0xDFFF:
        raise PatternError("a character class has no Unicode pairs")
    return _Item(chr(code), exactly(chr(code)))


def _ranges(items: Iterator[_Item]) -> Iterator[Test]:
    """The tests of the items, with `a-z` taken together."""
    waiting = list(items)
    at = 0
    while at < len(waiting):
        item = waiting[at]
        if item.hyphen:
            raise PatternError("a - in a character class must be written \\-")
        if at + 2 < len(waiting) and waiting[at + 1].hyphen:
            last = waiting[at + 2]
            if last.hyphen or item.character is None or last.character is None:
                raise PatternError("a range goes from one character to another")
            if last.character < item.character:
                raise PatternError("a range is the wrong way round")
            yield between(item.character, last.character)
            at += 3
        else:
            yield item.test
            at += 1
