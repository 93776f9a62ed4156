"""`in` and `exactin`: whether a text is part of another, or a value one of a table's."""

from dialog.powerfx.binder import Bound
from dialog.powerfx.comparing import equal
from dialog.powerfx.conversion import Converter, to_table, to_text
from dialog.powerfx.converting import converter_between
from dialog.powerfx.kinds import EvaluationError
from dialog.powerfx.lexer import FormulaError
from dialog.powerfx.rules import accepts, coerces
from dialog.powerfx.run import Run
from dialog.powerfx.syntax import Binary
from dialog.powerfx.types import BOOLEAN, TEXT, Type
from dialog.powerfx.values import ErrorValue, Record, Table, Untyped, Value, combined


def membership(node: Binary, left: Bound, right: Bound) -> Bound:
    """`left in right`."""
    _check(left, right)
    exact = node.operator == "exactin"
    one, other = left.code, right.code
    convert = _needle_converter(left.type, right.type)

    def code(run: Run) -> Value:
        needle, hay = one(run), other(run)
        if isinstance(needle, ErrorValue) or isinstance(hay, ErrorValue):
            return combined([value for value in (needle, hay) if isinstance(value, ErrorValue)])
        try:
            if convert is not None and needle is not None:
                needle = convert(run, needle)
            return _contains(run, needle, hay, exact=exact)
        except EvaluationError as error:
            return error.value

    return Bound(BOOLEAN, code, node)


def _needle_converter(left: Type, right: Type) -> Converter | None:
    single = right.single if right.kind == "Table" else None
    if single is None or left.is_aggregate or accepts(single[1], left) or accepts(left, single[1]):
        return None
    return converter_between(left, single[1])


def _check(left: Bound, right: Bound) -> None:
    place, one, other = right.node.position, left.type, right.type
    if "Any" in {one.kind, other.kind}:
        return
    if one.kind == "Table" or other.kind == "Record":
        raise FormulaError(f"a {one} cannot be looked for in a {other}", place)
    if one.kind == "Record":
        if other.kind != "Table" or not (coerces(one, other.row) and coerces(other.row, one)):
            raise FormulaError(f"a {one} cannot be looked for in such a {other}", place)
        return
    if other.kind != "Table":
        if not coerces(other, TEXT) or not coerces(one, TEXT) or "Color" in {one.kind, other.kind}:
            raise FormulaError(f"a {one} cannot be looked for in a {other}", place)
        return
    if other.columns is not None and len(other.columns) != 1:
        raise FormulaError("what is looked through has one column", place)
    if other.single and not coerces(one, other.single[1]) and not accepts(one, other.single[1]):
        raise FormulaError(f"a {one} is none of these", place)


def _contains(run: Run, needle: Value, hay: Value, *, exact: bool) -> Value:
    if isinstance(hay, Table) or (isinstance(hay, Untyped) and isinstance(hay.data, list)):
        rows = to_table(run, hay)
        run.spend(len(rows) // 4)
        return any(_is(run, needle, row, exact=exact) for row in rows)
    if hay is None and (isinstance(needle, Record) or needle is None):
        return needle is None
    part, whole = to_text(run, needle), to_text(run, hay)
    run.spend(len(whole) // 1_000)
    return part in whole if exact else part.lower() in whole.lower()


def _is(run: Run, needle: Value, row: Value, *, exact: bool) -> bool:
    if isinstance(row, Record) and not isinstance(needle, Record):
        row = next(iter(row.values()), None) if len(row) == 1 else row
    if isinstance(needle, str) and isinstance(row, str) and not exact:
        return needle.lower() == row.lower()
    return equal(run, needle, row)
