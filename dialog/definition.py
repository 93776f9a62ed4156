"""An agent as it was authored, ready to run: immutable, and the same for every conversation that is pinned to it."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from dialog.entities import Choice
from dialog.naming import Names, tail_of
from dialog.powerfx.values import Option, Record
from dialog.program import Program, compile_program, walk
from dialog.recognizer import Recognizer, compile_recognizer
from protocol.models import Owned

LANGUAGES = {
    1025: "ar-SA", 1029: "cs-CZ", 1030: "da-DK", 1031: "de-DE", 1032: "el-GR", 1033: "en-US", 1034: "es-ES",
    1035: "fi-FI", 1036: "fr-FR", 1037: "he-IL", 1040: "it-IT", 1041: "ja-JP", 1042: "ko-KR", 1043: "nl-NL",
    1044: "nb-NO", 1045: "pl-PL", 1046: "pt-BR", 1049: "ru-RU", 1053: "sv-SE", 1054: "th-TH", 1055: "tr-TR",
    1057: "id-ID", 1081: "hi-IN", 2052: "zh-CN", 2057: "en-GB", 2070: "pt-PT", 3081: "en-AU", 3082: "es-ES",
    3084: "fr-CA",
}  # fmt: skip
"""Locales by the language code of `settings.mcs.yml`."""
_UNSET = "DEFAULT"
"""What authoring tools write where a variable has no default value of its own."""
CHILD_AGENT = "AgentDialog"
"""The kind of a child agent, and of the node that answers in it."""
RULES = 3
"""By which rules the machine runs an agent that is loaded now. One that an older Baton published keeps those of then,
so that its running conversations go on as they began: 1 had no slot filling; 2 handed no message on
(`activityProcessed`), its child agents had no model, and its beginning started no topics for `ConversationUpdate`."""


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

    @property
    def described(self) -> str:
        """What the topic is for, in the words that its author wrote for a model."""
        described = self.body.get("modelDescription") or self.trigger.get("modelDescription")
        if not described and self.is_child_agent:
            described = self.trigger.get("description")
        return str(described or "")

    @cached_property
    def phrases(self) -> tuple[str, ...]:
        """The phrases that start this topic."""
        queries = self.intent.get("triggerQueries") or ()
        return tuple(str(query.get("text", "")) if isinstance(query, Mapping) else str(query) for query in queries)

    @property
    def is_conversation(self) -> bool:
        """Whether it is a topic proper, and no action or child agent."""
        return self.body.get("kind") == "AdaptiveDialog"

    @property
    def is_child_agent(self) -> bool:
        """Whether a model answers in it, by instructions of its own."""
        return self.body.get("kind") == CHILD_AGENT

    @property
    def instructions(self) -> str:
        """What a child agent's model is told to do."""
        settings = self.body.get("settings")
        written = settings.get("instructions") if isinstance(settings, Mapping) else None
        return written if isinstance(written, str) else ""

    @cached_property
    def program(self) -> Program:
        """The topic's nodes; an action (`TaskDialog`) is a topic with one node, a child agent has one as its last."""
        action = self.body.get("action")
        if self.body.get("kind") == "TaskDialog" and isinstance(action, Mapping):
            return compile_program([{"id": "action", **action}], ("action",))
        actions = [action for action in self.trigger.get("actions") or () if isinstance(action, Mapping)]
        return compile_program([*actions, {"kind": CHILD_AGENT}] if self.is_child_agent else actions)


class AgentDefinition(Owned):
    """One agent."""

    schema_name: str
    display_name: str
    language: int = 1033
    instructions: str = ""
    """What the agent's model is told to do, whichever child agent speaks (`GptComponentMetadata`)."""
    rules: int = 1
    signs_in_first: bool = False
    """The Sign in topic comes before Conversation Start, where the company has a page for that."""
    topics: dict[str, Topic] = {}
    variables: dict[str, dict[str, Any]] = {}
    """Declared global variables by name."""
    entities: dict[str, dict[str, Any]] = {}
    """Entities by schema name."""
    learnt: tuple[tuple[float, ...], ...] = ()
    """What the recogniser learnt from the trigger phrases when the agent was published."""
    translations: dict[str, dict[str, dict[str, Any]]] = {}
    """Bodies of topics in other languages: by locale, then by the topic's schema name."""

    def named(self, name: str) -> Topic | None:
        """The topic that a redirect to `name` means."""
        return self.topics.get(name) or self.topics.get(self._names.resolve(name) or "")

    @cached_property
    def _names(self) -> Names:
        return Names({topic.name: topic.display_name for topic in self.topics.values()})

    def answers_in(self, topic: Topic) -> bool:
        """Whether something happens in the topic: in a child agent only where its model is told what to do."""
        return not topic.is_child_agent or (self.rules >= 3 and bool(topic.instructions or self.instructions))

    def told_in(self, locale: str, topic: Topic) -> Topic:
        """`topic` as it is told in that language, where it is."""
        return self._told.get((locale, topic.name), topic)

    @cached_property
    def _told(self) -> dict[tuple[str, str], Topic]:
        return {
            (locale, name): Topic(name=name, display_name=self.topics[name].display_name, body=body)
            for locale, bodies in self.translations.items()
            for name, body in bodies.items()
            if name in self.topics
        }

    @property
    def locale(self) -> str:
        """The agent's own language."""
        return LANGUAGES.get(self.language, "en-US")

    def entity(self, name: str) -> dict[str, Any] | None:
        """The entity that a question refers to: by its schema name, or by that of another agent's like it."""
        found = self.entities.get(name)
        tails = [other for other in self.entities if tail_of(other) == tail_of(name)] if found is None else []
        return self.entities[tails[0]] if len(tails) == 1 else found

    @cached_property
    def defaults(self) -> dict[str, Any]:
        """The values that declared global variables begin with, as far as they are literals."""
        values = {name: declared.get("defaultValue") for name, declared in self.variables.items()}
        return {
            name: value
            for name, value in values.items()
            if value is not None and value != _UNSET and not str(value).lstrip().startswith("=")
        }

    def recognizer(self) -> Recognizer:
        """What tells which topic an utterance means."""
        return self._recognizer

    @cached_property
    def _recognizer(self) -> Recognizer:
        phrases = {topic.name: topic.phrases for topic in self.topics.values() if topic.phrases}
        for (_, name), told in sorted(self._told.items()):
            phrases[name] = (*phrases.get(name, ()), *told.phrases)
        # By name, as the published form has them: what was learnt is told by their order.
        return compile_recognizer(dict(sorted(phrases.items())), self.learnt)

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
