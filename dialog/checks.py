"""What can be known to be wrong with an agent before anybody talks to it.

An **error** is what surely fails when it is reached, or cannot be read at all. The same in a node that nothing reaches
is a **warning**, and so is what Baton does not know and leaves aside.
"""

from collections.abc import Iterator, Mapping

from dialog.bundle import Part
from dialog.definition import CHILD_AGENT, AgentDefinition, Topic
from dialog.formulas import formula_problems
from dialog.kinds import RUN_TRIGGERS, TRIGGERS
from dialog.node_checks import check_actions
from dialog.problems import Problem, did_you_mean
from dialog.program import walk
from dialog.properties import DIALOG_PROPERTIES, TASKS, TRIGGER_PROPERTIES
from dialog.source import Source

_BEHAVIORS = ("Default", "CancelOtherTopics", "UseLatestPublishedContentAndCancelOtherTopics")
_OTHER_COMPONENTS = ("KnowledgeSourceConfiguration", "GptComponentMetadata")
"""What stands among topics, and is none: sources of generative answers, and instructions for a model."""
_SCOPES = ("Conversation", "User", "Environment", "Dialog")


def check_agent(agent: AgentDefinition) -> Iterator[Problem]:
    """What an agent as a whole lacks."""
    if not any(topic.is_conversation for topic in agent.topics.values()):
        yield Problem(file="topics", message="an agent needs at least one topic: add topics/NAME.mcs.yml")
        return
    for kind, what in (
        ("OnUnknownIntent", "messages that no topic is for get no answer"),
        ("OnEscalate", "nobody can ask for a person"),
    ):
        if not agent.triggered_by(kind):
            yield Problem(file="topics", severity="warning", message=f"no topic has the trigger {kind}: {what}")


def check_part(part: Part, agent: AgentDefinition) -> Iterator[Problem]:
    """Everything that is wrong with one part of an agent."""
    source = part.source
    if part.kind in {"topic", "action", "agent", "entity", "globalvariable"} and not isinstance(source.value, dict):
        yield source.problem((), f"a {part.kind} is a mapping, and begins with kind; this is none")
        return
    match part.kind:
        case "topic" | "action" | "agent":
            yield from _check_dialog(part, agent)
        case "entity":
            yield from _check_entity(source)
        case "globalvariable":
            yield from _check_variable(source)


def _check_dialog(part: Part, agent: AgentDefinition) -> Iterator[Problem]:
    source, topic = part.source, agent.topics.get(part.name)
    kind = str(topic.body["kind"] if topic else source.value.get("kind"))
    if kind in _OTHER_COMPONENTS:
        return
    if kind not in DIALOG_PROPERTIES and part.enabled:
        yield source.problem(("kind",), f'a topic\'s kind is AdaptiveDialog, not "{kind}"')
        return
    yield from _unknown(source, (), DIALOG_PROPERTIES.get(kind, frozenset(source.value)))
    if topic is None:
        yield source.problem((), "turned off: no customer reaches it, and a redirect to it is an error", "warning")
    elif kind == "TaskDialog":
        yield from _check_task(source)
    elif kind == CHILD_AGENT:
        yield from _check_child_agent(topic, agent, source)
    elif kind == "AdaptiveDialog":
        yield from _check_topic(topic, agent, source)


def _check_task(source: Source) -> Iterator[Problem]:
    action = source.value.get("action")
    kind = action.get("kind") if isinstance(action, Mapping) else None
    if kind not in TASKS:
        message = f'an action does one of its kind, not "{kind}"{did_you_mean(str(kind), TASKS)}'
        yield source.problem(("action",), message)


def _check_child_agent(topic: Topic, agent: AgentDefinition, source: Source) -> Iterator[Problem]:
    yield from check_actions(topic, agent, source)
    if not topic.instructions and not agent.instructions:
        yield source.problem((), "a child agent without instructions says nothing, and returns", "warning")
        return
    message = "a model answers here, [agents.NAME.world.model]: without one this child agent says nothing, and returns"
    yield source.problem(("settings", "instructions"), message, "warning")
    if not topic.described:
        message = "no description: no model can choose this child agent, which is reached by redirect only"
        yield source.problem(("beginDialog",), message, "warning")


