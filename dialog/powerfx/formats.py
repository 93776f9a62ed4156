"""How numbers, dates and times print, by locale and by Excel-like format strings."""

import json
import re
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

_DECIMAL_COMMA = {"bg", "cs", "da", "de", "el", "es", "fi", "fr", "hr", "hu", "it", "nb", "nl", "pl", "pt", "ro", "ru", "sv", "tr", "uk"}
_DAY_FIRST_DOT = {"cs", "da", "de", "fi", "nb", "pl", "ro", "ru", "tr", "uk"}
_MONTHS = "January February March April May June July August September October November December".split()
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_NAMED = {
    "ShortDate": "m/d/yyyy",
    "LongDate": "dddd, mmmm d, yyyy",
    "ShortTime": "h:mm AM/PM",
    "LongTime": "h:mm:ss AM/PM",
    "ShortTime24": "hh:mm",
    "LongTime24": "hh:mm:ss",
    "ShortDateTime": "m/d/yyyy h:mm AM/PM",
    "LongDateTime": "dddd, mmmm d, yyyy h:mm:ss AM/PM",
    "ShortDateTime24": "m/d/yyyy hh:mm",
    "LongDateTime24": "dddd, mmmm d, yyyy hh:mm:ss",
    "UTC": 'yyyy-mm-dd"T"hh:mm:ss.fff"Z"',
}
_DATE_TOKEN = re.compile(r'"[^"]*"|\\.|AM/PM|A/P|y+|m+|d+|h+|s+|\.?[f0]+|.', re.IGNORECASE | re.DOTALL)


def language(locale: str) -> str:
    """The language of a locale: "de" of "de-DE"."""
    return locale.split("-")[0].lower()


def number(value: Decimal, locale: str) -> str:
    """`value` in full, with the locale's decimal separator and no grouping."""
    text = format(value.normalize(), "f") if value else "0"
    return text.replace(".", ",") if language(locale) in _DECIMAL_COMMA else text


def moment(value: datetime | date | time, locale: str) -> str:
    """A date, time or both in the locale's short form."""
    english = language(locale) == "en"
    clock = "h:mm AM/PM" if english else "hh:mm"
    if locale == "en-US":
        day = "m/d/yyyy"
    else:
        day = "dd.mm.yyyy" if language(locale) in _DAY_FIRST_DOT else "dd/mm/yyyy"
    if isinstance(value, time):
        return formatted_moment(value, clock)
    return formatted_moment(value, f"{day} {clock}" if isinstance(value, datetime) else day)


def json_text(data: Any) -> str:
    """Compact JSON."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def formatted_moment(value: datetime | date | time, pattern: str) -> str:
    """`value` by an Excel-like pattern, or by the name of a member of `DateTimeFormat`."""
    pattern = _NAMED.get(pattern, pattern)
    when = _full(value)
    tokens = _DATE_TOKEN.findall(pattern)
    half_day = any(token.upper() in {"AM/PM", "A/P"} for token in tokens)
    printed, after_hour = [], False
    for index, token in enumerate(tokens):
        minutes = token[0] in "mM" and len(token) <= 2 and (after_hour or _seconds_follow(tokens[index + 1 :]))
        printed.append(f"{when.minute:0{len(token)}d}" if minutes else _part(when, token, half_day=half_day))
        if token[0].isalpha():
            after_hour = token[0] in "hH"
    return "".join(printed)


def _full(value: datetime | date | time) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, time):
        return datetime.combine(date(1899, 12, 30), value)
    return datetime.combine(value, time())


def _seconds_follow(tokens: list[str]) -> bool:
    following = next((token for token in tokens if token[0].isalpha()), "")
    return following[:1] in {"s", "S"}


def _part(when: datetime, token: str, *, half_day: bool) -> str:
    letter, width = token[0].lower(), len(token)
    if token.upper() in {"AM/PM", "A/P"}:
        return ("AM" if when.hour < 12 else "PM")[: 2 if len(token) > 3 else 1]
    match letter:
        case "y":
            return f"{when.year:04d}" if width > 2 else f"{when.year % 100:02d}"
        case "m":
            return f"{when.month:0{width}d}" if width < 3 else _MONTHS[when.month - 1][: 3 if width == 3 else None]
        case "d":
            return f"{when.day:0{width}d}" if width < 3 else _DAYS[when.weekday()][: 3 if width == 3 else None]
        case "h":
            return f"{((when.hour + 11) % 12 + 1) if half_day else when.hour:0{width}d}"
        case "s":
            return f"{when.second:0{width}d}"
    return _literal(when, token)


def _literal(when: datetime, token: str) -> str:
    digits = token.lstrip(".")
    if digits and set(digits) <= {"f", "0"}:
        return token[: len(token) - len(digits)] + f"{when.microsecond:06d}"[: len(digits)]
    return token[1:] if token[0] == "\\" else token.strip('"') if token[0] == '"' else token


def formatted_number(value: Decimal, pattern: str, locale: str) -> str:
    """`value` by an Excel-like pattern such as `$#,##0.00` or `0.0%`; sections for negative and zero count."""
    sections = pattern.split(";")
    if len(sections) > 1 and value < 0:
        return formatted_number(-value, sections[1], locale)
    if len(sections) > 2 and value == 0:
        return formatted_number(value, sections[2], locale)
    found = re.search(r"[#0][#0,]*(\.[#0]*)?|\.[#0]+", sections[0])
    if not found:
        return sections[0].replace('"', "")
    scaled = value * 100 if "%" in sections[0] else value
    digits = _digits(abs(scaled), found.group(), locale)
    shown = sections[0][: found.start()] + digits + sections[0][found.end() :]
    negative = scaled < 0 and any(digit in "123456789" for digit in digits)
    return ("-" if negative else "") + shown.replace('"', "").replace("\\", "")


def _digits(value: Decimal, pattern: str, locale: str) -> str:
    whole_pattern, _, fraction_pattern = pattern.partition(".")
    rounded = value.quantize(Decimal(1).scaleb(-len(fraction_pattern)), rounding=ROUND_HALF_UP)
    whole, _, fraction = format(rounded, "f").partition(".")
    whole = (whole.lstrip("0") or "").zfill(whole_pattern.count("0"))
    while len(fraction) > fraction_pattern.count("0") and fraction.endswith("0"):
        fraction = fraction[:-1]
    comma = language(locale) in _DECIMAL_COMMA
    if "," in whole_pattern:
        whole = re.sub(r"(?<=\d)(?=(\d{3})+$)", "." if comma else ",", whole)
    return whole + (("," if comma else ".") + fraction if fraction else "")
