"""One handoff as its conversation remembers it."""

from datetime import datetime
from typing import Any

from protocol.activity import Activity, ChannelAccount
from protocol.conversation import HandoffStatus
from protocol.models import Owned


class Route(Owned):
    """One way for a handoff: a hub connection, and how it is to queue there."""

    hub: str
    queue: str | None = None
    skills: tuple[str, ...] = ()
    priority: int = 3

    @property
    def name(self) -> str:
        """What tells this route from others: `hub` or `hub/queue`."""
        return f"{self.hub}/{self.queue}" if self.queue else self.hub


class HandoffRecord(Owned):
    """One transfer of the conversation to one hub."""

    number: int
    opened_at: datetime
    variables: dict[str, Any] = {}
    """What the representative is given, as it was when the dialog asked."""
    route: Route | None = None
    hub_id: str | None = None
    covered: int = 0
    """The watermark up to which the hub got everything as history; what is newer is relayed."""
    state: str = "asking"
    """"asking", "queued", "live", "failed", "returned", "cancelled", "closed" or "abandoned"."""
    reason: str = ""
    position: int | None = None
    wait_seconds: int | None = None
    queue: str | None = None
    representative: ChannelAccount | None = None

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
    """One thing that still has to be told to a hub. Within one handoff they go out in order."""

    id: str
    handoff: int
    kind: str
    """"open", "say", "typing" or "end"."""
    activity: Activity | None = None
    watermark: int = 0
    """Of a "say": its number in the log; what the history covered already is not said again."""
