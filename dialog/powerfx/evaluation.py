"""Computing a formula: typed values, Blank, coercion, scopes, and an end to every computation."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal, DivisionByZero, InvalidOperation, Overflow

from dialog.powerfx import coercion
from dialog.powerfx.coercion import EvaluationError
from dialog.powerfx.enums import ENUMS
from dialog.powerfx.scope import Scope, Unresolved
from dialog.powerfx.syntax import (
    Aliased,
    Binary,
    Call,
    Field,
    Interpolated,
    Literal,
    Name,
    Node,
    RecordLiteral,
    TableLiteral,
    Unary,
)
from dialog.powerfx.values import ErrorValue, Option, Record, Table, Value, row_of

MAX_STEPS = 200_000
"""Parts of a formula that one evaluation may compute: about a second."""

Function = Callable[["Evaluation", tuple[Node, ...]], Value]


class Evaluation:
    """One computation of one formula."""

    def __init__(self, scope: Scope, functions: Mapping[str, Function]) -> None:
        self.scope = scope
        self._functions = functions
        self._locals: list[Mapping[str, Value]] = []
        self._steps = 0

    def value(self, node: Node) -> Value:
        """The value of `node`.

        Raises:
            EvaluationError: it is an error; `IfError` and its kin catch it.
        """
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise EvaluationError("Timeout", "the formula takes too long")
        value = self._computed(node)
        if isinstance(value, ErrorValue):
            raise EvaluationError(value.kind, value.message)
        return value

    def within(self, row: Value, node: Node, alias: str | None = None) -> Value:
        """The value of `node` where the columns of `row` can be read by name, and the row as ThisRecord."""
        record = row_of(row)
        names: dict[str, Value] = dict(record) if isinstance(record, Record) and alias is None else {}
        self._locals.append({**names, alias or "ThisRecord": record})
        try:
            return self.value(node)
        finally:
            self._locals.pop()

    def rows(self, node: Node) -> tuple[Table, str | None]:
        """The table that `node` gives, and what its rows are called by `As`."""
        if isinstance(node, Aliased):
            return coercion.table(self.value(node.of)), node.alias
        return coercion.table(self.value(node)), None

    def text(self, node: Node) -> str:
        """The value of `node` as text."""
        return coercion.text(self.value(node), self.scope.locale)

    def number(self, node: Node) -> Decimal:
        """The value of `node` as a number; Blank is 0."""
        return coercion.number(self.value(node))

    def boolean(self, node: Node) -> bool:
        """The value of `node` as a Boolean; Blank is false."""
        return coercion.boolean(self.value(node))

    def _computed(self, node: Node) -> Value:  # noqa: C901 - one case a kind
        match node:
            case Literal(value=literal):
                return literal  # type: ignore[no-any-return]  # a literal holds a value
            case Name():
                return self._name(node)
            case Field():
                return self._field(node)
            case Call():
                return self._call(node)
            case Binary():
                return self._binary(node)
            case Unary():
                return self._unary(node)
            case RecordLiteral():
                return Record({name: self.value(field) for name, field in node.fields})
            case TableLiteral():
                return Table(row_of(self.value(row)) for row in node.rows)
            case Interpolated():
                return "".join(self.text(part) for part in node.parts)
            case Aliased():
                return self.value(node.of)
            case _:
                raise EvaluationError("Type", "this has no value")

    def _name(self, node: Name) -> Value:
        for names in reversed(self._locals):
            if node.name in names:
                return names[node.name]
        found = self.scope.name(node.name)
        if isinstance(found, Unresolved):
            raise EvaluationError("Name", f'nothing is called "{node.name}"')
        return found

    def _field(self, node: Field) -> Value:
        if isinstance(node.of, Name) and (members := ENUMS.get(node.of.name)):
            if node.name not in members:
                raise EvaluationError("Name", f"{node.of.name} has no member {node.name}")
            return members[node.name]
        of = self.value(node.of)
        if of is None:
            return None
        if isinstance(of, Record):
            return of.get(node.name)
        if isinstance(of, Table):
            return Table(Record({node.name: row.get(node.name) if isinstance(row, Record) else None}) for row in of)
        if isinstance(of, Option) and node.name in {"Value", "DisplayName"}:
            return of.display_name
        raise EvaluationError("Type", f"a {coercion.type_name(of)} has no column {node.name}")

    def _call(self, node: Call) -> Value:
        try:
            return self._functions[node.function](self, node.arguments)
        except (IndexError, ValueError) as error:
            raise EvaluationError("InvalidArgument", f"{node.function}: {error or 'too few arguments'}") from None

    def _unary(self, node: Unary) -> Value:
        if node.operator == "!":
            return not self.boolean(node.operand)
        number = self.number(node.operand)
        return number / 100 if node.operator == "%" else -number

    def _binary(self, node: Binary) -> Value:
        if node.operator == "&&":
            return self.boolean(node.left) and self.boolean(node.right)
        if node.operator == "||":
            return self.boolean(node.left) or self.boolean(node.right)
        return self._operated(node.operator, self.value(node.left), self.value(node.right))

    def _operated(self, operator: str, left: Value, right: Value) -> Value:
        match operator:
            case "=":
                return coercion.equal(left, right)
            case "<>":
                return not coercion.equal(left, right)
            case "<" | "<=" | ">" | ">=":
                return _COMPARISONS[operator](coercion.compared(left, right))
            case "&":
                return coercion.text(left, self.scope.locale) + coercion.text(right, self.scope.locale)
            case "in" | "exactin":
                return self._contains(left, right, exact=operator == "exactin")
            case _:
                return self._arithmetic(operator, left, right)

    def _arithmetic(self, operator: str, left: Value, right: Value) -> Value:
        if operator in {"+", "-"} and isinstance(left, date | time):
            return _moved(operator, left, right)
        try:
            return _ARITHMETIC[operator](coercion.number(left), coercion.number(right))
        except (DivisionByZero, InvalidOperation):
            raise EvaluationError("Div0", "division by zero") from None
        except Overflow:
            raise EvaluationError("Numeric", "the number is too large") from None

    def _contains(self, left: Value, right: Value, *, exact: bool) -> Value:
        if isinstance(right, Table):
            return any(coercion.equal(left, _only(row)) for row in right)
        needle, hay = coercion.text(left, self.scope.locale), coercion.text(right, self.scope.locale)
        return needle in hay if exact else needle.casefold() in hay.casefold()


def _moved(operator: str, left: date | time, right: Value) -> Value:
    if operator == "-" and isinstance(right, date) and isinstance(left, date):
        between = coercion.datetime_of(left) - coercion.datetime_of(right)
        return Decimal(between.total_seconds()) / 86_400
    days = float(coercion.number(right))
    span = timedelta(days=days if operator == "+" else -days)
    if isinstance(left, time):
        return (datetime.combine(date(2000, 1, 1), left) + span).time()
    if isinstance(left, datetime) or span.seconds == 0:
        return left + span
    return coercion.datetime_of(left) + span


def _only(row: Value) -> Value:
    return next(iter(row.values()), None) if isinstance(row, Record) and len(row) == 1 else row


def _power(left: Decimal, right: Decimal) -> Decimal:
    if abs(right) > 1_000:
        raise EvaluationError("Numeric", "the exponent is too large")
    return left**right


_COMPARISONS: dict[str, Callable[[int], bool]] = {
    "<": lambda order: order < 0,
    "<=": lambda order: order <= 0,
    ">": lambda order: order > 0,
    ">=": lambda order: order >= 0,
}
_ARITHMETIC: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": lambda left, right: left / right,
    "^": _power,
}
