"""Dates and times: as numbers of days since the end of 1899, from text, and by a pattern of .NET's."""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dialog.powerfx.cultures import Culture
from dialog.powerfx.kinds import EvaluationError, invalid

EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - Power Fx's moments have no zone
DAY = timedelta(days=1)
_LONGEST = 100
"""Characters of a text that may be a date."""


def zone_of(name: str) -> ZoneInfo:
    """The time zone with an IANA name; UTC where a channel says something that is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def out_of_range() -> EvaluationError:
    """A date before the year 1, or after 9999."""
    return invalid("there is no such date")


def moment_of(day: date) -> datetime:
    """A date as its midnight; a moment as itself."""
    return day if isinstance(day, datetime) else datetime(day.year, day.month, day.day)  # noqa: DTZ001 - as above


def days_of(value: date | timedelta) -> float:
    """A date or moment as days since the epoch, a time as a part of a day."""
    span = value if isinstance(value, timedelta) else moment_of(value) - EPOCH
    return span / DAY


def moment_at(days: float) -> datetime:
    """The moment so many days after the epoch.

    Raises:
        EvaluationError: there is no such date.
    """
    try:
        return EPOCH + timedelta(days=days)
    except (OverflowError, ValueError):
        raise out_of_range() from None


def time_of(moment: datetime) -> timedelta:
    """The time of day of a moment."""
    return moment - datetime.combine(moment.date(), time())


_ISO = re.compile(
    r"(\d{4})-(\d\d?)-(\d\d?)(?:[T ](\d\d?):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?\s*(Z|[+-]\d\d:?\d\d)?", re.IGNORECASE
)
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.:](\d{1,9}))?)?(?:\s*([^\W\d_]\.?[^\W\d_]?\.?))?(?=$|[\s,])")
_WORDS = re.compile(r"[^\W\d_]+\.?|\d+")


def read_moment(text: str, culture: Culture, day: date, year: int) -> tuple[datetime, timedelta | None]:
    """The moment that a text names, and how far its clock is before UTC's where it says so.

    `day`: what a text without a date means; `year`: what a text without a year means.

    Raises:
        EvaluationError: it names none.
    """
    if len(text) > _LONGEST:
        raise invalid("this text is no date or time")
    try:
        return _read_iso(text) or _read_local(text, culture, day, year)
    except (ValueError, OverflowError):
        raise invalid("this text is no date or time") from None


def _read_iso(text: str) -> tuple[datetime, timedelta | None] | None:
    match = _ISO.fullmatch(text.strip())
    if not match:
        return None
    year, month, day, hour, minute, second, fraction, zone = match.groups(default="")
    whole = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0))  # noqa: DTZ001
    whole += timedelta(microseconds=int(fraction.ljust(6, "0")[:6] or 0))
    if not zone:
        return whole, None
    sign = -1 if zone[0] == "-" else 1
    digits = zone[1:].replace(":", "")
    return whole, sign * timedelta(hours=int(digits[:2] or 0), minutes=int(digits[2:] or 0))


def _read_local(text: str, culture: Culture, day: date, year: int) -> tuple[datetime, timedelta | None]:
    clock = timedelta()
    rest = text.strip()
    match = _CLOCK.search(rest)
    if match:
        clock = _clock(match, culture)
        rest = f"{rest[: match.start()]} {rest[match.end() :]}"
    rest = rest.strip()
    if not rest and match:
        return moment_of(day) + clock, None
    return _day(rest, culture, year) + clock, None


def _clock(match: re.Match[str], culture: Culture) -> timedelta:
    hour, minute, second, fraction, half = match.groups(default="")
    hours = int(hour)
    if half:
        halves = [name.casefold() for name in (*culture.halves, "AM", "PM", "A", "P")]
        which = halves.index(half.casefold().replace(".", "")) % 2
        if not 1 <= hours <= 12:
            raise ValueError
        hours = hours % 12 + 12 * which
    if hours > 23 or int(minute) > 59 or int(second or 0) > 59:
        raise ValueError
    micro = int(fraction.ljust(6, "0")[:6] or 0)
    return timedelta(hours=hours, minutes=int(minute), seconds=int(second or 0), microseconds=micro)


def _day(text: str, culture: Culture, this_year: int) -> datetime:
    words = [word.rstrip(".").casefold() for word in _WORDS.findall(text)]
    if re.sub(r"[\w\s./,-]", "", text) or not words:
        raise ValueError
    names = [*(name.rstrip(".").casefold() for name in (*culture.days, *culture.short_days)), "de", "le"]
    words = [word for word in words if word not in names]
    months = [index for index, word in enumerate(words) if not word.isdigit()]
    if len(months) > 1:
        raise ValueError
    if months:
        month = _month(words.pop(months[0]), culture)
        return _with_named_month(words, month, this_year)
    return _in_order(words, culture.order, this_year)


def _month(word: str, culture: Culture) -> int:
    for names in (culture.months, culture.short_months):
        for index, name in enumerate(names):
            if name.rstrip(".").casefold() == word:
                return index + 1
    raise ValueError


def _with_named_month(words: list[str], month: int, this_year: int) -> datetime:
    if len(words) == 1:
        is_year = len(words[0]) > 2
        return datetime(_year(words[0]) if is_year else this_year, month, 1 if is_year else int(words[0]))  # noqa: DTZ001
    first, second = words
    day, year = (second, first) if len(first) > 2 else (first, second)
    return datetime(_year(year), month, int(day))  # noqa: DTZ001 - as above


def _in_order(words: list[str], order: str, this_year: int) -> datetime:
    if len(words) == 2:
        words.insert(order.index("y"), str(this_year))
    if len(words) != 3:
        raise ValueError
    if len(words[0]) == 4:
        order = "ymd"
    figures = dict(zip(order, words, strict=True))
    return datetime(_year(figures["y"]), int(figures["m"]), int(figures["d"]))  # noqa: DTZ001 - as above


def _year(text: str) -> int:
    year = int(text)
    if len(text) > 2:
        return year
    return year + (2000 if year < 50 else 1900)


_PARTS = re.compile(r"'[^']*'|\"[^\"]*\"|\\.|d+|M+|y+|H+|h+|m+|s+|f+|F+|t+|.", re.DOTALL)


def patterned(moment: datetime, pattern: str, culture: Culture) -> str:
    """A moment by a pattern of .NET's, such as `dddd, MMMM d, yyyy`."""
    return "".join(_part(moment, part, culture) for part in _PARTS.findall(pattern))


