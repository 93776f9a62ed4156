"""ParseJSON: what JSON says, untyped or of a type."""

import json
from typing import Any

from dialog.powerfx.binder import Binder, Bound
from dialog.powerfx.conversion import to_text, untyped
from dialog.powerfx.functions.typing import named_type, typed
from dialog.powerfx.kinds import EvaluationError
from dialog.powerfx.lexer import FormulaError
from dialog.powerfx.registry import special
from dialog.powerfx.rows import counted
from dialog.powerfx.rules import coerces
from dialog.powerfx.run import MAX_TEXT, Run
from dialog.powerfx.signature import Parameter, Signature, plain_call
from dialog.powerfx.syntax import Call
from dialog.powerfx.types import DYNAMIC, TEXT
from dialog.powerfx.values import JsonNumber, Value

MAX_DEPTH = 64
"""Arrays and objects of JSON inside one another."""


_MOST_DIGITS = 400
_LARGEST_EXPONENT = 10_000


def _no_json() -> EvaluationError:
    return EvaluationError("InvalidJSON", "this text is no JSON")


def read_json(run: Run, text: str) -> Any:
    """JSON's data; numbers as they stand.

    Raises:
        EvaluationError: the text is no JSON, or nested too deep.
    """
    if len(text) > MAX_TEXT or _depth(text) > MAX_DEPTH:
        raise _no_json()
    run.spend(len(text) // 20)
    try:
        return json.loads(text, parse_int=_number, parse_float=_number, parse_constant=_constant)
    except (ValueError, RecursionError):
        raise _no_json() from None


def _number(text: str) -> JsonNumber:
    if len(text) > _MOST_DIGITS or abs((number := JsonNumber(text)).adjusted()) > _LARGEST_EXPONENT:
        raise _no_json()
    return number


def _constant(_text: str) -> Any:
    raise _no_json()


def _depth(text: str) -> int:
    """How deep brackets nest; those in texts count, too, which does no harm to what people write."""
    depth = deepest = 0
    quoted = False
    for index, character in enumerate(text):
        if character == '"' and (index == 0 or text[index - 1] != "\\"):
            quoted = not quoted
        elif not quoted and character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif not quoted and character in "]}":
            depth -= 1
    return deepest


@special("ParseJSON")
def parse_json(binder: Binder, call: Call) -> Bound:
    """What JSON says, as an untyped object, or as a value of a type."""
    counted(call, 1, 2)
    text = binder.bind(call.arguments[0])
    if not coerces(text.type, TEXT):
        raise FormulaError(f"a {text.type} is no text", text.node.position)
    kind = named_type(call.arguments[1]) if len(call.arguments) > 1 else DYNAMIC

    def body(run: Run, value: Value) -> Value:
        data = read_json(run, to_text(run, value))
        return untyped(data) if kind.kind == "Dynamic" else typed(run, data, kind)

    return plain_call(binder, call, Signature((Parameter("any"),), kind, 1, on_blank=None), [text], body)
