"""Columns of tables and records: AddColumns, DropColumns, ShowColumns, RenameColumns."""

from collections.abc import Callable

from dialog.powerfx.binder import Binder, Bound, Code
from dialog.powerfx.lexer import FormulaError
from dialog.powerfx.registry import special
from dialog.powerfx.rows import Source, column_name, counted, over, unaliased, weight_of
from dialog.powerfx.run import Run
from dialog.powerfx.syntax import Call
from dialog.powerfx.types import ANY, Type
from dialog.powerfx.values import Record, Table, Value

Reshape = Callable[[Run, Record], Record]


def _source(binder: Binder, call: Call) -> Source:
    node, alias = unaliased(call.arguments[0])
    part = binder.bind(node)
    if part.type.kind not in {"Table", "Record", "Any", "Blank"}:
        raise FormulaError(f"a {part.type} has no columns", node.position)
    return Source(part, alias)


def _shaped(of: Source, columns: dict[str, Type] | None, reshape: Reshape, call: Call, *, weight: int = 1) -> Bound:
    """Rows, or the one record, in another shape."""
    kind = of.table.type.kind if of.table.type.is_aggregate else "Any"

    def code(run: Run) -> Value:
        value = of.table.code(run)
        if isinstance(value, Record):
            return reshape(run, value)
        return over(lambda _run: value, rows)(run)

    def rows(run: Run, table: Table) -> Value:
        run.spend(len(table) * weight)
        return Table(reshape(run, row) if isinstance(row, Record) else row for row in table)

    return Bound(ANY if kind == "Any" else Type(kind, columns), code, call)


def _known(of: Source) -> dict[str, Type] | None:
    return None if of.table.type.columns is None else dict(of.table.type.columns)


@special("ShowColumns")
def show_columns(binder: Binder, call: Call) -> Bound:
    """Only these columns."""
    counted(call, 2)
    of = _source(binder, call)
    names = [column_name(binder, argument, of.columns) for argument in call.arguments[1:]]
    known = _known(of)
    columns = None if known is None else {name: known[name] for name in names if name in known}
    return _shaped(of, columns, lambda _run, row: Record({name: row.get(name) for name in names}), call)


@special("DropColumns")
def drop_columns(binder: Binder, call: Call) -> Bound:
    """All but these columns."""
    counted(call, 2)
    of = _source(binder, call)
    names = [column_name(binder, argument, of.columns) for argument in call.arguments[1:]]
    known = _known(of)
    for index, name in enumerate(names):
        if name in names[:index]:
            raise FormulaError(f'the column "{name}" is dropped twice', call.arguments[index + 1].position)
    columns = None if known is None else {name: kind for name, kind in known.items() if name not in names}
    return _shaped(of, columns, lambda _run, row: Record({n: v for n, v in row.items() if n not in names}), call)


@special("RenameColumns")
def rename_columns(binder: Binder, call: Call) -> Bound:
    """With other names for columns."""
    counted(call, 3)
    if len(call.arguments) % 2 == 0:
        raise FormulaError("each column has a new name", call.position)
    of = _source(binder, call)
    names: dict[str, str] = {}
    for at in range(1, len(call.arguments), 2):
        old = column_name(binder, call.arguments[at], of.columns)
        new = column_name(binder, call.arguments[at + 1], {}, new=True)
        if old in names or new in names.values():
            raise FormulaError(f'the column "{old}" or "{new}" is named twice', call.arguments[at].position)
        names[old] = new
    known = _known(of)
    kept = [name for name in known or () if name not in names]
    for new in names.values():
        if new in kept:
            raise FormulaError(f'there is a column "{new}"', call.position)
    columns = None if known is None else {names.get(name, name): kind for name, kind in known.items()}
    return _shaped(of, columns, lambda _run, row: Record({names.get(n, n): v for n, v in row.items()}), call)


@special("AddColumns")
def add_columns(binder: Binder, call: Call) -> Bound:
    """With columns that a formula gives for each row."""
    counted(call, 3)
    if len(call.arguments) % 2 == 0:
        raise FormulaError("each new column has a formula", call.position)
    of = _source(binder, call)
    row = of.table.type.row if of.table.type.is_aggregate else ANY
    added: list[tuple[str, Bound]] = []
    for at in range(1, len(call.arguments), 2):
        name = column_name(binder, call.arguments[at], {}, new=True)
        if name in of.columns or any(name == other for other, _ in added):
            raise FormulaError(f'there is a column "{name}"', call.arguments[at].position)
        with binder.frame(row, of.alias):
            added.append((name, binder.bind(call.arguments[at + 1])))
    known = _known(of)
    columns = None if known is None else {**known, **{name: part.type for name, part in added}}
    codes: list[tuple[str, Code]] = [(name, part.code) for name, part in added]

    def reshape(run: Run, record: Record) -> Record:
        with run.frame(record):
            return Record({**record, **{name: code(run) for name, code in codes}})

    return _shaped(of, columns, reshape, call, weight=weight_of(call))
