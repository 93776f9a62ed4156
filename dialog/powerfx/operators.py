"""Operators: which types they take, and the code that computes them."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from dialog.powerfx import arithmetic
from dialog.powerfx.binder import Binder, Bound, Code, binds, constant
from dialog.powerfx.comparing import equal, order
from dialog.powerfx.converting import converted, text_code
from dialog.powerfx.kinds import EvaluationError
from dialog.powerfx.lexer import FormulaError
from dialog.powerfx.membership import membership
from dialog.powerfx.moments import EPOCH
from dialog.powerfx.numerals import OverflowedError, fitted
from dialog.powerfx.rules import accepts, same_backing
from dialog.powerfx.run import Run
from dialog.powerfx.syntax import Binary, Chain, Interpolated, Joined, Unary
from dialog.powerfx.types import (
    BOOLEAN,
    DATE,
    DATE_TIME,
    DECIMAL,
    NUMBER,
    NUMERIC,
    TEMPORAL,
    TEXT,
    TIME,
    Kind,
    OptionSet,
    Type,
)
from dialog.powerfx.values import ErrorValue, Option, Value, combined

_CALCULABLE: frozenset[Kind] = NUMERIC | TEMPORAL | {"Any", "Blank", "Text", "Boolean", "Dynamic"}
_ORDERED: frozenset[Kind] = NUMERIC | TEMPORAL | {"Any", "Blank", "Dynamic"}


@binds(Chain)
def chain(binder: Binder, node: Chain) -> Bound:
    """`first; second`: the last one's value."""
    steps = [binder.bind(step) for step in node.steps]
    codes, last = [step.code for step in steps[:-1]], steps[-1]

    def code(run: Run) -> Value:
        for step in codes:
            value = step(run)
            if isinstance(value, ErrorValue):
                return value
        return last.code(run)

    return Bound(last.type, code, node)


@binds(Joined)
def joined(binder: Binder, node: Joined) -> Bound:
    """`&`, `&&` and `||`."""
    operands = [binder.bind(operand) for operand in node.operands]
    if node.operator == "&":
        if (options := _concatenated(operands)) is not None:
            return _members(options, operands, node)
        operands = [as_backing(operand) for operand in operands]
        return concatenation([text_code(operand) for operand in operands], node, operands)
    codes = [converted(operand, BOOLEAN) for operand in operands]
    return Bound(BOOLEAN, logical(codes, ends_on=node.operator == "||"), node)


def concatenation(codes: list[Code], node: Joined | Interpolated, parts: list[Bound]) -> Bound:
    """Texts behind one another. Where all are known, the whole is."""

    def code(run: Run) -> Value:
        texts = [part(run) for part in codes]
        try:
            return run.sized("".join(texts))  # type: ignore[arg-type]  # all texts, but for errors
        except TypeError:
            return combined([text for text in texts if isinstance(text, ErrorValue)])

    if all(isinstance(part.constant, str) for part in parts):
        return Bound(TEXT, code, node, "".join(str(part.constant) for part in parts))
    return Bound(TEXT, code, node)


def _concatenated(operands: list[Bound]) -> OptionSet | None:
    """The enumeration whose members all of these are, where they may be joined into a new one."""
    options = operands[0].type.options
    same = all(operand.type.options is not None and operand.type.options == options for operand in operands)
    return options if same and options is not None and options.concatenates else None


def _members(options: OptionSet, operands: list[Bound], node: Joined) -> Bound:
    """Members of an enumeration as one: `MatchOptions.Complete & MatchOptions.Multiline`."""
    kind = Type("Option", options=options)

    def code(run: Run) -> Value:
        return _one_of(options, [operand.code(run) for operand in operands])

    if all(isinstance(operand.constant, Option) for operand in operands):
        return constant(kind, _one_of(options, [operand.constant for operand in operands]), node)  # type: ignore[misc]
    return Bound(kind, code, node)


def _one_of(options: OptionSet, values: list[Value]) -> Value:
    errors = [value for value in values if isinstance(value, ErrorValue)]
    if errors:
        return combined(errors)
    members = [value for value in values if isinstance(value, Option)]
    label = " & ".join(option.id for option in members)
    return Option(options.name, label, label, "".join(str(option.value) for option in members))


def as_backing(part: Bound) -> Bound:
    """A member of an enumeration of texts that may be written out, such as Match.Email, as that text."""
    options = part.type.options
    if options is None or not (options.concatenates and options.from_backing):
        return part
    code = part.code

    def backing(run: Run) -> Value:
        value = code(run)
        return value.value if isinstance(value, Option) else value

    if isinstance(part.constant, Option):
        return constant(TEXT, part.constant.value, part.node)
    return Bound(TEXT, backing, part.node)


def logical(codes: list[Code], *, ends_on: bool) -> Code:
    """Conditions one after another, until one is `ends_on`."""

    def code(run: Run) -> Value:
        for condition in codes:
            value = condition(run)
            if isinstance(value, ErrorValue):
                return value
            if bool(value) is ends_on:
                return ends_on
        return not ends_on

    return code


@binds(Interpolated)
def interpolated(binder: Binder, node: Interpolated) -> Bound:
    """`$"text {formula}"`."""
    parts = [binder.bind(part) for part in node.parts]
    return concatenation([text_code(part) for part in parts], node, parts)


@binds(Unary)
def unary(binder: Binder, node: Unary) -> Bound:
    """`!`, `-` and `%`."""
    operand = binder.bind(node.operand)
    if node.operator == "!":
        return Bound(BOOLEAN, _negation(converted(operand, BOOLEAN)), node)
    if node.operator == "-" and operand.type.kind in TEMPORAL:
        return Bound(operand.type, _applied(arithmetic.negated, operand.code), node)
    number = _number(binder, operand)
    if node.operator == "%":
        return Bound(number, _applied(arithmetic.percent, operand.code), node)
    if isinstance(operand.constant, Decimal | float):
        negative = arithmetic.opposite(operand.constant)
        return Bound(number, lambda _run: negative, node, negative)
    return Bound(number, _applied(arithmetic.negated, operand.code), node)


def _negation(code: Code) -> Code:
    def negated(run: Run) -> Value:
        value = code(run)
        return value if isinstance(value, ErrorValue) else not value

    return negated


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
            return _equality(node, left, right)
        case "<" | "<=" | ">" | ">=":
            return _comparison(node, left, right)
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


def _equality(node: Binary, left: Bound, right: Bound) -> Bound:
    if not comparable(left.type, right.type):
        raise FormulaError(f"{left.type} and {right.type} cannot be compared", node.position)
    code = equality(left.code, right.code)
    return Bound(BOOLEAN, code if node.operator == "=" else _negation(code), node)


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
    if left.kind == right.kind or (kinds <= NUMERIC | TEMPORAL):
        return True
    return False


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


def _comparison(node: Binary, left: Bound, right: Bound) -> Bound:
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
