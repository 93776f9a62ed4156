"""Numbers, texts, records and tables, as a formula writes them."""

import math
from decimal import InvalidOperation

from dialog.powerfx.binder import Binder, Bound, Code, binds, constant
from dialog.powerfx.converting import converter_between, with_converter
from dialog.powerfx.lexer import FormulaError
from dialog.powerfx.numerals import OverflowedError, parsed_decimal
from dialog.powerfx.rules import MismatchError, united
from dialog.powerfx.run import Run
from dialog.powerfx.syntax import Call, Literal, Number, RecordLiteral, TableLiteral
from dialog.powerfx.types import ANY, BLANK, BOOLEAN, DECIMAL, NUMBER, TEXT, Type, record_of, table_of
from dialog.powerfx.values import Record, Table, Value


@binds(Call)
def call(binder: Binder, node: Call) -> Bound:
    """A function's call."""
    return binder.call(node)


@binds(Literal)
def literal(_binder: Binder, node: Literal) -> Bound:
    """A text, a Boolean, or Blank."""
    value = node.value
    return constant(BLANK if value is None else BOOLEAN if isinstance(value, bool) else TEXT, value, node)


@binds(Number)
def number(binder: Binder, node: Number) -> Bound:
    """A number of the language's own kind."""
    if binder.language.floats:
        found = float(node.text)
        if math.isinf(found):
            raise FormulaError("the number is too large", node.position)
        return constant(NUMBER, found, node)
    try:
        return constant(DECIMAL, parsed_decimal(node.text), node)
    except (OverflowedError, InvalidOperation):
        raise FormulaError("the number is too large", node.position) from None


@binds(RecordLiteral)
def record(binder: Binder, node: RecordLiteral) -> Bound:
    """`{name: value, …}`. A field may hold an error; the record is none for it."""
    fields = {name: binder.bind(value) for name, value in node.fields}
    codes = [(name, part.code) for name, part in fields.items()]

    def code(run: Run) -> Value:
        return Record({name: part(run) for name, part in codes})

    return Bound(record_of({name: part.type for name, part in fields.items()}), code, node)


@binds(TableLiteral)
def table(binder: Binder, node: TableLiteral) -> Bound:
    """`[value, …]`: a table of the records, or of the values in the one column Value."""
    rows = [binder.bind(row) for row in node.rows]
    kind = type_of_rows(rows, "the values of a table")
    if kind.kind == "Record" and binder.language.bare_records:
        return table_of_records(node, rows, kind)
    codes = [_as(row, kind) for row in rows]
    bare = binder.language.bare_records

    def code(run: Run) -> Value:
        run.rows(len(codes))
        values = [part(run) for part in codes]
        return Table(value if bare and isinstance(value, Record) else Record({"Value": value}) for value in values)

    unknown = kind.kind == "Any" and bool(rows)
    columns = None if unknown else {"Value": kind} if rows else {}
    return Bound(table_of(columns), code, node)


def table_of_records(node: TableLiteral | Call, rows: list[Bound], kind: Type) -> Bound:
    """A table of these rows, with the columns of all of them."""
    codes = [_as(row, kind) for row in rows]

    def code(run: Run) -> Value:
        run.rows(len(codes))
        return Table(part(run) for part in codes)

    return Bound(table_of(kind.columns), code, node)


def _as(row: Bound, kind: Type) -> Code:
    converter = converter_between(row.type, kind)
    return row.code if converter is None else with_converter(row.code, converter)


def type_of_rows(rows: list[Bound], what: str) -> Type:
    """The type that all of these have, or are converted to.

    Raises:
        FormulaError: there is none.
    """
    kind = BLANK
    for row in rows:
        if row.type.kind == "Void":
            raise FormulaError(f"{what} have values", row.node.position)
        try:
            kind = ANY if "Any" in {kind.kind, row.type.kind} else united(kind, row.type)
        except MismatchError:
            raise FormulaError(f"{what} are of types that do not fit together", row.node.position) from None
    return kind
