"""Where a conversation stands, for whoever asks. Nothing in it is what a customer said."""

from datetime import datetime

from protocol.conversation import Phase
from protocol.models import Owned


class Milestone(Owned):
    """One line of a conversation's timeline: when, and what happened, free of personal data."""

    at: datetime
    what: str
    detail: str = ""


class HandoffStatus(Owned):
    """One handoff as an operator sees it."""

    number: int
    hub: str = ""
    queue: str = ""
    hub_id: str | None = None
    state: str = ""
    position: int | None = None
    wait_seconds: int | None = None
    representative: str | None = None


class TicketStatus(Owned):
    """One ticket as an operator sees it."""

    state: str
    """"leaving", "left" or "failed"."""
    id: str = ""
    url: str = ""
    hub: str = ""


class Status(Owned):
    """Where a conversation stands, for whoever asks."""

    id: str
    phase: Phase
    agent: str
    version: str
    channel: str = "directline"
    topic: str = ""
    started: datetime | None = None
    watermark: int = 0
    turns: int = 0
    waiting_to_deliver: int = 0
    handoffs: tuple[HandoffStatus, ...] = ()
    tickets: tuple[TicketStatus, ...] = ()
    deadline: datetime | None = None
    ended: str = ""
    timeline: tuple[Milestone, ...] = ()
