"""What can be known to be wrong with a topic before anybody talks to it."""

from collections.abc import Iterator, Mapping
from typing import Any

from dialog.definition import AgentDefinition, Topic, embedded_list
from dialog.entities import PREBUILT
from dialog.kinds import ACTIONS, REQUIRED, RUN_TRIGGERS, TRIGGERS
from dialog.nodes import NODES
from dialog.powerfx import FormulaError, compile_formula
from dialog.problems import Problem, did_you_mean
from dialog.program import walk
from dialog.run import WRITABLE, bare
from dialog.source import Path, Source
from dialog.template import compile_template

_VARIABLES = ("variable", "itemsVariable", "resultVariable")
_TEMPLATES = ("activity", "prompt", "text", "speak", "unrecognizedPrompt", "invalidPrompt", "messageToAgent")
_BEHAVIORS = ("Default", "CancelOtherTopics", "UseLatestPublishedContentAndCancelOtherTopics")


def check_agent(agent: AgentDefinition) -> Iterator[Problem]:
    """What an agent as a whole lacks."""
    if not agent.topics:
        yield Problem(file="topics", message="an agent needs at least one topic: add topics/NAME.mcs.yml")
        return
    for kind, what in (
        ("OnUnknownIntent", "messages that no topic is for get no answer"),
        ("OnEscalate", "nobody can ask for a person"),
    ):
        if not agent.triggered_by(kind):
            yield Problem(file="topics", severity="warning", message=f"no topic has the trigger {kind}: {what}")


def check_topic(topic: Topic, agent: AgentDefinition, source: Source) -> Iterator[Problem]:
    """Everything that is wrong with one topic."""
    body = topic.body
    if body.get("kind") != "AdaptiveDialog":
        yield source.problem(("kind",), f'a topic\'s kind is AdaptiveDialog, not "{body.get("kind")}"')
        return
    if body.get("startBehavior") not in (None, *_BEHAVIORS):
        hint = did_you_mean(str(body["startBehavior"]), _BEHAVIORS)
        yield source.problem(("startBehavior",), f'there is no startBehavior "{body["startBehavior"]}"{hint}')
    yield from _check_trigger(topic, source)
    yield from _check_actions(topic, agent, source)


def _check_trigger(topic: Topic, source: Source) -> Iterator[Problem]:
    if not topic.trigger:
        yield source.problem((), "beginDialog is missing: a topic needs a trigger with actions")
        return
    if topic.kind not in TRIGGERS:
        yield source.problem(
            ("beginDialog", "kind"), f'there is no trigger "{topic.kind}"{did_you_mean(topic.kind, TRIGGERS)}'
        )
    elif topic.kind not in RUN_TRIGGERS:
        message = f"{topic.kind} never fires in this version: the topic can be reached by redirect only"
        yield source.problem(("beginDialog", "kind"), message, "warning")
    if "condition" in topic.trigger:
        yield from _check_formulas(topic.trigger["condition"], ("beginDialog", "condition"), source)
    if topic.kind == "OnRecognizedIntent" and not topic.phrases:
        yield source.problem(
            ("beginDialog",), "no triggerQueries: nothing that a customer says starts this topic", "warning"
        )


def _check_actions(topic: Topic, agent: AgentDefinition, source: Source) -> Iterator[Problem]:
    actions = list(walk(topic.trigger.get("actions")))
    ids: dict[str, Path] = {}
    for action, path in actions:
        name = action.get("id")
        if name is not None and str(name) in ids:
            yield source.problem((*path, "id"), f'two nodes have the id "{name}": give each one of its own')
        ids.setdefault(str(name), path)
    for action, path in actions:
        yield from _check_action(action, path, agent, source)
        target = action.get("actionId")
        if action.get("kind") == "GotoAction" and target is not None and str(target) not in ids:
            hint = did_you_mean(str(target), ids)
            yield source.problem(
                (*path, "actionId"), f'GotoAction goes to "{target}", which this topic does not have{hint}'
            )


