"""What Omnichannel tells the messaging API's webhook, turned into Baton's events.

Source: Microsoft's page "Use webhook to receive messages and events", whose samples send system events as messages with
a `name`: the name decides, whatever the type.
"""

import hashlib
import re
from datetime import datetime
from typing import Any

from pydantic import Field, ValidationError

from hubs.errors import WebhookError
from protocol.activity import MESSAGE, TYPING, Activity, Attachment, ChannelAccount
from protocol.hub_events import HubEvent, HubEventKind
from protocol.models import Foreign

SLOT, SLOTS = 20, 3
"""Seconds of a slot, and in how many of them the same body is the same callback: Omnichannel waits ten seconds for an
answer and tries three times more, so that what comes again within 40 s is a repetition, and after 60 s never."""
_QUEUE_FAILED = "the queue could not take the conversation"
_CLOSED = "outside the operating hours"
_MEANINGS: dict[str, tuple[HubEventKind, str | None] | None] = {
    "AgentAccepted": (HubEventKind.JOINED, None),
    "AgentJoinedCustomerConversation": (HubEventKind.JOINED, None),
    "AgentJoinedConversation": (HubEventKind.JOINED, None),
    "TransferAgentAcceptSession": (HubEventKind.JOINED, None),
    "AgentTransferAcceptedSession": (HubEventKind.JOINED, None),
    "TransferToQueueInitiated": (HubEventKind.TRANSFERRED, None),
    "TransferToQueueFailed": (HubEventKind.FAILED, _QUEUE_FAILED),
    "QueueTransferFailed": (HubEventKind.FAILED, _QUEUE_FAILED),
    "OutOfOperatingHoursDueToNonWorkingHours": (HubEventKind.FAILED, _CLOSED),
    "OutOfOperatingHoursDueToHoliday": (HubEventKind.FAILED, f"{_CLOSED}: a holiday"),
    "ConversationClose": (HubEventKind.ENDED, None),
    "ConversationClosed": (HubEventKind.ENDED, None),
    "PrimaryAgentEndConversation": (HubEventKind.ENDED, None),
    "AgentEndSession": (HubEventKind.ENDED, None),
    "AgentEndedSession": (HubEventKind.ENDED, None),
    "AgentClosed": (HubEventKind.ENDED, None),
    "SupervisorForceClosedConversation": (HubEventKind.ENDED, "a supervisor closed it"),
    "CustomerDisconnected": (HubEventKind.ENDED, None),
    # Says only that somebody is being asked; told late, it must not take the conversation from who has it.
    "AgentAssigned": None,
    # The representative's own connection, or the customer's: the conversation stays with whom it is.
    "AgentDisconnected": None,
    "CustomerDisconnectedAgentWaiting": None,
    # Until another representative accepts, the first one has the conversation.
    "TransferToAgentInitiated": None,
    "TransferToAgentFailed": None,
    "AgentTransferFailed": None,
    "TransferAgentRejectSession": None,
    "TransferAgentTimedOutSession": None,
    # A colleague who is asked for advice, and voice beside the messages.
    "ConsultAgentInitiated": None,
    "ConsultAgentFailed": None,
    "ConsultAgentAcceptSession": None,
    "ConsultAgentEndSession": None,
    "ConsultAgentRejectSession": None,
    "ConsultAgentSessionTimedOut": None,
    "ConsultAgentRemoved": None,
    "ConsultAgentLeftPublicConversation": None,
    "AgentEndedConsult": None,
    "AgentStartSecondaryChannel": None,
    "AgentRaiseSecondaryChannel": None,
    "AgentEndSecondaryChannel": None,
}
"""By name of a system event, of any of the documentation's versions, its kind and note; None: it changes nothing."""
_NAMED = re.compile(r"EventName:\s*\**_?(\w+?)_?\**\s*$")
"""The text of a system event, for one that would come without its name."""


class _Account(Foreign):
    id: str | None = None
    name: str | None = None


class _Conversation(Foreign):
    id: str


class _Told(Foreign):
    type: str
    conversation: _Conversation
    id: str | None = None
    name: str | None = None
    from_: _Account | None = Field(default=None, alias="from")
    text: str | None = None
    attachments: tuple[dict[str, Any], ...] | None = None
    timestamp: str | None = None


def events_of(body: bytes, *, connection: str, now: datetime) -> list[HubEvent]:
    """The event of a callback whose token holds, if it means something to Baton.

    Raises:
        WebhookError: the body is no activity of the messaging API's.
    """
    try:
        told = _Told.model_validate_json(body)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise WebhookError(400, "the body is no activity of the messaging API's", f"{where}: {first['msg']}") from None
    meant = _meant(told)
    if meant is None:
        return []
    kind, details = meant
    key, *also = (f"{told.conversation.id}:{each}" for each in _own_ids(told, body, now))
    handoff = told.conversation.id
    return [HubEvent(key=key, also=tuple(also), connection=connection, kind=kind, handoff=handoff, **details)]


def _own_ids(told: _Told, body: bytes, now: datetime) -> list[str]:
    """What a callback told twice has in common. No id is promised: then it is the body, and about when it came."""
    if told.id:
        return [told.id]
    written = hashlib.sha256(body).hexdigest()[:32]
    if told.timestamp:
        return [written]
    slot = int(now.timestamp() // SLOT)
    return [f"{written}:{each}" for each in range(slot, slot - SLOTS, -1)]


def _meant(told: _Told) -> tuple[HubEventKind, dict[str, Any]] | None:
    who = _representative(told)
    name = told.name or _name_in(told.text)
    if name:
        meaning = _MEANINGS.get(name)
        return (meaning[0], {"note": meaning[1], "representative": who}) if meaning else None
    if told.type == TYPING:
        return HubEventKind.TYPING, {"activity": Activity(type=TYPING), "representative": who}
    files = tuple(_file(file) for file in told.attachments or () if file.get("contentUrl"))
    if told.type != MESSAGE or not (told.text or files):
        return None
    activity = Activity(type=MESSAGE, text=told.text, attachments=files or None)
    # What nobody sent, the routing said.
    kind = HubEventKind.MESSAGE if who else HubEventKind.SAID
    return kind, {"activity": activity, "representative": who}


def _name_in(text: str | None) -> str | None:
    found = _NAMED.match(text or "")
    return found.group(1) if found else None


def _representative(told: _Told) -> ChannelAccount | None:
    sender = told.from_
    if sender is None or not (sender.id or sender.name):
        return None
    return ChannelAccount(id=sender.id or "", name=sender.name, role="agent")


def _file(file: dict[str, Any]) -> Attachment:
    return Attachment(
        content_type=str(file.get("contentType") or "application/octet-stream"),
        content_url=str(file["contentUrl"]),
        name=file.get("name"),
    )
