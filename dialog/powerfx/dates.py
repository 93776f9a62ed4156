"""Dates and times, in the time zone of the scope."""

import calendar
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from dialog.powerfx import coercion
from dialog.powerfx.coercion import EvaluationError
from dialog.powerfx.evaluation import Evaluation
from dialog.powerfx.registry import eager
from dialog.powerfx.values import Value

_SPANS = {"Days": "days", "Hours": "hours", "Minutes": "minutes", "Seconds": "seconds", "Milliseconds": "milliseconds"}
_MONTHS = {"Months": 1, "Quarters": 3, "Years": 12}
_SECONDS = {"Days": 86_400, "Hours": 3_600, "Minutes": 60, "Seconds": 1}


def _local(run: Evaluation, value: Value) -> datetime:
    return coercion.moment(value).astimezone(ZoneInfo(run.scope.timezone))


@eager("Now")
def now(run: Evaluation) -> Value:
    """The moment of the turn."""
    return run.scope.now


@eager("UTCNow")
def utc_now(run: Evaluation) -> Value:
    """The moment of the turn, in UTC."""
    return run.scope.now.astimezone(UTC)


@eager("Today", "UTCToday")
def today(run: Evaluation) -> Value:
    """The day of the turn, where the conversation is."""
    return run.scope.now.astimezone(ZoneInfo(run.scope.timezone)).date()


@eager("Date")
def date_(_run: Evaluation, year: Value, month: Value, day: Value) -> Value:
    """A day; a month or day too many carries over."""
    months = int(coercion.number(year)) * 12 + int(coercion.number(month)) - 1
    return date(months // 12, months % 12 + 1, 1) + timedelta(days=int(coercion.number(day)) - 1)


@eager("Time")
def time_(_run: Evaluation, hour: Value, minute: Value, second: Value, milliseconds: Value = None) -> Value:
    """A time of day."""
    seconds = (coercion.number(hour) * 60 + coercion.number(minute)) * 60 + coercion.number(second)
    span = timedelta(seconds=int(seconds), milliseconds=int(coercion.number(milliseconds)))
    return (datetime(2000, 1, 1, tzinfo=UTC) + span).time()


@eager("DateValue")
def date_value(run: Evaluation, value: Value, _language: Value = None) -> Value:
    """Text as a day; Blank stays Blank."""
    return None if coercion.is_blank(value) else _read(run, value).date()


@eager("DateTimeValue")
def datetime_value(run: Evaluation, value: Value, _language: Value = None) -> Value:
    """Text as a moment; Blank stays Blank."""
    return None if coercion.is_blank(value) else _read(run, value)


@eager("TimeValue")
def time_value(run: Evaluation, value: Value, _language: Value = None) -> Value:
    """Text as a time of day; Blank stays Blank."""
    return None if coercion.is_blank(value) else _read(run, value).time()


_FORMATS = (
    "%m/%d/%Y", "%m/%d/%y", "%m/%d/%Y %I:%M %p", "%m/%d/%Y %H:%M", "%B %d, %Y", "%b %d, %Y", "%d %B %Y", "%d %b %Y",
    "%H:%M", "%I:%M %p", "%H:%M:%S", "%Y/%m/%d",
)  # fmt: skip


def _read(run: Evaluation, value: Value) -> datetime:
    text = coercion.text(value, run.scope.locale).strip() if not isinstance(value, date) else ""
    if not text:
        return coercion.moment(value)
    try:
        return coercion.datetime_of(datetime.fromisoformat(text))
    except ValueError:
        pass
    for pattern in _FORMATS:
        try:
            return datetime.strptime(text, pattern).replace(tzinfo=UTC)
        except ValueError:
            continue
    raise EvaluationError("InvalidArgument", "this text is no date")


@eager("DateAdd")
def date_add(_run: Evaluation, start: Value, count: Value, unit: Value = "Days") -> Value:
    """So many units later; a month's last day stays its last."""
    number = int(coercion.number(count))
    moment = start if isinstance(start, date) else coercion.moment(start)
    if unit in _MONTHS:
        return _months_later(moment, number * _MONTHS[str(unit)])
    span = timedelta(**{_SPANS[str(unit)]: number})
    return moment + span if unit == "Days" or isinstance(moment, datetime) else coercion.datetime_of(moment) + span


def _months_later(moment: date, count: int) -> date:
    months = moment.year * 12 + moment.month - 1 + count
    year, month = months // 12, months % 12 + 1
    return moment.replace(year=year, month=month, day=min(moment.day, calendar.monthrange(year, month)[1]))


@eager("DateDiff")
def date_diff(_run: Evaluation, start: Value, end: Value, unit: Value = "Days") -> Value:
    """How many units lie between; months and years by the calendar's own."""
    first, last = coercion.moment(start), coercion.moment(end)
    if unit in _MONTHS:
        months = (last.year - first.year) * 12 + last.month - first.month
        return Decimal(last.year - first.year if unit == "Years" else months // _MONTHS[str(unit)])
    if unit == "Days":
        return Decimal((last.date() - first.date()).days)
    if unit == "Milliseconds":
        return Decimal(int((last - first).total_seconds() * 1_000))
    return Decimal(int((last - first).total_seconds() // _SECONDS[str(unit)]))


def _part(*names: str, of: str) -> None:
    @eager(*names)
    def part(run: Evaluation, value: Value) -> Value:
        """One part of a date or time."""
        moment = (
            value
            if isinstance(value, time)
            else _local(run, value)
            if isinstance(value, datetime)
            else coercion.moment(value)
        )
        return Decimal(getattr(moment, of))


for _name in ("Year", "Month", "Day", "Hour", "Minute", "Second"):
    _part(_name, of=_name.lower())


@eager("Weekday")
def weekday(_run: Evaluation, value: Value, start: Value = Decimal(1)) -> Value:
    """The day of the week; Sunday is 1 unless the week starts elsewhere."""
    sunday_first = coercion.moment(value).isoweekday() % 7 + 1
    return Decimal((sunday_first - int(coercion.number(start))) % 7 + 1)


@eager("EDate")
def edate(_run: Evaluation, value: Value, months: Value) -> Value:
    """So many months later."""
    return _months_later(coercion.moment(value), int(coercion.number(months)))


@eager("TimeZoneOffset")
def time_zone_offset(run: Evaluation, value: Value = None) -> Value:
    """Minutes from local time to UTC."""
    offset = _local(run, value if value is not None else run.scope.now).utcoffset() or timedelta()
    return Decimal(int(-offset.total_seconds() // 60))
