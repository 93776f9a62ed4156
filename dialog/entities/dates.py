"""Days and times of day: in figures, with English names, and as people say them from where they stand in time."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from dialog.entities.entity import ANYWHERE, Heard, Match, is_all

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NAME = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DATES = (
    (r"\b(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)", "ymd"),
    (r"\b(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\b", "local"),
    (rf"\b{_NAME}\s+(\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(\d{{4}}))?\b", "mdy"),
    (rf"\b(\d{{1,2}})(?:st|nd|rd|th|\.)?\s+(?:of\s+)?{_NAME}(?:,?\s+(\d{{4}}))?\b", "dmy"),
    (r"\b(\d{1,2})/(\d{1,2})\b", "local"),
)
_RELATIVE = {
    "today": 0,
    "tonight": 0,
    "tomorrow": 1,
    "yesterday": -1,
    "day after tomorrow": 2,
    "day before yesterday": -2,
}
_UNITS = {"day": 1, "week": 7, "fortnight": 14}
_COUNTS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_MOMENTS = {"noon": 12, "midday": 12, "midnight": 0, "morning": 9, "afternoon": 15, "evening": 19, "tonight": 20}

Found = tuple[date, str]


def day_in(text: str, heard: Heard) -> Found | None:
    """The first day that `text` names, and the words that name it. A day without a year is the next such day."""
    for pattern, order in _DATES:
        for found in re.finditer(pattern, text, re.IGNORECASE):
            if day := _calendar_day(found.groups(), order, heard):
                return day, found[0]
    return _relative_day(text, heard.now.date())


def _calendar_day(parts: Sequence[str | None], order: str, heard: Heard) -> date | None:
    if order == "local":
        order = "mdy" if heard.locale == "en-US" else "dmy"
    figures = {
        kind: _MONTHS.index(part[:3].lower()) + 1 if part[0].isalpha() else int(part)
        for kind, part in zip(order, parts, strict=False)
        if part
    }
    today = heard.now.date()
    year = figures.get("y", today.year)
    day = _day(year, figures["m"], figures["d"])
    return _day(year + 1, day.month, day.day) if day and "y" not in figures and day < today else day


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _relative_day(text: str, today: date) -> Found | None:
    lower = text.casefold()
    for words in sorted(_RELATIVE, key=len, reverse=True):
        if re.search(rf"\b{words}\b", lower):
            return today + timedelta(_RELATIVE[words]), words
    if found := re.search(r"\bin (\d{1,3}|a|an|one|two|three|four|five|six) (day|week|fortnight)s?\b", lower):
        return today + timedelta(_count(found[1]) * _UNITS[found[2]]), found[0]
    if found := re.search(r"\b(\d{1,3}|a|one|two|three|four|five|six) (day|week|fortnight)s? ago\b", lower):
        return today - timedelta(_count(found[1]) * _UNITS[found[2]]), found[0]
    if found := re.search(rf"\b(?:(next|this|last|on)\s+)?({'|'.join(_DAYS)})\b", lower):
        away = (_DAYS.index(found[2]) - today.weekday() - 1) % 7 + 1
        return today + timedelta(away - 7 if found[1] == "last" else away), found[0]
    if found := re.search(r"\b(next|last) week\b", lower):
        return today + timedelta(7 if found[1] == "next" else -7), found[0]
    return None


def _count(word: str) -> int:
    return _COUNTS.get(word) or int(word)


def time_in(text: str) -> tuple[time, str] | None:
    """The first time of day that `text` names: 17:30, 5pm, half past five is none, noon."""
    found = re.search(r"\b(\d{1,2})(?::(\d{2}))?(?::(\d{2}))?\s*([ap])\.?m\b\.?", text, re.IGNORECASE)
    found = found or re.search(r"\b([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?()(?!\d)", text)
    if found:
        hour = int(found[1]) % 12 + (12 if found[4].lower() == "p" else 0) if found[4] else int(found[1])
        minute, second = int(found[2] or 0), int(found[3] or 0)
        return (time(hour, minute, second), found[0]) if max(minute, second) < 60 and int(found[1]) < 24 else None
    named = re.search(rf"\b(?:{'|'.join(_MOMENTS)})\b", text, re.IGNORECASE)
    return (time(_MOMENTS[named[0].lower()]), named[0]) if named else None


@dataclass(frozen=True)
class Date:
    """A calendar day."""

    def match(self, text: str, heard: Heard = ANYWHERE) -> Match | None:
        """The first day of the reply; 3/4/2026 is read by the locale."""
        found = day_in(text[:1_000], heard)
        return Match(found[0], exact=is_all(found[1], text.casefold()), words=found[1]) if found else None


@dataclass(frozen=True)
class DateTime:
    """A moment on the customer's own clock: a day, a time of day, or both; a time alone is the next such time."""

    def match(self, text: str, heard: Heard = ANYWHERE) -> Match | None:
        """The day at its time, or at its beginning."""
        text = text[:1_000]
        if moment := _away(text, heard.now):
            return Match(moment[0], exact=is_all(moment[1], text.casefold()), words=moment[1])
        day, at = day_in(text, heard), time_in(text)
        if day:
            words = day[1] if at is None else text
            moment_then = datetime.combine(day[0], at[0] if at else time())
            return Match(moment_then, exact=is_all(day[1], text.casefold()) or at is not None, words=words)
        if at is None:
            return None
        moment_then = datetime.combine(heard.now.date(), at[0])
        if moment_then < heard.now:
            moment_then += timedelta(days=1)
        return Match(moment_then, exact=is_all(at[1], text), words=at[1])


def _away(text: str, now: datetime) -> tuple[datetime, str] | None:
    lower = text.casefold()
    if found := re.search(r"\bin (\d{1,4}|a|an|one|two|three|four|five|six) (hour|minute)s?\b", lower):
        unit = timedelta(hours=1) if found[2] == "hour" else timedelta(minutes=1)
        return now + _count(found[1]) * unit, found[0]
    found = re.search(r"\b(?:right )?now\b", lower)
    return (now, found[0]) if found else None


_LENGTH = r"(?:\d+(?:[.,]\d+)?|an?|one|two|three|four|five|six|seven|eight|nine|ten|half an?|a few|several)"
_SPAN = r"(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?)"
_ONE = rf"{_LENGTH}\s*{_SPAN}\b"
_ISO = r"\bP(?:\d+[YMWD])*(?:T(?:\d+[HMS])+)?(?<!P)\b"
DURATION = rf"\b{_ONE}(?:(?:\s*(?:,|and)\s*|\s+)(?:{_ONE}|a half\b))*|{_ISO}"
"""A length of time, as people say it or as ISO 8601 writes it; its value is the words."""
