"""Whole and rounded numbers: Abs, Int, Trunc, Round, RoundUp, RoundDown, Mod."""

import math
from collections.abc import Callable
from decimal import ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, ROUND_UP, Decimal

from dialog.powerfx.kinds import divided_by_zero, overflowed
from dialog.powerfx.numerals import WIDE, OverflowedError, fitted
from dialog.powerfx.registry import function
from dialog.powerfx.run import Run
from dialog.powerfx.signature import Parameter
from dialog.powerfx.types import NUMBER
from dialog.powerfx.values import Value

Number = Decimal | float
NUMERIC = Parameter("numeric", blank=Decimal(0))
_PLACES = Parameter(NUMBER, blank=0.0)


@function("Abs", takes=[NUMERIC], gives="numeric", tables=True)
def abs_(_run: Run, value: Number) -> Value:
    """Without its sign."""
    return value.copy_abs() if isinstance(value, Decimal) else abs(value)


@function("Int", takes=[NUMERIC], gives="numeric", tables=True)
def int_(_run: Run, value: Number) -> Value:
    """The next whole number below."""
    return _decimal_rounded(value, 0, ROUND_FLOOR) if isinstance(value, Decimal) else float(math.floor(value))


def _decimal_rounded(value: Decimal, places: int, mode: str) -> Decimal:
    if places > 28:
        return value
    if places < -30:
        return Decimal(0)
    unit = Decimal(1).scaleb(-places)
    try:
        rounded = WIDE.multiply(WIDE.divide(value, unit).quantize(Decimal(1), mode, WIDE), unit)
        return fitted(rounded)
    except OverflowedError:
        raise overflowed() from None


def _float_rounded(value: float, places: int, mode: str) -> float:
    """As the product of the number and a power of ten is rounded: in decimals, to 15 digits, so that 1.005 is 1.01."""
    if not math.isfinite(value) or abs(places) > 300:
        return value
    exact = Decimal(f"{value:.15g}") if mode == ROUND_HALF_UP else Decimal(repr(value))
    unit = Decimal(1).scaleb(-places)
    scaled = WIDE.divide(exact, unit)
    if scaled.copy_abs() >= Decimal(10) ** 60:
        return value
    return float(WIDE.multiply(scaled.quantize(Decimal(1), mode, WIDE), unit))


def _rounded(mode: str) -> Callable[[Run, Number, float], Value]:
    def rounded(_run: Run, value: Number, places: float = 0.0) -> Value:
        """Rounded to so many places."""
        whole = int(max(-400.0, min(400.0, places)))
        return (
            _decimal_rounded(value, whole, mode) if isinstance(value, Decimal) else _float_rounded(value, whole, mode)
        )

    return rounded


for _name, _mode, _required in (
    ("Round", ROUND_HALF_UP, 2),
    ("RoundUp", ROUND_UP, 2),
    ("RoundDown", ROUND_DOWN, 2),
    ("Trunc", ROUND_DOWN, 1),
):
    function(
        _name,
        takes=[NUMERIC, _PLACES],
        required=_required,
        gives=lambda binder, arguments: arguments[0].type if arguments[0].type.kind == "Number" else binder.number,
        tables=True,
    )(_rounded(_mode))


@function("Mod", takes=[NUMERIC, NUMERIC], gives="numeric", tables=True)
def mod(_run: Run, value: Number, divisor: Number) -> Value:
    """What division leaves; it has the divisor's sign."""
    if divisor == 0:
        raise divided_by_zero()
    if isinstance(value, Decimal) and isinstance(divisor, Decimal):
        rest = WIDE.remainder(value, divisor)
        return fitted(WIDE.add(rest, divisor) if rest and (rest < 0) != (divisor < 0) else rest)
    return float(value) % float(divisor)
