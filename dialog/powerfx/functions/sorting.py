"""Tables in order: Sort, SortByColumns."""

import math
from collections.abc import Callable, Sequence
from functools import cmp_to_key
from typing import Any

from dialog.powerfx.binder import Binder, Bound, Code
from dialog.powerfx.comparing import equal, order
from dialog.powerfx.converting import converter_between, with_converter
from dialog.powerfx.functions.generating import once
from dialog.powerfx.kinds import invalid
from dialog.powerfx.lexer import FormulaError
from dialog.powerfx.registry import special
from dialog.powerfx.rows import Source, column_name, counted, each, field_of, over, source
from dialog.powerfx.rules import coerces
from dialog.powerfx.run import Run
from dialog.powerfx.syntax import Call, Literal, Name, Node
from dialog.powerfx.types import ANY, Type
from dialog.powerfx.values import ErrorValue, Option, Record, Table, Value

_SORTABLE = frozenset(
    ["Text", "Boolean", "Decimal", "Number", "Date", "Time", "DateTime", "Option", "Any", "Blank", "Dynamic"]
)


def check_sortable(kind: Type, node: Node) -> None:
    """Whether values of a type have an order.

    Raises:
        FormulaError: they have none.
    """
    if kind.kind not in _SORTABLE:
        raise FormulaError(f"a {kind} has no order", node.position)


def _order_code(binder: Binder, node: Node) -> Code:
    part = binder.bind(node)
    kind = part.type
    is_member = kind.options is not None and kind.options.name == "SortOrder"
    loose = kind.kind == "Text" and not binder.language.strong_enums
    if not is_member and not loose and kind.kind not in {"Any", "Blank"}:
        raise FormulaError("an order is one of SortOrder's", node.position)
    return part.code


def _descends(value: Value) -> bool:
    """Whether an order is the descending one.

    Raises:
        EvaluationError: it is none.
    """
    name = str(value.value if isinstance(value, Option) else value).lower()
    if name not in {"ascending", "descending"}:
        raise invalid("an order is one of SortOrder's")
    return name == "descending"


def in_order(run: Run, left: Value, right: Value) -> int:
    """Less than, equal to or more than 0; texts as a dictionary has them, where small letters stand first."""
    if isinstance(left, bool) and isinstance(right, bool):
        return left - right
    if isinstance(left, Option) and isinstance(right, Option):
        return (left.id > right.id) - (left.id < right.id)
    if isinstance(left, str) and isinstance(right, str):
        a, b = _dictionary(left), _dictionary(right)
        return (a > b) - (a < b)
    return order(run, left, right)


def _dictionary(text: str) -> tuple[Any, ...]:
    """A text's place in a dictionary: signs before digits before letters, then small letters before capitals."""
    letters = tuple((character.isalnum(), character.isalpha(), character) for character in text.lower())
    return letters, text.swapcase()


def sorted_rows(run: Run, keyed: Sequence[tuple[Value, Value]], *, descending: bool) -> list[Value]:
    """Rows by their keys; those whose key is Blank (or no number) stand last, whatever the order."""
    last = [row for key, row in keyed if key is None or (isinstance(key, float) and math.isnan(key))]
    rest = [pair for pair in keyed if pair[0] is not None and not (isinstance(pair[0], float) and math.isnan(pair[0]))]
    run.spend(len(rest) * max(len(rest).bit_length(), 1))
    compare: Callable[[Value, Value], int] = lambda left, right: in_order(run, left, right)  # noqa: E731
    by = cmp_to_key(compare)
    ordered = sorted(rest, key=lambda pair: by(pair[0]), reverse=descending)
    return [row for _, row in ordered] + last


@special("Sort")
def sort(binder: Binder, call: Call) -> Bound:
    """By a formula over each row."""
    counted(call, 2, 3)
    rows = source(binder, call.arguments[0])
    per_row = rows.per_row(binder, call.arguments[1])
    check_sortable(per_row.part.type, call.arguments[1])
    order_code = _order_code(binder, call.arguments[2]) if len(call.arguments) > 2 else None

    def body(run: Run, table: Table) -> Value:
        order_value = order_code(run) if order_code else "ascending"
        if isinstance(order_value, ErrorValue):
            return order_value
        descending = _descends(order_value)
        pairs = [(value, row) for row, value in each(run, table, per_row)]
        errors = [value for value, _ in pairs if isinstance(value, ErrorValue)]
        if errors:
            return errors[0]
        return Table(sorted_rows(run, pairs, descending=descending))

    return Bound(rows.table.type, over(rows.table.code, body), call)


