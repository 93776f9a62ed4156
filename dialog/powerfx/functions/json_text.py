"""JSON: a value as JSON's text."""

import json
import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from dialog.powerfx.binder import Binder, Bound
from dialog.powerfx.kinds import EvaluationError, mismatched
from dialog.powerfx.lexer import FormulaError
from dialog.powerfx.numerals import number_text
from dialog.powerfx.registry import special
from dialog.powerfx.rows import counted
from dialog.powerfx.run import Run
from dialog.powerfx.signature import Parameter, Signature, plain_call
from dialog.powerfx.syntax import Call
from dialog.powerfx.types import TEXT
from dialog.powerfx.utf16 import units
from dialog.powerfx.values import Color, ErrorValue, Option, Record, Table, Untyped, Value

_FLAGS = frozenset("4GIB_")


@special("JSON")
def json_(binder: Binder, call: Call) -> Bound:
    """`value` as JSON: compact, or indented by four, as JSONFormat's members say."""
    counted(call, 1, 2)
    parts = [binder.bind(argument) for argument in call.arguments]
    if parts[0].type.kind == "Void":
        raise FormulaError("this has no value", parts[0].node.position)
    if len(parts) > 1:
        _check_format(binder, parts[1])
    return plain_call(binder, call, Signature((Parameter("any"), Parameter("any")), TEXT, 1), parts, _json)


def _check_format(binder: Binder, part: Bound) -> None:
    kind = part.type
    is_member = kind.options is not None and kind.options.name == "JSONFormat"
    loose = kind.kind == "Text" and (not binder.language.strong_enums or not isinstance(part.constant, str))
    if not is_member and not loose and kind.kind not in {"Any", "Blank"}:
        raise FormulaError("a form is one of JSONFormat's members", part.node.position)
    flags = _flags(part.constant) if isinstance(part.constant, Option | str) else ""
    if not set(flags) <= _FLAGS or {"G", "B"} <= set(flags):
        raise FormulaError("these members of JSONFormat do not go together", part.node.position)


def _flags(value: Any) -> str:
    return str(value.value if isinstance(value, Option) else value)


def _json(run: Run, value: Value, style: Value = "") -> Value:
    flags = "" if style is None else _flags(style)
    data = _data(run, value, flatten="_" in flags)
    text = _written(data, indent=4 if "4" in flags else 0, depth=0)
    return run.sized(text)


class _Raw(str):
    """A number, as it stands in JSON."""

    __slots__ = ()


def _data(run: Run, value: Value, *, flatten: bool) -> Any:  # noqa: C901, PLR0912 - one case a kind
    run.spend()
    match value:
        case None | bool() | str():
            return value
        case Decimal() | float():
            return _Raw(number_text(value))
        case datetime():
            utc = run.to_utc(value)
            return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"
        case date():
            return value.isoformat()
        case timedelta():
            total = value // timedelta(milliseconds=1)
            return f"{total // 3_600_000:02d}:{total // 60_000 % 60:02d}:{total // 1000 % 60:02d}.{total % 1000:03d}"
        case UUID():
            return str(value)
        case Color():
            return f"#{value.red:02x}{value.green:02x}{value.blue:02x}{value.alpha:02x}"
        case Option():
            return _option(value)
        case ErrorValue():
            raise EvaluationError(value.kind, value.message, value.more)
        case Untyped():
            return _untyped(value.data)
        case Record():
            return {name: _data(run, field, flatten=flatten) for name, field in sorted(value.items())}
        case Table():
            return [_row(run, row, flatten=flatten) for row in value]
        case _:
            raise mismatched(type(value).__name__, "value for JSON")


def _option(option: Option) -> Any:
    if isinstance(option.value, bool) or option.value is None:
        return option.id if option.value is None else option.value
    return _Raw(number_text(option.value)) if isinstance(option.value, float) else option.value


def _row(run: Run, row: Value, *, flatten: bool) -> Any:
    if flatten and isinstance(row, Record) and list(row) == ["Value"]:
        return _data(run, row["Value"], flatten=flatten)
    return _data(run, row, flatten=flatten)


def _untyped(data: Any) -> Any:
    match data:
        case Decimal() | float():
            return _Raw(number_text(data))
        case dict():
            return {name: _untyped(field) for name, field in data.items()}
        case list():
            return [_untyped(item) for item in data]
        case _:
            return data


def _written(data: Any, *, indent: int, depth: int) -> str:
    if isinstance(data, _Raw):
        return str(data)
    if isinstance(data, dict):
        pairs = [
            f"{_quoted(name)}:{' ' if indent else ''}{_written(field, indent=indent, depth=depth + 1)}"
            for name, field in data.items()
        ]
        return _enclosed("{}", pairs, indent, depth)
    if isinstance(data, list):
        return _enclosed("[]", [_written(item, indent=indent, depth=depth + 1) for item in data], indent, depth)
    return _quoted(data)


def _quoted(data: Any) -> str:
    return _ESCAPED.sub(_escape, json.dumps(data, ensure_ascii=False))


_ESCAPED = re.compile(r"\\u[0-9a-f]{4}|[^\x00-\uffff]|[\x7f-\x9f\u2028\u2029]")


def _escape(match: re.Match[str]) -> str:
    """Control characters and emojis as .NET escapes them, in capitals."""
    text = match.group()
    return f"\\u{text[2:].upper()}" if text[0] == "\\" else "".join(f"\\u{ord(unit):04X}" for unit in units(text))


def _enclosed(braces: str, parts: list[str], indent: int, depth: int) -> str:
    if not parts or not indent:
        return f"{braces[0]}{','.join(parts)}{braces[1]}"
    inner, outer = "\n" + " " * indent * (depth + 1), "\n" + " " * indent * depth
    return f"{braces[0]}{inner}{f',{inner}'.join(parts)}{outer}{braces[1]}"
