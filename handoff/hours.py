"""When a queue is open: hours by weekday in a time zone, and holidays. The desk and the routes ask the same."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import field_validator

from protocol.models import Owned

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LOOK_AHEAD = 60
"""Days in which a queue that is closed may open again; beyond it, nobody is told when."""


class OpeningHours(Owned):
    """When conversations are taken; without hours, always."""

    timezone: str = "UTC"
    hours: dict[str, str] = {}
    """By weekday, `monday = "09:00-17:30"`; a day that is missing is closed. They may run past midnight."""
    holidays: tuple[date, ...] = ()

    @field_validator("timezone")
    @classmethod
    def _is_a_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f'there is no time zone "{name}": write it as in "Europe/Berlin"') from None
        return name

    @field_validator("hours")
    @classmethod
    def _are_hours(cls, hours: dict[str, str]) -> dict[str, str]:
        for day, written in hours.items():
            begin, dash, end = written.partition("-")
            if day not in WEEKDAYS or not dash:
                raise ValueError(f'{day} = "{written}" are no hours: write them as in monday = "09:00-17:30"')
            since_midnight(begin)
            since_midnight(end)
        return hours


def since_midnight(written: str) -> timedelta:
    """`09:30` as the time since midnight; 24:00 is the day's end.

    Raises:
        ValueError: it is no time of day.
    """
    hour, _, minute = written.strip().partition(":")
    span = timedelta(hours=int(hour), minutes=int(minute or 0))
    if not timedelta() <= span <= timedelta(days=1):
        raise ValueError("a time of day is from 00:00 to 24:00")
    return span


def is_open(hours: OpeningHours, now: datetime) -> bool:
    """Whether conversations are taken at `now`."""
    if not hours.hours and not hours.holidays:
        return True
    local = now.astimezone(ZoneInfo(hours.timezone))
    # Hours may run past midnight: yesterday's may still hold.
    spans = (_span(hours, local - timedelta(days=1)), _span(hours, local))
    return any(span is not None and span[0] <= local < span[1] for span in spans)


def opens_at(hours: OpeningHours, now: datetime) -> datetime | None:
    """When conversations are taken next; None while they are, or where no day is near."""
    if is_open(hours, now):
        return None
    local = now.astimezone(ZoneInfo(hours.timezone))
    for ahead in range(LOOK_AHEAD):
        span = _span(hours, local + timedelta(days=ahead))
        if span and span[0] > local:
            return span[0]
    return None


def _span(hours: OpeningHours, local: datetime) -> tuple[datetime, datetime] | None:
    """From when to when a day is open; a day without hours is closed, unless no day has any."""
    if local.date() in hours.holidays:
        return None
    written = hours.hours.get(WEEKDAYS[local.weekday()], "" if hours.hours else "00:00-24:00")
    if not written:
        return None
    begin, _, end = written.partition("-")
    midnight = datetime.combine(local.date(), time(), local.tzinfo)
    opens, closes = midnight + since_midnight(begin), midnight + since_midnight(end)
    return opens, closes if closes > opens else closes + timedelta(days=1)
