"""What Baton says to Zendesk, as bodies of Sunshine Conversations v2."""

from collections.abc import Sequence
from typing import Any

from hubs.handoffs import Handoff
from hubs.told import chunks, line_of, summary
from protocol.activity import Activity
from settings.hubs import ZendeskSettings

MAX_TEXT = 4_096
"""Characters of one message."""
MAX_METADATA = 4_000
"""Bytes that all of a passControl's metadata may have; Zendesk takes 4 KB."""
MAX_ALT_TEXT = 128
AS_THEY_WERE = 20
"""The newest of the history that become messages of their own; what is older goes before them as text."""
OLDER_AT_ONCE = 10
"""So many texts of what is older go before control is passed; what is still older follows, paced."""
EARLIER = "Earlier in this conversation:"

Author = dict[str, Any]
Content = dict[str, Any]
Message = tuple[str, Author, Content]
"""Our id of it, who said it, and what."""


def history(handoff: Handoff) -> tuple[list[Message], list[Message]]:
    """What of the history is told before control is passed, and what is left for after it.

    First the summary, what is older as text, and the newest as it was said; then, under a heading, what is still older.
    """
    assistant = {"type": "business", "displayName": str(handoff.variables.get("va_BotName") or "Assistant")}
    older, newest = handoff.transcript[:-AS_THEY_WERE], handoff.transcript[-AS_THEY_WERE:]
    summaries = [*chunks(summary(handoff).splitlines(), MAX_TEXT)]
    texts = [*chunks(map(line_of, older), MAX_TEXT)]
    oldest, newer = texts[:-OLDER_AT_ONCE], texts[-OLDER_AT_ONCE:]
    now = [(assistant, text_of(text)) for text in (*summaries, *newer)]
    for activity in newest:
        now.extend((_author(activity, handoff, assistant), content) for content in contents(activity))
    later = [(assistant, text_of(text)) for text in ((EARLIER, *oldest) if oldest else ())]
    return _numbered(f"{handoff.key}:h", now), _numbered(f"{handoff.key}:hr", later)


def contents(activity: Activity) -> list[Content]:
    """What a message becomes: its text, cut where it is too long, and each file by its address."""
    texts = [text_of(text) for text in chunks([activity.text], MAX_TEXT)] if activity.text else []
    files: list[Content] = []
    for attachment in activity.attachments or ():
        if attachment.content_url:
            kind = "image" if attachment.content_type.startswith("image/") else "file"
            named = {"altText": attachment.name[:MAX_ALT_TEXT]} if attachment.name else {}
            files.append({"type": kind, "mediaUrl": attachment.content_url, **named})
    return [*texts, *files]


def text_of(text: str) -> Content:
    """A text message's content."""
    return {"type": "text", "text": text}


def passing(handoff: Handoff, settings: ZendeskSettings, first: str | None) -> dict[str, Any]:
    """The body of passControl: from where the agent's view begins, the ticket's fields and its tags."""
    tags = [*settings.tags, *handoff.skills, *([handoff.queue] if handoff.queue else [])]
    metadata: dict[str, Any] = {
        "first_message_id": first,
        "dataCapture.systemField.tags": ",".join(tags) or None,
        "dataCapture.systemField.requester.name": handoff.customer.name,
        **{f"dataCapture.ticketField.{field}": handoff.variables.get(name) for name, field in _fields(settings)},
    }
    flat = {name: _flat(value) for name, value in metadata.items() if value is not None}
    return {"switchboardIntegration": settings.workspace, "metadata": _bounded(flat)}


def _author(activity: Activity, handoff: Handoff, assistant: Author) -> Author:
    if activity.role == "user":
        return {"type": "user", "userExternalId": handoff.key}
    name = (activity.from_ and activity.from_.name) or assistant["displayName"]
    return {"type": "business", "displayName": name}


def _numbered(prefix: str, messages: Sequence[tuple[Author, Content]]) -> list[Message]:
    return [(f"{prefix}{number}", author, content) for number, (author, content) in enumerate(messages)]


def _fields(settings: ZendeskSettings) -> Sequence[tuple[str, str]]:
    return tuple(settings.ticket_fields.items())


def _flat(value: object) -> str | int | float | bool:
    return value if isinstance(value, str | int | float | bool) else str(value)


def _bounded(metadata: dict[str, Any]) -> dict[str, Any]:
    """As many of the values as the metadata may hold, in order; what does not fit stands in the summary."""
    kept: dict[str, Any] = {}
    left = MAX_METADATA
    for name, value in metadata.items():
        size = len(name.encode()) + len(str(value).encode()) + 8
        if size <= left:
            kept[name] = value
            left -= size
    return kept
