"""Trace: what a formula would write down. A topic's formula has no effects; its node says what it traces."""

from dialog.powerfx.binder import Binder, Bound
from dialog.powerfx.converting import text_code
from dialog.powerfx.lexer import FormulaError
from dialog.powerfx.literals import literal_of
from dialog.powerfx.registry import special
from dialog.powerfx.rows import counted
from dialog.powerfx.run import Run
from dialog.powerfx.syntax import Call
from dialog.powerfx.types import BOOLEAN
from dialog.powerfx.values import ErrorValue, Option, Record, Value, combined

LAST = "traceRecord"
"""What the last trace is remembered as, for the rest of the formula."""


@special("Trace")
def trace(binder: Binder, call: Call) -> Bound:
    """True; the message, its severity and its record are remembered for the rest of the formula."""
    counted(call, 1, 4)
    parts = [binder.bind(argument) for argument in call.arguments]
    message = text_code(parts[0])
    _check(binder, parts)
    codes = [part.code for part in parts[1:3]]

    def code(run: Run) -> Value:
        values = [message(run), *(part(run) for part in codes)]
        errors = [value for value in values if isinstance(value, ErrorValue)]
        if errors:
            return combined(errors)
        severity = values[1] if len(values) > 1 else Option("TraceSeverity", "Information", "Information", 3.0)
        if not isinstance(severity, Option):
            return ErrorValue("InvalidArgument", "a severity is one of TraceSeverity's")
        record = values[2] if len(values) > 2 and isinstance(values[2], Record) else Record({})
        text = run.sized(literal_of(record, typed=True))
        run.changed[LAST] = Record({"message": values[0], "severity": severity.value, "customRecord": text})
        return True

    return Bound(BOOLEAN, code, call)


def _check(binder: Binder, parts: list[Bound]) -> None:
    for index, wanted in ((1, "TraceSeverity"), (3, "TraceOptions")):
        if index < len(parts):
            kind = parts[index].type
            member = kind.options is not None and kind.options.name == wanted
            if not member and kind.kind not in {"Any", "Blank"} and binder.language.strong_enums:
                raise FormulaError(f"one of {wanted}'s members is wanted", parts[index].node.position)
    if len(parts) > 2 and parts[2].type.kind not in {"Record", "Any", "Blank"}:
        raise FormulaError(f"a {parts[2].type} is no record", parts[2].node.position)
    if len(parts) > 3 and not isinstance(parts[3].constant, Option | str):
        raise FormulaError("what a trace leaves out is known when the formula is read", parts[3].node.position)
