"""What the entries of a Salesforce conversation say, turned into Baton's events.

The same entries come by the stream of events and by reading the conversation; an entry's `identifier` is the same in
both. Names and shapes: developer.salesforce.com/docs/service/messaging-api/references, "Server-Sent Event Payloads".
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from hubs.handoffs import WatchedHandoff
from hubs.salesforce_content import content_of
from protocol.activity import TYPING, Activity, ChannelAccount
from protocol.hub_events import HubEvent, HubEventKind
from protocol.models import Foreign

PREFIX = "CONVERSATION_"
"""How the stream's events of conversations begin; what else comes is a ping."""
_HUMAN = frozenset({"Agent", "Supervisor"})
ENDED, LEFT_UNROUTED = "Ended", "NEEDS_ROUTING"


class _Sender(Foreign):
    role: str = ""
    subject: str | None = None


class Entry(Foreign):
    """One thing that happened in a conversation."""

    identifier: str = ""
    entry_type: str = ""
    sender_display_name: str | None = None
    sender: _Sender | None = None
    transcripted_timestamp: int | None = None
    client_timestamp: int | None = None
    entry_payload: str | dict[str, Any] | None = None

    @property
    def at(self) -> int:
        """When, in milliseconds."""
        return self.transcripted_timestamp or self.client_timestamp or 0

    @property
    def role(self) -> str:
        """Who says it: EndUser, Agent, Supervisor, Chatbot, System, Router."""
        return self.sender.role if self.sender else ""

    @property
    def payload(self) -> dict[str, Any]:
        """The payload, which comes as a string of JSON; empty where it is none."""
        try:
            read = json.loads(self.entry_payload) if isinstance(self.entry_payload, str) else self.entry_payload
        except ValueError:
            return {}
        return read if isinstance(read, dict) else {}


class Entries(Foreign):
    """What reading a conversation answers."""

    conversation_entries: tuple[Entry, ...] = ()


class Frame(Foreign):
    """The data of one event of the stream."""

    conversation_id: str
    conversation_entry: Entry


def kind_of(event: str) -> str:
    """The entry type that an event of the stream is named after: `CONVERSATION_ROUTING_RESULT` → `RoutingResult`."""
    return "".join(word.capitalize() for word in event.removeprefix(PREFIX).split("_"))


Meaning = tuple[HubEventKind, dict[str, Any]]


