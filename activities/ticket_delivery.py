"""Leaving a ticket, or asking for a callback, where nobody could talk with the customer."""

from collections.abc import Callable
from typing import Any

from temporalio import activity

from activities.alive import alive
from activities.hub_delivery import Echoes, failures_typed
from activities.hub_pulse import Pulse
from activities.patience import Patience
from activities.transcript_pages import TranscriptStore
from handoff.record import Route
from handoff.transcript import for_representatives
from hubs.base import Again, Hub
from hubs.handoffs import LeftTicket, Ticket
from hubs.told import line_of
from protocol.activity import Activity
from protocol.conversation import Page
from protocol.models import Owned

MOST_TEXT = 20_000
"""Characters of the conversation that a ticket tells; of a longer one the end."""


class TicketToLeave(Owned):
    """A ticket, and where the conversation's older pages are."""

    conversation: str
    number: int
    subject: str
    description: str
    contact: dict[str, str] = {}
    variables: dict[str, Any] = {}
    route: Route
    pages: tuple[Page, ...] = ()
    recent: tuple[Activity, ...] = ()
    asked_before: bool = False
    """Another Temporal activity has asked the hub before this one, and nobody knows what came of it."""

    @property
    def key(self) -> str:
        """The idempotency key, the same at every try."""
        return f"{self.conversation}:ticket:{self.number}"


class TicketDelivery:
    """The Temporal activity that leaves tickets at one hub connection."""

    def __init__(self, hub: Hub, pulse: Pulse, store: TranscriptStore, echoes: Echoes) -> None:
        self._hub = hub
        self._pulse = pulse
        self._store = store
        self._echoes = echoes

    @activity.defn
    async def leave_ticket(self, wish: TicketToLeave) -> LeftTicket:
        """Leave it; doing so again with the same key leaves no second one."""
        before = wish.asked_before or activity.info().attempt > 1
        again = Again(lambda: self._echoes(wish.key)) if before else None
        with failures_typed(Patience()):
            async with self._pulse.felt(), alive():
                return await self._hub.leave_ticket(self._ticket(wish), again=again)

    def all(self) -> list[Callable[..., Any]]:
        """What the worker of this connection's task queue runs."""
        return [self.leave_ticket]

    def _ticket(self, wish: TicketToLeave) -> Ticket:
        said = for_representatives((*self._store.read_all(wish.pages), *wish.recent))
        conversation = "\n".join(map(line_of, said))[-MOST_TEXT:]
        return Ticket(
            key=wish.key,
            conversation=wish.conversation,
            subject=wish.subject,
            description=f"{wish.description}\n\n{conversation}",
            contact=wish.contact,
            queue=wish.route.queue,
            priority=wish.route.priority,
            variables=wish.variables,
        )