def _part(moment: datetime, part: str, culture: Culture) -> str:  # noqa: C901 - one case a letter
    count = len(part)
    match part[0]:
        case "d":
            weekday = moment.isoweekday() % 7
            return _named(moment.day, count, culture.short_days[weekday], culture.days[weekday])
        case "M":
            index = moment.month - 1
            return _named(moment.month, count, culture.short_months[index], culture.months[index])
        case "y":
            return f"{moment.year % 100:0{count}d}" if count < 3 else f"{moment.year:0{count}d}"
        case "H":
            return _figure(moment.hour, count)
        case "h":
            return _figure(moment.hour % 12 or 12, count)
        case "m":
            return _figure(moment.minute, count)
        case "s":
            return _figure(moment.second, count)
        case "f" | "F":
            return f"{moment.microsecond:06d}0000000"[:count]
        case "t":
            half = culture.halves[moment.hour >= 12]
            return half[:1] if count == 1 else half
        case "'" | '"' if count > 1:
            return part[1:-1]
        case "\\" if count > 1:
            return part[1]
        case _:
            return part


def _figure(number: int, count: int) -> str:
    return f"{number:0{min(count, 2)}d}"


def _named(number: int, count: int, short: str, full: str) -> str:
    return _figure(number, count) if count < 3 else short if count == 3 else full
