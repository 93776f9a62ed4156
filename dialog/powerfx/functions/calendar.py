"""Making dates and times, and reading them: Date, Time, DateTime, DateValue, DateTimeValue, TimeValue."""

from datetime import datetime, timedelta

from dialog.powerfx.binder import Binder, Bound
from dialog.powerfx.conversion import to_date, to_moment
from dialog.powerfx.cultures import culture_of
from dialog.powerfx.kinds import invalid
from dialog.powerfx.lexer import FormulaError
from dialog.powerfx.moments import time_of
from dialog.powerfx.reading import read_local, read_span, read_strict
from dialog.powerfx.registry import function, special
from dialog.powerfx.rows import counted
from dialog.powerfx.rules import coerces
from dialog.powerfx.run import Run
from dialog.powerfx.signature import Parameter, Signature, plain_call
from dialog.powerfx.syntax import Call
from dialog.powerfx.types import DATE, DATE_TIME, NUMBER, TEXT, TIME, Type
from dialog.powerfx.values import Untyped, Value
from dialog.powerfx.zones import shown

_FLOAT = Parameter(NUMBER, blank=0.0)
_MOST = 1e9


def _whole(number: float) -> int:
    if not -_MOST < number < _MOST:
        raise invalid("there is no such date or time")
    return int(number)


def _moment(run: Run, year: float, month: float, day: float, span: timedelta = timedelta()) -> datetime:
    """A moment; what is too much of one part carries over, and what no clock shows becomes what it shows next."""
    if not 1 <= year < 10_000:
        raise invalid("years go from 1 to 9999")
    months = _whole(year) * 12 + _whole(month) - 1
    try:
        first = datetime(months // 12, months % 12 + 1, 1)  # noqa: DTZ001 - Power Fx's moments have no zone
        moment = first + timedelta(days=_whole(day) - 1) + span
    except (OverflowError, ValueError):
        raise invalid("there is no such date") from None
    return shown(run, moment)


@function("Date", takes=[_FLOAT, _FLOAT, _FLOAT], gives=DATE)
def date_(run: Run, year: float, month: float, day: float) -> Value:
    """A day; a month or day too many carries over."""
    return _moment(run, year, month, day).date()


@function("Time", takes=[_FLOAT] * 4, required=3, gives=TIME)
def time_(_run: Run, hour: float, minute: float, second: float, millisecond: float = 0.0) -> Value:
    """A time since midnight."""
    return timedelta(
        hours=_whole(hour), minutes=_whole(minute), seconds=_whole(second), milliseconds=_whole(millisecond)
    )


@function("DateTime", takes=[_FLOAT] * 7, required=6, gives=DATE_TIME)
def date_time(  # noqa: PLR0913 - the parts of a moment
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
        return read_local(run, value, culture_of(language) if language else run.culture)
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
