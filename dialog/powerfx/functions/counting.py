"""How many: Count, CountA, CountRows, CountIf."""

from collections.abc import Callable

from dialog.powerfx.binder import Binder, Bound
from dialog.powerfx.lexer import FormulaError
from dialog.powerfx.registry import special
from dialog.powerfx.rows import Source, counted, each, field_of, over, source
from dialog.powerfx.run import Run
from dialog.powerfx.syntax import Call
from dialog.powerfx.values import ErrorValue, Record, Table, Untyped, Value


def _none(run: Run) -> Value:
    return run.number(0)


@special("CountRows")
def count_rows(binder: Binder, call: Call) -> Bound:
    """How many rows; an error among them is one of the whole."""
    counted(call, 1, 1)
    rows = source(binder, call.arguments[0], dynamic=True, blank=True)

    def body(run: Run, table: Table) -> Value:
        errors = [row for row in table if isinstance(row, ErrorValue)]
        return errors[0] if errors else run.number(len(table))

    return Bound(binder.number, over(rows.table.code, body, blank=_none), call)


def _column(binder: Binder, call: Call, what: str) -> tuple[Source, str]:
    counted(call, 1, 1)
    rows = source(binder, call.arguments[0])
    kind = rows.table.type
    if kind.kind == "Table" and kind.columns is not None and len(kind.columns) != 1:
        raise FormulaError(f"{what} takes a table of one column", call.position)
    return rows, kind.single[0] if kind.single else ""


def _cells(table: Table, column: str) -> list[Value]:
    if column:
        return [field_of(row, column) for row in table]
    return [next(iter(row.values()), None) if isinstance(row, Record) else row for row in table]


def _counting(name: str, counts: Callable[[Value], bool]) -> None:
    @special(name)
    def binding(binder: Binder, call: Call) -> Bound:
        rows, column = _column(binder, call, name)
        if name == "Count" and rows.table.type.single:
            kind = rows.table.type.single[1].kind
            if kind not in {"Decimal", "Number", "Date", "DateTime", "Time", "Any", "Blank", "Dynamic"}:
                raise FormulaError("Count takes a table of numbers", call.position)

        def body(run: Run, table: Table) -> Value:
            cells = _cells(table, column)
            errors = [cell for cell in cells if isinstance(cell, ErrorValue)]
            return errors[0] if errors else run.number(sum(map(counts, cells)))

        return Bound(binder.number, over(rows.table.code, body, blank=_none), call)


def _is_number(value: Value) -> bool:
    if isinstance(value, Untyped):
        value = value.data
    return value is not None and not isinstance(value, bool | str)


_counting("Count", _is_number)
_counting("CountA", lambda value: value is not None)


@special("CountIf")
def count_if(binder: Binder, call: Call) -> Bound:
    """How many rows there are for which all conditions hold."""
    counted(call, 2)
    rows = source(binder, call.arguments[0])
    conditions = [rows.per_row(binder, argument) for argument in call.arguments[1:]]
    codes = [condition.condition() for condition in conditions]

    def holds(run: Run) -> Value:
        for code in codes:
            value = code(run)
            if value is not True:
                return value
        return True

    def body(run: Run, table: Table) -> Value:
        found = [value for _, value in each(run, table, conditions[0], holds)]
        run.spend(len(table) * (len(codes) - 1))
        errors = [value for value in found if isinstance(value, ErrorValue)]
        return errors[0] if errors else run.number(sum(value is True for value in found))

    return Bound(binder.number, over(rows.table.code, body, blank=_none), call)
