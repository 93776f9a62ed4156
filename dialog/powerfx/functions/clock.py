"""Now and today, the parts of dates and times, and what lies between them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from operator import attrgetter

from dialog.powerfx.moments import EPOCH, moment_of
from dialog.powerfx.registry import function
from dialog.powerfx.run import Run
from dialog.powerfx.signature import Parameter
from dialog.powerfx.types import BOOLEAN, DATE, DATE_TIME
from dialog.powerfx.values import Value

_MOMENT = Parameter(DATE_TIME)
_TEMPORAL = Parameter("temporal")


@function("Now", gives=DATE_TIME)
def now(run: Run) -> Value:
    """The moment of the turn, as the conversation's clock shows it."""
    return run.now


@function("UTCNow", gives=DATE_TIME)
def utc_now(run: Run) -> Value:
    """The moment of the turn, as UTC's clock shows it."""
    return run.scope.now.astimezone(UTC).replace(tzinfo=None)


@function("Today", gives=DATE)
def today(run: Run) -> Value:
    """The day of the turn, where the conversation is."""
    return run.now.date()


@function("UTCToday", gives=DATE)
def utc_today(run: Run) -> Value:
    """The day of the turn in UTC."""
    return run.scope.now.astimezone(UTC).date()


@function("IsToday", "IsUTCToday", takes=[_MOMENT], gives=BOOLEAN, on_blank=False)
def is_today(run: Run, moment: datetime) -> Value:
    """Whether it is the day of the turn."""
    return moment.date() == run.now.date()


def _part(name: str, of_blank: int, part: Callable[[datetime], int], *, timed: bool) -> None:
    @function(name, takes=[_TEMPORAL], gives="number")
    def of(run: Run, value: date | timedelta | None) -> Value:
        """One part of a date or time."""
        if value is None:
            return run.number(of_blank)
        if isinstance(value, timedelta):
            total = int(value / timedelta(milliseconds=1)) if value >= timedelta() else 0
            moment = EPOCH + timedelta(milliseconds=total % 86_400_000) if timed else EPOCH + value
            return run.number(part(moment))
        return run.number(part(moment_of(value)))


_part("Year", 1900, attrgetter("year"), timed=False)
_part("Month", 1, attrgetter("month"), timed=False)
_part("Day", 0, attrgetter("day"), timed=False)
_part("Hour", 0, attrgetter("hour"), timed=True)
_part("Minute", 0, attrgetter("minute"), timed=True)
_part("Second", 0, attrgetter("second"), timed=True)


@function("TimeZoneOffset", takes=[Parameter(DATE_TIME, blank=EPOCH)], required=0, gives="number")
def time_zone_offset(run: Run, *moment: datetime) -> Value:
    """Minutes from local time to UTC."""
    local = moment[0] if moment else run.now
    offset = local.replace(tzinfo=run.zone).utcoffset() or timedelta()
    return run.number(-int(offset / timedelta(minutes=1)))
