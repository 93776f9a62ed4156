"""A topic's nodes, flattened: each knows which node comes after it, so that a position is one node's id.

That makes every kind of jump the same: after the last node of a branch comes the node after the one that has the
branch, and `GotoAction` into any branch is an assignment.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dialog.source import Path


@dataclass(frozen=True)
class Branch:
    """One way on from a node that branches; `condition` is None for the way that is taken when no other is."""

    condition: Any
    first: str | None
    id: str = "else"
    """What the author calls it."""


@dataclass(frozen=True)
class Step:
    """One node as it runs."""

    key: str
    kind: str
    properties: Mapping[str, Any]
    next: str | None
    """The key of the node after this one; None at the topic's end."""
    branches: tuple[Branch, ...] = ()
    path: Path = ()


@dataclass(frozen=True)
class Program:
    """The nodes of one topic by key, and the first."""

    first: str | None
    steps: Mapping[str, Step] = field(default_factory=dict)


def compile_program(actions: Sequence[Mapping[str, Any]], path: Path = ("beginDialog", "actions")) -> Program:
    """Flatten a topic's actions."""
    steps: dict[str, Step] = {}
    first = _flatten(actions, None, path, steps)
    return Program(first, steps)


def key_of(action: Mapping[str, Any], path: Path) -> str:
    """A node's id; one without an id is called by its place, which lasts as long as the published version does."""
    return str(action.get("id") or ".".join(str(part) for part in path))


def _taken(action: Mapping[str, Any], path: Path, steps: dict[str, Step]) -> str:
    """The key of a node, taken before its branches are read: of two nodes with one id the outer or first keeps it."""
    key = key_of(action, path)
    if key in steps:
        key = key_of({}, path)
    steps[key] = Step(key, "", action, None)
    return key


def _flatten(actions: Sequence[Mapping[str, Any]], after: str | None, path: Path, steps: dict[str, Step]) -> str | None:
    """Add `actions` to `steps`; returns the key of the first, or of what comes after them where there is none."""
    enabled = [(number, action) for number, action in enumerate(actions) if not action.get("disabled")]
    keys = [_taken(action, (*path, number), steps) for number, action in enabled]
    follows = [*keys[1:], after] if keys else []
    for (number, action), key, following in zip(enabled, keys, follows, strict=True):
        place = (*path, number)
        loops = action.get("kind") == "Foreach"
        steps[key] = Step(
            key=key,
            kind=str(action.get("kind", "")),
            properties=action,
            next=following,
            branches=tuple(_branches(action, key if loops else following, place, steps)),
            path=place,
        )
    return keys[0] if keys else after


def _branches(action: Mapping[str, Any], after: str | None, path: Path, steps: dict[str, Step]) -> Iterator[Branch]:
    names = [str(item.get("id", "")) for item in _dicts(action.get("conditions"))]
    for number, (condition, inner, place) in enumerate(bodies_of(action, path)):
        name = names[number] if number < len(names) else "else"
        yield Branch(condition, _flatten(inner, after, place, steps), name)


def bodies_of(action: Mapping[str, Any], path: Path) -> Iterator[tuple[Any, Sequence[Mapping[str, Any]], Path]]:
    """The lists of actions inside an action: each with its condition, and where it stands."""
    if action.get("kind") == "ConditionGroup":
        for number, item in enumerate(_dicts(action.get("conditions"))):
            yield item.get("condition"), _dicts(item.get("actions")), (*path, "conditions", number, "actions")
        yield None, _dicts(action.get("elseActions")), (*path, "elseActions")
    elif action.get("kind") == "IfCondition":
        yield action.get("condition"), _dicts(action.get("actions")), (*path, "actions")
        yield None, _dicts(action.get("elseActions")), (*path, "elseActions")
    elif "actions" in action:
        yield None, _dicts(action.get("actions")), (*path, "actions")


def _dicts(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def walk(actions: Any, path: Path = ("beginDialog", "actions")) -> Iterator[tuple[Mapping[str, Any], Path]]:
    """Every action in `actions` and below, with where it stands."""
    for number, action in enumerate(_dicts(actions)):
        place = (*path, number)
        yield action, place
        for _, inner, below in bodies_of(action, place):
            yield from walk(inner, below)
