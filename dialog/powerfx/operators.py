"""Operators: which types they take, and the code that computes them."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from dialog.powerfx import arithmetic
from dialog.powerfx.binder import Binder, Bound, Code, binds
from dialog.powerfx.converting import converted
from dialog.powerfx.kinds import EvaluationError
from dialog.powerfx.lexer import FormulaError
from dialog.powerfx.membership import membership
from dialog.powerfx.moments import EPOCH
from dialog.powerfx.numerals import OverflowedError, fitted
from dialog.powerfx.relations import comparison_of, equality_of, negation
from dialog.powerfx.run import Run
from dialog.powerfx.syntax import Binary, Unary
from dialog.powerfx.types import (
    BOOLEAN,
    DATE,
    DATE_TIME,
    DECIMAL,
    NUMBER,
    NUMERIC,
    OPEN,
    TEMPORAL,
    TIME,
    Kind,
    Type,
)
from dialog.powerfx.values import ErrorValue, Value, combined

_CALCULABLE: frozenset[Kind] = NUMERIC | TEMPORAL | OPEN | {"Text", "Boolean", "Dynamic"}


@binds(Unary)
def unary(binder: Binder, node: Unary) -> Bound:
    """`!`, `-` and `%`."""
    operand = binder.bind(node.operand)
    if node.operator == "!":
        return Bound(BOOLEAN, negation(converted(operand, BOOLEAN)), node)
    if node.operator == "-" and operand.type.kind in TEMPORAL:
        return Bound(operand.type, _applied(arithmetic.negated, operand.code), node)
    number = _number(binder, operand)
    if node.operator == "%":
        return Bound(number, _applied(arithmetic.percent, operand.code), node)
    if isinstance(operand.constant, Decimal | float):
        negative = arithmetic.opposite(operand.constant)
        return Bound(number, lambda _run: negative, node, negative)
    return Bound(number, _applied(arithmetic.negated, operand.code), node)


def _applied(function: Callable[[Run, Value], Value], operand: Code) -> Code:
    def code(run: Run) -> Value:
        value = operand(run)
        if isinstance(value, ErrorValue):
            return value
        try:
            return function(run, value)
        except EvaluationError as error:
            return error.value

    return code


def _number(binder: Binder, operand: Bound) -> Type:
    """The type of number that an operand is taken for."""
    kind = operand.type
    if kind.kind == "Option":
        options = kind.options
        if options is None or not options.to_backing or options.backing != "Number":
            raise FormulaError(f"a {kind} is no number", operand.node.position)
        return binder.number
    if kind.kind not in _CALCULABLE:
        raise FormulaError(f"a {kind} is no number", operand.node.position)
    if kind.kind in NUMERIC or kind.kind == "Any":
        return kind
    return binder.number


@binds(Binary)
def binary(binder: Binder, node: Binary) -> Bound:
    """An operator between two operands."""
    left, right = binder.bind(node.left), binder.bind(node.right)
    match node.operator:
        case "=" | "<>":
            return equality_of(node, left, right)
        case "<" | "<=" | ">" | ">=":
            return comparison_of(node, left, right)
        case "in" | "exactin":
            return membership(node, left, right)
        case _:
            return _calculation(binder, node, left, right)


def _calculation(binder: Binder, node: Binary, left: Bound, right: Bound) -> Bound:
    kinds = {left.type.kind, right.type.kind}
    if node.operator == "^" and kinds & TEMPORAL:
        raise FormulaError("a date or time has no powers", node.position)
    if node.operator in {"+", "-"} and kinds & TEMPORAL:
        result = _moved(binder, node, left, right)
    else:
        first, second = _number(binder, left), _number(binder, right)
        either = {first.kind, second.kind}
        result = NUMBER if node.operator == "^" or "Number" in either else first if "Any" in either else DECIMAL
        if "Any" in either and node.operator != "^":
            result = Type("Any")
    one, other = left.code, right.code
    if kinds <= TEMPORAL:
        one, other = _or_start(left), _or_start(right)
    return Bound(result, calculation(node.operator, one, other), node)


def _or_start(part: Bound) -> Code:
    """A date or time; where it is Blank, the first there is."""
    start: Value = timedelta() if part.type.kind == "Time" else EPOCH
    code = part.code

    def or_start(run: Run) -> Value:
        value = code(run)
        return start if value is None else value

    return or_start


def _moved(binder: Binder, node: Binary, left: Bound, right: Bound) -> Type:
    """The type of a date or time to which something is added, or from which something is taken."""
    one, other = left.type.kind, right.type.kind
    for operand in (left, right):
        if operand.type.kind not in TEMPORAL:
            _number(binder, operand)
    if "Any" in {one, other}:
        return Type("Any")
    dates = {"Date", "DateTime"}
    if one in TEMPORAL and other in TEMPORAL:
        if node.operator == "-" and (other == "Time") == (one == "Time"):
            return binder.number
        if (one in dates and other in dates) or (node.operator == "-" and one == "Time"):
            raise FormulaError(f"{one} {node.operator} {other} means nothing", node.position)
        return TIME if one == other == "Time" else DATE_TIME
    which = one if one in TEMPORAL else other
    return {"Date": DATE, "Time": TIME}.get(which, DATE_TIME)


def calculation(operator: str, left: Code, right: Code) -> Code:
    """The code of `left operator right`."""
    decimals = _EXACT.get(operator)

    def code(run: Run) -> Value:
        one, other = left(run), right(run)
        try:
            if decimals is not None and one.__class__ is Decimal and other.__class__ is Decimal:
                return fitted(decimals(one, other))
            if isinstance(one, ErrorValue) or isinstance(other, ErrorValue):
                return combined([value for value in (one, other) if isinstance(value, ErrorValue)])
            return arithmetic.calculated(run, operator, one, other)
        except EvaluationError as error:
            return error.value
        except OverflowedError:
            return ErrorValue("Numeric", "the number is too large")

    return code


_EXACT = {operator: arithmetic.DECIMALS[operator] for operator in "+-*"}
