"""Whether two values are equal, and which of them is more."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from dialog.powerfx.conversion import (
    CONVERTERS,
    to_date,
    to_decimal,
    to_float,
    to_moment,
    to_number,
    to_time,
    type_name,
)
from dialog.powerfx.kinds import EvaluationError, mismatched
from dialog.powerfx.moments import days_of
from dialog.powerfx.numerals import number_text
from dialog.powerfx.run import Run
from dialog.powerfx.types import Kind
from dialog.powerfx.values import Option, Untyped, Value

_KINDS: dict[type, Kind] = {str: "Text", bool: "Boolean", Decimal: "Decimal", float: "Number"}


def equal(run: Run | None, left: Value, right: Value) -> bool:
    """Whether two values are equal: texts are compared with their case, and Blank equals nothing but Blank."""
    if left is None or right is None:
        return left is right
    if left.__class__ is right.__class__ and not isinstance(left, Option):
        return left == right
    if isinstance(left, Option) or isinstance(right, Option):
        return _same_option(left, right)
    if isinstance(left, Untyped) or isinstance(right, Untyped):
        return _same_untyped(run, left, right)
    floats = run is None or run.floats
    a, b = _in_days(left, floats=floats), _in_days(right, floats=floats)
    if (isinstance(a, float) and isinstance(b, Decimal)) or (isinstance(a, Decimal) and isinstance(b, float)):
        return float(a) == float(b)
    if isinstance(a, bool) or isinstance(b, bool):
        return False
    if isinstance(a, str) != isinstance(b, str):
        return isinstance(a, Decimal | float | str) and isinstance(b, Decimal | float | str) and _text(a) == _text(b)
    return bool(a == b)


def _text(value: Decimal | float | str) -> str:
    return value if isinstance(value, str) else number_text(value)


def _same_option(left: Value, right: Value) -> bool:
    if isinstance(left, Option) and isinstance(right, Option):
        if left.value is not None and right.value is not None:
            return left.option_set == right.option_set and left.value == right.value
        return left.id == right.id
    option, other = (left, right) if isinstance(left, Option) else (right, left)
    if not isinstance(option, Option):
        return False
    if isinstance(other, str):
        return other in {option.display_name, option.id, option.value}
    return (
        option.value is not None and type(other) is not bool and bool(option.value == other)
    ) or other is option.value


def _same_untyped(run: Run | None, left: Value, right: Value) -> bool:
    untyped, other = (left, right) if isinstance(left, Untyped) else (right, left)
    kind = _KINDS.get(type(other)) or ("DateTime" if isinstance(other, date) else None)
    if kind is None or run is None or not isinstance(untyped, Untyped):
        return False
    try:
        return equal(run, CONVERTERS[kind](run, untyped), other)
    except EvaluationError:
        return False


def order(run: Run, left: Value, right: Value) -> int:
    """Less than, equal to, or more than 0, as `left` is against `right`. Blank counts as 0.

    Raises:
        EvaluationError: they have no order.
    """
    a, b = left, right
    if isinstance(a, Untyped) or isinstance(b, Untyped):
        a, b = _like(run, a, b), _like(run, b, a)
    a, b = _ordered(run, a), _ordered(run, b)
    if isinstance(a, date | timedelta) or isinstance(b, date | timedelta):
        a, b = _dated(run, a, b)
    if isinstance(a, float) or isinstance(b, float):
        a, b = float(a), float(b)
    return (a > b) - (a < b)


def _like(run: Run, value: Value, other: Value) -> Value:
    """A value of JSON as one of the other's type."""
    if not isinstance(value, Untyped):
        return value
    if isinstance(other, timedelta):
        return to_time(run, value)
    if isinstance(other, date):
        return to_moment(run, value) if isinstance(other, datetime) else to_date(run, value)
    if isinstance(other, float | Decimal):
        return to_float(run, value) if isinstance(other, float) else to_decimal(run, value)
    return to_number(run, value)


def _ordered(run: Run, value: Value) -> Any:
    match value:
        case None:
            return 0
        case float() | Decimal() | date() | timedelta():
            return value
        case Option(value=float() as backing):
            return backing
        case Untyped() | str() | bool():
            return to_number(run, value)
        case _:
            raise mismatched(type_name(value), "number or date")


def _dated(run: Run, left: Any, right: Any) -> tuple[Any, Any]:
    temporal = date | timedelta
    if isinstance(left, temporal) and isinstance(right, temporal):
        if isinstance(left, timedelta) and isinstance(right, timedelta):
            return left, right
        return to_moment(run, left), to_moment(run, right)
    return _in_days(left, floats=run.floats), _in_days(right, floats=run.floats)


def _in_days(value: Any, *, floats: bool) -> Any:
    """A date or time as days, in the numbers of the language."""
    if not isinstance(value, date | timedelta):
        return value
    days = days_of(value)
    return days if floats else Decimal(str(days))
