"""Patterns of `Text(value, pattern)`: what Excel's patterns allow of them, and what .NET makes of the rest.

The checks and rewritings are those of Power Fx (TextFormatUtils in github.com/microsoft/Power-Fx); its patterns are for
numbers or for dates, never for both, and may have up to three sections.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

_DATE_LETTERS = frozenset("mMdDyYhHsSaApP")
_DIGITS = frozenset("0#")
_FORBIDDEN = frozenset("?[_*@]")
_QUOTED_FIRST = frozenset("z$bcfnpxBCFNPX")
_SUBSECONDS = re.compile(r"[sS]\.?(0+)")
_LOWER_HALVES = re.compile(r"a/[pP]|A/p|a[mM]/p[mM]|Am/Pm")
_PLACES = re.compile(r"[0#]*")
LONGEST = 100


@dataclass(frozen=True)
class Format:
    """A pattern that may be used, as .NET reads it. `dated`: it is one for dates; `numeric`: one for numbers."""

    pattern: str
    sections: tuple[str, ...]
    dated: bool
    numeric: bool

    def section(self, number: float) -> str:
        """The section for a number: those above, below, and at 0."""
        if len(self.sections) < 2:
            return self.pattern
        if number > 0 or (number == 0 and len(self.sections) == 2):
            return self.sections[0]
        if number < 0:
            return self.sections[1]
        return self.sections[2] if len(self.sections) == 3 else self.pattern


@lru_cache(maxsize=1_000)
def format_of(pattern: str, point: str = ".", group: str = ",") -> Format | None:
    """The pattern as it may be used, or None where it may not. `point`, `group`: as the language writes them."""
    if pattern.startswith(("[$-", "/")) or pattern in {"g", "G"} or "general" in pattern.lower():
        return None
    reader = _Reader(pattern)
    if not reader.read():
        return None
    return reader.finished(point, group)


class _Reader:
    """Goes through a pattern once, rewriting what .NET reads otherwise than Excel."""

    def __init__(self, pattern: str) -> None:
        self._text = pattern
        self._at = 0
        self._digits = False
        self._point = -1
        self._sections: list[str] = []
        self._section_start = 0
        self._months = 0
        self._colon = False
        self._exponent = False
        self._commas: list[int] = []
        self._dated = False
        self._numeric = False

    def read(self) -> bool:
        """Whether it may be used."""
        while self._at < len(self._text):
            letter = self._text[self._at]
            self._months = self._months + 1 if letter in "mM" else 0
            if self._months > 4 or (letter in "aA" and self._before != "'" and self._has_lower_half()):
                return False
            if not self._letter(letter):
                return False
            self._at += 1
        return True

    @property
    def _before(self) -> str:
        return self._text[self._at - 1] if self._at else ""

    def _has_lower_half(self) -> bool:
        return bool(_LOWER_HALVES.match(self._text, self._at))

    def _insert(self, at: int, text: str) -> None:
        self._text = self._text[:at] + text + self._text[at:]

    def _drop(self, at: int) -> None:
        self._text = self._text[:at] + self._text[at + 1 :]

    def _letter(self, letter: str) -> bool:  # noqa: C901, PLR0912 - the rules, in the order in which they count
        is_last = self._at == len(self._text) - 1
        if (self._at == 0 or (self._numeric and not self._dated)) and letter in _QUOTED_FIRST:
            self._insert(self._at + 1, '"')
            self._insert(self._at, '"')
            self._at += 2
        elif letter in _DIGITS:
            return self._digit()
        elif letter in _DATE_LETTERS and self._before != "'":
            self._dated = True
        elif not self._dated and letter == "," and not self._digits and self._point == -1:
            self._leading_comma()
        elif not self._dated and letter == ".":
            return self._decimal_point()
        elif letter in _FORBIDDEN:
            return False
        elif letter == ":":
            self._colon = True
        elif letter == ";":
            return self._section_end()
        elif self._numeric and letter == "," and self._at > 0:
            self._comma()
        elif letter == "'" and self._before != "\\":
            self._insert(self._at, "\\")
            self._at += 1
        elif letter in "eE" and not is_last and self._text[self._at + 1] in "+-":
            return self._take_exponent()
        elif letter == "%" and self._exponent:
            return False
        elif is_last:
            return self._last(letter)
        elif letter == "\\":
            return self._escape()
        elif letter == '"':
            return self._quoted()
        return True

    def _digit(self) -> bool:
        if not self._dated and (self._colon or self._exponent):
            return False
        self._digits = self._numeric = True
        if self._commas:
            if "." in self._text and self._point == -1:
                for at in reversed(self._commas):
                    if at < len(self._text) - 1 and self._text[at + 1] not in _DIGITS:
                        self._drop(at)
                        self._at -= 1
            self._commas.clear()
        return True

    def _leading_comma(self) -> None:
        if self._before == ",":
            self._drop(self._at)
            self._at -= 1
        else:
            self._insert(self._at, "\\")
            self._at += 1

    def _decimal_point(self) -> bool:
        self._point, self._digits = self._at, False
        if self._exponent:
            return False
        if self._commas and self._commas[-1] != self._at - 1:
            for at in reversed(self._commas):
                self._drop(at)
            self._commas.clear()
        return True

    def _section_end(self) -> bool:
        if len(self._sections) >= 2:
            return False
        self._sections.append(self._text[self._section_start : self._at])
        self._exponent = False
        self._section_start = self._at + 1
        return True

    def _comma(self) -> None:
        escaped = self._at > 1 and self._text[self._at - 2] == "\\"
        if (self._before in _DIGITS and not escaped) or self._at - 1 in self._commas:
            self._commas.append(self._at)
        elif self._before == ",":
            self._drop(self._at)
            self._at -= 1
        elif self._before != ".":
            self._insert(self._at, "\\")
            self._at += 1

    def _take_exponent(self) -> bool:
        """.NET wants zeros in an exponent; Excel takes the signs for digits, too, and prints all digits there are."""
        self._exponent = True
        if self._dated:
            return True
        if self._at + 2 == len(self._text):
            return False
        places = _PLACES.match(self._text, self._at + 2)
        taken = places[0] if places else ""
        zeros = max(1, taken.count("0") + taken.endswith("#"))
        self._text = self._text[: self._at + 2] + "0" * zeros + self._text[self._at + 2 + len(taken) :]
        self._at += 1 + zeros
        return True

    def _last(self, letter: str) -> bool:
        if letter in {"\\", '"'}:
            return False
        dangling = letter in "eE" or (
            self._at > 2 and letter == "+" and self._before in {"e", "E"} and self._text[self._at - 2] != "\\"
        )
        return self._dated or not dangling

    def _escape(self) -> bool:
        if (self._numeric and not self._dated) or self._text[self._at + 1 : self._at + 2] == '"':
            self._at += 1
        else:
            self._text = f'{self._text[: self._at]}"{self._text[self._at + 1]}"{self._text[self._at + 2 :]}'
            self._at += 2
        return True

    def _quoted(self) -> bool:
        self._at = self._text.find('"', self._at + 1)
        return self._at >= 0

    def finished(self, point: str, group: str) -> Format | None:
        """The pattern as .NET reads it."""
        if self._sections and self._section_start < len(self._text):
            self._sections.append(self._text[self._section_start :])
        self._move_commas()
        if self._dated and self._numeric:
            self._numeric = any(letter in _DIGITS for letter in _SUBSECONDS.sub("", self._text))
            if self._numeric:
                return None
        if self._numeric:
            if "/" in self._text:
                return None
            if self._point != -1 and not self._digits:
                self._insert(self._point, "\\")
            self._text = _localized(self._text.replace("‰", "\\‰"), point, group)
        if self._dated:
            self._text = self._text.replace("\\'", "'")
        return Format(self._text, tuple(self._sections), self._dated, self._numeric)

    def _move_commas(self) -> None:
        """Commas behind the digits scale by a thousand each; .NET wants them right before the point."""
        if not self._commas or self._point == -1:
            return
        for at in reversed(self._commas):
            self._drop(at)
            self._point -= at < self._point
        self._insert(self._point, "," * len(self._commas))


def _localized(pattern: str, point: str, group: str) -> str:
    """A pattern whose signs are those of a language, with English ones."""
    swapped = pattern.replace(group, "\ufeff")
    if group.isspace():
        swapped = swapped.replace(" ", "\ufeff").replace("\u202f", "\ufeff")
    return swapped.replace(point, ".").replace("\ufeff", ",")
