"""Reading a value out of JSON, or out of what has no type yet."""

from dialog.data_types import NotOfTypeError, is_text, read_json, typed
from dialog.errors import CONTENT, TopicError
from dialog.nodes.registry import Flow, node
from dialog.powerfx.encoding import plain
from dialog.powerfx.values import Value
from dialog.program import Step
from dialog.run import Run


@node("ParseValue")
def parse_value(run: Run, step: Step) -> Flow:
    """Give a value the type that the author declares; what cannot have it is Blank, or an error where he wants one."""
    declared = step.properties.get("valueType")
    try:
        value = _parsed(run, run.value(step.properties.get("value")), declared)
    except NotOfTypeError as error:
        if step.properties.get("errorPolicy") == "ThrowError":
            raise TopicError(CONTENT, f"ParseValue {step.key}: {error}") from None
        run.trace("not parsed", step, str(error))
        value = None
    run.set(str(step.properties["variable"]), value)
    return Flow.NEXT


def _parsed(run: Run, value: Value, declared: object) -> Value:
    data = plain(value)
    if isinstance(data, str) and not is_text(declared):
        data = read_json(data) if data.strip() else None
    return typed(data, declared, run.world.timezone)
