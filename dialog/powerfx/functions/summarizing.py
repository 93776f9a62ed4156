"""Summarize: one row for each group of rows that agree in some columns."""

from dialog.powerfx.binder import Binder, Bound, Code
from dialog.powerfx.lexer import FormulaError
from dialog.powerfx.registry import special
from dialog.powerfx.rows import counted, field_of, over, source, weight_of
from dialog.powerfx.run import Run
from dialog.powerfx.syntax import Aliased, Call, Name
from dialog.powerfx.types import Type, record_of, table_of
from dialog.powerfx.values import ErrorValue, Record, Table, Value, combined


@special("Summarize")
def summarize(binder: Binder, call: Call) -> Bound:
    """A row for each group, with the columns it is grouped by, and those that formulas over `ThisGroup` give."""
    counted(call, 2)
    rows = source(binder, call.arguments[0])
    names: list[str] = []
    formulas: list[Aliased] = []
    for argument in call.arguments[1:]:
        if isinstance(argument, Name):
            if argument.name in names:
                raise FormulaError(f'the column "{argument.name}" is named twice', argument.position)
            if rows.columns and argument.name not in rows.columns:
                raise FormulaError(f'there is no column "{argument.name}"', argument.position)
            names.append(argument.name)
        elif isinstance(argument, Aliased) and not isinstance(argument.of, Name):
            formulas.append(argument)
        else:
            raise FormulaError("a column to group by, or a formula named with As, is wanted", argument.position)
    if not names or "ThisGroup" in rows.columns or rows.alias:
        raise FormulaError("Summarize groups a table by one column at least", call.position)
    grouped = {name: rows.columns.get(name, Type("Any")) for name in names}
    _check_grouped(call, grouped)
    group = record_of({**grouped, "ThisGroup": table_of(rows.table.type.columns)})
    parts: dict[str, Bound] = {}
    for formula in formulas:
        if formula.alias in grouped or formula.alias in parts:
            raise FormulaError(f'there is a column "{formula.alias}"', formula.position)
        with binder.frame(group):
            parts[formula.alias] = binder.bind(formula.of)
        if parts[formula.alias].type.is_aggregate:
            raise FormulaError("a group's columns are single values", formula.position)
    codes = {name: part.code for name, part in parts.items()}
    columns = {**grouped, **{name: part.type for name, part in parts.items()}}
    weight = weight_of(call)
    return Bound(
        table_of(columns), over(rows.table.code, lambda run, table: _grouped(run, table, names, codes, weight)), call
    )


def _check_grouped(call: Call, grouped: dict[str, Type]) -> None:
    for name, kind in grouped.items():
        if kind.is_aggregate or name == "ThisGroup":
            raise FormulaError(f'nothing is grouped by the column "{name}"', call.position)


def _grouped(run: Run, table: Table, names: list[str], codes: dict[str, Code], weight: int) -> Value:
    errors = [row for row in table if isinstance(row, ErrorValue)]
    groups: dict[tuple[tuple[str, Value], ...], list[Value]] = {}
    run.spend(len(table))
    for row in table:
        if not isinstance(row, Record):
            continue
        cells = [field_of(row, name) for name in names]
        errors += [cell for cell in cells if isinstance(cell, ErrorValue)]
        key = tuple((type(cell).__name__, cell) for cell in cells)
        groups.setdefault(key, []).append(row)
    if errors:
        return combined(errors)
    found: list[Value] = []
    for key, group in groups.items():
        run.spend(weight)
        fields: dict[str, Value] = {name: cell for name, (_, cell) in zip(names, key, strict=True)}
        with run.frame(Record({**fields, "ThisGroup": Table(group)})):
            found.append(Record({**fields, **{name: code(run) for name, code in codes.items()}}))
    return Table(found)
