"""Columns of untyped objects, by names that are computed: Column, ColumnNames."""

from dialog.powerfx.conversion import untyped
from dialog.powerfx.kinds import invalid
from dialog.powerfx.registry import function
from dialog.powerfx.run import Run
from dialog.powerfx.signature import Parameter
from dialog.powerfx.types import DYNAMIC, TEXT, column_of
from dialog.powerfx.values import Record, Table, Untyped, Value


@function("Column", takes=[Parameter("any"), Parameter(TEXT, blank="")], gives=DYNAMIC, on_blank=None)
def column(_run: Run, value: Value, name: str) -> Value:
    """The column of this name of an object of JSON (or of a record)."""
    if isinstance(value, Record):
        return value.get(name)
    if not isinstance(value, Untyped) or not isinstance(value.data, dict):
        raise invalid("Column takes an object of JSON")
    return untyped(value.data.get(name))


@function("ColumnNames", takes=[Parameter("any")], gives=column_of(TEXT), on_blank=None)
def column_names(run: Run, value: Value) -> Value:
    """What the columns of an object of JSON (or of a record) are called."""
    names = list(value) if isinstance(value, Record) else None
    if isinstance(value, Untyped) and isinstance(value.data, dict):
        names = list(value.data)
    if names is None:
        raise invalid("ColumnNames takes an object of JSON")
    run.rows(len(names))
    return Table(Record({"Value": name}) for name in names)
