"""Types by name: AsType, IsType, and the types that ParseJSON takes."""

from decimal import Decimal

from dialog.powerfx.binder import Binder, Bound
from dialog.powerfx.conversion import to_guid, type_name
from dialog.powerfx.kinds import EvaluationError, invalid, mismatched
from dialog.powerfx.lexer import FormulaError
from dialog.powerfx.numerals import OverflowedError, fitted
from dialog.powerfx.reading import read_span, read_strict
from dialog.powerfx.registry import special
from dialog.powerfx.rows import counted
from dialog.powerfx.run import Run
from dialog.powerfx.signature import Parameter, Signature, plain_call
from dialog.powerfx.syntax import Call, Name, Node, RecordLiteral, TableLiteral
from dialog.powerfx.types import (
    BOOLEAN,
    DATE,
    DATE_TIME,
    DECIMAL,
    DYNAMIC,
    GUID,
    NUMBER,
    TEXT,
    TIME,
    Type,
    column_of,
    record_of,
    table_of,
)
from dialog.powerfx.values import ErrorValue, Record, Table, Untyped, Value

_NAMED = {
    "Boolean": BOOLEAN, "Date": DATE, "DateTime": DATE_TIME, "Decimal": DECIMAL, "Dynamic": DYNAMIC, "GUID": GUID,
    "Number": NUMBER, "Text": TEXT, "Time": TIME, "UntypedObject": DYNAMIC, "Hyperlink": TEXT,
}  # fmt: skip


def named_type(node: Node) -> Type:
    """The type that a part of a formula names: `Number`, `Type({a: Text})`, `Type([Date])`.

    Raises:
        FormulaError: it names none.
    """
    if isinstance(node, Call) and node.function == "Type":
        counted(node, 1, 1)
        return _inline(node.arguments[0])
    if isinstance(node, Name):
        return _inline(node)
    raise FormulaError("a type is wanted, such as Number or Type({name: Text})", node.position)


def _inline(node: Node) -> Type:
    match node:
        case Name(name=name) if name in _NAMED:
            return _NAMED[name]
        case RecordLiteral(fields=fields):
            return record_of({name: _inline(field) for name, field in fields})
        case TableLiteral(rows=(row,)):
            kind = _inline(row)
            return table_of(kind.columns) if kind.kind == "Record" else column_of(kind)
        case _:
            raise FormulaError("a type is wanted, such as Number or {name: Text}", node.position)


def typed(run: Run, data: object, kind: Type) -> Value:
    """JSON's data as a value of a type.

    Raises:
        EvaluationError: they are none.
    """
    if data is None:
        return None
    match kind.kind:
        case "Dynamic":
            return Untyped(data)
        case "Record" if isinstance(data, dict):
            return Record({name: typed(run, data.get(name), column) for name, column in (kind.columns or {}).items()})
        case "Table" if isinstance(data, list):
            return _rows(run, data, kind)
        case _:
            return _single(run, data, kind)


def _rows(run: Run, data: list[object], kind: Type) -> Table:
    run.rows(len(data))
    rows: list[Value] = []
    single = kind.single
    for item in data:
        if single and single[0] == "Value" and not isinstance(item, dict):
            rows.append(Record({"Value": typed(run, item, single[1])}))
        else:
            rows.append(typed(run, item, kind.row))
    return Table(rows)


def _single(run: Run, data: object, kind: Type) -> Value:
    match kind.kind, data:
        case "Boolean", bool():
            return data
        case "Number", (Decimal() | float()):
            return float(data)
        case "Decimal", (Decimal() | float()):
            try:
                return fitted(Decimal(data) if isinstance(data, Decimal) else Decimal(repr(data)))
            except OverflowedError:
                raise invalid("the number is too large") from None
        case "Text", str():
            return data
        case "GUID", str():
            return to_guid(run, data)
        case "Date", str():
            return read_strict(run, data[:10]).date()
        case "DateTime", str():
            return read_strict(run, data)
        case "Time", str():
            return read_span(data)
        case _:
            raise invalid(f"these data of JSON are no {kind}")


def _with_type(binder: Binder, call: Call) -> tuple[Bound, Type]:
    counted(call, 2, 2)
    part = binder.bind(call.arguments[0])
    kind = named_type(call.arguments[1])
    if part.type.kind not in {"Dynamic", "Any", "Blank"}:
        raise FormulaError(f"a {part.type} has its type already", part.node.position)
    return part, kind


@special("AsType")
def as_type(binder: Binder, call: Call) -> Bound:
    """An untyped object as a value of a type."""
    part, kind = _with_type(binder, call)

    def body(run: Run, value: Value) -> Value:
        if isinstance(value, Untyped):
            return typed(run, value.data, kind)
        raise mismatched(type_name(value), "value of JSON")

    return plain_call(binder, call, Signature((Parameter("any"),), kind, 1, on_blank=None), [part], body)


@special("IsType")
def is_type(binder: Binder, call: Call) -> Bound:
    """Whether an untyped object is a value of a type."""
    part, kind = _with_type(binder, call)

    def body(run: Run, value: Value) -> Value:
        if not isinstance(value, Untyped):
            return False
        try:
            found = typed(run, value.data, kind)
        except EvaluationError:
            return False
        return not isinstance(found, ErrorValue)

    return plain_call(binder, call, Signature((Parameter("any"),), BOOLEAN, 1, on_blank=None), [part], body)
