"""Chance, which comes from the scope: Rand, RandBetween, Shuffle, GUID."""

import math
from decimal import Decimal
from uuid import UUID

from dialog.powerfx.binder import Binder, Bound
from dialog.powerfx.conversion import to_guid
from dialog.powerfx.kinds import EvaluationError
from dialog.powerfx.registry import function, special
from dialog.powerfx.rows import counted, over, source
from dialog.powerfx.run import Run
from dialog.powerfx.signature import Parameter
from dialog.powerfx.syntax import Call
from dialog.powerfx.types import GUID, NUMBER
from dialog.powerfx.values import Table, Value

_NUMERIC = Parameter("numeric", blank=Decimal(0))


@function("Rand", gives=NUMBER)
def rand(run: Run) -> Value:
    """By chance, from 0 to 1."""
    return run.scope.random.random()


@function("RandBetween", takes=[_NUMERIC, _NUMERIC], gives="numeric")
def rand_between(run: Run, low: Decimal | float, high: Decimal | float) -> Value:
    """By chance, a whole number from `low` to `high`; where there is none between them, the next above `low`."""
    if low > high:
        raise EvaluationError("Numeric", "the first number is not above the second")
    first, last = math.ceil(low), math.floor(high)
    number = run.scope.random.randint(first, last) if first <= last else first
    return float(number) if isinstance(low, float) or isinstance(high, float) else Decimal(number)


@special("Shuffle")
def shuffle(binder: Binder, call: Call) -> Bound:
    """The rows in an order that chance gives."""
    counted(call, 1, 1)
    rows = source(binder, call.arguments[0])

    def body(run: Run, table: Table) -> Value:
        run.spend(len(table))
        return Table(run.scope.random.sample(table, len(table)))

    return Bound(rows.table.type, over(rows.table.code, body), call)


@function("GUID", takes=[Parameter("any")], required=0, gives=GUID, on_blank=None)
def guid(run: Run, *text: Value) -> Value:
    """A new id, made from the scope's own chance; or the one that a text is."""
    if not text:
        return UUID(int=run.scope.random.getrandbits(128), version=4)
    return to_guid(run, text[0])
