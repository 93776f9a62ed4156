"""Tables: looking through them, making them, cutting them."""

from collections.abc import Callable
from decimal import Decimal
from functools import cmp_to_key
from typing import Any

from dialog.powerfx import coercion
from dialog.powerfx.coercion import EvaluationError
from dialog.powerfx.evaluation import Evaluation
from dialog.powerfx.registry import eager, lazy
from dialog.powerfx.syntax import Literal, Name, Node
from dialog.powerfx.values import Record, Table, Value, row_of

MAX_ROWS = 50_000
"""Records of a table that a formula makes."""


@lazy("ForAll")
def for_all(run: Evaluation, arguments: tuple[Node, ...]) -> Value:
    """A formula for each record, as a table."""
    rows, alias = run.rows(arguments[0])
    return Table(row_of(run.within(row, arguments[1], alias)) for row in rows)


def _holds(run: Evaluation, row: Value, conditions: tuple[Node, ...], alias: str | None) -> bool:
    return all(coercion.boolean(run.within(row, condition, alias)) for condition in conditions)


@lazy("Filter")
def filter_(run: Evaluation, arguments: tuple[Node, ...]) -> Value:
    """The records for which all conditions hold."""
    rows, alias = run.rows(arguments[0])
    return Table(row for row in rows if _holds(run, row, arguments[1:], alias))


@lazy("LookUp")
def look_up(run: Evaluation, arguments: tuple[Node, ...]) -> Value:
    """The first record for which the condition holds, or a formula over it; Blank where there is none."""
    rows, alias = run.rows(arguments[0])
    for row in rows:
        if _holds(run, row, arguments[1:2], alias):
            return run.within(row, arguments[2], alias) if len(arguments) > 2 else row
    return None


@lazy("CountIf")
def count_if(run: Evaluation, arguments: tuple[Node, ...]) -> Value:
    """How many records there are for which all conditions hold."""
    rows, alias = run.rows(arguments[0])
    return Decimal(sum(_holds(run, row, arguments[1:], alias) for row in rows))


@eager("CountRows")
def count_rows(_run: Evaluation, rows: Value) -> Value:
    """How many records."""
    return Decimal(len(coercion.table(rows)))


@eager("Count", "CountA")
def count(_run: Evaluation, rows: Value) -> Value:
    """How many records hold something."""
    return Decimal(sum(any(field is not None for field in _columns(row).values()) for row in coercion.table(rows)))


def _columns(row: Value) -> Record:
    record = row_of(row)
    return record if isinstance(record, Record) else Record({})


def _how_many(count: Value) -> int:
    return 1 if count is None else max(0, int(coercion.number(count)))


@eager("First")
def first(_run: Evaluation, rows: Value) -> Value:
    """The first record; Blank where there is none."""
    table = coercion.table(rows)
    return table[0] if table else None


@eager("Last")
def last(_run: Evaluation, rows: Value) -> Value:
    """The last record; Blank where there is none."""
    table = coercion.table(rows)
    return table[-1] if table else None


@eager("FirstN")
def first_n(_run: Evaluation, rows: Value, count: Value = None) -> Value:
    """The first records."""
    return Table(coercion.table(rows)[: _how_many(count)])


@eager("LastN")
def last_n(_run: Evaluation, rows: Value, count: Value = None) -> Value:
    """The last records."""
    wanted = _how_many(count)
    return Table(coercion.table(rows)[-wanted:] if wanted else ())


@eager("Index")
def index(_run: Evaluation, rows: Value, number: Value) -> Value:
    """The record with this number, from 1."""
    table, wanted = coercion.table(rows), int(coercion.number(number))
    if not 1 <= wanted <= len(table):
        raise EvaluationError("InvalidArgument", f"there is no record {wanted}")
    return table[wanted - 1]


@eager("Table")
def table_(_run: Evaluation, *rows: Value) -> Value:
    """The records, and the tables' records, as one table."""
    return Table(record for row in rows for record in ([row] if isinstance(row, Record) else coercion.table(row)))


