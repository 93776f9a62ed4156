"""Whether values are equal, and which is more: the operators `=`, `<>`, `<`, `<=`, `>` and `>=`."""

from collections.abc import Callable

from dialog.powerfx.binder import Bound, Code
from dialog.powerfx.comparing import equal, order
from dialog.powerfx.kinds import EvaluationError
from dialog.powerfx.lexer import FormulaError
from dialog.powerfx.rules import accepts, same_backing
from dialog.powerfx.run import Run
from dialog.powerfx.syntax import Binary
from dialog.powerfx.types import BOOLEAN, NUMERIC, OPEN, TEMPORAL, Kind, Type
from dialog.powerfx.values import ErrorValue, Value, combined

_ORDERED: frozenset[Kind] = NUMERIC | TEMPORAL | OPEN | {"Dynamic"}


def negation(code: Code) -> Code:
    """The code of `!code`."""

    def negated(run: Run) -> Value:
        value = code(run)
        return value if isinstance(value, ErrorValue) else not value

    return negated


def equality_of(node: Binary, left: Bound, right: Bound) -> Bound:
    """`=` and `<>`.

    Raises:
        FormulaError: the two have nothing in common.
    """
    if not comparable(left.type, right.type):
        raise FormulaError(f"{left.type} and {right.type} cannot be compared", node.position)
    code = equality(left.code, right.code)
    return Bound(BOOLEAN, code if node.operator == "=" else negation(code), node)


def equality(left: Code, right: Code) -> Code:
    """The code of `left = right`."""

    def code(run: Run) -> Value:
        one, other = left(run), right(run)
        if isinstance(one, ErrorValue) or isinstance(other, ErrorValue):
            return combined([value for value in (one, other) if isinstance(value, ErrorValue)])
        return equal(run, one, other)

    return code


def comparable(left: Type, right: Type) -> bool:
    """Whether `=` may stand between the two."""
    kinds = {left.kind, right.kind}
    if kinds & {"Any"}:
        return True
    if kinds & {"Record", "Table", "Void"} or left.kind == right.kind == "Dynamic":
        return False
    if "Blank" in kinds:
        return True
    if "Option" in kinds:
        return _option_compares(left, right)
    if "Dynamic" in kinds:
        return "Color" not in kinds
    return left.kind == right.kind or kinds <= NUMERIC | TEMPORAL


def _option_compares(left: Type, right: Type) -> bool:
    if left.kind == right.kind:
        return accepts(left, right)
    option, other = (left, right) if left.kind == "Option" else (right, left)
    options = option.options
    if options is None:
        return True
    return (options.from_backing or options.to_backing) and same_backing(other.kind, options.backing)


_ORDERS: dict[str, Callable[[int], bool]] = {
    "<": lambda sign: sign < 0,
    "<=": lambda sign: sign <= 0,
    ">": lambda sign: sign > 0,
    ">=": lambda sign: sign >= 0,
}


def comparison_of(node: Binary, left: Bound, right: Bound) -> Bound:
    """`<`, `<=`, `>` and `>=`.

    Raises:
        FormulaError: the two have no common order.
    """
    if "Option" in {left.type.kind, right.type.kind}:
        _check_ordered_options(node, left.type, right.type)
    else:
        for operand in (left, right):
            if operand.type.kind not in _ORDERED:
                raise FormulaError(f"a {operand.type} has no order", operand.node.position)
        if left.type.kind == right.type.kind == "Dynamic":
            raise FormulaError("two values of JSON cannot be compared: say what type one has", node.position)
    return Bound(BOOLEAN, _comparing(_ORDERS[node.operator], left.code, right.code), node)


def _comparing(holds: Callable[[int], bool], left: Code, right: Code) -> Code:
    def code(run: Run) -> Value:
        one, other = left(run), right(run)
        if isinstance(one, ErrorValue) or isinstance(other, ErrorValue):
            return combined([value for value in (one, other) if isinstance(value, ErrorValue)])
        try:
            return holds(order(run, one, other))
        except EvaluationError as error:
            return error.value

    return code


def _check_ordered_options(node: Binary, left: Type, right: Type) -> None:
    option, other = (left, right) if left.kind == "Option" else (right, left)
    options = option.options
    if options is None or other.kind == "Any":
        return
    fits = other.kind == "Option" and accepts(left, right)
    plain = options.from_backing or (options.to_backing and other.kind != "Blank")
    if not fits and not (plain and (other.kind == "Blank" or same_backing(other.kind, options.backing))):
        raise FormulaError(f"{left} and {right} have no common order", node.position)
    if not options.comparable:
        raise FormulaError(f"the members of {options.name} have no order", node.position)
