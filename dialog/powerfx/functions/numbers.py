"""Numbers from texts and the other way: Value, Decimal, Float, IsNumeric, Dec2Hex, Hex2Dec."""

import math
import re
from datetime import date, timedelta
from decimal import Decimal

from dialog.powerfx.binder import Binder, Bound
from dialog.powerfx.conversion import to_decimal, to_float
from dialog.powerfx.cultures import culture_of
from dialog.powerfx.kinds import EvaluationError
from dialog.powerfx.lexer import FormulaError
from dialog.powerfx.reading import read_decimal, read_float
from dialog.powerfx.registry import function, special
from dialog.powerfx.rows import counted
from dialog.powerfx.rules import coerces
from dialog.powerfx.run import Run
from dialog.powerfx.signature import Parameter, Signature, plain_call
from dialog.powerfx.syntax import Call
from dialog.powerfx.tabular import tabular_call
from dialog.powerfx.types import BOOLEAN, DECIMAL, NUMBER, TEXT, Type
from dialog.powerfx.values import Option, Untyped, Value

_FROM = frozenset(["Text", "Decimal", "Number", "Boolean", "Date", "DateTime", "Time", "Dynamic", "Any", "Blank"])


def _number(binder: Binder, call: Call, kind: Type) -> Bound:
    counted(call, 1, 2)
    value, *language = [binder.bind(argument) for argument in call.arguments]
    single = value.type.single if value.type.kind == "Table" else None
    of = single[1] if single else value.type
    backed = of.options is not None and of.options.backing == "Number"
    if of.kind not in _FROM and not backed:
        raise FormulaError("a text or a number is wanted", value.node.position)
    if language and not coerces(language[0].type, TEXT):
        raise FormulaError("a language's code is a text", language[0].node.position)
    signature = Signature((Parameter("any"), Parameter(TEXT)), kind, 1, on_blank=None)
    read = _as_decimal if kind.kind == "Decimal" else _as_float
    bind = tabular_call if value.type.kind == "Table" else plain_call
    return bind(binder, call, signature, [value, *language], read)


def _as_decimal(run: Run, value: Value, language: str | None = None) -> Value:
    text = _text(value)
    if text is None:
        return to_decimal(run, value)
    return None if text == "" else read_decimal(text, culture_of(language) if language else run.culture)


def _as_float(run: Run, value: Value, language: str | None = None) -> Value:
    text = _text(value)
    if text is None:
        return to_float(run, value)
    return None if text == "" else read_float(text, culture_of(language) if language else run.culture)


def _text(value: Value) -> str | None:
    data = value.data if isinstance(value, Untyped) else value
    return data if isinstance(data, str) else None


@special("Value")
def value_(binder: Binder, call: Call) -> Bound:
    """A text as a number of the language's own kind; Blank stays Blank."""
    return _number(binder, call, binder.number)


@special("Decimal")
def decimal(binder: Binder, call: Call) -> Bound:
    """A text as a Decimal."""
    return _number(binder, call, DECIMAL)


@special("Float")
def float_(binder: Binder, call: Call) -> Bound:
    """A text as a float."""
    return _number(binder, call, NUMBER)


@function("IsNumeric", takes=[Parameter("any")], gives=BOOLEAN)
def is_numeric(run: Run, value: Value) -> Value:
    """Whether it is a number, a date, or a text that is a number."""
    match value:
        case bool() | None:
            return False
        case Decimal() | float() | date() | timedelta():
            return True
        case str() | Untyped(data=str() | Decimal() | float()):
            return _reads(run, value)
        case Option():
            return isinstance(value.value, float)
        case _:
            return False


def _reads(run: Run, value: Value) -> bool:
    if _text(value) == "":
        return False
    try:
        to_float(run, value)
    except EvaluationError:
        return False
    return True


_HEX_BITS = 40


@function(
    "Dec2Hex", takes=[Parameter(NUMBER, blank=0.0), Parameter(NUMBER, blank=0.0)], required=1, gives=TEXT, tables=True
)
def dec2hex(_run: Run, number: float, places: float = 0.0) -> Value:
    """A whole number in hexadecimal digits; a negative one as 40 bits of two's complement."""
    whole, digits = math.trunc(number), math.trunc(places)
    if not -(2 ** (_HEX_BITS - 1)) <= whole < 2 ** (_HEX_BITS - 1) or not 0 <= digits <= 10:
        raise EvaluationError("Numeric", "the number has 40 bits, and up to 10 digits")
    if whole < 0:
        return f"{whole + 2**_HEX_BITS:X}"
    text = f"{whole:X}"
    if digits and len(text) > digits:
        raise EvaluationError("Numeric", f"the number needs more than {digits} digits")
    return text.rjust(digits, "0")


@function("Hex2Dec", takes=[Parameter(TEXT, blank="")], gives="number", tables=True, folds=True)
def hex2dec(run: Run, text: str) -> Value:
    """Hexadecimal digits as a number; ten digits are 40 bits of two's complement."""
    if text == "":
        return run.number(0)
    if not re.fullmatch(r"[0-9a-fA-F]{1,10}", text):
        raise EvaluationError("Numeric", "hexadecimal digits, ten at most, are wanted")
    number = int(text, 16)
    return run.number(number - 2**_HEX_BITS if number >= 2 ** (_HEX_BITS - 1) else number)
