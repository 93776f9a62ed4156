"""One type's value as another's: what happens where a text stands for a number, a date for a text, and so on.

A converter gets a value that is neither Blank nor an error, and raises an EvaluationError where it has no such form.
"""

import math
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from dialog.powerfx.cultures import Culture
from dialog.powerfx.kinds import invalid, mismatched
from dialog.powerfx.moments import EPOCH, days_of, moment_at, moment_of, patterned, time_of
from dialog.powerfx.numerals import OverflowedError, decimal_of, fitted, number_text
from dialog.powerfx.reading import read_decimal, read_float, read_local, read_span, read_strict
from dialog.powerfx.run import Run
from dialog.powerfx.types import Kind
from dialog.powerfx.values import Color, JsonNumber, Option, Record, Table, Untyped, Value

Converter = Callable[[Run, Value], Value]


def type_name(value: Value) -> str:
    """What people call the type of `value`."""
    names = {
        bool: "Boolean", Decimal: "number", float: "number", str: "text", datetime: "date and time", date: "date",
        timedelta: "time", UUID: "GUID", Untyped: "value of JSON",
    }  # fmt: skip
    return names.get(type(value), type(value).__name__.lower()) if value is not None else "blank"


def to_text(run: Run, value: Value) -> str:
    """`value` as text, as the conversation's language writes it."""
    match value:
        case str():
            return value
        case Untyped(data=JsonNumber() as data):
            return data.text
        case Untyped(data=data):
            if isinstance(data, list | dict):
                raise mismatched("array or object of JSON", "text")
            return to_text(run, data)
        case None:
            return ""
        case _:
            return printed(value, run.culture)


def printed(value: Value, culture: Culture) -> str:
    """A single value as text, as a language writes it."""
    match value:
        case bool():
            return "true" if value else "false"
        case Decimal() | float():
            text = number_text(value)
            return text if culture.point == "." else text.replace(".", culture.point)
        case Option():
            return value.display_name
        case datetime():
            return patterned(value, f"{culture.short_date} {culture.short_time}", culture)
        case date():
            return patterned(moment_of(value), culture.short_date, culture)
        case timedelta():
            return patterned(moment_at(0) + value % timedelta(days=1), culture.short_time, culture)
        case UUID():
            return str(value)
        case _:
            raise mismatched(type_name(value), "text")


def to_float(run: Run, value: Value) -> float:
    """`value` as a float."""
    match value:
        case float():
            return value
        case bool():
            return float(value)
        case Decimal():
            return _finite(float(value))
        case str():
            return read_float(value, run.culture)
        case date() | timedelta():
            return days_of(value)
        case Untyped(data=(bool() | Decimal() | float() | str()) as data):
            return to_float(run, data)
        case Option(value=(bool() | float()) as backing):
            return float(backing)
        case _:
            raise mismatched(type_name(value), "number")


def to_decimal(run: Run, value: Value) -> Decimal:
    """`value` as a Decimal."""
    match value:
        case Decimal():
            return value
        case str():
            return read_decimal(value, run.culture)
        case Untyped(data=Decimal() as data):
            return _fitted(data)
        case Untyped(data=str() as data):
            return to_decimal(run, data)
        case _:
            try:
                return decimal_of(to_float(run, value))
            except OverflowedError:
                raise invalid("the number is too large for a Decimal") from None


def _finite(number: float) -> float:
    if not math.isfinite(number):
        raise invalid("the number is too large")
    return number


def _fitted(number: Decimal) -> Decimal:
    try:
        return fitted(number)
    except OverflowedError:
        raise invalid("the number is too large for a Decimal") from None


def to_number(run: Run, value: Value) -> Decimal | float:
    """`value` as a number; what is none yet becomes one of the language's own kind."""
    if value.__class__ is Decimal or value.__class__ is float:
        return value
    return to_float(run, value) if run.floats else to_decimal(run, value)


