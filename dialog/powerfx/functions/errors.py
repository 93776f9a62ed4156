"""Errors as values: Error, IsError, IsBlankOrError."""

from dialog.powerfx.binder import Binder, Bound
from dialog.powerfx.conversion import to_text
from dialog.powerfx.kinds import EvaluationError, invalid, kind_name
from dialog.powerfx.lexer import FormulaError
from dialog.powerfx.registry import special
from dialog.powerfx.rows import counted
from dialog.powerfx.run import Run
from dialog.powerfx.signature import Parameter, Signature, plain_call
from dialog.powerfx.syntax import Call
from dialog.powerfx.types import BLANK, BOOLEAN, Type
from dialog.powerfx.values import ErrorValue, Option, Record, Table, Value, combined, is_blank

_FIELDS = frozenset(["Kind", "Message", "Source", "Observed", "Details"])


@special("Error")
def error(binder: Binder, call: Call) -> Bound:
    """An error of one's own: from a text, from a record with a Kind and perhaps a Message, or from a table of those."""
    counted(call, 1, 1)
    what = binder.bind(call.arguments[0])
    kind = what.type
    if kind.kind not in {"Text", "Record", "Table", "Any", "Blank", "Dynamic"}:
        raise FormulaError(f"no error is made from a {kind}", what.node.position)
    if kind.is_aggregate and kind.columns is not None:
        _check_columns(kind, what)

    def body(run: Run, value: Value) -> Value:
        return _made(run, value)

    return plain_call(binder, call, Signature((Parameter("any"),), BLANK, 1), [what], body)


def _check_columns(kind: Type, what: Bound) -> None:
    columns = kind.columns or {}
    of = columns.get("Kind")
    number = of is not None and (
        of.kind in {"Decimal", "Number", "Any", "Blank"} or (of.options is not None and of.options.name == "ErrorKind")
    )
    if not number or not set(columns) <= _FIELDS:
        raise FormulaError("an error has a Kind, and may have a Message", what.node.position)
    message = columns.get("Message")
    if message is not None and message.kind not in {"Text", "Any", "Blank"}:
        raise FormulaError("an error's Message is a text", what.node.position)


def _made(run: Run, value: Value) -> Value:
    match value:
        case Record():
            return _from_record(run, value)
        case Table():
            errors = [_from_record(run, row) for row in value if isinstance(row, Record)]
            if not errors:
                raise invalid("an error has a Kind")
            return combined(errors)
        case None:
            raise invalid("an error has a Kind")
        case _:
            return ErrorValue("Custom", to_text(run, value))


def _from_record(run: Run, record: Record) -> ErrorValue:
    kind, message = record.get("Kind"), record.get("Message")
    for field in (kind, message):
        if isinstance(field, ErrorValue):
            raise EvaluationError(field.kind, field.message, field.more)
    number = kind.value if isinstance(kind, Option) else kind
    if isinstance(number, str | bool) or number is None or isinstance(number, Record | Table):
        raise invalid("an error's Kind is one of ErrorKind's, or a number")
    name = kind_name(int(number))  # type: ignore[arg-type]  # a number by now
    return ErrorValue(name, to_text(run, message) if message is not None else f"error {name}")


@special("IsError")
def is_error(binder: Binder, call: Call) -> Bound:
    """Whether the argument is an error."""
    counted(call, 1, 1)
    part = binder.bind(call.arguments[0])
    code = part.code
    return Bound(BOOLEAN, lambda run: isinstance(code(run), ErrorValue), call)


@special("IsBlankOrError")
def is_blank_or_error(binder: Binder, call: Call) -> Bound:
    """Whether the argument is Blank, the empty text, or an error."""
    counted(call, 1, 1)
    code = binder.bind(call.arguments[0]).code

    def check(run: Run) -> Value:
        value = code(run)
        return isinstance(value, ErrorValue) or is_blank(value)

    return Bound(BOOLEAN, check, call)
