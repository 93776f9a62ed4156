"""The day in the week, and the week in the year."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from dialog.powerfx.binder import Binder, Bound
from dialog.powerfx.kinds import invalid
from dialog.powerfx.lexer import FormulaError
from dialog.powerfx.moments import EPOCH
from dialog.powerfx.registry import special
from dialog.powerfx.rows import counted
from dialog.powerfx.run import Run
from dialog.powerfx.signature import Parameter, Signature, plain_call
from dialog.powerfx.syntax import Call
from dialog.powerfx.types import DATE_TIME, NUMERIC
from dialog.powerfx.values import Option, Value

_STARTS = {1: 0, 2: 1, 17: 0, 11: 1, 12: 2, 13: 3, 14: 4, 15: 5, 16: 6}
"""The first day of the week by Excel's number of it, Sunday being 0; 3 counts Monday as 0."""


def _start(value: Value) -> int:
    number = value.value if isinstance(value, Option) else value
    if isinstance(number, bool) or not isinstance(number, Decimal | float):
        raise invalid("a week begins on one of StartOfWeek's days")
    whole = int(number)
    if whole != number or (whole not in _STARTS and whole != 3):
        raise invalid("a week begins on one of StartOfWeek's days")
    return whole


def _week(name: str, count: Callable[[datetime, int], int]) -> None:
    @special(name)
    def binding(binder: Binder, call: Call) -> Bound:
        counted(call, 1, 2)
        parts = [binder.bind(argument) for argument in call.arguments]
        if len(parts) > 1:
            _check_start(binder, parts[1])
        signature = Signature((Parameter(DATE_TIME, blank=EPOCH), Parameter("any")), binder.number, 1)
        return plain_call(binder, call, signature, parts, body)

    def body(run: Run, moment: datetime, *start: Value) -> Value:
        """The day's number in the week, or the week's in the year."""
        if not start:
            return run.number(count(moment, 1))
        if start[0] is None:
            raise invalid("a week begins on one of StartOfWeek's days")
        first = _start(start[0])
        if first == 3 and name == "WeekNum":
            raise invalid("a week begins on one of StartOfWeek's days")
        return run.number(count(moment, first))


def _check_start(binder: Binder, part: Bound) -> None:
    kind = part.type
    is_member = kind.options is not None and kind.options.name == "StartOfWeek"
    loose = not binder.language.strong_enums and kind.kind in NUMERIC
    if not is_member and not loose and kind.kind not in {"Any", "Blank"}:
        raise FormulaError("a week begins on one of StartOfWeek's days", part.node.position)


def _weekday(moment: datetime, start: int) -> int:
    if start == 3:
        return moment.isoweekday() - 1
    return (moment.isoweekday() - _STARTS[start]) % 7 + 1


def _week_number(moment: datetime, start: int) -> int:
    first = datetime(moment.year, 1, 1)  # noqa: DTZ001 - Power Fx's moments have no zone
    begins = _STARTS[start]
    offset = (first.isoweekday() - begins) % 7
    return ((moment - first).days + offset) // 7 + 1


_week("Weekday", _weekday)
_week("WeekNum", _week_number)
