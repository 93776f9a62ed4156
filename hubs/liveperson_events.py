"""What LivePerson's webhooks say, turned into Baton's events (developers.liveperson.com/connector-api-webhooks-*.html).

What happens in a dialog is numbered without a gap, receipts and private notes included: each becomes an event, be it an
empty one, so that the next is known to be the next. Changes of the conversation tell how it stands, not what happened.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from pydantic import Field, ValidationError

from hubs.errors import WebhookError
from hubs.liveperson_marks import conversation_mark, text_mark
from hubs.liveperson_said import said
from hubs.liveperson_words import queue_of
from protocol.activity import TYPING, Activity, ChannelAccount
from protocol.hub_events import HubEvent, HubEventKind
from protocol.models import Foreign
from settings.hubs import LivePersonSettings

_REPRESENTATIVES = frozenset(["ASSIGNED_AGENT", "MANAGER", "AGENT"])
_HERE = frozenset([None, "ACTIVE"])
"""States of a participant who is in the conversation; one is also SUGGESTED, and REMOVED."""


class _Originator(Foreign):
    id: str = ""
    role: str = ""


class _Told(Foreign):
    sequence: int | None = None
    originator_id: str = ""
    originator_metadata: _Originator = _Originator()
    event: dict[str, Any]
    conversation_id: str = ""
    dialog_id: str = ""
    message_audience: str = "ALL"


class _Participant(Foreign):
    id: str
    role: str
    state: str | None = None


class _Dialog(Foreign):
    dialog_type: str = "MAIN"
    state: str = "OPEN"


class _Delay(Foreign):
    type: str = ""
    till_when: int = 0


class _Details(Foreign):
    skill_id: str | None = None
    participants: tuple[_Participant, ...] = ()
    dialogs: tuple[_Dialog, ...] = ()
    state: str = "OPEN"
    close_reason: str = ""
    last_changed: int = Field(default=0, alias="metaDataLastUpdateTs")
    delay: _Delay | None = None


class _Result(Foreign):
    conv_id: str
    effective_ttr: int = Field(default=-1, alias="effectiveTTR")
    conversation_details: _Details = _Details()


class _Change(Foreign):
    type: str = "UPSERT"
    result: _Result


class _Messaging(Foreign):
    changes: tuple[_Told, ...]


class _Conversations(Foreign):
    changes: tuple[_Change, ...]


class _Notification(Foreign):
    type: str
    body: dict[str, Any]


class Events:
    """Reads the notifications of one connection."""

    def __init__(self, connection: str, settings: LivePersonSettings) -> None:
        self._connection = connection
        self._settings = settings

    def of(self, body: bytes, now: datetime) -> list[HubEvent]:
        """The events of a notification, in order.

        Raises:
            WebhookError: the body is no notification.
        """
        try:
            notification = _Notification.model_validate_json(body)
            match notification.type:
                case "ms.MessagingEventNotification":
                    told = _Messaging.model_validate(notification.body).changes
                    return [event for each in told if (event := self._told(each, now))]
                case "cqm.ExConversationChangeNotification":
                    changes = _Conversations.model_validate(notification.body).changes
                    return [event for each in changes for event in self._changed(each, now)]
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise WebhookError(400, "the body is no notification of LivePerson's", f"{where}: {first['msg']}") from None
        return []

    def _told(self, told: _Told, now: datetime) -> HubEvent | None:
        """What happened in the main dialog; a survey after the conversation is nobody's business here."""
        conversation = told.conversation_id or told.dialog_id
        dialog = told.dialog_id or conversation
        if not conversation or dialog != conversation:
            return None
        if told.sequence is None:
            return self._typed(told, conversation, now)
        kind, details = self._meaning(told, told.sequence)
        after = f"{dialog}:{told.sequence - 1}" if told.sequence else ""
        consumer = _who(told) if told.originator_metadata.role == "CONSUMER" else ""
        return self._event(
            kind, conversation, key=f"{dialog}:{told.sequence}", after=after, known_as=consumer, **details
        )

    def _meaning(self, told: _Told, sequence: int) -> tuple[HubEventKind, dict[str, Any]]:
        role = told.originator_metadata.role
        activity = said(told.event) if told.message_audience == "ALL" else None
        if activity is None:
            # A receipt, or a note for colleagues: nothing but its number.
            return HubEventKind.ECHOED, {}
        if role == "CONSUMER":
            return HubEventKind.ECHOED, {"note": text_mark(sequence, activity.text or "")}
        if role in _REPRESENTATIVES:
            return HubEventKind.MESSAGE, {"activity": activity, "representative": _account(_who(told))}
        return HubEventKind.SAID, {"activity": activity}

    def _typed(self, told: _Told, conversation: str, now: datetime) -> HubEvent | None:
        composing = told.event.get("chatState") == "COMPOSING"
        if not composing or told.originator_metadata.role not in _REPRESENTATIVES:
            return None
        # It has no number and no time; told twice, it does no harm.
        key = f"{conversation}:typing:{now.timestamp()}"
        typing, account = Activity(type=TYPING), _account(_who(told))
        return self._event(HubEventKind.TYPING, conversation, key=key, activity=typing, representative=account)

    def _changed(self, change: _Change, now: datetime) -> Iterator[HubEvent]:
        conversation, details = change.result.conv_id, change.result.conversation_details
        consumer = next((each.id for each in details.participants if each.role == "CONSUMER"), "")
        if _over(details) and details.close_reason == "CONSUMER":
            # Nobody but Baton speaks for this consumer: it knows.
            return
        if _over(details):
            note = details.close_reason or None
            yield self._event(
                HubEventKind.ENDED, conversation, key=f"{conversation}:ended", known_as=consumer, note=note
            )
            return
        mark = conversation_mark(conversation)
        yield self._event(HubEventKind.ECHOED, conversation, key=f"{conversation}:opened", known_as=consumer, note=mark)
        agent = next((each for each in details.participants if _has_it(each)), None)
        yield self._event(
            HubEventKind.STANDS,
            conversation,
            key=f"{conversation}:stands:{details.last_changed}",
            known_as=consumer,
            order=details.last_changed,
            representative=_account(agent.id) if agent else None,
            queue=queue_of(details.skill_id, self._settings),
            wait_seconds=_wait(change.result, now),
            note=f"delayed: {details.delay.type}" if details.delay and details.delay.type else None,
        )

    def _event(self, kind: HubEventKind, conversation: str, **details: Any) -> HubEvent:
        return HubEvent(kind=kind, connection=self._connection, handoff=conversation, **details)


def _over(details: _Details) -> bool:
    """The main dialog's end is the handoff's, while a survey may still be open."""
    main = (each for each in details.dialogs if each.dialog_type == "MAIN")
    return details.state == "CLOSE" or any(each.state == "CLOSE" for each in main)


def _has_it(participant: _Participant) -> bool:
    return participant.role == "ASSIGNED_AGENT" and participant.state in _HERE


def _wait(result: _Result, now: datetime) -> int | None:
    """Seconds until somebody is promised to reply: the end of a delay, else the time to respond; -1 is no promise."""
    delay = result.conversation_details.delay
    until = delay.till_when if delay and delay.till_when > 0 else result.effective_ttr
    return max(0, round(until / 1000 - now.timestamp())) if until > 0 else None


def _who(told: _Told) -> str:
    return told.originator_metadata.id or told.originator_id


def _account(agent: str) -> ChannelAccount:
    # No notification tells the agent's name.
    return ChannelAccount(id=agent or "agent", role="agent")
