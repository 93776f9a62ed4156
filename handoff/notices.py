"""What the customer is told about a handoff: a status that a page can draw, and words that any client shows."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from handoff.record import HandoffRecord
from protocol.activity import EVENT, MESSAGE, Activity


class Notice(StrEnum):
    """One occasion to tell the customer where the conversation stands."""

    TRANSFERRING = "transferring"
    QUEUED = "queued"
    JOINED = "joined"
    TRANSFERRED = "transferred"
    LEFT = "left"
    STILL_WAITING = "still_waiting"
    STILL_LOOKING = "still_looking"
    NOBODY = "nobody"
    CLOSED = "closed"
    UNAVAILABLE = "unavailable"
    NO_REPRESENTATIVE = "no_representative"
    REJECTED = "rejected"
    SILENT = "silent"
    CANCELLED = "cancelled"
    RETURNED = "returned"
    ENDED = "ended"
    ABANDONED = "abandoned"
    NOT_DELIVERED = "not_delivered"
    TICKET = "ticket"
    NO_TICKET = "no_ticket"


STATES: dict[Notice, str] = {
    Notice.TRANSFERRING: "waiting",
    Notice.QUEUED: "queued",
    Notice.JOINED: "accepted",
    Notice.TRANSFERRED: "transferred",
    Notice.LEFT: "transferred",
    Notice.STILL_LOOKING: "waiting",
    Notice.NOBODY: "failed",
    Notice.CLOSED: "failed",
    Notice.UNAVAILABLE: "failed",
    Notice.NO_REPRESENTATIVE: "failed",
    Notice.REJECTED: "failed",
    Notice.SILENT: "failed",
    Notice.CANCELLED: "returned",
    Notice.RETURNED: "returned",
    Notice.ENDED: "completed",
    Notice.ABANDONED: "completed",
}
"""The `value.state` of the `handoff.status` event that goes with a notice; one that is not here has no event."""

WORDS: dict[Notice, str] = {
    Notice.TRANSFERRING: "I'm connecting you with a member of our team.",
    Notice.QUEUED: "You're in the queue. Please stay here: the next free representative will join this chat.",
    Notice.JOINED: "{representative} has joined the chat.",
    Notice.TRANSFERRED: "You're being transferred to a colleague.",
    Notice.LEFT: "Your representative has left the chat. You're back in the queue for a colleague.",
    Notice.STILL_WAITING: "Thank you for waiting. Your representative has your message and has been reminded.",
    Notice.STILL_LOOKING: "We're still looking for someone who can help you.",
    Notice.NOBODY: "I'm sorry, I couldn't reach a representative.",
    Notice.CLOSED: "I'm sorry, our team isn't available right now.",
    Notice.UNAVAILABLE: "I'm sorry, I can't reach our team right now.",
    Notice.NO_REPRESENTATIVE: "I'm sorry, no representative has become free.",
    Notice.REJECTED: "I'm sorry, our team can't take this conversation.",
    Notice.SILENT: "I'm sorry, I've lost contact with your representative.",
    Notice.CANCELLED: "You're back with the assistant.",
    Notice.RETURNED: "You're back with the assistant.",
    Notice.ENDED: "The conversation has been closed. Thank you for contacting us.",
    Notice.ABANDONED: "We haven't heard from you for a while, so this conversation has been closed.",
    Notice.NOT_DELIVERED: "Your last message could not be delivered. Please send it again.",
    Notice.TICKET: "Your request is with our team. Its number is {ticket}.",
    Notice.NO_TICKET: "I'm sorry, I couldn't leave your request with our team.",
}

FAILURES: dict[str, Notice] = {
    "closed": Notice.CLOSED,
    "no_representative": Notice.NO_REPRESENTATIVE,
    "rejected": Notice.REJECTED,
    "unavailable": Notice.UNAVAILABLE,
    "silent": Notice.SILENT,
}
"""The apology that goes with why the last route failed."""

OF_TICKETS = frozenset([Notice.TICKET, Notice.NO_TICKET])
"""What Baton itself tells also where a handoff is told by the customer's client."""

WAITING = frozenset([Notice.QUEUED, Notice.LEFT, Notice.TRANSFERRED])
"""With these goes where the customer stands in which queue."""
OPENS_AGAIN = " We open again on {opens}."
"""What is said beside it where it is known."""


def status_event(state: str, **details: Any) -> Activity:
    """The `handoff.status` event (Bot Framework EventFactory.CreateHandoffStatus) with what is known beside it."""
    known = {name: value for name, value in details.items() if value is not None}
    return Activity(type=EVENT, name="handoff.status", value={"state": state, **known})


def words(notice: Notice, text: str) -> Activity:
    """The message that says it, marked so that a page which draws the status need not show it as the bot's."""
    return Activity(type=MESSAGE, text=text, text_format="plain", channel_data={"baton": {"notice": str(notice)}})


def tell(
    notice: Notice, *, agent: dict[str, str] | None = None, ticket: str = "", opens: datetime | None = None, **more: Any
) -> tuple[Activity, ...]:
    """Everything the customer gets for `notice`: the event, where it has one, and the words."""
    text = WORDS[notice].format(representative=(agent or {}).get("name") or "A representative", ticket=ticket)
    if opens:
        text += OPENS_AGAIN.format(opens=on_the_clock(opens))
    said = words(notice, text)
    if notice not in STATES:
        return (said,)
    opens_at = opens.isoformat() if opens else None
    return status_event(STATES[notice], agent=agent, message=text, opensAt=opens_at, **more), said


def tell_of(record: HandoffRecord | None, notice: Notice, **details: Any) -> tuple[Activity, ...]:
    """Everything the customer gets for `notice`, with what is known of the handoff that it is about."""
    if record and notice is Notice.NOBODY:
        return tell(FAILURES.get(record.reason, notice), opens=record.opens_at)
    if record and notice in WAITING:
        waits = record.wait_seconds
        return tell(notice, position=record.position, estimatedWaitSeconds=waits, queue=record.queue)
    if record and record.representative and notice is Notice.JOINED:
        agent = record.representative
        return tell(notice, agent={"id": agent.id, "name": agent.name or "A representative"})
    return tell(notice, **details)


def on_the_clock(moment: datetime) -> str:
    """`Friday, November 27 at 09:00 (UTC-08:00)`, by the clock of whoever opens."""
    return f"{moment:%A, %B} {moment.day} at {moment:%H:%M} ({moment.tzname() if moment.tzinfo else 'local time'})"