def to_boolean(_run: Run, value: Value) -> bool:
    """`value` as a Boolean."""
    match value:
        case bool():
            return value
        case Decimal() | float():
            return value != 0
        case str():
            word = value.lower()
            if word in {"true", "false", ""}:
                return word == "true"
            raise invalid("this text is neither true nor false")
        case Untyped(data=(bool() | Decimal() | float() | str()) as data):
            return to_boolean(_run, data)
        case Option(value=bool() as backing):
            return backing
        case _:
            raise mismatched(type_name(value), "Boolean")


def to_moment(run: Run, value: Value) -> datetime:
    """`value` as a moment."""
    match value:
        case date():
            return moment_of(value)
        case timedelta():
            return moment_at(0) + value
        case Decimal() | float():
            return moment_at(float(value))
        case str():
            return read_local(run, value, run.culture)
        case Untyped(data=str() as data):
            return read_strict(run, data)
        case _:
            raise mismatched(type_name(value), "date")


def to_date(run: Run, value: Value) -> date:
    """`value` as a date."""
    return to_moment(run, value).date()


def to_time(run: Run, value: Value) -> timedelta:
    """`value` as a time of day."""
    match value:
        case timedelta():
            return value
        case Untyped(data=str() as data):
            return read_span(data)
        case str():
            return time_of(to_moment(run, value))
        case Decimal() | float():
            return moment_at(float(value)) - EPOCH
        case _:
            return to_moment(run, value) - EPOCH


def to_temporal(run: Run, value: Value) -> date | timedelta:
    """`value` as a date, a moment or a time, whichever it is; all else becomes a moment."""
    return value if isinstance(value, date | timedelta) else to_moment(run, value)


def to_guid(_run: Run, value: Value) -> UUID:
    """`value` as a GUID."""
    text = value.data if isinstance(value, Untyped) else value
    if isinstance(text, UUID):
        return text
    if not isinstance(text, str):
        raise mismatched(type_name(value), "GUID")
    bare = text.strip()
    for opening, closing in ("{}", "()"):
        if bare.startswith(opening) and bare.endswith(closing):
            bare = bare[1:-1]
    if not re.fullmatch(r"[0-9a-fA-F]{32}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", bare):
        raise invalid("this text is no GUID")
    return UUID(bare)


def to_color(_run: Run, value: Value) -> Color:
    """`value` as a color."""
    if isinstance(value, Color):
        return value
    if isinstance(value, Option) and isinstance(value.value, float):
        number = int(value.value)
        return Color(number >> 16 & 255, number >> 8 & 255, number & 255, number >> 24 & 255)
    raise mismatched(type_name(value), "color")


def to_record(_run: Run, value: Value) -> Record:
    """`value`, which must be a record."""
    if isinstance(value, Record):
        return value
    raise mismatched(type_name(value), "record")


def to_table(run: Run, value: Value) -> Table:
    """`value`, which must be a table, or an array of JSON: then a table of untyped objects."""
    if isinstance(value, Table):
        return value
    if isinstance(value, Untyped) and isinstance(value.data, list):
        run.rows(len(value.data))
        return Table(Record({"Value": untyped(item)}) for item in value.data)
    raise mismatched(type_name(value), "table")


def untyped(data: object) -> Value:
    """JSON's data as a value: null is Blank."""
    return None if data is None else Untyped(data)


def _unless_empty(converter: Converter) -> Converter:
    """The empty text stands for no number, date or GUID: it is Blank."""
    return lambda run, value: None if value == "" else converter(run, value)


CONVERTERS: dict[Kind, Converter] = {
    "Boolean": to_boolean,
    "Decimal": _unless_empty(to_decimal),
    "Number": _unless_empty(to_float),
    "Text": to_text,
    "Date": _unless_empty(to_date),
    "Time": _unless_empty(to_time),
    "DateTime": _unless_empty(to_moment),
    "GUID": _unless_empty(to_guid),
    "Color": to_color,
    "Record": to_record,
    "Table": to_table,
}
