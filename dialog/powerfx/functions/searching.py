"""Where a text stands: Find, Search."""

from dialog.powerfx.binder import Binder, Bound
from dialog.powerfx.conversion import to_text
from dialog.powerfx.converting import text_code
from dialog.powerfx.kinds import invalid
from dialog.powerfx.lexer import FormulaError
from dialog.powerfx.registry import function, special
from dialog.powerfx.rows import column_name, counted, field_of, over, source
from dialog.powerfx.run import Run
from dialog.powerfx.signature import Parameter
from dialog.powerfx.syntax import Call
from dialog.powerfx.types import NUMBER, TEXT
from dialog.powerfx.utf16 import units
from dialog.powerfx.values import ErrorValue, Table, Value, combined

_TEXT = Parameter(TEXT, blank="")


@function("Find", takes=[_TEXT, _TEXT, Parameter(NUMBER, blank=0.0)], required=2, gives="number", tables=True)
def find(run: Run, wanted: str, text: str, start: float = 1.0) -> Value:
    """Where a text begins in another, counted from 1; Blank where it does not. Capitals matter."""
    run.sized(text)
    whole = units(text)
    if not 1 <= start <= len(whole) + 1:
        raise invalid("Find begins at a character of the text")
    at = whole.find(units(wanted), int(start) - 1)
    if at < 0:
        return None
    return run.number(at + 1)


@special("Search")
def search(binder: Binder, call: Call) -> Bound:
    """The rows in which one of the columns has a text in it, in capitals or not."""
    counted(call, 3)
    rows = source(binder, call.arguments[0])
    wanted = text_code(binder.bind(call.arguments[1]))
    names = [column_name(binder, argument, rows.columns) for argument in call.arguments[2:]]
    for name, argument in zip(names, call.arguments[2:], strict=True):
        kind = rows.columns.get(name)
        if kind is not None and kind.kind not in {"Text", "Any", "Blank"}:
            raise FormulaError(f'the column "{name}" holds no texts', argument.position)

    def body(run: Run, table: Table) -> Value:
        needle = wanted(run)
        if isinstance(needle, ErrorValue):
            return needle
        part = str(needle).lower()
        run.spend(len(table))
        found: list[Value] = []
        errors: list[ErrorValue] = []
        for row in table:
            cells = [field_of(row, name) for name in names]
            errors += [cell for cell in cells if isinstance(cell, ErrorValue)]
            if not errors and any(part in to_text(run, cell).lower() for cell in cells):
                found.append(row)
        return combined(errors) if errors else Table(found)

    return Bound(rows.table.type, over(rows.table.code, body), call)
