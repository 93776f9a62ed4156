"""Making tables: Table, Sequence, ForAll, Distinct."""

from decimal import Decimal

from dialog.powerfx.arithmetic import with_numbers
from dialog.powerfx.binder import Binder, Bound
from dialog.powerfx.comparing import equal
from dialog.powerfx.conversion import to_table, type_name
from dialog.powerfx.kinds import EvaluationError, invalid, mismatched
from dialog.powerfx.lexer import FormulaError
from dialog.powerfx.registry import function, special
from dialog.powerfx.rows import counted, each, over, source
from dialog.powerfx.run import Run
from dialog.powerfx.signature import Parameter, Signature, plain_call
from dialog.powerfx.syntax import Call
from dialog.powerfx.types import DYNAMIC, NUMBER, column_of, table_of
from dialog.powerfx.values import ErrorValue, Record, Table, Value, combined
from dialog.powerfx.written import table_of_records, type_of_rows

_NUMERIC = Parameter("numeric", blank=Decimal(0))


@function(
    "Sequence",
    takes=[Parameter(NUMBER, blank=0.0), _NUMERIC, _NUMERIC],
    required=1,
    gives=lambda binder, arguments: column_of(
        NUMBER if any(argument.type.kind == "Number" for argument in arguments[1:]) else binder.number
    ),
)
def sequence(
    run: Run, count: float, start: Decimal | float | None = None, step: Decimal | float | None = None
) -> Value:
    """Numbers one after another."""
    if not 0 <= count <= 50_000:
        raise invalid("a sequence has 0 to 50,000 rows")
    one = run.number(1)
    begin, by = one if start is None else start, one if step is None else step
    run.rows(int(count))
    return Table(Record({"Value": _nth(begin, by, number)}) for number in range(int(count)))


def _nth(begin: Decimal | float, by: Decimal | float, number: int) -> Value:
    try:
        return with_numbers("+", begin, with_numbers("*", by, type(by)(number)))
    except EvaluationError as error:
        return error.value


@special("Table")
def table(binder: Binder, call: Call) -> Bound:
    """The records, and the tables' rows, as one table."""
    parts = [binder.bind(argument) for argument in call.arguments]
    if len(parts) == 1 and parts[0].type.kind == "Dynamic":
        return plain_call(
            binder, call, Signature((Parameter("any"),), column_of(DYNAMIC), 1, on_blank=None), parts, to_table
        )
    rows = []
    for part in parts:
        kind = part.type
        if kind.kind not in {"Record", "Table", "Any", "Blank"}:
            raise FormulaError(f"a table has records, not a {kind}", part.node.position)
        rows.append(Bound(kind.row if kind.kind == "Table" else kind, part.code, part.node))
    if all(part.type.kind in {"Record", "Blank"} for part in parts):
        return table_of_records(call, rows, type_of_rows(rows, "the records of a table"))
    kind = type_of_rows(rows, "the records of a table")
    codes = [part.code for part in parts]

    def code(run: Run) -> Value:
        found: list[Value] = []
        for part in codes:
            value = part(run)
            if isinstance(value, Record | Table | ErrorValue) or value is None:
                found.extend(value if isinstance(value, Table) else [value])
            else:
                return mismatched(type_name(value), "record").value
        run.rows(len(found))
        return Table(found)

    return Bound(table_of(kind.columns), code, call)


@special("ForAll")
def for_all(binder: Binder, call: Call) -> Bound:
    """A formula for each row, as a table."""
    counted(call, 2, 2)
    rows = source(binder, call.arguments[0], dynamic=True)
    per_row = rows.per_row(binder, call.arguments[1])
    kind = per_row.part.type
    if kind.kind == "Void":
        raise FormulaError("what is computed for each row has a value", call.position)

    def body(run: Run, table: Table) -> Value:
        run.rows(len(table))
        values = [value for _, value in each(run, table, per_row)]
        errors = [value for value in values if isinstance(value, ErrorValue)]
        if errors:
            return combined(errors)
        return Table(
            value if kind.kind == "Record" or isinstance(value, Record) else Record({"Value": value})
            for value in values
        )

    columns = kind.columns if kind.kind == "Record" else None if kind.kind == "Any" else {"Value": kind}
    return Bound(table_of(columns), over(rows.table.code, body), call)


@special("Distinct")
def distinct(binder: Binder, call: Call) -> Bound:
    """Each value of a formula over the rows, once."""
    counted(call, 2, 2)
    rows = source(binder, call.arguments[0])
    per_row = rows.per_row(binder, call.arguments[1])
    if per_row.part.type.kind == "Void":
        raise FormulaError("what is computed for each row has a value", call.position)
    name = "Value" if binder.language.value_columns else "Result"

    def body(run: Run, table: Table) -> Value:
        values = [value for _, value in each(run, table, per_row)]
        errors = [value for value in values if isinstance(value, ErrorValue)]
        if errors:
            return errors[0]
        if any(isinstance(value, Record | Table) for value in values):
            raise invalid("what is distinct are single values")
        return Table(Record({name: value}) for value in once(run, values))

    return Bound(column_of(per_row.part.type, name), over(rows.table.code, body), call)


def once(run: Run, values: list[Value]) -> list[Value]:
    """Each of the values once, in the order in which they come."""
    found: list[Value] = []
    seen: set[tuple[str, Value]] = set()
    for value in values:
        try:
            key = (type(value).__name__, value)
            if key not in seen:
                seen.add(key)
                found.append(value)
        except TypeError:
            run.spend(len(found))
            if not any(equal(run, value, other) for other in found):
                found.append(value)
    return found