@special("SortByColumns")
def sort_by_columns(binder: Binder, call: Call) -> Bound:
    """By one column after another, or by one column in the order that a table gives."""
    counted(call, 2)
    rows = source(binder, call.arguments[0])
    if len(call.arguments) == 3:
        third = binder.bind(call.arguments[2])
        if third.type.kind == "Table":
            return _by_table(binder, call, rows, third)
    keys = [_column(binder, node, rows) for node in call.arguments[1::2]]
    orders = [_order_code(binder, node) for node in call.arguments[2::2]]

    def body(run: Run, table: Table) -> Value:
        found = list(table)
        for index in range(len(keys) - 1, -1, -1):
            name = keys[index](run)
            value = orders[index](run) if index < len(orders) else "ascending"
            for found_value in (name, value):
                if isinstance(found_value, ErrorValue):
                    return found_value
            pairs = [(field_of(row, str(name)), row) for row in found]
            errors = [key for key, _ in pairs if isinstance(key, ErrorValue)]
            if errors:
                return errors[0]
            found = sorted_rows(run, pairs, descending=_descends(value))
        return Table(found)

    return Bound(rows.table.type, over(rows.table.code, body), call)


def _column(binder: Binder, node: Node, rows: Source) -> Code:
    """The name of a column to sort by: a bare name, or a text that may be computed."""
    if isinstance(node, Name | Literal) and binder.language.column_names == isinstance(node, Name):
        name = column_name(binder, node, rows.columns)
        check_sortable(rows.columns.get(name, ANY), node)
        return lambda _run: name
    part = binder.bind(node)
    if part.type.kind not in {"Text", "Any"}:
        raise FormulaError("a column's name is wanted", node.position)
    if isinstance(part.constant, str) and rows.columns and part.constant not in rows.columns:
        raise FormulaError(f'there is no column "{part.constant}"', node.position)
    columns = rows.columns

    def code(run: Run) -> Value:
        name = part.code(run)
        if isinstance(name, ErrorValue):
            return name
        if not isinstance(name, str) or (columns and name not in columns):
            return ErrorValue("InvalidFunctionUsage", "there is no such column to sort by")
        return name

    return code


def _by_table(binder: Binder, call: Call, rows: Source, wanted: Bound) -> Bound:
    column = _column(binder, call.arguments[1], rows)
    named = call.arguments[1]
    single = wanted.type.single
    if single is None and wanted.type.columns is not None:
        raise FormulaError("an order is a table of one column", call.arguments[2].position)
    kind = rows.columns.get(named.name, ANY) if isinstance(named, Name) else ANY
    if single and not coerces(single[1], kind):
        raise FormulaError("the order's values are none of the column's", call.arguments[2].position)
    converter = converter_between(single[1], kind) if single else None

    def body(run: Run, table: Table) -> Value:
        order_table, name = wanted.code(run), column(run)
        for value in (order_table, name):
            if isinstance(value, ErrorValue):
                return value
        places = _values(run, order_table, converter)
        errors = [place for place in places if isinstance(place, ErrorValue)]
        if len(once(run, places)) < len(places):
            raise invalid("an order names no value twice")
        keys = [(field_of(row, str(name)), row) for row in table]
        errors += [key for key, _ in keys if isinstance(key, ErrorValue)]
        if errors:
            return errors[0]
        run.spend(len(keys) * (len(places) // 4 + 1))
        placed = sorted(
            ((_place(run, key, places), index, row) for index, (key, row) in enumerate(keys)),
            key=lambda triple: triple[:2],
        )
        return Table(row for _, _, row in placed)

    return Bound(rows.table.type, over(rows.table.code, body), call)


def _values(run: Run, table: Value, converter: Any) -> list[Value]:
    if not isinstance(table, Table):
        return []
    cells = [next(iter(row.values()), None) if isinstance(row, Record) else row for row in table]
    if converter is None:
        return cells
    return [with_converter(lambda _run, cell=cell: cell, converter)(run) for cell in cells]  # type: ignore[misc]


def _place(run: Run, key: Value, places: list[Value]) -> int:
    if key is None:
        return len(places) + 1
    for index, place in enumerate(places):
        if _same(run, key, place):
            return index
    return len(places)


def _same(run: Run, key: Value, place: Value) -> bool:
    if isinstance(key, str) and isinstance(place, str):
        return key == place
    return equal(run, key, place)
