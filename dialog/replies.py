"""What a question understands of a reply: its entity, and the value that its variable gets."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from dialog.choices import Chosen, DynamicList, Several
from dialog.definition import choices_of, option_set_name
from dialog.entities import FILE, PREBUILT, Choice, ClosedList, Entity, Heard, Match, Pattern, Text, volunteered
from dialog.errors import CONTENT, TopicError
from dialog.powerfx.values import Option, Record, Table, Value, row_of, rows_of
from dialog.program import Step
from dialog.run import Run
from protocol.activity import Activity


@dataclass(frozen=True)
class Understood:
    """What a question understood, as the value that its variable gets."""

    value: Value
    exact: bool
    words: str = ""
    """The part of the reply that says it."""


def understood(run: Run, step: Step, reply: Activity) -> Understood | None:
    """What a question understands of a reply."""
    if _kind_of(step) == FILE:
        return _files(step, reply)
    text = reply.text if reply.text is not None else ""
    if not text and isinstance(reply.value, str):
        text = reply.value
    return _answer(run, step, entity_of(run, step).match(text, heard_by(run)))


def filled(run: Run, step: Step, text: str) -> Understood | None:
    """What words that were no answer to the question say of it all the same."""
    if _kind_of(step) == FILE:
        return None
    entity = entity_of(run, step)
    found = entity.within(text) if isinstance(entity, DynamicList) else None
    return _answer(
        run, step, found if isinstance(entity, DynamicList | Several) else volunteered(entity, text, heard_by(run))
    )


def heard_by(run: Run) -> Heard:
    """How replies are read in this conversation."""
    return Heard(run.world.locale, run.world.now.astimezone(_zone(run.world.timezone)).replace(tzinfo=None))


@lru_cache(maxsize=100)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError):
        return ZoneInfo("UTC")


def _answer(run: Run, step: Step, found: Match | Chosen | None) -> Understood | None:
    if found is None:
        return None
    if isinstance(found, Chosen):
        rows = Table(row_of(_value(run, step, value)) for value in found.values)
        return Understood(rows, found.exact, found.words)
    return Understood(_value(run, step, found.value), found.exact, found.words)


def _value(run: Run, step: Step, value: Value | Choice) -> Value:
    """A choice as the option set's member that conditions compare with."""
    if not isinstance(value, Choice):
        return value
    entity = step.properties.get("entity")
    referred = entity.get("entityId") if isinstance(entity, Mapping) else None
    name = str(referred or option_set_name(run.frame.topic, step.key))
    return Option(name, value.id, value.display_name)


def _files(step: Step, reply: Activity) -> Understood | None:
    """What the customer uploaded: a record with Name, ContentType and Content (its address)."""
    files = [
        Record({"Name": file.name, "ContentType": file.content_type, "Content": file.content_url})
        for file in reply.attachments or ()
    ]
    entity = step.properties.get("entity")
    several = isinstance(entity, Mapping) and entity.get("allowMultipleValues") is True
    return Understood(Table(files) if several else files[0], exact=True) if files else None


def _kind_of(step: Step) -> str:
    entity = step.properties.get("entity")
    return str(entity.get("kind", "")) if isinstance(entity, Mapping) else str(entity or "")


def entity_of(run: Run, step: Step) -> Entity | Several:
    """The entity that a question listens for.

    Raises:
        TopicError: it is of a kind that this version does not know.
    """
    entity = step.properties.get("entity")
    if not isinstance(entity, Mapping):
        return _prebuilt(run, entity) if isinstance(entity, str) else Text()
    one = _referred(run, entity)
    return Several(one) if entity.get("allowMultipleValues") is True else one


def _referred(run: Run, entity: Mapping[str, Any]) -> Entity:
    match entity.get("kind"):
        case "EmbeddedEntity":
            definition = entity.get("definition")
            return _defined(definition if isinstance(definition, Mapping) else {})
        case "DynamicClosedListEntity":
            return DynamicList(rows_of(run.value(entity.get("items"))))
        case "ClosedListEntityReference" | "RegexEntityReference" | "ExternalEntityReference":
            definition = run.agent.entity(str(entity.get("entityId", ""))) or {}
            return _selected(_defined(definition), entity.get("selectedItems"))
        case kind:
            return _prebuilt(run, str(kind))


def _selected(entity: Entity, items: Any) -> Entity:
    """Of a list that questions share, the items that this question offers; all where it names none."""
    if not isinstance(entity, ClosedList) or not isinstance(items, list):
        return entity
    named = {str(item.get("id")) if isinstance(item, Mapping) else str(item) for item in items}
    kept = tuple(choice for choice in entity.items if choice.id in named)
    return ClosedList(kept, entity.smart_matching) if kept else entity


def _prebuilt(run: Run, kind: str) -> Entity:
    if kind in PREBUILT:
        return PREBUILT[kind]
    definition = run.agent.entity(kind)
    if definition is None:
        raise TopicError(CONTENT, f'questions for "{kind}" are not supported')
    return _defined(definition)


def _defined(definition: Mapping[str, Any]) -> Entity:
    if definition.get("kind") == "RegexEntity" or "pattern" in definition:
        return Pattern(str(definition.get("pattern", "")))
    if not definition.get("items"):
        # A list that others keep (an external entity): whatever the customer calls it.
        return Text()
    return ClosedList(choices_of(definition), bool(definition.get("smartMatchingEnabled", True)))
