"""What surrounds a formula: Language, OptionSetInfo, Refresh."""

from dialog.powerfx.binder import Binder, Bound
from dialog.powerfx.lexer import FormulaError
from dialog.powerfx.registry import function, special
from dialog.powerfx.rows import counted
from dialog.powerfx.run import Run
from dialog.powerfx.signature import Parameter
from dialog.powerfx.syntax import Call
from dialog.powerfx.types import BOOLEAN, TEXT
from dialog.powerfx.values import ErrorValue, Option, Record, Value


@function("Language", gives=TEXT)
def language(run: Run) -> Value:
    """The conversation's language, such as `en-US`."""
    return run.scope.locale


@function("OptionSetInfo", takes=[Parameter("any")], gives=TEXT, on_blank="")
def option_set_info(_run: Run, value: Value) -> Value:
    """What a choice is stored as."""
    if isinstance(value, Option):
        return value.id
    if isinstance(value, Record):
        return value.get("id")
    return ErrorValue("InvalidArgument", "OptionSetInfo takes a choice")


@special("Refresh")
def refresh(binder: Binder, call: Call) -> Bound:
    """Nothing: a topic's tables are variables, which nobody else changes."""
    counted(call, 1, 1)
    part = binder.bind(call.arguments[0])
    if part.type.kind not in {"Table", "Any", "Blank"}:
        raise FormulaError(f"a {part.type} is no table", part.node.position)

    def code(run: Run) -> Value:
        value = part.code(run)
        return value if isinstance(value, ErrorValue) else True

    return Bound(BOOLEAN, code, call)
