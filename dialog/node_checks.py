"""What is wrong with a topic's nodes: kinds, properties, jumps, redirects, variables, entities, formulas."""

from collections.abc import Iterator, Mapping
from typing import Any

from dialog.definition import AgentDefinition, Topic, embedded_list
from dialog.entities import PREBUILT
from dialog.formulas import formula_problems
from dialog.kinds import ACTIONS, REQUIRED
from dialog.nodes import NODES
from dialog.problems import Problem, did_you_mean
from dialog.program import walk
from dialog.properties import ACTION_PROPERTIES
from dialog.run import WRITABLE, bare
from dialog.source import Path, Source

_VARIABLES = ("variable", "itemsVariable", "resultVariable", "response", "responseHeaders", "result")
_REFERENCES = (
    "EmbeddedEntity",
    "DynamicClosedListEntity",
    "ClosedListEntityReference",
    "RegexEntityReference",
    "ExternalEntityReference",
)


def check_actions(topic: Topic, agent: AgentDefinition, source: Source) -> Iterator[Problem]:
    """Everything that is wrong with the nodes of one topic; in a node that is turned off it is a warning."""
    actions = list(walk(topic.trigger.get("actions")))
    ids: dict[str, Path] = {}
    off: set[Path] = set()
    for action, path in actions:
        name = action.get("id")
        if name is not None and str(name) in ids:
            message = f'two nodes have the id "{name}": give each one of its own; a jump to it goes to the first'
            yield source.problem((*path, "id"), message, "warning")
        ids.setdefault(str(name), path)
        if action.get("disabled") is True:
            off.add(path)
    for action, path in actions:
        is_off = any(path[: len(outer)] == outer for outer in off)
        for problem in _check_action(action, path, agent, source, ids):
            yield problem if not is_off else problem.model_copy(update={"severity": "warning"})


def _check_action(
    action: Mapping[str, Any], path: Path, agent: AgentDefinition, source: Source, ids: Mapping[str, Path]
) -> Iterator[Problem]:
    kind = str(action.get("kind", ""))
    if not kind:
        yield source.problem(path, "kind is missing: what kind of node is this?")
        return
    yield from _check_kind(kind, action, path, source)
    yield from _check_jump(kind, action, path, source, ids)
    yield from _check_redirect(kind, action, path, agent, source)
    yield from _check_variables(action, path, source)
    yield from _check_entity(action, path, agent, source)
    for name, value in action.items():
        if name not in {"actions", "elseActions", "conditions"}:
            yield from formula_problems(value, (*path, name), source)
    for number, item in enumerate(action.get("conditions") or () if kind == "ConditionGroup" else ()):
        if isinstance(item, Mapping):
            yield from _check_condition(item, (*path, "conditions", number), source)


def _check_kind(kind: str, action: Mapping[str, Any], path: Path, source: Source) -> Iterator[Problem]:
    if kind not in ACTIONS and kind not in NODES:
        yield source.problem((*path, "kind"), f'there is no node of kind "{kind}"{did_you_mean(kind, ACTIONS)}')
        return
    if kind not in NODES:
        message = f"{kind} is not run by this version: a conversation that reaches it goes to On Error"
        yield source.problem((*path, "kind"), message, "warning")
    for name in REQUIRED.get(kind, ()):
        if action.get(name) is None:
            yield source.problem(path, f"{kind} needs {name}", "warning" if name == "prompt" else "error")
    known = ACTION_PROPERTIES.get(kind)
    for name in action if known else ():
        if known and name not in known:
            hint = did_you_mean(str(name), known)
            message = f'{kind} has no property "{name}", which is left aside{hint}'
            yield source.problem((*path, name), message, "warning")


def _check_jump(
    kind: str, action: Mapping[str, Any], path: Path, source: Source, ids: Mapping[str, Path]
) -> Iterator[Problem]:
    target = action.get("actionId")
    if kind == "GotoAction" and target is not None and str(target) not in ids:
        hint = did_you_mean(str(target), ids)
        message = f'GotoAction goes to "{target}", which this topic does not have{hint}'
        yield source.problem((*path, "actionId"), message)


def _check_condition(item: Mapping[str, Any], path: Path, source: Source) -> Iterator[Problem]:
    if item.get("condition") is None:
        yield source.problem(path, "condition is missing: when is this branch taken?")
    else:
        yield from formula_problems(item["condition"], (*path, "condition"), source)


def _check_redirect(
    kind: str, action: Mapping[str, Any], path: Path, agent: AgentDefinition, source: Source
) -> Iterator[Problem]:
    target = action.get("dialog")
    if kind not in {"BeginDialog", "ReplaceDialog"} or target is None or str(target).lstrip().startswith("="):
        return
    meant = agent.named(str(target))
    if meant is None:
        hint = did_you_mean(str(target), agent.topics)
        yield source.problem((*path, "dialog"), f'{kind} goes to "{target}", which this agent does not have{hint}')
    elif meant.name != str(target).strip():
        message = f'{kind} goes to "{target}", which is taken as "{meant.name}"'
        yield source.problem((*path, "dialog"), message, "warning")


def _check_variables(action: Mapping[str, Any], path: Path, source: Source) -> Iterator[Problem]:
    for name in _VARIABLES:
        variable = action.get(name)
        if variable is None or not isinstance(variable, str | int):
            continue
        scope, _, rest = bare(str(variable)).partition(".")
        writable = scope != "System" or rest.startswith("Recognizer.") or rest in WRITABLE
        if scope not in {"Topic", "Global", "System"} or not rest or not writable:
            message = f'"{variable}" cannot be set: name it Topic.{rest or scope} or Global.{rest or scope}'
            yield source.problem((*path, name), message)


def _check_entity(action: Mapping[str, Any], path: Path, agent: AgentDefinition, source: Source) -> Iterator[Problem]:
    entity = action.get("entity")
    if action.get("kind") != "Question" or entity is None:
        return
    kind = entity if isinstance(entity, str) else str(entity.get("kind", "")) if isinstance(entity, Mapping) else ""
    known = {*PREBUILT, *agent.entities, *_REFERENCES}
    if kind not in known and agent.entity(kind) is None:
        yield source.problem((*path, "entity"), f'there is no entity "{kind}"{did_you_mean(kind, known)}')
    if isinstance(entity, Mapping) and "entityId" in entity and agent.entity(str(entity["entityId"])) is None:
        hint = did_you_mean(str(entity["entityId"]), agent.entities)
        yield source.problem((*path, "entity", "entityId"), f'this agent has no entity "{entity["entityId"]}"{hint}')
    definition = embedded_list(action)
    if definition is not None and not definition.get("items"):
        yield source.problem((*path, "entity", "definition"), "a closed list needs items to choose from")
