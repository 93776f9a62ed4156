"""What a custom hub posts back, in the contract's words, turned into Baton's."""

from datetime import datetime
from typing import Any

from pydantic import Field

from hubs.errors import WebhookError
from protocol.activity import MESSAGE, TYPING, Activity, ChannelAccount, ConversationAccount
from protocol.hub_events import HubEvent, HubEventKind
from protocol.models import Foreign

STATES: dict[str, HubEventKind] = {
    "queued": HubEventKind.QUEUED,
    "accepted": HubEventKind.JOINED,
    "transferred": HubEventKind.TRANSFERRED,
    "returned": HubEventKind.RETURNED,
    "failed": HubEventKind.FAILED,
    "completed": HubEventKind.ENDED,
}
"""`value.state` of a `handoff.status` event."""


class HubActivity(Foreign):
    """The contract's HubActivity: an activity, and the handoff that it belongs to."""

    type: str
    id: str = Field(max_length=255)
    timestamp: datetime
    from_: ChannelAccount = Field(default=ChannelAccount(id="hub"), alias="from")
    conversation: ConversationAccount
    text: str | None = Field(default=None, max_length=28_000)
    name: str | None = None
    value: Any = None


def event_of(said: HubActivity, key: str, connection: str) -> HubEvent | None:
    """The event that `said` means; None for what Baton has no use for.

    Raises:
        WebhookError: a `handoff.status` without a state that the contract knows.
    """
    match said.type:
        case "message":
            return _spoken(HubEventKind.MESSAGE, MESSAGE, said, key, connection)
        case "typing":
            return _spoken(HubEventKind.TYPING, TYPING, said, key, connection)
        case "endOfConversation":
            return _event(HubEventKind.ENDED, said, key, connection)
        case "event" if said.name == "handoff.status":
            return _status(said, key, connection)
        case _:
            return None


def _spoken(kind: HubEventKind, activity_type: str, said: HubActivity, key: str, connection: str) -> HubEvent:
    whole = said.wire()
    kept = {name: whole[name] for name in ("text", "textFormat", "attachments", "locale", "value") if name in whole}
    activity = Activity.model_validate({**kept, "type": activity_type, "channelData": {"hubActivityId": said.id}})
    return _event(kind, said, key, connection, activity=activity, representative=_representative(said.from_))


def _status(said: HubActivity, key: str, connection: str) -> HubEvent:
    value = said.value if isinstance(said.value, dict) else {}
    kind = STATES.get(str(value.get("state")))
    if kind is None:
        raise WebhookError(400, "handoff.status needs value.state", f"one of {', '.join(STATES)}")
    agent = value.get("agent")
    return _event(
        kind,
        said,
        key,
        connection,
        representative=_representative(ChannelAccount.model_validate(agent)) if isinstance(agent, dict) else None,
        queue=_text(value.get("queue")),
        position=_whole(value.get("position")),
        wait_seconds=_whole(value.get("estimatedWaitSeconds")),
        note=_text(value.get("note") or value.get("message")),
    )


def _event(kind: HubEventKind, said: HubActivity, key: str, connection: str, **details: Any) -> HubEvent:
    return HubEvent(key=key, connection=connection, kind=kind, handoff=said.conversation.id, **details)


def _representative(account: ChannelAccount) -> ChannelAccount:
    return ChannelAccount(id=account.id, name=account.name, role="agent")


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
