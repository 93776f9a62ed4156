"""A moment by a pattern of Excel's such as `dddd, mmmm d, yyyy hh:mm AM/PM`."""

import re
from datetime import datetime

from dialog.powerfx.cultures import Culture
from dialog.powerfx.moments import patterned

_TOKENS = re.compile(r'"[^"]*"|[aA][mM]/[pP][mM]|[aA]/[pP]|[dD]+|[mM]+|[yY]+|[hH]+|[sS]+|0+|.', re.DOTALL)
_ENUMERATED = {
    "longdate": "{long_date}", "shortdate": "{short_date}", "longtime": "{long_time}", "shorttime": "{short_time}",
    "longdatetime": "{long_date}{space}{long_time}", "shortdatetime": "{short_date} {short_time}",
}  # fmt: skip


def by_date_pattern(moment: datetime, pattern: str, culture: Culture) -> str:
    """`moment` by a pattern of Excel's. `m` are minutes behind hours and before seconds, else months."""
    tokens: list[str] = _TOKENS.findall(pattern)
    halves = any("/" in token and len(token) > 1 and token[0] in "aA" for token in tokens)
    minutes = _minutes(tokens)
    return "".join(
        _part(moment, token, culture, halves=halves, minute=index in minutes) for index, token in enumerate(tokens)
    )


def _letters(tokens: list[str]) -> list[tuple[int, str]]:
    return [
        (index, token[0].lower())
        for index, token in enumerate(tokens)
        if token[0] in "dDmMyYhHsS" and not token.startswith('"')
    ]


def _minutes(tokens: list[str]) -> set[int]:
    letters = _letters(tokens)
    found: set[int] = set()
    for place, (index, letter) in enumerate(letters):
        if letter != "m":
            continue
        before = letters[place - 1][1] if place else ""
        after = letters[place + 1][1] if place + 1 < len(letters) else ""
        if before == "h" or after == "s":
            found.add(index)
    return found


def _part(moment: datetime, token: str, culture: Culture, *, halves: bool, minute: bool) -> str:
    letter, count = token[0].lower(), len(token)
    if token.startswith('"') and count > 1:
        return token[1:-1]
    match letter:
        case "d":
            return patterned(moment, "d" * min(count, 4), culture)
        case "m":
            return patterned(moment, "m" * min(count, 2) if minute else "M" * min(count, 4), culture)
        case "y":
            return patterned(moment, "yyyy" if count > 2 else "yy", culture)
        case "h":
            return patterned(moment, ("h" if halves else "H") * min(count, 2), culture)
        case "s":
            return patterned(moment, "s" * min(count, 2), culture)
        case "0":
            return patterned(moment, "f" * count, culture)
        case "a" if "/" in token:
            return patterned(moment, "t" if count == 3 else "tt", culture)
        case _:
            return token


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
