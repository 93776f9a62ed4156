"""Data types as authors declare them (`valueType`, `responseSchema`): what JSON becomes under one.

What is declared is converted; what is not declared is kept as it came, because real declarations lag behind real data.
"""

import json
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from dialog.powerfx.encoding import text_of
from dialog.powerfx.moments import zone_of
from dialog.powerfx.values import Record, Table, Value, from_plain, row_of

MAX_DEPTH = 100


class NotOfTypeError(ValueError):
    """A value is not of the type that was declared for it."""


def typed(data: Any, declared: Any, timezone: str = "UTC", depth: int = 0) -> Value:
    """`data`, which is JSON, as the declared type has it; Blank stays Blank.

    A moment with a zone becomes what the clock shows then in `timezone`, the conversation's.

    Raises:
        NotOfTypeError: it cannot be of that type.
    """
    if depth > MAX_DEPTH:
        raise NotOfTypeError(f"nested more than {MAX_DEPTH} deep")
    if data is None:
        return None
    kind, properties = _kind_of(declared)
    match kind:
        case "Record":
            return _record(data, properties, timezone, depth)
        case "Table":
            return _table(data, properties, timezone, depth)
        case "Number" | "Decimal":
            return _number(data)
        case "Boolean":
            return _boolean(data)
        case "String" | "Hyperlink" | "Guid":
            return data if isinstance(data, str) else text_of(from_plain(data))
        case "DateTime" | "Date" | "Time" | "DateTimeNoTimeZone":
            return _moment(data, kind, timezone)
        case _:
            return from_plain(data)


def read_json(text: str) -> Any:
    """What a text of JSON says.

    Raises:
        NotOfTypeError: it is none.
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise NotOfTypeError("the text is no JSON") from None


def is_text(declared: Any) -> bool:
    """Whether a text is taken as it is, and not as JSON."""
    return _kind_of(declared)[0] in {"String", "Hyperlink", "Guid", "DateTime", "Date", "Time", "DateTimeNoTimeZone"}


def _kind_of(declared: Any) -> tuple[str, Mapping[str, Any]]:
    """The name of a type, and its properties where it has any: `String`, `{kind: Record, …}`, `{type: String}`."""
    if isinstance(declared, str):
        return declared, {}
    if not isinstance(declared, Mapping):
        return "", {}
    if "type" in declared and "kind" not in declared:
        return _kind_of(declared["type"])
    properties = declared.get("properties")
    return str(declared.get("kind", "")), properties if isinstance(properties, Mapping) else {}


def _record(data: Any, properties: Mapping[str, Any], timezone: str, depth: int) -> Value:
    if not isinstance(data, Mapping):
        raise NotOfTypeError("a record is wanted")
    declared = {str(name): typed(data.get(name), inner, timezone, depth + 1) for name, inner in properties.items()}
    rest = {str(name): from_plain(value) for name, value in data.items() if str(name) not in declared}
    return Record({**declared, **rest})


def _table(data: Any, properties: Mapping[str, Any], timezone: str, depth: int) -> Value:
    if not isinstance(data, list | tuple):
        raise NotOfTypeError("a table is wanted")
    single = list(properties) == ["Value"]
    rows = (
        typed(row, properties["Value"], timezone, depth + 1)
        if single and not isinstance(row, Mapping)
        else typed(row, {"kind": "Record", "properties": properties}, timezone, depth + 1)
        if isinstance(row, Mapping)
        else from_plain(row)
        for row in data
    )
    return Table(row_of(row) for row in rows)


def _number(data: Any) -> Value:
    try:
        number = Decimal(str(data)) if not isinstance(data, bool) else Decimal(int(data))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise NotOfTypeError("a number is wanted")
    return from_plain(data if isinstance(data, int | float) and not isinstance(data, bool) else number)


def _boolean(data: Any) -> Value:
    if isinstance(data, bool):
        return data
    if isinstance(data, str) and data.strip().casefold() in {"true", "false"}:
        return data.strip().casefold() == "true"
    raise NotOfTypeError("true or false is wanted")


def _moment(data: Any, kind: str, timezone: str) -> Value:
    text = str(data).strip().replace("Z", "+00:00")
    try:
        if kind == "Date":
            return date.fromisoformat(text[:10])
        if kind == "Time":
            return _time(text)
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None and kind == "DateTime":
            moment = moment.astimezone(zone_of(timezone))
        return moment.replace(tzinfo=None)
    except (ValueError, OverflowError):
        raise NotOfTypeError(f"a {kind} is wanted, as ISO 8601 writes it") from None


def _time(text: str) -> Value:
    clock = time.fromisoformat(text)
    return timedelta(hours=clock.hour, minutes=clock.minute, seconds=clock.second, microseconds=clock.microsecond)
