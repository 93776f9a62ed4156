"""Values as Power Fx writes them: what a formula would have to say to give the same."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from dialog.powerfx.kinds import ERROR_KINDS
from dialog.powerfx.numerals import number_text
from dialog.powerfx.values import Color, ErrorValue, Option, Record, Table, Untyped, Value

_BARE = re.compile(r"[^\W\d]\w*")
_WORDS = frozenset([
    "true", "false", "in", "exactin", "As", "Parent", "Self", "And", "Or", "Not", "and", "or", "not", "Is", "This",
    "blank", "Child", "Children", "Siblings", "empty", "null", "none", "nothing", "undefined",
])  # fmt: skip


def literal_of(value: Value, *, typed: bool = False) -> str:  # noqa: C901 - one case a kind
    """`value` as a formula that gives it. `typed`: numbers say of which kind they are."""
    match value:
        case None:
            return "Blank()"
        case bool():
            return "true" if value else "false"
        case Decimal() | float():
            kind = "Decimal" if isinstance(value, Decimal) else "Float"
            return f"{kind}({number_text(value)})" if typed else number_text(value)
        case str():
            return '"' + value.replace('"', '""') + '"'
        case datetime() | date() | timedelta():
            return _temporal(value)
        case UUID():
            return f'GUID("{value}")'
        case Color():
            return f"RGBA({value.red},{value.green},{value.blue},{_opacity(value.alpha)})"
        case Option():
            return f"{identifier(value.option_set)}.{identifier(value.id)}"
        case ErrorValue():
            return _error(value)
        case Table():
            return f"Table({','.join(literal_of(row, typed=typed) for row in value)})"
        case Record():
            pairs = sorted(value.items(), key=lambda pair: pair[0])
            return "{" + ",".join(f"{identifier(name)}:{literal_of(field, typed=typed)}" for name, field in pairs) + "}"
        case Untyped():
            return _untyped(value.data)


def _opacity(alpha: int) -> str:
    return number_text(Decimal(str(round(alpha / 255, 3))))


def _temporal(value: date | timedelta) -> str:
    if isinstance(value, timedelta):
        total = value % timedelta(days=1) // timedelta(milliseconds=1)
        figures: Sequence[int] = (
            total // 3_600_000 % 24, total // 60_000 % 60, total // 1000 % 60, total % 1000,
        )  # fmt: skip
        return f"Time({','.join(map(str, figures))})"
    if not isinstance(value, datetime):
        return f"Date({value.year},{value.month},{value.day})"
    day = f"{value.year},{value.month},{value.day}"
    return f"DateTime({day},{value.hour},{value.minute},{value.second},{value.microsecond // 1000})"


def _error(error: ErrorValue) -> str:
    parts = [f"{{Kind:{_kind(part.kind)}}}" for part in error.all]
    return f"Error({parts[0]})" if len(parts) == 1 else f"Error(Table({','.join(parts)}))"


def _kind(kind: str) -> str:
    return f"ErrorKind.{kind}" if kind in ERROR_KINDS else kind


def _untyped(data: object) -> str:
    match data:
        case list():
            return f"[{','.join(_untyped(item) for item in data)}]"
        case dict():
            return "{" + ",".join(f"{identifier(str(name))}:{_untyped(item)}" for name, item in data.items()) + "}"
        case None | bool() | str() | Decimal() | float():
            return literal_of(data)
        case _:
            return str(data)


def identifier(name: str) -> str:
    """A name as a formula writes it: in quotes where it must be."""
    return name if _BARE.fullmatch(name) and name not in _WORDS else "'" + name.replace("'", "''") + "'"
