"""Functions of floats: roots, powers, logarithms, angles."""

import math
from collections.abc import Callable

from dialog.powerfx.arithmetic import power
from dialog.powerfx.kinds import EvaluationError, divided_by_zero
from dialog.powerfx.registry import function
from dialog.powerfx.run import Run
from dialog.powerfx.signature import Parameter
from dialog.powerfx.types import NUMBER
from dialog.powerfx.values import Value

_FLOAT = Parameter(NUMBER, blank=0.0)


def _no_number(name: str) -> EvaluationError:
    return EvaluationError("Numeric", f"{name} has no value there")


def _of_one(name: str, compute: Callable[[float], float]) -> None:
    @function(name, takes=[_FLOAT], gives=NUMBER, tables=True)
    def single(_run: Run, value: float) -> Value:
        """The function of one number."""
        try:
            result = compute(value)
        except (ValueError, OverflowError):
            raise _no_number(name) from None
        except ZeroDivisionError:
            raise divided_by_zero() from None
        if not math.isfinite(result):
            raise _no_number(name)
        return result


for _name, _compute in {
    "Acos": math.acos,
    "Acot": lambda x: math.pi / 2 - math.atan(x),
    "Asin": math.asin,
    "Atan": math.atan,
    "Cos": math.cos,
    "Cot": lambda x: 1 / math.tan(x),
    "Degrees": math.degrees,
    "Exp": lambda x: math.pow(math.e, x),
    "Ln": math.log,
    "Radians": math.radians,
    "Sin": math.sin,
    "Sqrt": math.sqrt,
    "Tan": math.tan,
}.items():
    _of_one(_name, _compute)


@function("Atan2", takes=[_FLOAT, _FLOAT], gives=NUMBER)
def atan2(_run: Run, x: float, y: float) -> Value:
    """The angle of a point."""
    if x == 0 and y == 0:
        raise divided_by_zero()
    return math.atan2(y, x)


@function("Pi", gives=NUMBER)
def pi(_run: Run) -> Value:
    """The ratio of a circle's circumference to its diameter."""
    return math.pi


@function("Log", takes=[_FLOAT, _FLOAT], required=1, gives=NUMBER, tables=True)
def log(_run: Run, value: float, base: float = 10.0) -> Value:
    """The logarithm to a base."""
    if base == 1:
        raise divided_by_zero()
    if value <= 0 or base <= 0:
        raise _no_number("Log")
    return math.log10(value) if base == 10 else math.log2(value) if base == 2 else math.log(value, base)


@function("Power", takes=[_FLOAT, _FLOAT], gives=NUMBER, tables=True)
def power_(_run: Run, base: float, exponent: float) -> Value:
    """`base` to the power of `exponent`."""
    return power(base, exponent)
