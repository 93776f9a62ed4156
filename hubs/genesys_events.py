"""What Genesys tells by webhook, and what a look at a conversation tells, turned into Baton's events."""

import base64
import hashlib
import hmac
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from pydantic import Field, ValidationError

from hubs.errors import HubUnavailableError, WebhookError
from hubs.handoffs import WatchedHandoff
from protocol.activity import MESSAGE, TYPING, Activity, Attachment, ChannelAccount
from protocol.hub_events import HubEvent, HubEventKind
from protocol.models import Foreign

_HERE = frozenset(["alerting", "dialing", "contacting", "offering", "connected"])
"""States of a participant who is in the conversation, or about to be."""
_AGENTS = frozenset(["agent", "user"])


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
    connected_time: str | None = None
    disconnect_type: str | None = None

    @property
    def was_here(self) -> bool:
        """Whether they ever took it: who let it ring did not."""
        return self.state == "connected" or self.connected_time is not None

    @property
    def handed_on(self) -> bool:
        """Whether they left by a transfer."""
        return (self.disconnect_type or "").lower().startswith("transfer")


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


def happened(
    content: bytes, handoff: WatchedHandoff, connection: str, transferred: Collection[str] = ()
) -> list[HubEvent]:
    """What a conversation's participants tell, from its beginning on: the same event has the same key at every look.

    `transferred`: participants of whom a notification has said so, in case the conversation does not.

    Raises:
        HubUnavailableError: this is no conversation.
    """
    try:
        participants = _Conversation.model_validate_json(content).participants
    except ValidationError:
        raise HubUnavailableError(f'hub "{connection}" told something else than its conversation') from None
    agents = [each for each in participants if each.purpose in _AGENTS and each.was_here]
    over = _is_over(participants, agents, transferred)
    events: list[HubEvent] = []
    for agent in agents:
        account = ChannelAccount(id=agent.name or agent.id, name=agent.name, role="agent")
        events.append(_event(HubEventKind.JOINED, agent, handoff, connection, representative=account))
        if agent.state in _HERE or (over and agent is agents[-1]):
            continue
        handed_on = agent.id in transferred or agent.handed_on
        events.append(_event(HubEventKind.TRANSFERRED if handed_on else HubEventKind.LEFT, agent, handoff, connection))
    return [*events, _event(HubEventKind.ENDED, None, handoff, connection)] if over else events


def _is_over(
    participants: Sequence[_Participant], agents: Sequence[_Participant], transferred: Collection[str]
) -> bool:
    """Nobody is left; or the last agent has gone, was not handing it on, and nobody else has it.

    Between the flow and the queue, and between two queues, there is a moment at which nobody has it, either.
    """
    if not participants:
        return False
    if all(each.state not in _HERE for each in participants):
        return True
    waiting = any(each.purpose != "customer" and each.state in _HERE for each in participants)
    return bool(agents) and not waiting and not (agents[-1].handed_on or agents[-1].id in transferred)


def _event(
    kind: HubEventKind, agent: _Participant | None, handoff: WatchedHandoff, connection: str, **more: Any
) -> HubEvent:
    key = f"{handoff.id}:{kind.value}:{agent.id if agent else ''}"
    whole = {"connection": connection, "handoff": handoff.id, "conversation": handoff.conversation}
    return HubEvent(key=key, kind=kind, **whole, **more)
