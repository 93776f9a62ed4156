"""`Text(value, pattern)`: numbers and dates by a pattern."""

import re
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal

from dialog.powerfx import coercion
from dialog.powerfx.values import Value, number_text

_NAMED = {
    "UTC": "",
    "LongDate": "dddd, mmmm d, yyyy",
    "ShortDate": "m/d/yyyy",
    "LongTime": "h:mm:ss AM/PM",
    "ShortTime": "h:mm AM/PM",
    "LongTime24": "hh:mm:ss",
    "ShortTime24": "hh:mm",
    "LongDateTime": "dddd, mmmm d, yyyy h:mm:ss AM/PM",
    "ShortDateTime": "m/d/yyyy h:mm AM/PM",
    "LongDateTime24": "dddd, mmmm d, yyyy hh:mm:ss",
    "ShortDateTime24": "m/d/yyyy hh:mm",
}
_DATE_PARTS = re.compile(r'"[^"]*"|y+|m+|d+|h+|s+|f+|AM/PM|am/pm|a/p|.', re.IGNORECASE)
_NUMBER = re.compile(r"[#0,.]*[#0]%?")


def formatted(value: Value, pattern: str) -> str:
    """`value` by `pattern`: a date or time by a date's pattern, anything else as a number."""
    if isinstance(value, date | time):
        return _dated(_moment(value), pattern)
    if isinstance(value, str) and not _NUMBER.search(pattern):
        return _dated(coercion.moment(value), pattern)
    return _numbered(coercion.number(value), pattern)


def _moment(value: date | time) -> datetime:
    return datetime.combine(date(2000, 1, 1), value) if isinstance(value, time) else coercion.datetime_of(value)


def _dated(moment: datetime, pattern: str) -> str:
    if pattern == "UTC":
        return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
    parts: list[str] = _DATE_PARTS.findall(_NAMED.get(pattern, pattern))
    twelve = any(part.casefold() in {"am/pm", "a/p"} for part in parts)
    return "".join(_part(moment, part, parts[:index], twelve=twelve) for index, part in enumerate(parts))


def _part(moment: datetime, part: str, before: list[str], *, twelve: bool) -> str:
    count, letter = len(part), part[0].lower()
    if letter == "m" and _are_minutes(before):
        return f"{moment.minute:0{min(count, 2)}d}"
    match letter:
        case "y":
            return f"{moment:%Y}" if count > 2 else f"{moment:%y}"
        case "m":
            return [str(moment.month), f"{moment:%m}", f"{moment:%b}", f"{moment:%B}"][min(count, 4) - 1]
        case "d":
            return [str(moment.day), f"{moment:%d}", f"{moment:%a}", f"{moment:%A}"][min(count, 4) - 1]
        case "h":
            hour = (moment.hour % 12 or 12) if twelve else moment.hour
            return f"{hour:0{min(count, 2)}d}"
        case "s":
            return f"{moment.second:0{min(count, 2)}d}"
        case "f":
            return f"{moment.microsecond:06d}"[:count]
        case "a" if count > 1:
            return f"{moment:%p}"
        case '"':
            return part[1:-1]
        case _:
            return part


def _are_minutes(before: list[str]) -> bool:
    """An `m` means minutes where the last date part before it was hours."""
    letters = [part[0].lower() for part in before if part[0].isalpha()]
    return bool(letters) and letters[-1] == "h"


def _numbered(number: Decimal, pattern: str) -> str:
    found = _NUMBER.search(pattern.strip('"'))
    if not found:
        return pattern
    shape = found.group()
    percent = shape.endswith("%")
    digits = _digits(number * 100 if percent else number, shape.rstrip("%"))
    return pattern[: found.start()] + digits + ("%" if percent else "") + pattern[found.end() :]


def _digits(number: Decimal, shape: str) -> str:
    whole_shape, _, fraction_shape = shape.partition(".")
    rounded = abs(number).quantize(Decimal(1).scaleb(-len(fraction_shape)), ROUND_HALF_UP)
    whole, _, fraction = number_text_padded(rounded, len(fraction_shape)).partition(".")
    whole = whole.lstrip("0").rjust(whole_shape.count("0"), "0") if whole_shape else whole
    if "," in whole_shape:
        whole = f"{int(whole or 0):,}"
    while fraction and fraction_shape.endswith("#") and fraction.endswith("0"):
        fraction, fraction_shape = fraction[:-1], fraction_shape[:-1]
    sign = "-" if number < 0 and rounded else ""
    return sign + whole + (f".{fraction}" if fraction else "")


def number_text_padded(number: Decimal, places: int) -> str:
    """`number` with exactly so many places behind the point."""
    return f"{number:.{places}f}" if places else number_text(number)
