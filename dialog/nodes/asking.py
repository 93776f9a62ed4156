"""Asking the customer: skip rules, reprompts, validation, and what follows when a question is given up."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dialog.choices import DynamicList, suggestions
from dialog.definition import choices_of, option_set_name
from dialog.entities import PREBUILT, Choice, ClosedList, Entity, Number, Pattern, Text
from dialog.errors import CONTENT, TopicError
from dialog.nodes.registry import Flow, node
from dialog.nodes.talking import activity_of, with_suggestions
from dialog.powerfx.values import Option, Value, is_blank, rows_of
from dialog.program import Step
from dialog.run import Run
from protocol.activity import Activity

REPEAT = 2
"""Reprompts by default: a question is asked at most three times."""


@node("Question")
def question(run: Run, step: Step) -> Flow:
    """Ask, or take the reply to what was asked."""
    if run.frame.waiting != "reply":
        return _ask_first(run, step)
    if run.reply is None:
        return Flow.WAIT
    reply, run.reply = run.reply, None
    found = match_of(run, step, reply)
    if found and _valid(run, step, found.value):
        return _answered(run, step, found.value)
    return _not_understood(run, step, invalid=found is not None)


def _ask_first(run: Run, step: Step) -> Flow:
    if _skipped(run, step):
        return Flow.NEXT
    run.frame.waiting, run.frame.attempts = "reply", 0
    run.frame.executed = (*run.frame.executed, step.key)
    ask(run, step)
    return Flow.WAIT


def ask(run: Run, step: Step, prompt: Any = None) -> None:
    """Say the question's prompt, with a button for each choice."""
    authored = prompt if prompt is not None else step.properties.get("prompt")
    if step.kind == "CSATQuestion":
        run.say(with_suggestions(activity_of(run, CSAT_PROMPT), [str(rating) for rating in range(1, 6)]))
        return
    entity = entity_of(run, step)
    run.say(with_suggestions(activity_of(run, authored, step.key), suggestions(entity)))


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


@dataclass(frozen=True)
class Answer:
    """What a question understood, as the value that its variable gets."""

    value: Value
    exact: bool


def match_of(run: Run, step: Step, reply: Activity) -> Answer | None:
    """What the question understands of a reply."""
    text = reply.text if reply.text is not None else ""
    if not text and isinstance(reply.value, str):
        text = reply.value
    found = entity_of(run, step).match(text, run.world.locale)
    if found is None:
        return None
    value = _option(run, step, found.value) if isinstance(found.value, Choice) else found.value
    return Answer(value, found.exact)


def _option(run: Run, step: Step, choice: Choice) -> Option:
    """A choice as the option set's member that conditions compare with."""
    entity = step.properties.get("entity")
    referred = entity.get("entityId") if isinstance(entity, Mapping) else None
    name = str(referred or option_set_name(run.frame.topic, step.key))
    return Option(name, choice.id, choice.display_name)


def entity_of(run: Run, step: Step) -> Entity:
    """The entity that a question listens for.

    Raises:
        TopicError: it is of a kind that this version does not know.
    """
    if step.kind == "CSATQuestion":
        return Number()
    entity = step.properties.get("entity")
    if isinstance(entity, str):
        return _prebuilt(run, entity)
    if not isinstance(entity, Mapping):
        return Text()
    match entity.get("kind"):
        case "EmbeddedEntity":
            definition = entity.get("definition")
            return _defined(definition if isinstance(definition, Mapping) else {})
        case "DynamicClosedListEntity":
            return DynamicList(rows_of(run.value(entity.get("items"))))
        case "ClosedListEntityReference" | "RegexEntityReference":
            entity_id = str(entity.get("entityId", ""))
            return _defined(run.agent.entities.get(entity_id, {}))
        case kind:
            return _prebuilt(run, str(kind))


def _prebuilt(run: Run, kind: str) -> Entity:
    if kind in PREBUILT:
        return PREBUILT[kind]
    if kind in run.agent.entities:
        return _defined(run.agent.entities[kind])
    raise TopicError(CONTENT, f'questions for "{kind}" are not supported')


def _defined(definition: Mapping[str, Any]) -> Entity:
    if definition.get("kind") == "RegexEntity" or "pattern" in definition:
        return Pattern(str(definition.get("pattern", "")))
    return ClosedList(choices_of(definition), bool(definition.get("smartMatchingEnabled", True)))


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


def _answered(run: Run, step: Step, value: Value) -> Flow:
    variable = step.properties.get("variable")
    if variable:
        run.set(str(variable), value)
    run.frame.waiting, run.frame.attempts = "", 0
    run.fallback_count = 0
    run.trace("answered", step)
    return Flow.NEXT


def _not_understood(run: Run, step: Step, *, invalid: bool) -> Flow:
    run.frame.attempts += 1
    if run.frame.attempts > _repeat_count(run, step):
        return _given_up(run, step)
    prompt = step.properties.get("invalidPrompt") if invalid else None
    ask(run, step, prompt if prompt is not None else step.properties.get("unrecognizedPrompt"))
    return Flow.WAIT


def _repeat_count(run: Run, step: Step) -> int:
    value = run.value(step.properties.get("repeatCount", REPEAT))
    return int(value) if isinstance(value, Decimal) else REPEAT


def _given_up(run: Run, step: Step) -> Flow:
    """The attempts are used up: a default where there is one, else Escalate."""
    run.frame.waiting, run.frame.attempts = "", 0
    if "defaultValue" in step.properties:
        if step.properties.get("defaultValueResponse") is not None:
            run.say(activity_of(run, step.properties["defaultValueResponse"]))
        run.set(str(step.properties["variable"]), run.value(step.properties["defaultValue"]))
        return Flow.NEXT
    fallback = step.properties.get("fallbackDialogOnInvalidEntity")
    escalate = run.agent.triggered_by("OnEscalate")
    target = str(fallback) if fallback else escalate[0].name if escalate else None
    run.trace("given up", step)
    if target is None or step.kind == "CSATQuestion":
        return Flow.NEXT
    run.frame.position = step.next
    run.begin(target)
    return Flow.MOVED


CSAT_PROMPT = "How would you rate your experience, from 1 (poor) to 5 (great)?"


@node("CSATQuestion")
def csat_question(run: Run, step: Step) -> Flow:
    """Ask for a rating from 1 to 5; a customer who gives none is not pressed."""
    if run.frame.waiting != "reply":
        run.frame.waiting, run.frame.attempts = "reply", 0
        ask(run, step)
        return Flow.WAIT
    if run.reply is None:
        return Flow.WAIT
    reply, run.reply = run.reply, None
    found = match_of(run, step, reply)
    if found and str(found.value) in {"1", "2", "3", "4", "5"}:
        return _answered(run, step, found.value)
    if run.frame.attempts:
        return _given_up(run, step)
    run.frame.attempts = 1
    ask(run, step)
    return Flow.WAIT
