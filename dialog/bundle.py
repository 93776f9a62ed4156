"""What a folder tells of one agent, whatever its layout."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dialog.source import Source


@dataclass(frozen=True)
class Part:
    """One part of an agent: a topic, an action, a global variable, an entity, a translation, or a child agent."""

    kind: str
    name: str
    """Its schema name."""
    source: Source
    display_name: str = ""
    enabled: bool = True


@dataclass
class Bundle:
    """What a folder tells of one agent."""

    schema_name: str
    display_name: str = ""
    language: int = 1033
    settings: Source | None = None
    parts: list[Part] = field(default_factory=list)
    instructions: str = ""
    """What its model is told to do."""
    signs_in_first: bool = False
    """Its customers are asked to sign in as a conversation begins."""


def kind_in(name: str) -> str:
    """What a schema name says that it names: `<bot>.topic.X` a topic."""
    parts = name.split(".")
    return parts[1].lower() if len(parts) > 2 else ""


def intended(body: Mapping[str, Any]) -> str:
    """What a topic's intent is called."""
    begin = body.get("beginDialog")
    intent = begin.get("intent") if isinstance(begin, Mapping) else None
    named = intent.get("displayName") if isinstance(intent, Mapping) else None
    return str(named or body.get("modelDisplayName") or "")
