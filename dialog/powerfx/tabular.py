"""Functions of single values, called with tables of one column: `Len(["a", "bc"])` is a table of lengths."""

from collections.abc import Callable, Sequence

from dialog.powerfx.binder import Binder, Bound, Code
from dialog.powerfx.kinds import LimitError
from dialog.powerfx.lexer import FormulaError
from dialog.powerfx.run import Run
from dialog.powerfx.signature import Signature, plain_call
from dialog.powerfx.syntax import Call, Node
from dialog.powerfx.types import Type, column_of
from dialog.powerfx.values import ErrorValue, Record, Table, Value

_SHORT = ErrorValue("NotApplicable", "this table has no more rows")


def tabular_call(
    binder: Binder, node: Node, signature: Signature, arguments: Sequence[Bound], body: Callable[..., Value]
) -> Bound:
    """The call for each row, as a table of one column. One that is shorter than another gives errors for the rest."""
    columns = [_single(argument) for argument in arguments]
    place = len(binder.frames)
    with binder.frame(Type("Record", {}), shown=False):
        cells = [
            Bound(column[1] if column else argument.type, _cell(place, index), argument.node)
            for index, (argument, column) in enumerate(zip(arguments, columns, strict=True))
        ]
        row = plain_call(binder, node, signature, cells, body)
    name = _result_name(binder, node, columns)
    codes = [argument.code for argument in arguments]
    tables = [column[0] if column else None for column in columns]
    return Bound(column_of(row.type, name), _loop(codes, tables, row.code, name), node)


def _single(argument: Bound) -> tuple[str, Type] | None:
    if argument.type.kind != "Table":
        return None
    single = argument.type.single
    if single is None and argument.type.columns is not None:
        raise FormulaError("a table of one column is wanted", argument.node.position)
    return single or ("Value", Type("Any"))


def _result_name(binder: Binder, node: Node, columns: Sequence[tuple[str, Type] | None]) -> str:
    """What the column is called; hosts that do not call it Value call it by the first table's column, or Result."""
    if binder.language.value_columns:
        return "Value"
    joins = isinstance(node, Call) and node.function in {"Concatenate", "Find"}
    return columns[0][0] if columns[0] and not joins else "Result"


def _cell(place: int, index: int) -> Code:
    def code(run: Run) -> Value:
        cells: list[Value] = run.frames[place]  # type: ignore[assignment]  # the cells of one row, see `_loop`
        return cells[index]

    return code


def _loop(codes: Sequence[Code], tables: Sequence[str | None], row: Code, name: str) -> Code:
    def code(run: Run) -> Value:
        values = [argument(run) for argument in codes]
        whole = [value for value, table in zip(values, tables, strict=True) if table]
        for value in whole:
            if not isinstance(value, Table):
                return value
        sizes = [len(value) for value in whole if isinstance(value, Table)]
        if len(sizes) * max(sizes) > 1_000_000:
            raise LimitError("the tables are too long")
        run.rows(max(sizes))
        rows: list[Value] = []
        with run.frame() as frames:
            for index in range(max(sizes)):
                cells = [_at(value, table, index) for value, table in zip(values, tables, strict=True)]
                failed = next((cell for cell in cells if isinstance(cell, _RowError)), None)
                if failed is not None:
                    rows.append(failed.error)
                    continue
                if any(cell is _SHORT for cell in cells):
                    rows.append(Record({name: _SHORT}))
                    continue
                frames[-1] = cells  # type: ignore[call-overload]  # seen by `_cell` alone
                run.spend()
                rows.append(Record({name: row(run)}))
        return Table(rows)

    return code


class _RowError:
    """A row that is an error as a whole."""

    def __init__(self, error: ErrorValue) -> None:
        self.error = error


def _at(value: Value, table: str | None, index: int) -> "Value | _RowError":
    if table is None:
        return value
    if not isinstance(value, Table):
        return None
    if index >= len(value):
        return _SHORT
    row = value[index]
    if isinstance(row, ErrorValue):
        return _RowError(row)
    if isinstance(row, Record):
        return row.get(table) if table in row else next(iter(row.values()), None)
    return row
