"""`+ - * / ^ %` over numbers, dates and times. What is Blank counts as 0."""

import math
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal, DivisionByZero, InvalidOperation

from dialog.powerfx.conversion import to_float, to_number
from dialog.powerfx.kinds import EvaluationError, divided_by_zero, overflowed
from dialog.powerfx.moments import days_of, moment_at, moment_of, out_of_range
from dialog.powerfx.numerals import WIDE, OverflowedError, decimal_of, fitted
from dialog.powerfx.run import Run
from dialog.powerfx.values import Value
from dialog.powerfx.zones import later, shown

Number = Decimal | float


def number_of(run: Run, value: Value) -> Number:
    """A value as a number; Blank is 0."""
    if value is None or value == "":
        return run.number(0)
    return to_number(run, value)


def finite(number: float) -> float:
    """`number`, where it is one.

    Raises:
        EvaluationError: it is infinite, or none.
    """
    if math.isfinite(number):
        return number
    raise overflowed()


def calculated(run: Run, operator: str, left: Value, right: Value) -> Value:
    """The value of `left operator right`.

    Raises:
        EvaluationError: there is none.
    """
    if operator in {"+", "-"} and (isinstance(left, date | timedelta) or isinstance(right, date | timedelta)):
        return _moved(run, operator, left, right)
    return with_numbers(operator, *numbers_of(run, left, right))


def numbers_of(run: Run, left: Value, right: Value) -> tuple[Number, Number]:
    """Two values as numbers; where one is a float, the other becomes one."""
    if isinstance(left, float) or isinstance(right, float):
        return (0.0 if left is None else to_float(run, left)), (0.0 if right is None else to_float(run, right))
    return number_of(run, left), number_of(run, right)


def with_numbers(operator: str, left: Number, right: Number) -> Number:
    """The value of `left operator right` over two numbers; a float makes the other one, too.

    Raises:
        EvaluationError: there is none.
    """
    if operator == "^":
        return power(float(left), float(right))
    if left.__class__ is Decimal and right.__class__ is Decimal:
        try:
            return fitted(DECIMALS[operator](left, right))
        except (DivisionByZero, InvalidOperation):
            raise divided_by_zero() from None
        except OverflowedError:
            raise overflowed() from None
    try:
        return finite(_FLOATS[operator](float(left), float(right)))
    except ZeroDivisionError:
        raise divided_by_zero() from None


DECIMALS: dict[str, Callable[..., Decimal]] = {
    "+": WIDE.add,
    "-": WIDE.subtract,
    "*": WIDE.multiply,
    "/": WIDE.divide,
}
_FLOATS: dict[str, Callable[[float, float], float]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": lambda left, right: left / right,
}


def power(base: float, exponent: float) -> float:
    """`base` to the power of `exponent`.

    Raises:
        EvaluationError: it is too large, or no real number.
    """
    if base == 0 and exponent < 0:
        raise divided_by_zero()
    try:
        return finite(math.pow(base, exponent))
    except OverflowError:
        raise overflowed() from None
    except ValueError:
        raise EvaluationError("Numeric", "this power is no real number") from None


def negated(run: Run, value: Value) -> Value:
    """`-value`; a negative date is as far before the epoch as the date is after it."""
    match value:
        case datetime():
            return moment_at(-days_of(value))
        case date():
            return moment_at(-days_of(value)).date()
        case timedelta():
            return -value
        case _:
            return opposite(number_of(run, value))


def opposite(number: Number) -> Number:
    """`-number`; a Decimal keeps all its digits."""
    return number.copy_negate() if isinstance(number, Decimal) else -number


def percent(run: Run, value: Value) -> Value:
    """`value %`."""
    number = number_of(run, value)
    return with_numbers("/", number, Decimal(100) if isinstance(number, Decimal) else 100.0)


def _moved(run: Run, operator: str, left: Value, right: Value) -> Value:
    try:
        if operator == "-":
            return _before(run, left, right)
        return _after(run, left, right)
    except (OverflowError, ValueError):
        raise out_of_range() from None


def _before(run: Run, left: Value, right: Value) -> Value:
    if isinstance(right, date) or (isinstance(left, timedelta) and isinstance(right, timedelta)):
        if isinstance(left, date):
            return _days(run, days_of(left) - days_of(right))
        if isinstance(left, timedelta) and isinstance(right, timedelta):
            return _days(run, (left - right) / timedelta(days=1))
        raise EvaluationError("NotSupported", "a date is not taken from a number")
    if isinstance(right, timedelta):
        if isinstance(left, date):
            return _after(run, left, -right)
        raise EvaluationError("NotSupported", "a time is not taken from a number")
    return _after(run, left, opposite(number_of(run, right)))


def _days(run: Run, days: float) -> Number:
    return days if run.floats else decimal_of(days)


def _after(run: Run, left: Value, right: Value) -> Value:
    if isinstance(right, date) and not isinstance(left, date):
        left, right = right, left
    if isinstance(left, timedelta) or (left is None and isinstance(right, timedelta)):
        return _later_time(run, left, right)
    if not isinstance(left, date):
        return _later_time(run, right, left)
    if isinstance(right, timedelta):
        return later(run, shown(run, moment_of(left)), right)
    moved = shown(run, moment_of(left) + timedelta(days=float(number_of(run, right))))
    return moved if isinstance(left, datetime) else moved.date()


def _later_time(run: Run, left: Value, right: Value) -> Value:
    first = left if isinstance(left, timedelta) else timedelta()
    if isinstance(right, timedelta):
        return first + right
    return first + timedelta(days=float(number_of(run, right)))
