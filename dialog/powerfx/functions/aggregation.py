"""Numbers of many: Sum, Average, Min, Max, StdevP, VarP, over arguments or over a table."""

import math
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal

from dialog.powerfx.arithmetic import finite, with_numbers
from dialog.powerfx.binder import Binder, Bound, Code
from dialog.powerfx.comparing import order
from dialog.powerfx.conversion import CONVERTERS, to_number
from dialog.powerfx.kinds import EvaluationError, divided_by_zero
from dialog.powerfx.lexer import FormulaError
from dialog.powerfx.moments import days_of, moment_at
from dialog.powerfx.registry import special
from dialog.powerfx.rows import PerRow, Source, counted, each, source
from dialog.powerfx.rules import coerces
from dialog.powerfx.run import Run
from dialog.powerfx.syntax import Aliased, Call
from dialog.powerfx.types import ANY, NUMBER, TEMPORAL, Type
from dialog.powerfx.values import ErrorValue, Table, Value, combined

Number = Decimal | float
Folds = Callable[[Run, list[Value]], Value]


def _bound(binder: Binder, call: Call, folds: Folds, gives: Callable[[Type], Type]) -> Bound:
    counted(call, 1)
    first = call.arguments[0]
    head = binder.bind(first.of if isinstance(first, Aliased) else first)
    if head.type.kind == "Table" or (head.type.kind == "Any" and len(call.arguments) == 2):
        return _over_table(binder, call, folds, gives)
    parts = [head, *(binder.bind(argument) for argument in call.arguments[1:])]
    kind = _common(binder, parts)
    codes, result = [part.code for part in parts], gives(kind)

    def code(run: Run) -> Value:
        return _folded(run, folds, [part(run) for part in codes], kind, result)

    return Bound(result, code, call)


def _over_table(binder: Binder, call: Call, folds: Folds, gives: Callable[[Type], Type]) -> Bound:
    counted(call, 2, 2)
    rows = source(binder, call.arguments[0])
    per_row = rows.per_row(binder, call.arguments[1])
    kind = _common(binder, [per_row.part])
    return Bound(gives(kind), _table_code(rows, per_row, folds, kind, gives(kind)), call)


def _table_code(rows: Source, per_row: PerRow, folds: Folds, kind: Type, result: Type) -> Code:
    table, part = rows.table.code, per_row.part.code

    def code(run: Run) -> Value:
        value = table(run)
        if value is None and rows.table.type.kind == "Table":
            return None
        if isinstance(value, ErrorValue):
            return value
        if isinstance(value, Table):
            return _folded(run, folds, [found for _, found in each(run, value, per_row)], kind, result)
        # Two arguments whose types nobody knew: they are two numbers.
        with run.frame():
            return _folded(run, folds, [value, part(run)], kind, result)

    return code


def _common(binder: Binder, parts: Sequence[Bound]) -> Type:
    """The type that the values are taken for: that of the first."""
    for part in parts:
        if not coerces(part.type, binder.number):
            raise FormulaError(f"a {part.type} is no number", part.node.position)
    kinds = [part.type.kind for part in parts if part.type.kind != "Blank"]
    if not kinds:
        return binder.number
    if "Any" in kinds:
        return ANY
    if kinds[0] in TEMPORAL:
        return Type(kinds[0])
    return NUMBER if "Number" in kinds else binder.number


def _folded(run: Run, folds: Folds, values: list[Value], kind: Type, result: Type) -> Value:
    errors = [value for value in values if isinstance(value, ErrorValue)]
    if errors:
        return combined(errors)
    try:
        found = [_taken(run, value, kind) for value in values if value is not None]
        errors = [value for value in found if isinstance(value, ErrorValue)]
        if errors:
            return combined(errors)
        return _as(result, folds(run, found))
    except EvaluationError as error:
        return error.value


def _taken(run: Run, value: Value, kind: Type) -> Value:
    if kind.kind == "Any":
        return value
    try:
        return CONVERTERS[kind.kind](run, value)
    except EvaluationError as error:
        return error.value


def _as(kind: Type, value: Value) -> Value:
    """Days as the date or time that they mean."""
    if kind.kind not in TEMPORAL or isinstance(value, bool) or not isinstance(value, Decimal | float):
        return value
    if kind.kind == "Time":
        return timedelta(days=float(value))
    moment = moment_at(float(value))
    return moment.date() if kind.kind == "Date" else moment


def _numbers(run: Run, values: list[Value]) -> list[Number]:
    numbers: list[Number] = [
        days_of(value) if isinstance(value, date | timedelta) else to_number(run, value) for value in values
    ]
    if any(isinstance(number, float) for number in numbers):
        return [float(number) for number in numbers]
    return numbers


def _total(numbers: Sequence[Number]) -> Number:
    if numbers and isinstance(numbers[0], float):
        return finite(float(sum(numbers)))
    total: Number = Decimal(0)
    for number in numbers:
        total = with_numbers("+", total, number)
    return total


def _sum(run: Run, values: list[Value]) -> Value:
    return _total(_numbers(run, values)) if values else None


def _average(run: Run, values: list[Value]) -> Value:
    if not values:
        raise divided_by_zero()
    return _mean(_numbers(run, values))


def _mean(numbers: Sequence[Number]) -> Number:
    count = float(len(numbers)) if isinstance(numbers[0], float) else Decimal(len(numbers))
    return with_numbers("/", _total(numbers), count)


def _variance(run: Run, values: list[Value]) -> float:
    if not values:
        raise divided_by_zero()
    numbers = [float(number) for number in _numbers(run, values)]
    mean = _mean(numbers)
    squares: list[Number] = []
    for number in numbers:
        away = with_numbers("-", number, mean)
        squares.append(with_numbers("*", away, away))
    return float(_mean(squares))


def _deviation(run: Run, values: list[Value]) -> Value:
    return math.sqrt(_variance(run, values))


def _extreme(sign: int) -> Folds:
    def extreme(run: Run, values: list[Value]) -> Value:
        best: Value = None
        for value in values:
            candidate = value if isinstance(value, date | timedelta) else to_number(run, value)
            if best is None or order(run, candidate, best) * sign > 0:
                best = candidate
        return best

    return extreme


def _register(name: str, folds: Folds, gives: Callable[[Type], Type]) -> None:
    @special(name)
    def binding(binder: Binder, call: Call) -> Bound:
        return _bound(binder, call, folds, gives)


_register("Sum", _sum, lambda kind: kind)
_register("Average", _average, lambda kind: kind)
_register("Min", _extreme(-1), lambda kind: kind)
_register("Max", _extreme(1), lambda kind: kind)
_register("VarP", _variance, lambda _kind: NUMBER)
_register("StdevP", _deviation, lambda _kind: NUMBER)
