"""Text: a value as text, by a pattern where there is one."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from dialog.powerfx.binder import Binder, Bound
from dialog.powerfx.conversion import to_text
from dialog.powerfx.cultures import Culture, culture_of
from dialog.powerfx.date_patterns import by_date_pattern, by_name
from dialog.powerfx.formats import LONGEST, Format, format_of
from dialog.powerfx.kinds import invalid
from dialog.powerfx.lexer import FormulaError
from dialog.powerfx.moments import days_of, moment_at, moment_of
from dialog.powerfx.number_patterns import by_pattern
from dialog.powerfx.registry import special
from dialog.powerfx.rows import counted
from dialog.powerfx.rules import coerces
from dialog.powerfx.run import Run
from dialog.powerfx.signature import Parameter, Signature, plain_call
from dialog.powerfx.syntax import Call
from dialog.powerfx.types import NUMERIC, TEMPORAL, TEXT
from dialog.powerfx.values import Option, Untyped, Value

_PATTERNED = NUMERIC | TEMPORAL | {"Any", "Blank", "Dynamic"}


@special("Text")
def text(binder: Binder, call: Call) -> Bound:
    """`value` as text, by a pattern where there is one, as a language has it."""
    counted(call, 1, 3)
    parts = [binder.bind(argument) for argument in call.arguments]
    value = parts[0]
    if not coerces(value.type, TEXT) or value.type.is_aggregate:
        raise FormulaError(f"a {value.type} is no text", value.node.position)
    if len(parts) > 1:
        _check_pattern(value, parts[1])
    if len(parts) > 2 and not coerces(parts[2].type, TEXT):
        raise FormulaError("a language's code is a text", parts[2].node.position)
    signature = Signature((Parameter("any"), Parameter("any"), Parameter(TEXT)), TEXT, 1)
    return plain_call(binder, call, signature, parts, _text)


def _check_pattern(value: Bound, pattern: Bound) -> None:
    """A pattern that is known is checked when the formula is read.

    Raises:
        FormulaError: it is none, or the value cannot have one.
    """
    place = pattern.node.position
    kind = pattern.type
    is_name = kind.options is not None and kind.options.name == "DateTimeFormat"
    if not is_name and kind.kind not in {"Text", "Any", "Blank", "Dynamic"}:
        raise FormulaError("a pattern is a text, or one of DateTimeFormat's members", place)
    if value.type.kind not in _PATTERNED:
        raise FormulaError("only numbers, dates and times have patterns", place)
    if isinstance(pattern.constant, str):
        if len(pattern.constant) > LONGEST:
            raise FormulaError(f"a pattern has at most {LONGEST} characters", place)
        if format_of(pattern.constant) is None:
            raise FormulaError("this pattern is none", place)


def _text(run: Run, value: Value, *more: Value) -> Value:
    if not more:
        return None if value is None else to_text(run, value)
    if any(argument is None for argument in more):
        return ""
    language = str(more[1]) if len(more) > 1 else ""
    culture = culture_of(language) if language else run.culture
    if isinstance(value, Untyped):
        if not isinstance(value.data, Decimal | float):
            raise invalid("only numbers, dates and times have patterns")
        value = value.data
    return _formatted(run, 0.0 if value is None else value, more[0], culture)


def _formatted(run: Run, value: Value, pattern: Value, culture: Culture) -> str:
    if isinstance(pattern, Option):
        return _named(run, value, str(pattern.value), culture)
    if not isinstance(pattern, str):
        raise invalid("a pattern is a text")
    if not isinstance(value, date | timedelta | Decimal | float) or isinstance(value, bool):
        raise invalid("only numbers, dates and times have patterns")
    found = format_of(pattern) if len(pattern) <= LONGEST else None
    if found is None:
        raise invalid("this pattern is none")
    return run.sized(_by_format(value, found, culture))


def _by_format(value: date | timedelta | Decimal | float, form: Format, culture: Culture) -> str:
    if isinstance(value, date | timedelta):
        number: Decimal | float = days_of(value)
    else:
        number = value
    if form.dated or (isinstance(value, date | timedelta) and not form.numeric):
        return by_date_pattern(_moment(value), form.section(float(number)), culture)
    return by_pattern(number, form.pattern, culture)


def _moment(value: date | timedelta | Decimal | float) -> datetime:
    if isinstance(value, date):
        return moment_of(value)
    return moment_at(0) + value if isinstance(value, timedelta) else moment_at(float(value))


def _named(run: Run, value: Value, name: str, culture: Culture) -> str:
    if isinstance(value, bool) or not isinstance(value, date | timedelta | Decimal | float):
        raise invalid("only dates and times have such a form")
    moment = _moment(value)
    if name.strip("'").lower() == "utc":
        utc = run.to_utc(moment)
        return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"
    found = by_name(moment, name, culture)
    if found is None:
        raise invalid("this pattern is none")
    return found
