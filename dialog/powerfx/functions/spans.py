"""Later and earlier, and what lies between two moments: DateAdd, DateDiff, EDate, EOMonth."""

import calendar as months_of_year
from datetime import date, datetime, timedelta

from dialog.powerfx.binder import Binder, Bound
from dialog.powerfx.kinds import invalid
from dialog.powerfx.lexer import FormulaError
from dialog.powerfx.moments import DAY, EPOCH, moment_of, out_of_range
from dialog.powerfx.registry import function, special
from dialog.powerfx.rows import counted
from dialog.powerfx.run import Run
from dialog.powerfx.signature import Parameter, Signature, plain_call
from dialog.powerfx.syntax import Call
from dialog.powerfx.types import DATE, DATE_TIME, NUMBER, TEMPORAL
from dialog.powerfx.values import Option, Value
from dialog.powerfx.zones import later, shown

_MOMENT = Parameter(DATE_TIME)

_SPANS = {
    "days": DAY,
    "hours": DAY / 24,
    "minutes": DAY / 1440,
    "seconds": DAY / 86_400,
    "milliseconds": DAY / 86_400_000,
}
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
    loose = not binder.language.strong_enums and kind.kind in {"Text", "Decimal", "Number"}
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
            return run.number(months)
        case "quarters":
            return run.number((last.year - first.year) * 4 + (last.month - 1) // 3 - (first.month - 1) // 3)
        case "years":
            return run.number(last.year - first.year)
        case "days":
            return run.number((last.date() - first.date()).days)
        case _:
            return run.number(_spans_between(run, first, last, name))


def _spans_between(run: Run, first: datetime, last: datetime, unit: str) -> int:
    span = _SPANS[unit]
    try:
        # The clock on the wall says when an hour is over; how many there are between two of them, UTC's.
        first, last = (run.to_utc(moment - (moment - EPOCH) % span) for moment in (first, last))
    except (OverflowError, ValueError):
        raise out_of_range() from None
    # Where a clock is put back by half an hour, that half counts as a whole one.
    return (last - first + span / 2) // span


@function("EDate", takes=[_MOMENT, Parameter(NUMBER, blank=0.0)], gives=DATE, on_blank=None)
def edate(_run: Run, moment: datetime, months: float) -> Value:
    """So many months later."""
    return months_later(moment, int(max(-1e6, min(1e6, months)))).date()


@function("EOMonth", takes=[_MOMENT, Parameter(NUMBER, blank=0.0)], gives=DATE, on_blank=None)
def eomonth(_run: Run, moment: datetime, months: float) -> Value:
    """The last day of the month that is so many months later."""
    first = months_later(moment.replace(day=1), int(max(-1e6, min(1e6, months))))
    return first.replace(day=months_of_year.monthrange(first.year, first.month)[1]).date()
