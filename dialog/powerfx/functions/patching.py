"""Patch: a record with some columns changed, or a table with some rows changed.

A topic's tables are variables: what Patch makes of one is seen by the rest of the formula, and is the formula's value;
the variable itself is set by the topic's nodes alone.
"""

from dialog.powerfx.binder import Binder, Bound
from dialog.powerfx.comparing import equal
from dialog.powerfx.kinds import EvaluationError, invalid
from dialog.powerfx.lexer import FormulaError
from dialog.powerfx.registry import special
from dialog.powerfx.rows import counted
from dialog.powerfx.rules import accepts
from dialog.powerfx.run import Run
from dialog.powerfx.syntax import Call, Name
from dialog.powerfx.types import Type, record_of
from dialog.powerfx.values import ErrorValue, Record, Table, Value, combined


@special("Patch")
def patch(binder: Binder, call: Call) -> Bound:
    """`Patch(record, changes, …)`, `Patch(table, row, changes, …)` or `Patch(table, rows, changes, …)`."""
    counted(call, 2)
    parts = [binder.bind(argument) for argument in call.arguments]
    first = parts[0].type
    if first.kind in {"Record", "Blank"}:
        return _of_record(call, parts)
    if first.kind not in {"Table", "Any"}:
        raise FormulaError(f"a {first} is neither a table nor a record", parts[0].node.position)
    if first.kind == "Table":
        _check_target(parts[0])
        _check_changes(parts)
    return _of_table(call, parts)


def _of_record(call: Call, parts: list[Bound]) -> Bound:
    columns: dict[str, Type] = {}
    for part in parts:
        if part.type.kind not in {"Record", "Any", "Blank"}:
            raise FormulaError(f"a {part.type} is no record", part.node.position)
        columns.update(part.type.columns or {})
    known = all(part.type.columns is not None or part.type.kind == "Blank" for part in parts)
    codes = [part.code for part in parts]

    def code(run: Run) -> Value:
        return _merged([part(run) for part in codes])

    return Bound(record_of(columns if known else None), code, call)


def _merged(values: list[Value]) -> Value:
    errors = [value for value in values if isinstance(value, ErrorValue)]
    if errors:
        return combined(errors)
    fields: dict[str, Value] = {}
    for value in values:
        if isinstance(value, Record):
            fields.update(value)
        elif value is not None:
            return ErrorValue("InvalidArgument", "Patch takes records")
    return Record(fields) if any(value is not None for value in values) else None


def _check_target(target: Bound) -> None:
    if not isinstance(target.node, Name):
        raise FormulaError("only a table that has a name is patched", target.node.position)


def _check_changes(parts: list[Bound]) -> None:
    """Whether changes have the table's own columns.

    Raises:
        FormulaError: they have others, or of other types.
    """
    columns = parts[0].type.columns
    for part in parts[1:]:
        if part.type.kind not in {"Record", "Table", "Any", "Blank"}:
            raise FormulaError(f"a {part.type} is no record", part.node.position)
        for name, kind in (part.type.columns or {}).items():
            wanted = (columns or {}).get(name)
            if columns is not None and wanted is None:
                raise FormulaError(f'there is no column "{name}"', part.node.position)
            if wanted is not None and not (accepts(wanted, kind) or kind.kind in {"Decimal", "Number"}):
                raise FormulaError(f'the column "{name}" holds a {wanted}, no {kind}', part.node.position)


def _of_table(call: Call, parts: list[Bound]) -> Bound:
    target, codes = parts[0], [part.code for part in parts]
    name = target.node.name if isinstance(target.node, Name) else ""

    def code(run: Run) -> Value:
        values = [part(run) for part in codes]
        if isinstance(values[0], Record):
            return _merged(values)
        errors = [value for value in values if isinstance(value, ErrorValue)]
        if errors:
            return combined(errors)
        if not isinstance(values[0], Table) or values[1] is None:
            return None
        try:
            return _patched(run, name, values)
        except EvaluationError as error:
            return error.value

    many = parts[1].type.kind == "Table"
    return Bound(target.type if many else Type("Record", target.type.columns), code, call)


def _patched(run: Run, name: str, values: list[Value]) -> Value:
    table, base, *changes = values
    if not isinstance(table, Table):
        raise invalid("Patch takes a table")
    if isinstance(base, Table):
        rows = list(table)
        results = []
        for index, row in enumerate(base):
            steps = [change[index] for change in changes if isinstance(change, Table) and index < len(change)]
            results.append(_one(run, rows, row, steps or [row]))
        run.changed[name] = Table(rows)
        return Table(results)
    rows = list(table)
    result = _one(run, rows, base, changes or [base])
    run.changed[name] = Table(rows)
    return result


def _one(run: Run, rows: list[Value], base: Value, changes: list[Value]) -> Value:
    changed = _merged([Record({}), *changes])
    if not isinstance(changed, Record) or not isinstance(base, Record):
        raise invalid("Patch takes records")
    run.spend(len(rows))
    for index, row in enumerate(rows):
        if isinstance(row, Record) and _matches(run, row, base):
            rows[index] = Record({**row, **changed})
            return rows[index]
    rows.append(changed)
    return changed


def _matches(run: Run, row: Record, base: Record) -> bool:
    return len(base) > 0 and all(name in row and equal(run, row[name], value) for name, value in base.items())
