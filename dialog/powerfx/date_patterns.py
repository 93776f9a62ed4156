"""A moment by a pattern of Excel's such as `dddd, mmmm d, yyyy hh:mm AM/PM`."""

import re
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from dialog.powerfx.cultures import Culture
from dialog.powerfx.kinds import invalid
from dialog.powerfx.moments import patterned

_TOKENS = re.compile(r'"[^"]*"|[aA][mM]/[pP][mM]|[aA]/[pP]|.', re.DOTALL)
_MOST_PLACES = 7
_ENUMERATED = {
    "longdate": "{long_date}", "shortdate": "{short_date}", "longtime": "{long_time}", "shorttime": "{short_time}",
    "longdatetime": "{long_date}{space}{long_time}", "shortdatetime": "{short_date} {short_time}",
}  # fmt: skip


def by_date_pattern(moment: datetime, pattern: str, culture: Culture) -> str:
    """`moment` by a pattern of Excel's; `m` are minutes behind hours and before seconds, else months."""
    letters = _letters(pattern)
    halves = any(letter.kind in {"t", "T"} for letter in letters)
    _find_minutes(letters)
    out: list[str] = []
    for kind, run in groupby(letters, key=lambda letter: letter.kind):
        texts = [letter.text for letter in run]
        out.append(_printed(moment, kind, texts, culture, halves=halves))
    return "".join(out)


@dataclass
class _Letter:
    """One letter of a pattern: of what kind it is, and how it prints where it means nothing."""

    kind: str
    text: str


def _letters(pattern: str) -> list[_Letter]:
    found: list[_Letter] = []
    for token in _TOKENS.findall(pattern):
        if token.startswith('"') and len(token) > 1:
            found.append(_Letter('"', token[1:-1]))
        elif len(token) > 1:
            found.append(_Letter("t" if len(token) == 3 else "T", token))
        else:
            kind = token.lower()
            found.append(_Letter(kind if kind in "dmyhs0" else "", token))
    return found


def _find_minutes(letters: list[_Letter]) -> None:
    """Mark the `m` that are minutes: those before seconds and those behind hours, with a sign between them."""
    for index, letter in enumerate(letters):
        if letter.kind != "m":
            continue
        after = [other.kind for other in letters[index + 1 :]]
        stop = next((at for at, kind in enumerate(after) if kind in {"d", "y", "h", "s"}), None)
        if stop and after[stop] == "s":
            letter.kind = "M"
    for index, letter in enumerate(letters):
        if letter.kind != "m":
            continue
        before = [other.kind for other in reversed(letters[:index])]
        stop = next((at for at, kind in enumerate(before) if kind in {"d", "y", "h", "m"}), None)
        if stop and before[stop] == "h":
            letter.kind = "M"


def _printed(moment: datetime, kind: str, texts: list[str], culture: Culture, *, halves: bool) -> str:
    count = len(texts)
    match kind:
        case "d" | "m":
            return patterned(moment, {"d": "d", "m": "M"}[kind] * min(count, 4), culture)
        case "y":
            return patterned(moment, "yyyy" if count > 2 else "yy", culture)
        case "h":
            return patterned(moment, ("h" if halves else "H") * min(count, 2), culture)
        case "M":
            return patterned(moment, "m" * min(count, 2), culture)
        case "s":
            return patterned(moment, "s" * min(count, 2), culture)
        case "0":
            if count > _MOST_PLACES:
                raise invalid("a second has at most 7 places")
            return patterned(moment, "f" * count, culture)
        case "t" | "T":
            return patterned(moment, "t" if kind == "t" else "tt", culture) * count
        case _:
            return "".join(texts)


def by_name(moment: datetime, name: str, culture: Culture) -> str | None:
    """`moment` in one of the forms that `DateTimeFormat` names; None where it names none."""
    wanted = name.strip("'").lower()
    pattern = _ENUMERATED.get(wanted.removesuffix("24"))
    if pattern is None:
        return None
    pattern = pattern.format(**vars(culture))
    if wanted.endswith("24"):
        pattern = re.sub("t+", "", re.sub("[hH]", "H", pattern)).strip()
    return patterned(moment, pattern, culture)
