"""What an agent's topics rely on and the configured hubs cannot do: told to the topics' author, as warnings."""

from collections.abc import Iterator, Mapping
from typing import Any

from dialog.definition import AgentDefinition, Topic
from dialog.layouts import bundles_of
from dialog.problems import Problem
from dialog.program import walk
from dialog.source import Path, Source
from dialog.turn import TICKET
from hubs.base import Capabilities

NOTE = "System.Handoff.Note"
_INNER = ("actions", "elseActions", "conditions")


def unmet(agent: AgentDefinition, files: Mapping[str, str], hubs: Mapping[str, Capabilities]) -> Iterator[Problem]:
    """A warning for each node that asks for what no hub, or not every one, can do.

    `files` are those that the agent was read from, all of them, by path.
    """
    bundles, _ = bundles_of(files)
    sources = {part.name: part.source for bundle in bundles for part in bundle.parts}
    for name, topic in agent.topics.items():
        if name in sources:
            yield from _of_topic(topic, sources[name], hubs)


def _of_topic(topic: Topic, source: Source, hubs: Mapping[str, Capabilities]) -> Iterator[Problem]:
    returning = [name for name, can in hubs.items() if not can.returns]
    for action, path in walk(topic.trigger.get("actions")):
        if _asks_for_ticket(action) and not any(can.tickets for can in hubs.values()):
            message = f"none of the configured hubs takes tickets ({', '.join(hubs)}): nothing comes of this event"
            yield source.problem(path, message, "warning")
        if returning and (place := _place_of(action, NOTE, path)):
            message = f"{NOTE} stays Blank with {', '.join(returning)}: it cannot give a conversation back to the bot"
            yield source.problem(place, message, "warning")


def _asks_for_ticket(action: Mapping[str, Any]) -> bool:
    said = action.get("activity")
    return isinstance(said, Mapping) and said.get("kind") == "EventActivity" and said.get("name") == TICKET


def _place_of(value: Any, words: str, path: Path) -> Path | None:
    """Where `words` stand in a node's own properties, and not in the nodes inside it."""
    if isinstance(value, str):
        return path if words in value else None
    if isinstance(value, Mapping):
        children: Any = [(key, child) for key, child in value.items() if key not in _INNER]
    elif isinstance(value, list):
        children = list(enumerate(value))
    else:
        return None
    found = (_place_of(child, words, (*path, key)) for key, child in children)
    return next((place for place in found if place), None)
