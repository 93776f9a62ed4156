"""Power Fx values, as Python has them.

Blank is None; a number is a `Decimal` (Power Fx computes in decimals by default, and 0.1 + 0.2 shall print as 0.3);
text, Booleans, dates and times are Python's own. A record, a table, an option-set member and an error have types here.
Two encodings leave this module: `to_json` loses nothing and is what a conversation carries; `plain` is what a hub gets.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any


class Record(Mapping[str, "Value"]):
    """Named values, in the order in which they were written; it never changes."""

    def __init__(self, fields: Mapping[str, "Value"]) -> None:
        self._fields = dict(fields)

    def __getitem__(self, name: str) -> "Value":
        return self._fields[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def __hash__(self) -> int:
        return hash(tuple(sorted(self._fields.items(), key=lambda pair: pair[0])))

    def __repr__(self) -> str:
        return f"Record({self._fields!r})"


class Table(tuple["Value", ...]):
    """Records in order. A table of single values has records with the one column `Value`."""

    __slots__ = ()


@dataclass(frozen=True)
class Option:
    """A member of an option set: a choice of a closed list. It prints as its display name."""

    option_set: str
    id: str
    display_name: str


@dataclass(frozen=True)
class ErrorValue:
    """An error that flows on until it is used, or caught by IfError."""

    kind: str
    message: str


Value = None | bool | Decimal | str | datetime | date | time | Record | Table | Option | ErrorValue

_TAG = "$fx"


def to_json(value: Value) -> Any:
    """`value` as JSON from which `from_json` makes the same again."""
    match value:
        case None | bool() | str():
            return value
        case Decimal():
            return {_TAG: "number", "value": str(value)}
        case datetime():
            return {_TAG: "datetime", "value": value.isoformat()}
        case date():
            return {_TAG: "date", "value": value.isoformat()}
        case time():
            return {_TAG: "time", "value": value.isoformat()}
        case Option():
            return {_TAG: "option", "value": [value.option_set, value.id, value.display_name]}
        case ErrorValue():
            return {_TAG: "error", "value": [value.kind, value.message]}
        case Table():
            return [to_json(row) for row in value]
        case Record():
            return {_TAG: "record", "value": {name: to_json(field) for name, field in value.items()}}


_DECODERS: dict[str, Any] = {
    "number": Decimal,
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "option": lambda parts: Option(*parts),
    "error": lambda parts: ErrorValue(*parts),
    "record": lambda fields: Record({name: from_json(field) for name, field in fields.items()}),
}


def from_json(data: Any) -> Value:
    """The value that `to_json` wrote down; plain JSON becomes the value that it means."""
    if isinstance(data, dict) and _TAG in data:
        decoded: Value = _DECODERS[data[_TAG]](data["value"])
        return decoded
    return from_plain(data) if not isinstance(data, list) else Table(from_json(row) for row in data)


def from_plain(data: Any) -> Value:
    """The value that ordinary JSON means: a list of scalars is a table with the column `Value`."""
    match data:
        case None | bool() | str():
            return data
        case int() | float():
            return Decimal(str(data))
        case Mapping():
            return Record({str(name): from_plain(field) for name, field in data.items()})
        case list() | tuple():
            return Table(row_of(from_plain(row)) for row in data)
        case _:
            return str(data)


def row_of(value: Value) -> Value:
    """A table's row for `value`: itself where it is a record, else a record with the column `Value`."""
    return value if isinstance(value, Record) else Record({"Value": value})


def plain(value: Value) -> Any:
    """`value` as another system reads it: numbers as numbers, dates in ISO 8601, a choice as its display name."""
    match value:
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case datetime() | date() | time():
            return value.isoformat()
        case Option():
            return value.display_name
        case ErrorValue():
            return None
        case Table():
            return [_plain_row(row) for row in value]
        case Record():
            return {name: plain(field) for name, field in value.items()}
        case _:
            return value


def _plain_row(row: Value) -> Any:
    return plain(row["Value"]) if isinstance(row, Record) and list(row) == ["Value"] else plain(row)


def text_of(value: Value, locale: str = "en-US") -> str:  # noqa: C901 - one case a kind
    """How `value` prints in a message: Blank as nothing, a choice as its display name, a date as the locale has it."""
    match value:
        case None | ErrorValue():
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case Decimal():
            return number_text(value)
        case datetime():
            return f"{text_of(value.date(), locale)} {value:%-I:%M %p}"
        case date():
            return f"{value.month}/{value.day}/{value.year}" if locale.startswith("en-US") else value.isoformat()
        case time():
            return f"{value:%-I:%M %p}"
        case Option():
            return value.display_name
        case Table():
            return ", ".join(text_of(field, locale) for row in value for field in _fields(row))
        case Record():
            return ", ".join(f"{name}: {text_of(field, locale)}" for name, field in value.items())


def _fields(row: Value) -> list[Value]:
    return list(row.values()) if isinstance(row, Record) else [row]


def number_text(value: Decimal) -> str:
    """A number without an exponent and without zeros that say nothing."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