@eager("Sequence")
def sequence(_run: Evaluation, count: Value, start: Value = Decimal(1), step: Value = Decimal(1)) -> Value:
    """Numbers one after another."""
    records = int(coercion.number(count))
    if not 0 <= records <= MAX_ROWS:
        raise EvaluationError("InvalidArgument", f"a sequence has 0 to {MAX_ROWS} records")
    begin, by = coercion.number(start), coercion.number(step)
    return Table(row_of(begin + by * number) for number in range(records))


def _in_order(left: Value, right: Value) -> int:
    if left is None or right is None:
        return (left is None) - (right is None)
    if isinstance(left, str) and isinstance(right, str):
        a, b = left.casefold(), right.casefold()
        return (a > b) - (a < b)
    return coercion.compared(left, right)


@lazy("Sort")
def sort(run: Evaluation, arguments: tuple[Node, ...]) -> Value:
    """By a formula over each record."""
    rows, alias = run.rows(arguments[0])
    keyed = [(run.within(row, arguments[1], alias), row) for row in rows]
    descending = len(arguments) > 2 and run.value(arguments[2]) == "Descending"
    order = cmp_to_key(_in_order)
    keyed.sort(key=lambda pair: order(pair[0]), reverse=descending)
    return Table(row for _, row in keyed)


def column_name(run: Evaluation, node: Node) -> str:
    """A column as it is named in a call: by its bare name, or as text."""
    if isinstance(node, Name):
        return node.name
    return str(node.value) if isinstance(node, Literal) else run.text(node)


def _by_column(name: str) -> Callable[[Value], Any]:
    order = cmp_to_key(_in_order)
    return lambda row: order(_columns(row).get(name))


def _descends(run: Evaluation, order: tuple[Node, ...]) -> bool:
    return bool(order) and run.value(order[0]) == "Descending"


@lazy("SortByColumns")
def sort_by_columns(run: Evaluation, arguments: tuple[Node, ...]) -> Value:
    """By one column after another."""
    rows = list(coercion.table(run.value(arguments[0])))
    pairs = [arguments[at : at + 2] for at in range(1, len(arguments), 2)]
    for pair in reversed(pairs):
        rows.sort(key=_by_column(column_name(run, pair[0])), reverse=_descends(run, pair[1:]))
    return Table(rows)


@lazy("ShowColumns")
def show_columns(run: Evaluation, arguments: tuple[Node, ...]) -> Value:
    """Only these columns."""
    names = [column_name(run, argument) for argument in arguments[1:]]
    rows = coercion.table(run.value(arguments[0]))
    return Table(Record({name: _columns(row).get(name) for name in names}) for row in rows)


@lazy("DropColumns")
def drop_columns(run: Evaluation, arguments: tuple[Node, ...]) -> Value:
    """All but these columns."""
    names = {column_name(run, argument) for argument in arguments[1:]}
    rows = coercion.table(run.value(arguments[0]))
    return Table(Record({name: field for name, field in _columns(row).items() if name not in names}) for row in rows)


@lazy("AddColumns")
def add_columns(run: Evaluation, arguments: tuple[Node, ...]) -> Value:
    """With columns that a formula gives for each record."""
    rows, alias = run.rows(arguments[0])
    pairs = [(column_name(run, arguments[at]), arguments[at + 1]) for at in range(1, len(arguments) - 1, 2)]
    return Table(
        Record({**_columns(row), **{name: run.within(row, formula, alias) for name, formula in pairs}}) for row in rows
    )


@lazy("RenameColumns")
def rename_columns(run: Evaluation, arguments: tuple[Node, ...]) -> Value:
    """With other names for columns."""
    names = {
        column_name(run, arguments[at]): column_name(run, arguments[at + 1]) for at in range(1, len(arguments) - 1, 2)
    }
    rows = coercion.table(run.value(arguments[0]))
    return Table(Record({names.get(name, name): field for name, field in _columns(row).items()}) for row in rows)


@lazy("Distinct")
def distinct(run: Evaluation, arguments: tuple[Node, ...]) -> Value:
    """Each value of a formula over the records, once."""
    rows, alias = run.rows(arguments[0])
    found: list[Value] = []
    for row in rows:
        value = run.within(row, arguments[1], alias)
        if not any(coercion.equal(value, known) for known in found):
            found.append(value)
    return Table(row_of(value) for value in found)