class Hearing:
    """One handoff's entries in the order in which they come; it knows which representatives are in."""

    def __init__(self, handoff: WatchedHandoff, connection: str, *, unrouted_ends: bool = True) -> None:
        self._handoff = handoff
        self._connection = connection
        self._unrouted_ends = unrouted_ends
        self._in: set[str] = set()

    def asks_for_routing(self, kind: str, entry: Entry) -> bool:
        """Whether this cannot be understood without asking where the conversation is routed to now."""
        changes = list(_changes(entry)) if kind == "ParticipantChanged" else []
        after = set(self._in)
        for joins, who in changes:
            (after.add if joins else after.discard)(who.id)
        return not after and any(not joins for joins, _ in changes)

    def events(self, kind: str, entry: Entry, routing: str | None = "") -> list[HubEvent]:
        """What the entry means to Baton; `routing` where it was asked for, None where the conversation is gone.

        The same entry gives the same keys. Whatever is not known means nothing: Salesforce adds to its events.
        """
        match kind:
            case "Message":
                meanings = self._said(entry)
            case "ParticipantChanged":
                meanings = self._changed(entry, routing)
            case "RoutingResult":
                meanings = self._routed(entry.payload)
            case "SessionStatusChanged":
                meanings = _session(entry.payload)
            case "QueuePosition":
                meanings = self._queued(entry.payload)
            case "CloseConversation":
                meanings = [(HubEventKind.ENDED, {})]
            case "TypingStartedIndicator" if entry.role in _HUMAN:
                meanings = [(HubEventKind.TYPING, {"activity": Activity(type=TYPING), "representative": _who(entry)})]
            case _:
                meanings = []
        return [self._whole(f"{entry.identifier}:{number}", *meaning) for number, meaning in enumerate(meanings)]

    def _whole(self, key: str, kind: HubEventKind, details: Mapping[str, Any]) -> HubEvent:
        return HubEvent(
            key=key,
            connection=self._connection,
            kind=kind,
            handoff=self._handoff.id,
            conversation=self._handoff.conversation,
            **details,
        )

    def _said(self, entry: Entry) -> list[Meaning]:
        """The customer's own words come back, and are dropped; what no human wrote is said by the hub itself."""
        message = entry.payload.get("abstractMessage")
        if entry.role in {"EndUser", ""} or not isinstance(message, dict):
            return []
        activity = content_of(message)
        if entry.role not in _HUMAN:
            return [(HubEventKind.SAID, {"activity": activity})]
        return [(HubEventKind.MESSAGE, {"activity": activity, "representative": _who(entry)})]

    def _changed(self, entry: Entry, routing: str | None) -> list[Meaning]:
        asked = self.asks_for_routing("ParticipantChanged", entry)
        changes = list(_changes(entry))
        for joins, who in changes:
            (self._in.add if joins else self._in.discard)(who.id)
        joined: list[Meaning] = [(HubEventKind.JOINED, {"representative": who}) for joins, who in changes if joins]
        if not asked:
            return joined
        if routing == LEFT_UNROUTED and not self._unrouted_ends:
            return [(HubEventKind.LEFT, {})]
        last = {None: HubEventKind.ENDED, LEFT_UNROUTED: HubEventKind.ENDED, "TRANSFER": HubEventKind.TRANSFERRED}
        return [(last.get(routing, HubEventKind.LEFT), {})]

    def _routed(self, payload: Mapping[str, Any]) -> list[Meaning]:
        """Routing that fails for a representative's transfer leaves that representative in."""
        failure = str(payload.get("failureType") or "None")
        transfer = payload.get("routingType") == "Transfer"
        if failure != "None":
            return [] if self._in else [(HubEventKind.FAILED, {"note": str(payload.get("failureReason") or failure)})]
        return [(HubEventKind.TRANSFERRED, {})] if transfer and not self._in else []

    def _queued(self, payload: Mapping[str, Any]) -> list[Meaning]:
        """The shape is not published: the number under any name that says what it is."""
        position = _number(payload, "position", "queuePosition", "positionInQueue")
        wait = _number(payload, "estimatedWaitTime", "estimatedWaitTimeInSeconds", "waitTime")
        if self._in or (position is None and wait is None):
            return []
        return [(HubEventKind.QUEUED, {"position": position, "wait_seconds": wait})]


def _session(payload: Mapping[str, Any]) -> list[Meaning]:
    """A supervisor who ends their part of a session does not end the session."""
    ended = payload.get("sessionStatus") == ENDED and payload.get("sessionEndedByRole") != "Supervisor"
    return [(HubEventKind.ENDED, {})] if ended else []


def ended(entries: list[Entry]) -> bool | None:
    """Whether a conversation's session is over, by its entries; None where only its routing can tell."""
    changes = [joins for entry in entries if entry.entry_type == "ParticipantChanged" for joins, _ in _changes(entry)]
    told = [entry.payload for entry in entries if entry.entry_type == "SessionStatusChanged"]
    if told and _session(told[-1]):
        return True
    return None if changes and not changes[-1] else False


def _changes(entry: Entry) -> Iterator[tuple[bool, ChannelAccount]]:
    """Of each representative who came or went, which of the two, and who."""
    listed = entry.payload.get("entries")
    for each in listed if isinstance(listed, list) else ():
        participant = each.get("participant") if isinstance(each, dict) else None
        if not isinstance(participant, dict) or participant.get("role") not in _HUMAN:
            continue
        name = each.get("displayName") or participant.get("displayName")
        subject = str(participant.get("subject") or name or "representative")
        if each.get("operation") in {"add", "remove"}:
            yield each["operation"] == "add", ChannelAccount(id=subject, name=name and str(name))


def _who(entry: Entry) -> ChannelAccount:
    subject = entry.sender.subject if entry.sender else None
    return ChannelAccount(id=subject or entry.sender_display_name or "representative", name=entry.sender_display_name)


def _number(payload: Mapping[str, Any], *names: str) -> int | None:
    values = [payload.get(name) for name in names]
    return next((round(float(value)) for value in values if isinstance(value, int | float)), None)
