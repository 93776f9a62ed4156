"""Sets of characters, as .NET defines them over UTF-16 code units."""

import unicodedata
from collections.abc import Callable
from functools import lru_cache

Test = Callable[[str], bool]

NEWLINES = frozenset("\r\n\x0b\x0c\x85\u2028\u2029")
CATEGORIES = frozenset(
    [
        "L",
        "Lu",
        "Ll",
        "Lt",
        "Lm",
        "Lo",
        "M",
        "Mn",
        "Mc",
        "Me",
        "N",
        "Nd",
        "Nl",
        "No",
        "P",
        "Pc",
        "Pd",
        "Ps",
        "Pe",
        "Pi",
        "Pf",
        "Po",
        "S",
        "Sm",
        "Sc",
        "Sk",
        "So",
        "Z",
        "Zs",
        "Zl",
        "Zp",
        "Cc",
        "Cf",
    ]
)


@lru_cache(maxsize=4_096)
def _category(unit: str) -> str:
    return unicodedata.category(unit)


def is_digit(unit: str) -> bool:
    r"""`\d`: a decimal digit of any script."""
    return unit.isdecimal()


def is_word(unit: str) -> bool:
    r"""`\w`: letters, marks, digits and connectors."""
    return _category(unit) in {"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Nd", "Pc"}


def is_edge_word(unit: str) -> bool:
    r"""What `\b` takes for a word: also the two joiners."""
    return is_word(unit) or unit in "\u200c\u200d"


def is_space(unit: str) -> bool:
    r"""`\s`: separators, and the control characters that are white."""
    return unit in "\t\n\x0b\x0c\r\x85" or _category(unit)[0] == "Z"


_CASED = ("Lu", "Ll", "Lt")


def in_category(name: str, *, ignores_case: bool = False) -> Test:
    r"""`\p{…}`; where capitals do not matter, the categories of cased letters are one."""
    if ignores_case and name in _CASED:
        return lambda unit: _category(unit) in _CASED
    return lambda unit: _category(unit).startswith(name)


def outside(test: Test) -> Test:
    """All but those."""
    return lambda unit: not test(unit)


def exactly(character: str) -> Test:
    """One character."""
    return lambda unit: unit == character


def between(first: str, last: str) -> Test:
    """From one to another."""
    return lambda unit: first <= unit <= last


@lru_cache(maxsize=4_096)
def cases(unit: str) -> frozenset[str]:
    """A code unit in capitals and in small letters, as .NET equates them regardless of culture."""
    if unit in _KELVINS:
        return _KELVINS[unit]
    forms = {unit, unit.lower(), unit.upper()}
    forms |= {form for each in tuple(forms) for form in (each.lower(), each.upper())}
    return frozenset(form for form in forms if len(form) == 1 and _pairs(unit, form))


_SETS = (
    "kK\u212a",
    "åÅ\u212b",
    "ωΩ\u2126",
    "θΘϑϴ",
    "βΒϐ",
    "εΕϵ",
    "κΚϰ",
    "μΜµ",
    "πΠϖ",
    "ρΡϱ",
    "σΣς",
    "φΦϕ",
    "ιΙ\u1fbe\u0345",
)
_KELVINS = {unit: frozenset(each) for each in _SETS for unit in each}


def _pairs(unit: str, form: str) -> bool:
    """Small letters that have a capital only by Unicode's special cases are left alone (ſ is no s, ı no i)."""
    return (
        unit == form or form.lower() == unit.lower() or (form.upper() == unit.upper() and not {unit, form} & set("ſıİ"))
    )


def ignoring_case(test: Test) -> Test:
    """Those, in capitals or not."""
    return lambda unit: any(test(form) for form in cases(unit))


SIMPLE = {"f": "\f", "n": "\n", "r": "\r", "t": "\t"}
"""Escape codes that stand for one character."""
SETS: dict[str, Test] = {
    "d": is_digit, "s": is_space, "w": is_word, "D": outside(is_digit), "S": outside(is_space), "W": outside(is_word),
}  # fmt: skip
"""Escape codes that stand for sets."""
