"""Whether a queue is open, and when it opens next."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from settings.model import WEEKDAYS, OpeningHours, since_midnight

LOOK_AHEAD = 60
"""Days in which a queue that is closed may open again; beyond it, nobody is told when."""


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
