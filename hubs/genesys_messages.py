"""What Baton says to Genesys, as bodies of Open Messaging (`OpenInboundNormalizedMessage` and its kin)."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from hubs.handoffs import Handoff, Ticket
from hubs.told import chunks, line_of, summary
from protocol.activity import Activity, Attachment
from settings.hubs import GenesysSettings

INTRODUCTION = "The assistant hands over a conversation."
"""The first message: the one that a repetition may show twice, since nothing can be looked up before it."""
NEWEST = 5
"""So many messages of the transcript go along when a handoff is opened; what is older follows, paced."""
EARLIER = "Earlier in this conversation:"


def channel(
    key: str, said_at: datetime, *, ours: str | None = None, name: str | None = None, attributes: Any = None
) -> dict[str, Any]:
    """Who says it: a sender of their own for each handoff, so that a second one never threads into the first."""
    made: dict[str, Any] = {
        "from": {"id": key, "idType": "Opaque", "nickname": name or "Customer"},
        "time": said_at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
    if ours:
        made["messageId"] = ours
    if attributes:
        # Not the message's own metadata: there Genesys answers 400.
        made["metadata"] = {"customAttributes": attributes}
    return made


def attributes(handoff: Handoff, settings: GenesysSettings) -> dict[str, str]:
    """Participant data for the flow: routing first, then as many of the variables as fit; the text has them all."""
    routing = {
        "handoff.queue": handoff.queue,
        "handoff.skill": ",".join(handoff.skills) or None,
        "handoff.language": handoff.locale,
        "handoff.priority": handoff.priority,
    }
    kept: dict[str, str] = {}
    left = settings.max_attribute_bytes
    for name, value in {**routing, **handoff.variables}.items():
        size = len(name.encode()) + len(str(value).encode())
        if value is not None and len(kept) < settings.max_attributes and size <= left:
            kept[name] = str(value)
            left -= size
    return kept


Message = tuple[str, str]
"""Our id of it, and its text."""


def history(handoff: Handoff, limit: int) -> tuple[list[Message], list[Message]]:
    """What of the history is told when the handoff is opened, and what is left for after it.

    First the summary and the newest of the transcript; then, under a heading, what is older. Each in its order.
    """
    summaries = list(chunks(summary(handoff).splitlines(), limit))
    told = [*summaries, *chunks(map(line_of, handoff.transcript), limit)]
    numbered = [(f"{handoff.key}:h{number}", text) for number, text in enumerate(told)]
    first, transcript = numbered[: len(summaries)], numbered[len(summaries) :]
    older = transcript[:-NEWEST]
    heading = [(f"{handoff.key}:hr", EARLIER)] if older else []
    return [*first, *transcript[-NEWEST:]], [*heading, *older]


def contents(activity: Activity, limit: int) -> Iterator[dict[str, Any]]:
    """What a message becomes: its text, cut where it is too long, and each file by its address."""
    for text in chunks([activity.text], limit) if activity.text else ():
        yield {"text": text}
    for attachment in activity.attachments or ():
        if attachment.content_url:
            yield {"content": [{"contentType": "Attachment", "attachment": _file(attachment)}]}


def _file(attachment: Attachment) -> dict[str, Any]:
    kinds = {"image": "Image", "video": "Video", "audio": "Audio"}
    whole = {
        "mediaType": kinds.get(attachment.content_type.partition("/")[0], "File"),
        "mime": attachment.content_type,
        "url": attachment.content_url,
        "filename": attachment.name,
    }
    return {name: value for name, value in whole.items() if value}


def callback(ticket: Ticket, queue: str) -> dict[str, Any]:
    """A callback request (`CreateCallbackCommand` of the Platform API's SDK)."""
    data = {"subject": ticket.subject, "description": ticket.description, "baton": ticket.key}
    return {
        "queueId": queue,
        "callbackUserName": ticket.contact.get("name") or "Customer",
        "callbackNumbers": [ticket.contact["phone"]],
        "data": {name: str(value) for name, value in {**ticket.variables, **data}.items()},
    }
