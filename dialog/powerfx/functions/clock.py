"""Now and today, the parts of dates and times, and what lies between them."""

import calendar as months_of_year
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from operator import attrgetter

from dialog.powerfx.binder import Binder, Bound
from dialog.powerfx.kinds import invalid
from dialog.powerfx.lexer import FormulaError
from dialog.powerfx.moments import DAY, EPOCH, moment_of, out_of_range
from dialog.powerfx.registry import function, special
from dialog.powerfx.rows import counted
from dialog.powerfx.run import Run
from dialog.powerfx.signature import Parameter, Signature, plain_call
from dialog.powerfx.syntax import Call
from dialog.powerfx.types import BOOLEAN, DATE, DATE_TIME, NUMBER, NUMERIC, TEMPORAL
from dialog.powerfx.values import Option, Value
from dialog.powerfx.zones import later, shown

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


def _plain(run: Run, number: float) -> Value:
    return float(number) if run.floats else Decimal(str(number))


def _part(name: str, of_blank: int, part: Callable[[datetime], int], *, timed: bool) -> None:
    @function(name, takes=[_TEMPORAL], gives="number")
    def of(run: Run, value: date | timedelta | None) -> Value:
        """One part of a date or time."""
        if value is None:
            return _plain(run, of_blank)
        if isinstance(value, timedelta):
            total = int(value / timedelta(milliseconds=1)) if value >= timedelta() else 0
            moment = EPOCH + timedelta(milliseconds=total % 86_400_000) if timed else EPOCH + value
            return _plain(run, part(moment))
        return _plain(run, part(moment_of(value)))


_part("Year", 1900, attrgetter("year"), timed=False)
_part("Month", 1, attrgetter("month"), timed=False)
_part("Day", 0, attrgetter("day"), timed=False)
_part("Hour", 0, attrgetter("hour"), timed=True)
_part("Minute", 0, attrgetter("minute"), timed=True)
_part("Second", 0, attrgetter("second"), timed=True)

_STARTS = {1: 0, 2: 1, 17: 0, 11: 1, 12: 2, 13: 3, 14: 4, 15: 5, 16: 6}
"""The first day of the week by Excel's number of it, Sunday being 0; 3 counts Monday as 0."""


def _start(value: Value) -> int:
    number = value.value if isinstance(value, Option) else value
    if isinstance(number, bool) or not isinstance(number, Decimal | float):
        raise invalid("a week begins on one of StartOfWeek's days")
    whole = int(number)
    if whole != number or (whole not in _STARTS and whole != 3):
        raise invalid("a week begins on one of StartOfWeek's days")
    return whole


def _week(name: str, count: Callable[[datetime, int], int]) -> None:
    @special(name)
    def binding(binder: Binder, call: Call) -> Bound:
        counted(call, 1, 2)
        parts = [binder.bind(argument) for argument in call.arguments]
        if len(parts) > 1:
            _check_start(binder, parts[1])
        signature = Signature((Parameter(DATE_TIME, blank=EPOCH), Parameter("any")), binder.number, 1)
        return plain_call(binder, call, signature, parts, body)

    def body(run: Run, moment: datetime, *start: Value) -> Value:
        """The day's number in the week, or the week's in the year."""
        if not start:
            return _plain(run, count(moment, 1))
        if start[0] is None:
            raise invalid("a week begins on one of StartOfWeek's days")
        return _plain(run, count(moment, _start(start[0])))


def _check_start(binder: Binder, part: Bound) -> None:
    kind = part.type
    is_member = kind.options is not None and kind.options.name == "StartOfWeek"
    loose = not binder.language.strong_enums and kind.kind in NUMERIC
    if not is_member and not loose and kind.kind not in {"Any", "Blank"}:
        raise FormulaError("a week begins on one of StartOfWeek's days", part.node.position)


def _weekday(moment: datetime, start: int) -> int:
    if start == 3:
        return moment.isoweekday() - 1
    return (moment.isoweekday() - _STARTS[start]) % 7 + 1


def _week_number(moment: datetime, start: int) -> int:
    first = datetime(moment.year, 1, 1)  # noqa: DTZ001 - Power Fx's moments have no zone
    begins = 1 if start == 3 else _STARTS[start]
    offset = (first.isoweekday() - begins) % 7
    return ((moment - first).days + offset) // 7 + 1


_week("Weekday", _weekday)
_week("WeekNum", _week_number)

_SPANS = {"days": DAY, "hours": DAY / 24, "minutes": DAY / 1440, "seconds": DAY / 86_400, "milliseconds": DAY / 86_400_000}
_MONTHS = {"months": 1, "quarters": 3, "years": 12}


def unit_of(value: Value) -> str:
    """The name of a unit of time.

    Raises:
        EvaluationError: there is no such unit.
    """
    name = str(value.value if isinstance(value, Option) else value).lower()
    if name not in _SPANS and name not in _MONTHS:
        raise invalid("a unit is one of TimeUnit's")
    return name


