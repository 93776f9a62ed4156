"""Asking the customer: skip rules, slot filling, reprompts, validation, and what follows when it is given up."""

from decimal import Decimal
from typing import Any

from dialog.choices import suggestions
from dialog.nodes.listening import LISTENERS, Listener, ask, match_of
from dialog.nodes.registry import Flow, node
from dialog.nodes.talking import activity_of, with_suggestions
from dialog.powerfx.values import Value, is_blank
from dialog.program import Step
from dialog.replies import Understood, entity_of, filled, understood
from dialog.run import Run

__all__ = ["answered", "ask", "give_up", "match_of", "not_understood", "question", "replied", "take_reply"]

REPEAT = 2
"""Reprompts by default: a question is asked at most three times."""


@node("Question")
def question(run: Run, step: Step) -> Flow:
    """Ask, or take the reply to what was asked."""
    if run.frame.waiting != "reply":
        if _skipped(run, step) or _filled(run, step):
            return Flow.NEXT
        run.frame.executed = (*run.frame.executed, step.key)
    if not replied(run, step):
        return Flow.WAIT
    found = take_reply(run, step)
    if found and _valid(run, step, found.value):
        run.frame.utterance = _left(run.last_message, found)
        if step.properties.get("variable"):
            run.set(str(step.properties["variable"]), found.value)
        return answered(run, step)
    return not_understood(run, step, invalid=found is not None)


def replied(run: Run, step: Step) -> bool:
    """Whether there is a reply to take; what nobody has asked yet is asked."""
    if run.frame.waiting == "reply":
        return run.reply is not None
    run.frame.waiting, run.frame.attempts = "reply", 0
    ask(run, step)
    return False


def take_reply(run: Run, step: Step) -> Understood | None:
    """What the node understands of the reply, which nobody else gets."""
    reply, run.reply = run.reply, None
    return match_of(run, step, reply) if reply else None


def answered(run: Run, step: Step) -> Flow:
    """The reply was taken: the nodes behind go on."""
    run.frame.waiting, run.frame.attempts = "", 0
    run.fallback_count = 0
    run.trace("answered", step)
    return Flow.NEXT


def _ask_question(run: Run, step: Step, prompt: Any) -> None:
    authored = prompt if prompt is not None else step.properties.get("prompt")
    run.say(with_suggestions(activity_of(run, authored, step.key), suggestions(entity_of(run, step))))


LISTENERS["Question"] = Listener(_ask_question, understood)


def _skipped(run: Run, step: Step) -> bool:
    properties = step.properties
    if is_blank(run.get(str(properties["variable"]))) or run.boolean(properties.get("alwaysPrompt"), default=False):
        return False
    match properties.get("skipQuestionMode", "SkipOnFirstExecutionIfVariableHasValue"):
        case "AlwaysAsk":
            return False
        case "AlwaysSkipIfVariableHasValue":
            return True
        case _:
            return step.key not in run.frame.executed


def _filled(run: Run, step: Step) -> bool:
    """Take the answer from what the customer has said already, unless the author wants the question asked each time."""
    properties = step.properties
    asks = (
        run.boolean(properties.get("alwaysPrompt"), default=False) or properties.get("skipQuestionMode") == "AlwaysAsk"
    )
    if asks or not run.frame.utterance or run.agent.rules < 2 or step.key in run.frame.executed:
        return False
    found = filled(run, step, run.frame.utterance)
    if found is None or not _valid(run, step, found.value):
        return False
    run.frame.utterance = _left(run.frame.utterance, found)
    run.set(str(properties["variable"]), found.value)
    run.trace("filled", step, found.words)
    return True


def _left(said: str, found: Understood) -> str:
    """What was said beside the answer: one word is not taken for two answers."""
    at = said.casefold().find(found.words.casefold()) if found.words else -1
    rest = f"{said[:at]} {said[at + len(found.words) :]}" if at >= 0 else ""
    return rest.strip(" .,!?")


def _valid(run: Run, step: Step, value: Value) -> bool:
    validation = step.properties.get("validation")
    if validation is None:
        return True
    before = run.get(str(step.properties["variable"]))
    run.set(str(step.properties["variable"]), value)
    valid = run.boolean(validation, default=True)
    if not valid:
        run.set(str(step.properties["variable"]), before)
    return valid


def not_understood(run: Run, step: Step, *, invalid: bool = False) -> Flow:
    """Ask again in the words for that, as often as the author lets; then give up."""
    run.frame.attempts += 1
    if run.frame.attempts > _repeat_count(run, step):
        return give_up(run, step)
    prompt = step.properties.get("invalidPrompt") if invalid else None
    ask(run, step, prompt if prompt is not None else step.properties.get("unrecognizedPrompt"))
    return Flow.WAIT


def _repeat_count(run: Run, step: Step) -> int:
    value = run.value(step.properties.get("repeatCount", REPEAT))
    return int(value) if isinstance(value, Decimal | float) and not isinstance(value, bool) else REPEAT


def give_up(run: Run, step: Step) -> Flow:
    """The attempts are used up: a default where there is one, else another topic, else Escalate."""
    run.frame.waiting, run.frame.attempts = "", 0
    run.trace("given up", step)
    if "defaultValue" in step.properties:
        if step.properties.get("defaultValueResponse") is not None:
            run.say(activity_of(run, step.properties["defaultValueResponse"]))
        run.set(str(step.properties["variable"]), run.value(step.properties["defaultValue"]))
        return Flow.NEXT
    escalate = run.agent.triggered_by("OnEscalate")
    target = _fallback(run, step) or (escalate[0].name if escalate else None)
    if target is None:
        return Flow.NEXT
    run.frame.position = step.next
    run.begin(target)
    return Flow.MOVED


def _fallback(run: Run, step: Step) -> str | None:
    """The topic that the author wants instead of Escalate."""
    authored = step.properties.get("fallbackDialogOnInvalidEntity")
    value = run.value(authored) if authored else None
    return str(value) if value else None
