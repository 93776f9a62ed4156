"""An agent's published form: canonical JSON, named by its content."""

import hashlib
import json

from dialog.definition import AgentDefinition

FORMAT = 1
"""Raised when the form changes; every form ever published stays readable."""


def to_bytes(definition: AgentDefinition) -> bytes:
    """The same bytes for the same agent, wherever and whenever it is published."""
    content = {"format": FORMAT, "agent": definition.model_dump(mode="json")}
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def version_of(content: bytes) -> str:
    """The version of a published form: the start of its SHA-256."""
    return hashlib.sha256(content).hexdigest()[:16]


def from_bytes(content: bytes) -> AgentDefinition:
    """The agent that `to_bytes` wrote.

    Raises:
        ValueError: it is no published agent, or one of a later Baton.
    """
    published = json.loads(content)
    if published.get("format") != FORMAT:
        raise ValueError(f"published in format {published.get('format')}; this Baton reads format {FORMAT}")
    return AgentDefinition.model_validate(published["agent"])