def _check_action(action: Mapping[str, Any], path: Path, agent: AgentDefinition, source: Source) -> Iterator[Problem]:
    kind = str(action.get("kind", ""))
    if not kind:
        yield source.problem(path, "kind is missing: what kind of node is this?")
        return
    if kind not in ACTIONS:
        yield source.problem(
            (*path, "kind"), f'there is no node of kind "{kind}"{did_you_mean(kind, ACTIONS)}', "warning"
        )
    elif kind not in NODES:
        yield source.problem(
            (*path, "kind"),
            f"{kind} is not run by this version: a conversation that reaches it goes to On Error",
            "warning",
        )
    for name in REQUIRED.get(kind, ()):
        if action.get(name) is None:
            yield source.problem(path, f"{kind} needs {name}")
    yield from _check_redirect(kind, action, path, agent, source)
    yield from _check_variables(action, path, source)
    yield from _check_entity(action, path, agent, source)
    for name, value in action.items():
        if name not in {"actions", "elseActions", "conditions"}:
            yield from _check_formulas(value, (*path, name), source, template=name in _TEMPLATES)
    for number, item in enumerate(action.get("conditions") or () if kind == "ConditionGroup" else ()):
        if isinstance(item, Mapping):
            yield from _check_condition(item, (*path, "conditions", number), source)


def _check_condition(item: Mapping[str, Any], path: Path, source: Source) -> Iterator[Problem]:
    if item.get("condition") is None:
        yield source.problem(path, "condition is missing: when is this branch taken?")
    else:
        yield from _check_formulas(item["condition"], (*path, "condition"), source)


def _check_redirect(
    kind: str, action: Mapping[str, Any], path: Path, agent: AgentDefinition, source: Source
) -> Iterator[Problem]:
    target = action.get("dialog")
    if kind not in {"BeginDialog", "ReplaceDialog"} or target is None or str(target).lstrip().startswith("="):
        return
    if str(target) not in agent.topics:
        hint = did_you_mean(str(target), agent.topics)
        yield source.problem((*path, "dialog"), f'{kind} goes to "{target}", which this agent does not have{hint}')


def _check_variables(action: Mapping[str, Any], path: Path, source: Source) -> Iterator[Problem]:
    for name in _VARIABLES:
        variable = action.get(name)
        if variable is None:
            continue
        scope, _, rest = bare(str(variable)).partition(".")
        writable = scope != "System" or rest.startswith("Recognizer.") or rest in WRITABLE
        if scope not in {"Topic", "Global", "System"} or not rest or not writable:
            yield source.problem(
                (*path, name), f'"{variable}" cannot be set: name it Topic.{rest or scope} or Global.{rest or scope}'
            )


def _check_entity(action: Mapping[str, Any], path: Path, agent: AgentDefinition, source: Source) -> Iterator[Problem]:
    entity = action.get("entity")
    if action.get("kind") != "Question" or entity is None:
        return
    kind = entity if isinstance(entity, str) else str(entity.get("kind", "")) if isinstance(entity, Mapping) else ""
    known = {
        *PREBUILT,
        *agent.entities,
        "EmbeddedEntity",
        "DynamicClosedListEntity",
        "ClosedListEntityReference",
        "RegexEntityReference",
    }
    if kind not in known:
        yield source.problem((*path, "entity"), f'there is no entity "{kind}"{did_you_mean(kind, known)}')
    if isinstance(entity, Mapping) and "entityId" in entity and entity["entityId"] not in agent.entities:
        hint = did_you_mean(str(entity["entityId"]), agent.entities)
        yield source.problem((*path, "entity", "entityId"), f'this agent has no entity "{entity["entityId"]}"{hint}')
    definition = embedded_list(action)
    if definition is not None and not definition.get("items"):
        yield source.problem((*path, "entity", "definition"), "a closed list needs items to choose from")


def _check_formulas(value: Any, path: Path, source: Source, *, template: bool = False) -> Iterator[Problem]:
    """Every formula in `value` and below it."""
    if isinstance(value, Mapping):
        for name, child in value.items():
            yield from _check_formulas(child, (*path, name), source, template=template or name in _TEMPLATES)
    elif isinstance(value, list):
        for number, child in enumerate(value):
            yield from _check_formulas(child, (*path, number), source, template=template)
    elif isinstance(value, str) and value.lstrip().startswith("="):
        try:
            compile_formula(value)
        except FormulaError as error:
            yield source.problem(path, f"{error.message} (at character {error.position} of {_shown(value)})")
    elif isinstance(value, str) and template:
        for problem in compile_template(value).problems:
            yield source.problem(path, problem, "warning")


def _shown(formula: str) -> str:
    return formula if len(formula) <= 60 else f"{formula[:57]}..."
