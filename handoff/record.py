"""One handoff as its conversation remembers it."""

from datetime import datetime
from typing import Any

from protocol.activity import Activity, ChannelAccount
from protocol.models import Owned
from protocol.status import HandoffStatus


class Route(Owned):
    """One way for a handoff: a hub connection, and how it is to queue there."""

    hub: str
    queue: str | None = None
    skills: tuple[str, ...] = ()
    priority: int = 3
    prepares: bool = False
    """The hub wants a handoff prepared before it is asked."""
    in_place: bool = False
    """The customer is on the hub's own channel: nothing is relayed, the hub takes over where they are."""

    probes: bool = False
    """It finds out whether a hub that failed works again."""

    @property
    def name(self) -> str:
        """What tells this route from others: `hub` or `hub/queue`."""
        if self.in_place:
            return f"{self.hub} in place"
        return f"{self.hub}/{self.queue}" if self.queue else self.hub


class HandoffRecord(Owned):
    """One transfer of the conversation to one hub."""

    number: int
    opened_at: datetime
    variables: dict[str, Any] = {}
    """What the representative is given, as it was when the dialog asked."""
    route: Route | None = None
    hub_id: str | None = None
    session: str = ""
    """What the adapter keeps with the handoff; only it reads it."""
    known_as: str = ""
    """Another id by which the hub's callbacks may name it."""
    echoes: tuple[str, ...] = ()
    """The marks of what the hub has told us it got from us, where it can be looked at in no other way."""
    mark: str = ""
    """What the hub's answer to the last message was known by, which the adapter is given with the next one."""
    as_of: int = 0
    """How new the newest is that the hub has said of how the handoff stands, by the hub's own count."""
    covered: int = 0
    """The watermark up to which the hub got everything as history; what is newer is relayed."""
    state: str = "asking"
    """"asking", "queued", "live", "failed", "returned", "cancelled", "closed" or "abandoned"."""
    reason: str = ""
    opens_at: datetime | None = None
    """Where nobody takes it because they are closed: when they open again."""
    position: int | None = None
    wait_seconds: int | None = None
    queue: str | None = None
    representative: ChannelAccount | None = None
    takes_tickets: bool = False
    """Where no route was left: whether the customer could leave a ticket."""
    cut_off: bool = False
    """The last call to the hub got no answer, and may still be under way."""

    @property
    def open(self) -> bool:
        """Whether the hub may still have it."""
        return self.state in {"asking", "queued", "live"}

    def for_next_run(self, *, busy: bool) -> "HandoffRecord":
        """The record as the next run needs it: one that is over, and of which its hub knows, without the variables."""
        return self if self.open or busy else self.model_copy(update={"variables": {}})

    def status(self) -> HandoffStatus:
        """The handoff as an operator sees it."""
        return HandoffStatus(
            number=self.number,
            hub=self.route.hub if self.route else "",
            queue=self.queue or (self.route.queue if self.route else None) or "",
            hub_id=self.hub_id,
            state=self.state,
            position=self.position,
            wait_seconds=self.wait_seconds,
            representative=self.representative.name if self.representative else None,
        )


class Outbound(Owned):
    """One thing that still has to be told to a hub, or to a customer who must be pushed to; in order within a lane."""

    id: str
    handoff: int
    """0: it is for the customer. Of a "ticket" the ticket's number."""
    kind: str
    """"open", "rest", "say", "typing", "end" or "ticket"; to the customer "reply"; to the world "ask"; to an agent that
    runs elsewhere "remote"."""
    lane: str = ""
    """What it goes out in order with, where that is not everything for the same handoff."""
    activity: Activity | None = None
    watermark: int = 0
    """Of a "say": its number in the log; what the history covered already is not said again."""
    begun: bool = False
    """An earlier run has begun to tell it, and nobody knows how far it came."""

    @property
    def way(self) -> str:
        """The lane in which it goes out."""
        return self.lane or str(self.handoff)
