"""How one type of value is taken for another, and how values compare (the rules of Power Fx 1.0)."""

from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation

from dialog.powerfx.values import ErrorValue, Option, Record, Table, Value, text_of


class EvaluationError(Exception):
    """An error as a value, on its way to whoever catches it."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message


def type_name(value: Value) -> str:
    """What people call the type of `value`."""
    names = {bool: "Boolean", Decimal: "number", str: "text", datetime: "date and time", date: "date", time: "time"}
    return names.get(type(value), type(value).__name__.lower()) if value is not None else "blank"


def text(value: Value, locale: str) -> str:
    """`value` as text; Blank is empty."""
    if isinstance(value, Record | Table):
        raise EvaluationError("Type", f"a {type_name(value)} is no text")
    return text_of(value, locale)


def number(value: Value) -> Decimal:
    """`value` as a number; Blank is 0, true is 1."""
    match value:
        case None:
            return Decimal(0)
        case bool():
            return Decimal(int(value))
        case Decimal():
            return value
        case str():
            return _parsed(value)
        case datetime() | date():
            return Decimal((datetime_of(value) - datetime(1899, 12, 30, tzinfo=UTC)).total_seconds()) / 86_400
        case _:
            raise EvaluationError("Type", f"a {type_name(value)} is no number")


def _parsed(value: str) -> Decimal:
    try:
        return Decimal(value.strip().replace(",", ""))
    except InvalidOperation:
        raise EvaluationError("InvalidArgument", "this text is no number") from None


def boolean(value: Value) -> bool:
    """`value` as a Boolean; Blank is false."""
    match value:
        case None:
            return False
        case bool():
            return value
        case Decimal():
            return value != 0
        case str() if value.casefold() in {"true", "false", ""}:
            return value.casefold() == "true"
        case _:
            raise EvaluationError("Type", f"a {type_name(value)} is neither true nor false")


def table(value: Value) -> Table:
    """`value` as a table; Blank is an empty one."""
    if value is None:
        return Table()
    if isinstance(value, Record):
        return Table([value])
    if not isinstance(value, Table):
        raise EvaluationError("Type", f"a {type_name(value)} is no table")
    return value


def datetime_of(value: date) -> datetime:
    """A date as its midnight; a date and time with its zone."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    return datetime(value.year, value.month, value.day, tzinfo=UTC)


def moment(value: Value) -> datetime:
    """`value` as a date and time."""
    if isinstance(value, date):
        return datetime_of(value)
    if isinstance(value, str):
        try:
            return datetime_of(datetime.fromisoformat(value.strip()))
        except ValueError:
            raise EvaluationError("InvalidArgument", "this text is no date") from None
    raise EvaluationError("Type", f"a {type_name(value)} is no date")


def equal(left: Value, right: Value) -> bool:
    """Whether two values are equal; texts are compared case-sensitively, and Blank equals nothing but Blank."""
    if left is None or right is None:
        return left is None and right is None
    if isinstance(left, Option) or isinstance(right, Option):
        return _same_option(left, right)
    if isinstance(left, date) and isinstance(right, date):
        return datetime_of(left) == datetime_of(right)
    if isinstance(left, bool) != isinstance(right, bool):
        return False
    if isinstance(left, Decimal) and isinstance(right, str):
        return text_of(left) == right
    if isinstance(left, str) and isinstance(right, Decimal):
        return left == text_of(right)
    return type(left) is type(right) and left == right


def _same_option(left: Value, right: Value) -> bool:
    if isinstance(left, Option) and isinstance(right, Option):
        return left.id == right.id
    option, other = (left, right) if isinstance(left, Option) else (right, left)
    return isinstance(option, Option) and other in {option.display_name, option.id}


def compared(left: Value, right: Value) -> int:
    """Less than, equal to, or more than 0, as `left` is against `right`."""
    if isinstance(left, date) and isinstance(right, date):
        first, second = datetime_of(left), datetime_of(right)
        return (first > second) - (first < second)
    if isinstance(left, time) and isinstance(right, time):
        return (left > right) - (left < right)
    a, b = number(left), number(right)
    return (a > b) - (a < b)


def is_blank(value: Value) -> bool:
    """Whether IsBlank says so: Blank, and the empty text."""
    return value is None or value == ""


def is_error(value: Value) -> bool:
    """Whether `value` is an error."""
    return isinstance(value, ErrorValue)
