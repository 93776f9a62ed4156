"""How values leave the language: as JSON that loses nothing, as JSON for other systems, and as text in a message."""

import math
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from dialog.powerfx.conversion import printed
from dialog.powerfx.cultures import spoken
from dialog.powerfx.values import Color, ErrorValue, JsonNumber, Option, Record, Table, Untyped, Value, from_plain

_TAG = "$fx"


def to_json(value: Value) -> Any:  # noqa: C901, PLR0912 - one case a kind
    """`value` as JSON from which `from_json` makes the same again: what a conversation carries."""
    match value:
        case None | bool() | str():
            return value
        case Table():
            return [to_json(row) for row in value]
        case Record():
            return _tagged("record", {name: to_json(field) for name, field in value.items()})
        case Decimal():
            return _tagged("number", str(value))
        case float():
            return _tagged("float", repr(value))
        case datetime():
            return _tagged("datetime", value.isoformat())
        case date():
            return _tagged("date", value.isoformat())
        case timedelta():
            return _tagged("span", [value.days, value.seconds, value.microseconds])
        case UUID():
            return _tagged("guid", str(value))
        case Color():
            return _tagged("color", [value.red, value.green, value.blue, value.alpha])
        case Untyped():
            return _tagged("untyped", _numbers_kept(value.data))
        case Option():
            return _tagged("option", [value.option_set, value.id, value.display_name, value.value])
        case ErrorValue():
            return _tagged("error", [value.kind, value.message, *(to_json(other) for other in value.more)])


def _tagged(kind: str, value: Any) -> dict[str, Any]:
    return {_TAG: kind, "value": value}


def _numbers_kept(data: Any) -> Any:
    """Untyped data as JSON has them, with numbers that JSON readers would round kept as text."""
    match data:
        case JsonNumber():
            return _tagged("number", data.text)
        case dict():
            return {name: _numbers_kept(field) for name, field in data.items()}
        case list():
            return [_numbers_kept(item) for item in data]
        case _:
            return data


def _numbers_read(data: Any) -> Any:
    match data:
        case {"$fx": "number", "value": str() as text} if len(data) == 2:
            return JsonNumber(text)
        case dict():
            return {name: _numbers_read(field) for name, field in data.items()}
        case list():
            return [_numbers_read(item) for item in data]
        case _:
            return data


def _moment(text: str) -> datetime:
    """A moment as it was written down; one with a zone, as older states have it, is read as UTC's wall clock."""
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _time_of_day(text: str) -> timedelta:
    """A time as older states have it."""
    clock = datetime.fromisoformat(f"2000-01-01T{text}")
    return clock - datetime(2000, 1, 1)  # noqa: DTZ001 - a time of day has no zone


def _error(data: Any) -> ErrorValue:
    return ErrorValue(data["value"][0], data["value"][1])


_DECODERS: dict[str, Any] = {
    "number": Decimal,
    "float": float,
    "datetime": _moment,
    "date": date.fromisoformat,
    "time": _time_of_day,
    "span": lambda parts: timedelta(*parts),
    "guid": UUID,
    "color": lambda parts: Color(*parts),
    "untyped": lambda data: Untyped(_numbers_read(data)),
    "option": lambda parts: Option(*parts),
    "error": lambda parts: ErrorValue(parts[0], parts[1], tuple(map(_error, parts[2:]))),
    "record": lambda fields: Record({name: from_json(field) for name, field in fields.items()}),
}


def from_json(data: Any) -> Value:
    """The value that `to_json` wrote down; plain JSON becomes the value that it means."""
    if isinstance(data, dict) and _TAG in data:
        decoded: Value = _DECODERS[data[_TAG]](data["value"])
        return decoded
    return from_plain(data) if not isinstance(data, list) else Table(from_json(row) for row in data)


def plain(value: Value) -> Any:  # noqa: C901 - one case a kind
    """`value` as another system reads it: numbers as numbers, dates in ISO 8601, a choice as its display name."""
    match value:
        case Decimal() | float():
            return _plain_number(value)
        case date():
            return value.isoformat()
        case timedelta():
            return str(value).rpartition(" ")[2].rjust(8, "0")
        case UUID():
            return str(value)
        case Option():
            return value.display_name
        case ErrorValue():
            return None
        case Table():
            return [_plain_row(row) for row in value]
        case Record():
            return {name: plain(field) for name, field in value.items()}
        case Untyped():
            return _plain_data(value.data)
        case Color():
            return f"#{value.red:02x}{value.green:02x}{value.blue:02x}{value.alpha:02x}"
        case _:
            return value


def _plain_number(value: Decimal | float) -> int | float | str:
    number = float(value)
    if not math.isfinite(number):
        return str(value)
    return int(number) if abs(number) < 1e15 and number == int(number) else number


def _plain_row(row: Value) -> Any:
    return plain(row["Value"]) if isinstance(row, Record) and list(row) == ["Value"] else plain(row)


def _plain_data(data: Any) -> Any:
    match data:
        case Mapping():
            return {name: _plain_data(field) for name, field in data.items()}
        case list():
            return [_plain_data(item) for item in data]
        case Decimal():
            return plain(data)
        case _:
            return data


def text_of(value: Value, locale: str = "en-US") -> str:
    """How `value` prints in a message: Blank as nothing, a choice as its display name, a date as the locale has it."""
    match value:
        case None | ErrorValue():
            return ""
        case str():
            return value
        case Table():
            return ", ".join(text_of(field, locale) for row in value for field in _fields(row))
        case Record():
            return ", ".join(f"{name}: {text_of(field, locale)}" for name, field in value.items())
        case Untyped():
            return value.data.text if isinstance(value.data, JsonNumber) else text_of(from_plain(value.data), locale)
        case Color():
            return str(plain(value))
        case _:
            return printed(value, spoken(locale))


def _fields(row: Value) -> list[Value]:
    return list(row.values()) if isinstance(row, Record) else [row]
