"""What Zendesk's webhooks say, turned into Baton's events (Sunshine Conversations v2, "Webhooks")."""

import hmac
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from hubs.errors import WebhookError
from protocol.activity import MESSAGE, TYPING, Activity, Attachment, ChannelAccount
from protocol.hub_events import HubEvent, HubEventKind
from protocol.models import Foreign

OURS = "baton"
"""The metadata key of whatever we write: our own id of it."""


class _Switchboard(Foreign):
    name: str | None = None
    integration_type: str | None = None


class _Conversation(Foreign):
    id: str
    metadata: dict[str, Any] | None = None
    active_switchboard_integration: _Switchboard | None = None


class _Author(Foreign):
    type: str
    user_id: str | None = None
    display_name: str | None = None
    subtypes: tuple[str, ...] = ()


class _Message(Foreign):
    id: str
    author: _Author
    content: dict[str, Any] = {}
    activity: dict[str, Any] | None = None
    metadata: dict[str, Any] | None = None


class _Payload(Foreign):
    conversation: _Conversation
    message: _Message | None = None
    activity: _Message | None = None
    reason: str | None = None
    error: Any = None


class _Event(Foreign):
    id: str
    type: str
    payload: dict[str, Any] = {}


class _Callback(Foreign):
    events: tuple[_Event, ...]


def events_of(headers: Mapping[str, str], body: bytes, *, connection: str, secret: str, desk: str) -> list[HubEvent]:
    """The events of a callback that mean something to Baton, in order.

    Raises:
        WebhookError: the secret is not ours, or the body is no webhook of Zendesk's.
    """
    if not hmac.compare_digest(headers.get("x-api-key", "").encode(), secret.encode()):
        raise WebhookError(401, "X-API-Key is missing or wrong")
    try:
        callback = _Callback.model_validate_json(body)
        told = [(event, _Payload.model_validate(event.payload)) for event in callback.events if event.type in _MEANINGS]
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise WebhookError(400, "the body is no webhook of Zendesk's", f"{where}: {first['msg']}") from None
    found = [_MEANINGS[event.type](payload, desk) for event, payload in told]
    return [
        _whole(meaning, event, payload, connection)
        for meaning, (event, payload) in zip(found, told, strict=True)
        if meaning is not None
    ]


_ENDINGS = frozenset(["ticket:closed", "ticket:transfer:email", "conversation:endedByUser"])
"""Activities that stand among the messages, and are the end of them (`activityMessage` of the specification)."""
Meaning = tuple[HubEventKind, dict[str, Any]]


def _whole(meaning: Meaning, event: _Event, payload: _Payload, connection: str) -> HubEvent:
    kind, details = meaning
    key = str((payload.conversation.metadata or {}).get(OURS, ""))
    return HubEvent(
        key=event.id,
        connection=connection,
        kind=kind,
        handoff=payload.conversation.id,
        conversation=key.rpartition(":")[0],
        **details,
    )


def _said(payload: _Payload, desk: str) -> Meaning | None:
    del desk
    message = payload.message
    ending = message and {(message.activity or {}).get("type"), message.content.get("type")} & _ENDINGS
    if ending:
        return HubEventKind.ENDED, {"note": next(iter(ending))}
    if message is None or message.author.type != "business" or OURS in (message.metadata or {}):
        # The user's words and ours come back as well.
        return None
    content = message.content
    if "activity" in message.author.subtypes:
        return None
    file = _file(content)
    activity = Activity(type=MESSAGE, text=content.get("text") or None, attachments=(file,) if file else None)
    return HubEventKind.MESSAGE, {"activity": activity, "representative": _representative(message.author)}


def _file(content: Mapping[str, Any]) -> Attachment | None:
    address = content.get("mediaUrl")
    if not isinstance(address, str):
        return None
    kind = content.get("mediaType") or ("image/*" if content.get("type") == "image" else "application/octet-stream")
    return Attachment(content_type=str(kind), content_url=address, name=content.get("altText") or None)


def _typed(payload: _Payload, desk: str) -> Meaning | None:
    del desk
    author = payload.activity.author if payload.activity else None
    if author is None or author.type != "business":
        return None
    return HubEventKind.TYPING, {"activity": Activity(type=TYPING), "representative": _representative(author)}


def _passed(payload: _Payload, desk: str) -> Meaning | None:
    """Control went somewhere: to the agents, whose beginning we asked for, or away from them, which is the end."""
    active = payload.conversation.active_switchboard_integration
    if active and desk in {active.name, active.integration_type}:
        return HubEventKind.QUEUED, {}
    if payload.reason:
        return HubEventKind.ENDED, {"note": payload.reason}
    return HubEventKind.RETURNED, {}


def _failed(payload: _Payload, desk: str) -> Meaning | None:
    del desk
    return HubEventKind.FAILED, {"note": str(payload.error)[:500] if payload.error else None}


def _representative(author: _Author) -> ChannelAccount:
    return ChannelAccount(id=author.user_id or author.display_name or "agent", name=author.display_name, role="agent")


_MEANINGS = {
    "conversation:message": _said,
    "conversation:typing": _typed,
    "switchboard:passControl": _passed,
    "switchboard:releaseControl": _passed,
    "switchboard:passControl:failure": _failed,
}
