"""Numbers."""

import math
from collections.abc import Callable, Iterable
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal
from uuid import UUID

from dialog.powerfx import coercion
from dialog.powerfx.coercion import EvaluationError
from dialog.powerfx.evaluation import Evaluation
from dialog.powerfx.registry import eager, lazy
from dialog.powerfx.syntax import Node
from dialog.powerfx.values import Record, Table, Value

_ROUNDINGS = {"Round": ROUND_HALF_UP, "RoundUp": ROUND_UP, "RoundDown": ROUND_DOWN}


def _rounding(name: str, mode: str) -> None:
    @eager(name)
    def rounded(_run: Evaluation, value: Value, places: Value = Decimal(0)) -> Value:
        """Rounded to so many places."""
        unit = Decimal(1).scaleb(-int(coercion.number(places)))
        return (coercion.number(value) / unit).quantize(Decimal(1), mode) * unit


for _name, _mode in _ROUNDINGS.items():
    _rounding(_name, _mode)


@eager("Int")
def int_(_run: Evaluation, value: Value) -> Value:
    """The next whole number below."""
    return Decimal(math.floor(coercion.number(value)))


@eager("Trunc")
def trunc(_run: Evaluation, value: Value) -> Value:
    """Without what stands behind the point."""
    return Decimal(math.trunc(coercion.number(value)))


@eager("Abs")
def abs_(_run: Evaluation, value: Value) -> Value:
    """Without its sign."""
    return abs(coercion.number(value))


@eager("Mod")
def mod(_run: Evaluation, value: Value, divisor: Value) -> Value:
    """What division leaves; it has the divisor's sign."""
    by = coercion.number(divisor)
    if by == 0:
        raise EvaluationError("Div0", "division by zero")
    number = coercion.number(value)
    return number - by * Decimal(math.floor(number / by))


@eager("Power")
def power(_run: Evaluation, base: Value, exponent: Value) -> Value:
    """`base` to the power of `exponent`."""
    by = coercion.number(exponent)
    if abs(by) > 1_000:
        raise EvaluationError("Numeric", "the exponent is too large")
    return coercion.number(base) ** by


@eager("Sqrt")
def sqrt(_run: Evaluation, value: Value) -> Value:
    """The square root."""
    number = coercion.number(value)
    if number < 0:
        raise EvaluationError("Numeric", "a negative number has no square root")
    return number.sqrt()


@eager("Value", "Decimal", "Float")
def value_(_run: Evaluation, value: Value, _language: Value = None) -> Value:
    """Text as a number; Blank stays Blank."""
    if coercion.is_blank(value):
        return None
    if isinstance(value, str) and value.strip().endswith("%"):
        return coercion.number(value.strip().rstrip("%")) / 100
    return coercion.number(value)


@eager("Rand")
def rand(run: Evaluation) -> Value:
    """By chance, from 0 to 1."""
    return Decimal(str(run.scope.random.random()))


@eager("RandBetween")
def rand_between(run: Evaluation, low: Value, high: Value) -> Value:
    """By chance, a whole number from `low` to `high`."""
    return Decimal(run.scope.random.randint(int(coercion.number(low)), int(coercion.number(high))))


@eager("GUID")
def guid(run: Evaluation, text: Value = None) -> Value:
    """A new id, made from the scope's own chance."""
    return str(UUID(str(text)) if text is not None else UUID(int=run.scope.random.getrandbits(128), version=4))


def _aggregate(*names: str) -> Callable[[Callable[[list[Decimal]], Value]], None]:
    """Register a function over numbers, or over a formula for each record of a table."""

    def register(function: Callable[[list[Decimal]], Value]) -> None:
        @lazy(*names)
        def aggregate(run: Evaluation, arguments: tuple[Node, ...]) -> Value:
            return function([coercion.number(value) for value in _values(run, arguments) if value is not None])

    return register


def _values(run: Evaluation, arguments: tuple[Node, ...]) -> Iterable[Value]:
    first = run.value(arguments[0])
    if not isinstance(first, Table):
        return [first, *(run.value(argument) for argument in arguments[1:])]
    if len(arguments) == 1:
        return [next(iter(row.values()), None) for row in first if isinstance(row, Record)]
    rows, alias = run.rows(arguments[0])
    return [run.within(row, arguments[1], alias) for row in rows]


@_aggregate("Sum")
def _sum(numbers: list[Decimal]) -> Value:
    return sum(numbers, Decimal(0)) if numbers else None


@_aggregate("Average")
def _average(numbers: list[Decimal]) -> Value:
    if not numbers:
        raise EvaluationError("Div0", "there is no average of nothing")
    return sum(numbers, Decimal(0)) / len(numbers)


@_aggregate("Min")
def _min(numbers: list[Decimal]) -> Value:
    return min(numbers, default=None)


@_aggregate("Max")
def _max(numbers: list[Decimal]) -> Value:
    return max(numbers, default=None)
