"""Power Fx values, as Python has them.

| Power Fx | Python |
|---|---|
| Blank | None |
| Boolean, Text | bool, str |
| Decimal, Number (a float) | Decimal, float |
| Date, DateTime | date, datetime without a zone: what a clock on the conversation's wall shows |
| Time | timedelta, since midnight |
| GUID | UUID |
| Record, Table, Color, an option, an untyped object, an error | a type of this module |
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Self
from uuid import UUID

from dialog.powerfx.numerals import MOST_PLACES, fitted


class Record(Mapping[str, "Value"]):
    """Named values, in the order in which they were written; it never changes."""

    __slots__ = ("_fields",)

    def __init__(self, fields: Mapping[str, "Value"]) -> None:
        self._fields = dict(fields)

    def __getitem__(self, name: str) -> "Value":
        return self._fields[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def __contains__(self, name: object) -> bool:
        return name in self._fields

    def __hash__(self) -> int:
        return hash(tuple(sorted(self._fields.items(), key=lambda pair: pair[0])))

    def __repr__(self) -> str:
        return f"Record({self._fields!r})"


class Table(tuple["Value", ...]):
    """Rows in order: records, Blank, or errors. A table of single values has records with the one column `Value`."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Option:
    """A member of an option set or an enumeration. It prints as its display name; `value` is what stands behind it."""

    option_set: str
    id: str
    display_name: str
    value: "bool | str | float | None" = None


@dataclass(frozen=True, slots=True)
class Color:
    """Red, green and blue from 0 to 255, and how opaque it is, from 0 to 255."""

    red: int
    green: int
    blue: int
    alpha: int = 255


class JsonNumber(Decimal):
    """A number of JSON, with all its digits, and as it stands there."""

    text: str

    def __new__(cls, text: str) -> Self:
        """The number that `text` is."""
        number = super().__new__(cls, text)
        number.text = text
        return number


@dataclass(frozen=True, slots=True)
class Untyped:
    """What JSON says, before anyone has said what type it shall be: `ParseJSON`'s value. Its data are never None."""

    data: Any


@dataclass(frozen=True)
class ErrorValue:
    """An error that flows on until it is used, or caught by IfError; `more` are those that came with it."""

    kind: str
    message: str
    more: tuple["ErrorValue", ...] = ()

    @property
    def all(self) -> tuple["ErrorValue", ...]:
        """The error itself, and those that came with it."""
        return (self, *self.more)


Value = (
    None | bool | Decimal | float | str | datetime | date | timedelta | UUID
    | Record | Table | Option | Color | Untyped | ErrorValue
)  # fmt: skip


def combined(errors: list[ErrorValue]) -> ErrorValue:
    """All these errors as one."""
    if len(errors) == 1:
        return errors[0]
    first, *others = (part for error in errors for part in error.all)
    return ErrorValue(first.kind, first.message, tuple(ErrorValue(other.kind, other.message) for other in others))


def row_of(value: Value) -> Value:
    """A table's row for `value`: itself where it is a record, else a record with the column `Value`."""
    return value if isinstance(value, Record) else Record({"Value": value})


def is_blank(value: Value) -> bool:
    """Whether IsBlank says so: Blank, and the empty text."""
    return value is None or value == "" or (isinstance(value, Untyped) and value.data == "")


def rows_of(value: Value) -> Table:
    """A variable's rows: none where it is Blank, one where it is a single value."""
    if value is None:
        return Table()
    if isinstance(value, Untyped):
        return rows_of(from_plain(value.data))
    return value if isinstance(value, Table) else Table([row_of(value)])


def _number(number: Decimal) -> Value:
    """A number as a Decimal where it is of that size, else as a float; what no float holds is an error."""
    if number.is_finite() and abs(number.adjusted()) < MOST_PLACES:
        return fitted(number)
    rough = float(number)
    return rough if math.isfinite(rough) else ErrorValue("Numeric", "the number is too large")


def from_plain(data: Any) -> Value:
    """The value that ordinary JSON means: a list of scalars is a table with the column `Value`."""
    match data:
        case None | bool() | str():
            return data
        case int() | float() | Decimal():
            return _number(Decimal(str(data)))
        case Mapping():
            return Record({str(name): from_plain(field) for name, field in data.items()})
        case list() | tuple():
            return Table(row_of(from_plain(row)) for row in data)
        case _:
            return str(data)
