"""Rows of a table: First, Last, FirstN, LastN, Index, Filter, LookUp."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from dialog.powerfx.binder import Binder, Bound, Code
from dialog.powerfx.kinds import EvaluationError, invalid
from dialog.powerfx.lexer import FormulaError
from dialog.powerfx.registry import special
from dialog.powerfx.rows import PerRow, counted, each, over, source
from dialog.powerfx.run import Run
from dialog.powerfx.signature import Parameter
from dialog.powerfx.syntax import Call
from dialog.powerfx.types import ANY, DYNAMIC, NUMBER, Type
from dialog.powerfx.values import ErrorValue, Table, Untyped, Value


def _row_type(kind: Type) -> Type:
    return kind.row if kind.kind == "Table" else DYNAMIC if kind.kind == "Dynamic" else ANY


@special("First")
def first(binder: Binder, call: Call) -> Bound:
    """The first row; Blank where there is none."""
    counted(call, 1, 1)
    rows = source(binder, call.arguments[0], dynamic=True, blank=True)
    return Bound(_row_type(rows.table.type), over(rows.table.code, lambda _, table: table[0] if table else None), call)


@special("Last")
def last(binder: Binder, call: Call) -> Bound:
    """The last row; Blank where there is none."""
    counted(call, 1, 1)
    rows = source(binder, call.arguments[0], dynamic=True, blank=True)
    return Bound(_row_type(rows.table.type), over(rows.table.code, lambda _, table: table[-1] if table else None), call)


def _count_code(binder: Binder, call: Call) -> Code | None:
    if len(call.arguments) < 2:
        if binder.language.counts_required:
            raise FormulaError(f"{call.function} takes 2 arguments, not 1", call.position)
        return None
    return Parameter(NUMBER, blank=0.0).code(binder.bind(call.arguments[1]), binder)


def _some(name: str, *, from_end: bool) -> None:
    @special(name)
    def binding(binder: Binder, call: Call) -> Bound:
        counted(call, 1, 2)
        rows = source(binder, call.arguments[0], dynamic=True, blank=True)
        count = _count_code(binder, call)

        def code(run: Run) -> Value:
            wanted: Value = count(run) if count else 1.0
            table = rows.table.code(run)
            for value in (table, wanted):
                if isinstance(value, ErrorValue):
                    return value
            if table is None:
                return None
            number = 0 if wanted is None else int(max(0.0, min(1e9, wanted)))  # type: ignore[type-var, arg-type]  # a float
            if isinstance(table, Untyped) and isinstance(table.data, list):
                return Untyped(_cut(table.data, number, from_end=from_end))
            return over(lambda _run: table, lambda _, found: Table(_cut(found, number, from_end=from_end)))(run)

        return Bound(rows.table.type, code, call)


def _cut(rows: Sequence[Any], count: int, *, from_end: bool) -> Sequence[Any]:
    if from_end:
        return rows[-count:] if count else rows[:0]
    return rows[:count]


_some("FirstN", from_end=False)
_some("LastN", from_end=True)


@special("Index")
def index(binder: Binder, call: Call) -> Bound:
    """The row with this number, from 1."""
    counted(call, 2, 2)
    rows = source(binder, call.arguments[0], dynamic=True)
    place = Parameter(NUMBER, blank=0.0).code(binder.bind(call.arguments[1]), binder)

    def body(run: Run, table: Table) -> Value:
        wanted = place(run)
        if isinstance(wanted, ErrorValue):
            return wanted
        number = 0.0 if wanted is None else wanted
        if not isinstance(number, float | Decimal) or not number >= 1:
            raise EvaluationError("InvalidArgument", "rows are numbered from 1")
        if number >= len(table) + 1:
            raise invalid(f"there is no row {int(number)}")
        return table[int(number) - 1]

    return Bound(_row_type(rows.table.type), over(rows.table.code, body), call)


def _all_hold(conditions: list[PerRow]) -> Code:
    codes = [condition.condition() for condition in conditions]
    if len(codes) == 1:
        return codes[0]

    def code(run: Run) -> Value:
        for condition in codes:
            value = condition(run)
            if value is not True:
                return value
        return True

    return code


@special("Filter")
def filter_(binder: Binder, call: Call) -> Bound:
    """The rows for which all conditions hold; one whose condition is an error is an error itself."""
    counted(call, 2)
    rows = source(binder, call.arguments[0], dynamic=True)
    conditions = [rows.per_row(binder, argument) for argument in call.arguments[1:]]
    holds = _all_hold(conditions)
    weighed = PerRow(conditions[0].part, sum(condition.weight for condition in conditions))

    def body(run: Run, table: Table) -> Value:
        kept: list[Value] = []
        for row, value in each(run, table, weighed, holds):
            if value is True:
                kept.append(row)
            elif isinstance(value, ErrorValue):
                kept.append(value)
        return Table(kept)

    kind = rows.table.type
    return Bound(
        Type("Table", {"Value": DYNAMIC}) if kind.kind == "Dynamic" else kind, over(rows.table.code, body), call
    )


@special("LookUp")
def look_up(binder: Binder, call: Call) -> Bound:
    """The first row for which the condition holds, or a formula over it; Blank where there is none."""
    counted(call, 2, 3)
    rows = source(binder, call.arguments[0], dynamic=True)
    condition = rows.per_row(binder, call.arguments[1])
    if condition.part.type.kind == "Text":
        raise FormulaError("a condition is a Boolean", call.arguments[1].position)
    holds = condition.condition()
    result = rows.per_row(binder, call.arguments[2]) if len(call.arguments) > 2 else None

    def body(run: Run, table: Table) -> Value:
        found = each(run, table, condition, holds, lambda value: value is True or isinstance(value, ErrorValue))
        if not found:
            return None
        row, value = found[-1]
        if isinstance(value, ErrorValue):
            return value
        if value is not True:
            return None
        if result is None:
            return row
        with run.frame(row):
            return result.part.code(run)

    return Bound(result.part.type if result else rows.row, over(rows.table.code, body), call)
