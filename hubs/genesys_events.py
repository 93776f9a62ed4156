"""What Genesys tells by webhook, and what a look at a conversation tells, turned into Baton's events."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from pydantic import Field, ValidationError

from hubs.base import HubUnavailableError, WatchedHandoff, WebhookError
from protocol.activity import MESSAGE, TYPING, Activity, Attachment, ChannelAccount
from protocol.conversation import HubEvent, HubEventKind
from protocol.models import Foreign

_HERE = frozenset(["alerting", "dialing", "contacting", "offering", "connected"])
"""States of a participant who is in the conversation, or about to be."""


class _Account(Foreign):
    id: str
    nickname: str | None = None


class _Channel(Foreign):
    to: _Account
    from_: _Account | None = Field(default=None, alias="from")
    time: str = ""


class _Message(Foreign):
    id: str
    channel: _Channel
    type: str
    text: str | None = None
    content: tuple[dict[str, Any], ...] = ()
    events: tuple[dict[str, Any], ...] = ()
    originating_entity: str | None = None


class _Participant(Foreign):
    id: str
    purpose: str = ""
    state: str = ""
    name: str | None = None


class _Conversation(Foreign):
    participants: tuple[_Participant, ...]


def signature(secret: str, body: bytes) -> str:
    """What Genesys writes into `X-Hub-Signature-256`: base64, not hex."""
    return "sha256=" + base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def events_of(headers: Mapping[str, str], body: bytes, *, connection: str, secret: str) -> list[HubEvent]:
    """The event of a callback, or none where it means nothing to Baton (a receipt).

    Raises:
        WebhookError: not signed by the integration, or no outbound message.
    """
    given = headers.get("x-hub-signature-256", "")
    if not hmac.compare_digest(given.encode(), signature(secret, body).encode()):
        raise WebhookError(401, "X-Hub-Signature-256 is missing or wrong")
    try:
        message = _Message.model_validate_json(body)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise WebhookError(400, "the body is no outbound message", f"{where}: {first['msg']}") from None
    kind, activity = _meaning(message)
    if kind is None:
        return []
    key = message.channel.to.id
    return [
        HubEvent(
            # Genesys calls id and time together unique.
            key=f"{message.id}:{message.channel.time}",
            connection=connection,
            kind=kind,
            handoff=key,
            conversation=key.rpartition(":")[0],
            activity=activity,
            representative=_representative(message.channel.from_),
        )
    ]


def _meaning(message: _Message) -> tuple[HubEventKind | None, Activity]:
    if message.type == "Event" or (message.type == "Text" and not message.text and not message.content):
        return HubEventKind.TYPING, Activity(type=TYPING)
    said = Activity(type=MESSAGE, text=message.text, attachments=_files(message) or None)
    if message.type not in {"Text", "Structured"}:
        return None, said
    # An automatic text of the flow: by nobody who has joined.
    return (HubEventKind.SAID if message.originating_entity == "Bot" else HubEventKind.MESSAGE), said


def _files(message: _Message) -> tuple[Attachment, ...]:
    found = [part.get("attachment") for part in message.content]
    return tuple(
        Attachment(
            content_type=str(file.get("mime") or "application/octet-stream"),
            content_url=str(file["url"]),
            name=file.get("filename"),
        )
        for file in found
        if isinstance(file, dict) and file.get("url")
    )


def _representative(account: _Account | None) -> ChannelAccount:
    name = account.nickname if account else None
    return ChannelAccount(id=name or "agent", name=name, role="agent")


def ended_or_joined(content: bytes, handoff: WatchedHandoff, connection: str) -> list[HubEvent]:
    """What a conversation's participants tell: who is in it, or that nobody is any more.

    Raises:
        HubUnavailableError: this is no conversation.
    """
    try:
        participants = _Conversation.model_validate_json(content).participants
    except ValidationError:
        raise HubUnavailableError(f'hub "{connection}" told something else than its conversation') from None

    def event(kind: HubEventKind, key: str, **more: Any) -> HubEvent:
        whole = {"connection": connection, "handoff": handoff.id, "conversation": handoff.conversation}
        return HubEvent(key=f"{handoff.id}:{key}", kind=kind, **whole, **more)

    agents = [each for each in participants if each.purpose == "agent" and each.state == "connected"]
    waiting = [each for each in participants if each.purpose in {"acd", "workflow", "agent"} and each.state in _HERE]
    if agents:
        newest = agents[-1]
        account = ChannelAccount(id=newest.id, name=newest.name, role="agent")
        return [event(HubEventKind.JOINED, f"joined:{newest.id}", representative=account)]
    if not waiting and any(each.purpose == "agent" or each.state == "disconnected" for each in participants):
        return [event(HubEventKind.ENDED, "ended")]
    gone = [each for each in participants if each.purpose == "agent" and each.state == "disconnected"]
    return [event(HubEventKind.LEFT, f"left:{gone[-1].id}")] if gone else []
