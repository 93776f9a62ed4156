"""Making dates and times, and reading them: Date, Time, DateTime, DateValue, DateTimeValue, TimeValue."""

from datetime import datetime, timedelta

from dialog.powerfx.binder import Binder, Bound
from dialog.powerfx.conversion import read_local, read_span, read_strict, to_date, to_moment
from dialog.powerfx.cultures import culture_of
from dialog.powerfx.kinds import invalid
from dialog.powerfx.lexer import FormulaError
from dialog.powerfx.moments import DAY, time_of
from dialog.powerfx.registry import function, special
from dialog.powerfx.rows import counted
from dialog.powerfx.rules import coerces
from dialog.powerfx.run import Run
from dialog.powerfx.signature import Parameter, Signature, plain_call
from dialog.powerfx.syntax import Call
from dialog.powerfx.types import DATE, DATE_TIME, NUMBER, TEXT, TIME, Type
from dialog.powerfx.values import Untyped, Value

_FLOAT = Parameter(NUMBER, blank=0.0)
_MOST = 1e9


def _whole(number: float) -> int:
    if not -_MOST < number < _MOST:
        raise invalid("there is no such date or time")
    return int(number)


def _moment(run: Run, year: float, month: float, day: float, span: timedelta = timedelta()) -> datetime:
    """A moment; what is too much of one part carries over, and what no clock shows (spring) becomes what it shows next."""
    if not 0 <= year <= 9999:
        raise invalid("years go from 0 to 9999")
    whole = _whole(year)
    months = (whole + 1900 if whole < 1900 else whole) * 12 + _whole(month) - 1
    try:
        first = datetime(months // 12, months % 12 + 1, 1)  # noqa: DTZ001 - Power Fx's moments have no zone
        moment = first + timedelta(days=_whole(day) - 1) + span
    except (OverflowError, ValueError):
        raise invalid("there is no such date") from None
    return shown(run, moment)


def shown(run: Run, moment: datetime) -> datetime:
    """`moment` where the conversation's clock shows it, else what the clock shows after the hour it leaves out."""
    try:
        aware = moment.replace(tzinfo=run.zone)
        back = run.from_utc(run.to_utc(moment))
    except (OverflowError, ValueError):
        return moment
    if back == moment:
        return moment
    before = (aware - timedelta(hours=4)).utcoffset()
    after = (aware + timedelta(hours=4)).utcoffset()
    gap = (after or timedelta()) - (before or timedelta())
    return _end_of_gap(run, moment, gap)


def _end_of_gap(run: Run, moment: datetime, gap: timedelta) -> datetime:
    """The first moment that the clock shows behind the gap in which `moment` lies."""
    low, high = moment - gap, moment
    start = low
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if run.from_utc(run.to_utc(middle)) == middle:
            low = middle
        else:
            high = middle
    edge = high.replace(microsecond=0) if high.microsecond < 500_000 else high
    rounded = datetime(edge.year, edge.month, edge.day, edge.hour, edge.minute)  # noqa: DTZ001 - as above
    rounded += timedelta(minutes=1) if edge - rounded > timedelta(seconds=30) else timedelta()
    return rounded + gap if rounded >= start else moment


@function("Date", takes=[_FLOAT, _FLOAT, _FLOAT], gives=DATE)
def date_(run: Run, year: float, month: float, day: float) -> Value:
    """A day; a month or day too many carries over."""
    return _moment(run, year, month, day).date()


@function("Time", takes=[_FLOAT] * 4, required=3, gives=TIME)
def time_(_run: Run, hour: float, minute: float, second: float, millisecond: float = 0.0) -> Value:
    """A time of day; whole days fall away."""
    span = timedelta(
        hours=_whole(hour), minutes=_whole(minute), seconds=_whole(second), milliseconds=_whole(millisecond)
    )
    return span - DAY * int(span / DAY)


@function("DateTime", takes=[_FLOAT] * 7, required=6, gives=DATE_TIME)
def date_time(
    run: Run,
    year: float,
    month: float,
    day: float,
    hour: float,
    minute: float,
    second: float,
    millisecond: float = 0.0,
) -> Value:
    """A moment."""
    span = timedelta(
        hours=_whole(hour), minutes=_whole(minute), seconds=_whole(second), milliseconds=_whole(millisecond)
    )
    return _moment(run, year, month, day, span)


_READABLE = frozenset(["Text", "Dynamic", "Any", "Blank", "Date", "DateTime", "Time", "Decimal", "Number"])


def _reading(name: str, kind: Type) -> None:
    @special(name)
    def binding(binder: Binder, call: Call) -> Bound:
        counted(call, 1, 2)
        parts = [binder.bind(argument) for argument in call.arguments]
        if parts[0].type.kind not in _READABLE:
            raise FormulaError(f"a {parts[0].type} is no date or time", parts[0].node.position)
        if len(parts) > 1 and not coerces(parts[1].type, TEXT):
            raise FormulaError("a language's code is a text", parts[1].node.position)
        signature = Signature((Parameter("any"), Parameter(TEXT)), kind, 1, on_blank=None)
        return plain_call(binder, call, signature, parts, _READERS[name])


def _read(run: Run, value: Value, language: str | None) -> datetime | None:
    if value == "":
        return None
    if isinstance(value, Untyped):
        if not isinstance(value.data, str):
            raise invalid("a date of JSON is a text")
        return read_strict(run, value.data)
    if isinstance(value, str):
        return read_local(run, value, culture_of(language or run.scope.locale))
    return to_moment(run, value)


def _date_value(run: Run, value: Value, language: str | None = None) -> Value:
    moment = _read(run, value, language)
    return None if moment is None else to_date(run, moment)


def _date_time_value(run: Run, value: Value, language: str | None = None) -> Value:
    moment = _read(run, value, language)
    return None if moment is None else shown(run, moment)


def _time_value(run: Run, value: Value, language: str | None = None) -> Value:
    if isinstance(value, Untyped):
        if not isinstance(value.data, str):
            raise invalid("a time of JSON is a text")
        return read_span(value.data)
    if isinstance(value, timedelta):
        return value
    moment = _read(run, value, language)
    return None if moment is None else time_of(moment)


_READERS = {"DateValue": _date_value, "DateTimeValue": _date_time_value, "TimeValue": _time_value}
_reading("DateValue", DATE)
_reading("DateTimeValue", DATE_TIME)
_reading("TimeValue", TIME)
