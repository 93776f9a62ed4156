"""The values of Power Fx, as Python has them, and their forms as JSON and as text.

Blank is None. Numbers are decimals, as Power Fx computes by default: `int` where whole, `Decimal` (28 digits) elsewhere;
a `float` that comes in from JSON is taken by its shortest decimal form. Dates and times are naive, in the customer's
time zone. A row of a single-column table `[1, 2]` is the record `{Value: 1}`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, TypeAlias

from dialog.powerfx import formats

Value: TypeAlias = Any
"""None, bool, int, Decimal, float (coming in), str, datetime, date, time, `Record`, `Table`, `Option`, `ErrorValue`."""


class Record(Mapping[str, Value]):
    """An immutable record: its fields in the order in which they were given."""

    __slots__ = ("_fields",)

    def __init__(self, fields: Mapping[str, Value] | None = None) -> None:
        self._fields = dict(fields or {})

    def __getitem__(self, name: str) -> Value:
        return self._fields[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def __hash__(self) -> int:
        return hash(frozenset(self._fields.items()))

    def __repr__(self) -> str:
        return f"Record({self._fields!r})"


class Table(tuple[Value, ...]):
    """A table: its rows, each a `Record`, or Blank, or an `ErrorValue`."""

    __slots__ = ()


@dataclass(frozen=True)
class Option:
    """A member of an option set: a choice of a closed list, or of an enumeration such as `TimeUnit`."""

    option_set: str
    id: str
    display_name: str

    def __str__(self) -> str:
        return self.display_name


@dataclass(frozen=True)
class ErrorValue:
    """What an expression that went wrong evaluates to. `kind` is Power Fx's own word, such as "Div0"."""

    kind: str
    message: str


class Unresolved:
    """What a scope answers for a name that it does not know; `UNRESOLVED` is the only one."""


UNRESOLVED = Unresolved()


def number_of(value: Decimal | float) -> Value:
    """`value` in the one form numbers have here: `int` where whole, else `Decimal`."""
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not exact.is_finite():
        return ErrorValue("Numeric", "the number is too large")
    return int(exact) if exact == exact.to_integral_value() else exact.normalize()


def value_of(data: Any) -> Value:
    """The value of plain JSON: objects become records, arrays tables, whose scalars stand in a column `Value`."""
    if isinstance(data, Record | Table):
        return data
    if isinstance(data, float):
        return number_of(data)
    if isinstance(data, Mapping):
        return Record({str(name): value_of(field) for name, field in data.items()})
    if isinstance(data, list | tuple):
        return Table(row_of(value_of(item)) for item in data)
    return data


def row_of(value: Value) -> Value:
    """`value` as a row of a table: anything but a record (or an error) stands in a column `Value`."""
    return value if isinstance(value, Record | ErrorValue) else Record({"Value": value})


def plain(value: Value) -> Any:
    """`value` as JSON for people and hubs: options by display name, dates in ISO 8601, errors as null."""
    match value:
        case Record():
            return {name: plain(field) for name, field in value.items()}
        case Table():
            return [plain(row["Value"]) if isinstance(row, Record) and set(row) == {"Value"} else plain(row) for row in value]
        case Option():
            return value.display_name
        case Decimal():
            return float(value)
        case datetime() | date() | time():
            return value.isoformat()
        case ErrorValue():
            return None
    return value


def to_json(value: Value) -> Any:
    """`value` as JSON from which `from_json` makes the same value again."""
    match value:
        case Record():
            return {"$record": {name: to_json(field) for name, field in value.items()}}
        case Table():
            return {"$table": [to_json(row) for row in value]}
        case Option():
            return {"$option": [value.option_set, value.id, value.display_name]}
        case ErrorValue():
            return {"$error": [value.kind, value.message]}
        case Decimal():
            return {"$decimal": str(value)}
        case datetime():
            return {"$datetime": value.isoformat()}
        case date():
            return {"$date": value.isoformat()}
        case time():
            return {"$time": value.isoformat()}
    return value


def from_json(data: Any) -> Value:
    """The value that `to_json` wrote; plain JSON, which bears no tag, is read by `value_of`."""
    if not isinstance(data, Mapping) or len(data) != 1:
        return value_of(data)
    tag, content = next(iter(data.items()))
    match tag:
        case "$record":
            return Record({name: from_json(field) for name, field in content.items()})
        case "$table":
            return Table(from_json(row) for row in content)
        case "$option":
            return Option(*content)
        case "$error":
            return ErrorValue(*content)
        case "$decimal":
            return Decimal(content)
    return _moment_from(tag, content) if tag in {"$datetime", "$date", "$time"} else value_of(data)


def _moment_from(tag: str, content: str) -> Value:
    kinds: dict[str, type[datetime | date | time]] = {"$datetime": datetime, "$date": date, "$time": time}
    return kinds[tag].fromisoformat(content)


def text_of(value: Value, locale: str = "en-US") -> str:
    """`value` as `{Topic.X}` prints it: Blank prints empty, a record or table as JSON."""
    match value:
        case None | ErrorValue():
            return ""
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | Decimal() | float():
            return formats.number(Decimal(repr(value)) if isinstance(value, float) else Decimal(value), locale)
        case datetime() | date() | time():
            return formats.moment(value, locale)
        case Record() if set(value) == {"Value"}:
            return text_of(value["Value"], locale)
        case Record() | Table():
            return formats.json_text(plain(value))
    return str(value)