def _check_topic(topic: Topic, agent: AgentDefinition, source: Source) -> Iterator[Problem]:
    behavior = topic.body.get("startBehavior")
    if behavior not in (None, *_BEHAVIORS):
        hint = did_you_mean(str(behavior), _BEHAVIORS)
        yield source.problem(("startBehavior",), f'there is no startBehavior "{behavior}"{hint}')
    if not topic.trigger:
        yield source.problem((), "beginDialog is missing: a topic needs a trigger with actions")
        return
    yield from _check_trigger(topic, source)
    reached = topic.kind in RUN_TRIGGERS or topic.kind not in TRIGGERS or _is_target(topic, agent)
    for problem in check_actions(topic, agent, source):
        yield problem if reached or problem.severity != "error" else _lighter(problem, "nothing starts this topic")


def _lighter(problem: Problem, why: str) -> Problem:
    return problem.model_copy(update={"severity": "warning", "message": f"{problem.message} ({why})"})


def _is_target(topic: Topic, agent: AgentDefinition) -> bool:
    """Whether a redirect goes to the topic, or may: a formula can name any."""
    for other in agent.topics.values():
        for action, _ in walk(other.trigger.get("actions")):
            target = str(action.get("dialog", "")).lstrip()
            if target.startswith("=") or (target and agent.named(target) is topic):
                return True
    return False


def _check_trigger(topic: Topic, source: Source) -> Iterator[Problem]:
    trigger = source.below("beginDialog")
    yield from _unknown(trigger, (), TRIGGER_PROPERTIES)
    if topic.kind not in TRIGGERS:
        yield trigger.problem(("kind",), f'there is no trigger "{topic.kind}"{did_you_mean(topic.kind, TRIGGERS)}')
    elif topic.kind not in RUN_TRIGGERS:
        message = f"{topic.kind} never fires in this version: the topic can be reached by redirect only"
        yield trigger.problem(("kind",), message, "warning")
    for name in ("condition", "durationInSeconds"):
        yield from formula_problems(topic.trigger.get(name), (name,), trigger)
    if topic.kind == "OnRecognizedIntent" and not topic.phrases and not topic.body.get("modelDescription"):
        yield trigger.problem((), "no triggerQueries: nothing that a customer says starts this topic", "warning")


def _check_entity(source: Source) -> Iterator[Problem]:
    entity = source.value
    if entity.get("kind") == "RegexEntity" and not entity.get("pattern"):
        yield source.problem((), "a RegexEntity needs a pattern")
    items = entity.get("items")
    if entity.get("kind") == "ClosedListEntity" and not items:
        yield source.problem((), "a closed list needs items to choose from")
    for number, item in enumerate(items if isinstance(items, list) else ()):
        if not isinstance(item, Mapping):
            yield source.problem(("items", number), f"an item has an id and a displayName; this one is {item!r}")
        elif not item.get("id") or not item.get("displayName"):
            lacks = "an id" if not item.get("id") else "a displayName"
            yield source.problem(("items", number), f"this item lacks {lacks}: the other one stands for it", "warning")


def _check_variable(source: Source) -> Iterator[Problem]:
    scope = source.value.get("scope", "Conversation")
    if scope not in _SCOPES:
        hint = did_you_mean(str(scope), _SCOPES)
        yield source.problem(("scope",), f'there is no scope "{scope}"{hint}; it is taken as Conversation', "warning")
    yield from formula_problems(source.value.get("defaultValue"), ("defaultValue",), source)


def _unknown(source: Source, path: tuple[str | int, ...], known: frozenset[str]) -> Iterator[Problem]:
    """A warning for each property that the schema does not have."""
    for name in source.below(*path).value or ():
        if name not in known:
            hint = did_you_mean(str(name), known)
            yield source.problem((*path, name), f'"{name}" is not known here, and is left aside{hint}', "warning")
