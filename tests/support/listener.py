"""What an adapter that listens is given: an ear that keeps what it is told."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from hubs.base import Ear
from hubs.handoffs import WatchedHandoff
from protocol.hub_events import HubEvent, HubEventKind
from tests.support.waiting import eventually


@dataclass
class Listener(Ear):
    """Listens for some conversations, and keeps what it is told."""

    open_ones: list[WatchedHandoff] = field(default_factory=list)
    told: list[HubEvent] = field(default_factory=list)
    cursors: dict[str, str] = field(default_factory=dict)

    async def watched(self) -> Sequence[WatchedHandoff]:
        """All that were given."""
        return tuple(self.open_ones)

    async def tell(self, event: HubEvent) -> None:
        """Keep it."""
        self.told.append(event)

    def cursor(self, handoff: str) -> str:
        """Where it was."""
        return self.cursors.get(handoff, "")

    def remember(self, handoff: str, cursor: str) -> None:
        """Where it is."""
        self.cursors[handoff] = cursor

    def kinds(self) -> list[HubEventKind]:
        """What was told, in order."""
        return [event.kind for event in self.told]

    async def hears(self, *kinds: HubEventKind) -> None:
        """Wait until these, and no others, were told."""
        await eventually(lambda: len(self.told) >= len(kinds))
        assert self.kinds() == list(kinds)
