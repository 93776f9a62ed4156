"""An agent as it was authored, ready to run: immutable, and the same for every conversation that is pinned to it."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from dialog.entities import Choice
from dialog.powerfx.values import Option, Record
from dialog.program import Program, compile_program, walk
from dialog.recognizer import Recognizer, compile_recognizer
from protocol.models import Owned

LANGUAGES = {1033: "en-US", 1031: "de-DE", 1036: "fr-FR", 1034: "es-ES", 1040: "it-IT", 1046: "pt-BR", 2057: "en-GB"}
"""Locales by the language code of `settings.mcs.yml`."""


class Topic(Owned):
    """One topic: its schema name, how people call it, and its authored body."""

    name: str
    display_name: str
    body: dict[str, Any]
    file: str = ""

    @cached_property
    def trigger(self) -> Mapping[str, Any]:
        """The topic's trigger."""
        trigger = self.body.get("beginDialog")
        return trigger if isinstance(trigger, Mapping) else {}

    @property
    def kind(self) -> str:
        """The trigger's kind."""
        return str(self.trigger.get("kind", ""))

    @property
    def start_behavior(self) -> str:
        """What happens to the other topics when this one starts."""
        return str(self.body.get("startBehavior", "Default"))

    @property
    def priority(self) -> float:
        """Lower goes first."""
        priority = self.trigger.get("priority", 0)
        return float(priority) if isinstance(priority, int | float) else 0.0

    @cached_property
    def intent(self) -> Mapping[str, Any]:
        """What the trigger says of phrases."""
        intent = self.trigger.get("intent")
        return intent if isinstance(intent, Mapping) else {}

    @cached_property
    def phrases(self) -> tuple[str, ...]:
        """The phrases that start this topic."""
        queries = self.intent.get("triggerQueries") or ()
        return tuple(str(query.get("text", "")) if isinstance(query, Mapping) else str(query) for query in queries)

    @cached_property
    def program(self) -> Program:
        """The topic's nodes."""
        return compile_program([action for action in self.trigger.get("actions") or () if isinstance(action, Mapping)])


class AgentDefinition(Owned):
    """One agent."""

    schema_name: str
    display_name: str
    language: int = 1033
    topics: dict[str, Topic] = {}
    variables: dict[str, dict[str, Any]] = {}
    """Declared global variables by name."""
    entities: dict[str, dict[str, Any]] = {}
    """Entities by schema name."""

    @property
    def locale(self) -> str:
        """The agent's own language."""
        return LANGUAGES.get(self.language, "en-US")

    def recognizer(self) -> Recognizer:
        """What tells which topic an utterance means."""
        return self._recognizer

    @cached_property
    def _recognizer(self) -> Recognizer:
        return compile_recognizer({topic.name: topic.phrases for topic in self.topics.values() if topic.phrases})

    def triggered_by(self, kind: str) -> tuple[Topic, ...]:
        """The topics with this kind of trigger, the first to fire first; ties go by schema name."""
        return self._by_trigger.get(kind, ())

    @cached_property
    def _by_trigger(self) -> dict[str, tuple[Topic, ...]]:
        kinds: dict[str, list[Topic]] = {}
        for topic in sorted(self.topics.values(), key=lambda topic: (topic.priority, topic.name)):
            kinds.setdefault(topic.kind, []).append(topic)
        return {kind: tuple(topics) for kind, topics in kinds.items()}

    @cached_property
    def option_sets(self) -> dict[str, Record]:
        """The choices of every closed list, by the name that conditions use."""
        sets = {name: _option_set(name, entity) for name, entity in self.entities.items() if "items" in entity}
        for topic in self.topics.values():
            for action, _ in walk(topic.trigger.get("actions")):
                definition = embedded_list(action)
                if definition:
                    name = option_set_name(topic, str(action.get("id")))
                    sets[name] = _option_set(name, definition)
        return sets


def option_set_name(topic: Topic, question: str) -> str:
    """What conditions call the choices of a question: `'<topic>.<trigger>.<question>'`."""
    return f"{topic.name}.{topic.trigger.get('id', 'main')}.{question}"


def embedded_list(action: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The closed list that a question brings with it, if it does."""
    entity = action.get("entity")
    definition = entity.get("definition") if isinstance(entity, Mapping) else None
    is_list = isinstance(definition, Mapping) and definition.get("kind") == "ClosedListEntity"
    return definition if is_list and isinstance(definition, Mapping) else None


def choices_of(definition: Mapping[str, Any]) -> tuple[Choice, ...]:
    """The items of a closed list."""
    return tuple(
        Choice(
            str(item.get("id")),
            str(item.get("displayName", item.get("id"))),
            tuple(str(synonym) for synonym in item.get("synonyms") or ()),
        )
        for item in definition.get("items") or ()
        if isinstance(item, Mapping)
    )


def _option_set(name: str, definition: Mapping[str, Any]) -> Record:
    return Record({choice.id: Option(name, choice.id, choice.display_name) for choice in choices_of(definition)})