def _check_unit(binder: Binder, part: Bound) -> None:
    kind = part.type
    is_member = kind.options is not None and kind.options.name == "TimeUnit"
    loose = not binder.language.strong_enums and kind.kind == "Text"
    if not is_member and not loose and kind.kind not in {"Any", "Blank"}:
        raise FormulaError("a unit is one of TimeUnit's", part.node.position)


@special("DateAdd")
def date_add(binder: Binder, call: Call) -> Bound:
    """So many units later; a month's last day stays its last."""
    counted(call, 2, 3)
    parts = [binder.bind(argument) for argument in call.arguments]
    if len(parts) > 2:
        _check_unit(binder, parts[2])
    kind = parts[0].type if parts[0].type.kind in TEMPORAL | {"Any"} else DATE_TIME
    count = Parameter("any") if parts[1].type.kind == "Time" else Parameter(NUMBER, blank=0.0)
    signature = Signature((Parameter("temporal", blank=EPOCH), count, Parameter("any", blank="days")), kind, 2)
    return plain_call(binder, call, signature, parts, _added)


def _added(run: Run, start: date | timedelta, count: float | timedelta | None, unit: Value = "days") -> Value:
    moment = EPOCH + start if isinstance(start, timedelta) else moment_of(start)
    name = unit_of(unit)
    if isinstance(count, timedelta):
        count, name = count / timedelta(milliseconds=1), "milliseconds"
    moved = _later(run, moment, count or 0.0, name)
    if isinstance(start, timedelta):
        return moved - EPOCH
    return moved if isinstance(start, datetime) else moved.date()


def _later(run: Run, moment: datetime, count: float, unit: str) -> datetime:
    try:
        if unit in _MONTHS:
            return shown(run, months_later(moment, int(count) * _MONTHS[unit]))
        if unit == "days":
            return shown(run, moment + DAY * count)
        return later(run, moment, _SPANS[unit] * count)
    except (OverflowError, ValueError):
        raise out_of_range() from None


def months_later(moment: datetime, count: int) -> datetime:
    """So many months later; where that month is shorter, its last day."""
    if abs(count) > 200_000:
        raise out_of_range()
    months = moment.year * 12 + moment.month - 1 + count
    year, month = months // 12, months % 12 + 1
    if not 1 <= year <= 9999:
        raise out_of_range()
    return moment.replace(year=year, month=month, day=min(moment.day, months_of_year.monthrange(year, month)[1]))


@special("DateDiff")
def date_diff(binder: Binder, call: Call) -> Bound:
    """How many units lie between; months and years by the calendar's own."""
    counted(call, 2, 3)
    parts = [binder.bind(argument) for argument in call.arguments]
    if len(parts) > 2:
        _check_unit(binder, parts[2])
    moment = Parameter("temporal", blank=EPOCH)
    signature = Signature((moment, moment, Parameter("any", blank="days")), binder.number, 2)
    return plain_call(binder, call, signature, parts, _between)


def _between(run: Run, start: date | timedelta, end: date | timedelta, unit: Value = "days") -> Value:
    first, last = (EPOCH + value if isinstance(value, timedelta) else moment_of(value) for value in (start, end))
    name = unit_of(unit)
    months = (last.year - first.year) * 12 + last.month - first.month
    match name:
        case "months":
            return _plain(run, months)
        case "quarters":
            return _plain(run, (last.year - first.year) * 4 + (last.month - 1) // 3 - (first.month - 1) // 3)
        case "years":
            return _plain(run, last.year - first.year)
        case "days":
            return _plain(run, (last.date() - first.date()).days)
        case _:
            return _plain(run, _spans_between(run, first, last, name))


def _spans_between(run: Run, first: datetime, last: datetime, unit: str) -> int:
    try:
        first, last = run.to_utc(first), run.to_utc(last)
    except (OverflowError, ValueError):
        raise out_of_range() from None
    span = _SPANS[unit]
    if unit != "milliseconds":
        return (last - EPOCH) // span - (first - EPOCH) // span
    return (last - first) // span


@function("EDate", takes=[_MOMENT, Parameter(NUMBER, blank=0.0)], gives=DATE, on_blank=None)
def edate(_run: Run, moment: datetime, months: float) -> Value:
    """So many months later."""
    return months_later(moment, int(max(-1e6, min(1e6, months)))).date()


@function("EOMonth", takes=[_MOMENT, Parameter(NUMBER, blank=0.0)], gives=DATE, on_blank=None)
def eomonth(_run: Run, moment: datetime, months: float) -> Value:
    """The last day of the month that is so many months later."""
    first = months_later(moment.replace(day=1), int(max(-1e6, min(1e6, months))))
    return first.replace(day=months_of_year.monthrange(first.year, first.month)[1]).date()


@function("TimeZoneOffset", takes=[Parameter(DATE_TIME, blank=EPOCH)], required=0, gives="number")
def time_zone_offset(run: Run, *moment: datetime) -> Value:
    """Minutes from local time to UTC."""
    local = moment[0] if moment else run.now
    offset = local.replace(tzinfo=run.zone).utcoffset() or timedelta()
    return _plain(run, -int(offset / timedelta(minutes=1)))


