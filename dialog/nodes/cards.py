"""Ask with an Adaptive Card: the card is sent, and what the customer fills in goes to variables."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from dialog.nodes.asking import answered, not_understood, replied, take_reply
from dialog.nodes.listening import LISTENERS, Listener
from dialog.nodes.registry import Flow, node
from dialog.nodes.talking import ADAPTIVE, activity_of, card_content
from dialog.powerfx.values import Record, Value, from_plain
from dialog.program import Step
from dialog.replies import Understood
from dialog.run import Run
from protocol.activity import MESSAGE, Activity, Attachment


@node("AdaptiveCardPrompt")
def adaptive_card_prompt(run: Run, step: Step) -> Flow:
    """Send the card, and wait until it is submitted; a text is no submission, and the card is sent again."""
    if not replied(run, step):
        return Flow.WAIT
    found = take_reply(run, step)
    if found is None or not isinstance(found.value, Record):
        return not_understood(run, step)
    for name, variable in _bound(step).items():
        run.set(variable, typed(found.value.get(name), _type_of(step, name)))
    return answered(run, step)


def _bound(step: Step) -> dict[str, str]:
    """Which input of the card goes to which variable."""
    output = step.properties.get("output")
    binding = output.get("binding") if isinstance(output, Mapping) else None
    return {str(name): str(variable) for name, variable in binding.items()} if isinstance(binding, Mapping) else {}


def _type_of(step: Step, name: str) -> str:
    declared = step.properties.get("outputType")
    properties = declared.get("properties") if isinstance(declared, Mapping) else None
    kind = properties.get(name) if isinstance(properties, Mapping) else None
    inner = kind.get("type", kind.get("kind")) if isinstance(kind, Mapping) else kind
    return str(inner) if isinstance(inner, str) else ""


def typed(value: Value, kind: str) -> Value:
    """What a form says, as the declared type has it: forms say everything as text. What does not fit is Blank."""
    if not isinstance(value, str):
        return str(value).lower() if kind == "String" and isinstance(value, bool) else value
    match kind:
        case "Number" | "Decimal" | "Float":
            return _number(value)
        case "Boolean":
            return value.casefold() == "true" if value else None
        case "Date" | "DateTime":
            return _date(value)
        case _:
            return value or None


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None


def _ask(run: Run, step: Step, prompt: Any) -> None:
    authored = step.properties.get("card")
    card = authored if isinstance(authored, Mapping) and "cardContent" in authored else {"cardContent": authored}
    attachment = Attachment(content_type=ADAPTIVE, content=card_content(run, card))
    words = activity_of(run, prompt) if prompt is not None else Activity(type=MESSAGE)
    run.say(words.model_copy(update={"attachments": (*(words.attachments or ()), attachment)}))


def _submitted(_run: Run, _step: Step, reply: Activity) -> Understood | None:
    value = from_plain(reply.value)
    return Understood(value, exact=True) if isinstance(value, Record) else None


LISTENERS["AdaptiveCardPrompt"] = Listener(_ask, _submitted)
