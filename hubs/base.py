"""What a hub adapter is: the few verbs Baton says to a hub, and the events a hub says to Baton.

The wire format stays inside the adapter. Adding a hub is adding one file here and one simulator.
"""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol

from hubs.errors import HubRefusedError
from hubs.handoffs import Handoff, HubConversation, LeftTicket, Prepared, TakenHandoff, Ticket, WatchedHandoff
from protocol.activity import Activity
from protocol.hub_events import HubEvent
from protocol.models import Owned


class Availability(Owned):
    """Whether a queue takes conversations now."""

    open: bool
    opens_at: datetime | None = None
    representatives: int | None = None
    waiting: int | None = None
    wait_seconds: int | None = None


class Capabilities(Owned):
    """What a hub can do; what it cannot is told to the topic's author and shown to operators."""

    history: bool = True
    typing: bool = True
    attachments: bool = True
    """A customer's file reaches the representative, if only by its address; a representative's picture the customer."""
    files: bool = True
    """Takes a customer's files as files; another hub gets their addresses in the text."""
    queue_position: bool = True
    transfers: bool = True
    """Says when a representative hands it on to another queue."""
    returns: bool = True
    """A representative can give it back to the bot."""
    availability: bool = True
    """Says whether a queue is open before it is asked."""
    tickets: bool = False
    """Takes a ticket or a callback where nobody can talk with the customer."""
    idempotent: bool = True
    """What is tried again after an unclear outcome has one effect: the hub knows our ids, or can be looked at."""


async def _nothing() -> Sequence[str]:
    return ()


@dataclass(frozen=True)
class Again:
    """An earlier try may have done some of it, or all: what is there is read before anything is written."""

    echoed: Callable[[], Awaitable[Sequence[str]]] = _nothing
    """For hubs that can be looked at only through their callbacks: the marks of all that they have told us they got
    from us for this handoff, in order (`HubEventKind.ECHOED`)."""


class Ear(Protocol):
    """What a listening adapter is given: whom to listen for, whom to tell, and where it was."""

    async def watched(self) -> Sequence[WatchedHandoff]:
        """The handoffs that the connection has open now."""
        ...

    async def tell(self, event: HubEvent) -> None:
        """Tell the event's conversation; returns when it has it, or wants no more. Raises where nobody answers."""
        ...

    def cursor(self, handoff: str) -> str:
        """How far `handoff` was heard, here or by the listener before; empty where never."""
        ...

    def remember(self, handoff: str, cursor: str) -> None:
        """`handoff` is heard up to here."""
        ...


class Hub(ABC):
    """One connection to one hub. Every verb may be repeated: the ids in its arguments are the same at every try."""

    kind: ClassVar[str]
    capabilities: ClassVar[Capabilities]
    prepares: ClassVar[bool] = False
    """A handoff needs something of its own before the hub is asked: `prepare` is called, and what it gives is kept."""
    insists: ClassVar[bool] = False
    """It takes only 200 for an answer to a callback, and repeats what is answered otherwise, maybe for days: what comes
    too late to mean anything is taken, too."""
    listens: bool = False
    """Callbacks do not tell everything: somebody must `listen`, once in the cluster."""

    async def prepare(self, handoff: Handoff) -> Prepared:
        """What this handoff needs of its own before it is opened. Leaves nothing behind at the hub when it is lost.

        Raises as `open` does.
        """
        del handoff
        return Prepared()

    @abstractmethod
    async def open(self, handoff: Handoff, *, again: Again | None = None) -> HubConversation:
        """Ask the hub to take the conversation, with its whole history and every variable.

        `again`: this is not the first try. A hub that knows our ids need not look; with any other, what is there is
        read first.

        Raises:
            HubClosedError: the queue takes nobody now.
            HubPendingError: it is asked; ask again to learn what came of it.
            HubRefusedError: the hub said no, or something that is no answer.
            HubUnavailableError: it may work later.
        """

    async def tell_rest(self, handoff: Handoff, taken: TakenHandoff, *, again: Again | None = None) -> None:
        """Tell what of a long history `open` had to leave, paced, while live messages go on beside it."""
        del handoff, taken, again

    @abstractmethod
    async def send(self, handoff: TakenHandoff, activity: Activity, *, again: Again | None = None) -> str | None:
        """Tell the hub one activity of the customer's: a message, typing, or `endOfConversation`.

        `again`: as with `open`. A hub that knows none of our ids may give back a mark of how far it got: the next
        `send` has it in `handoff.mark`, so that what is older cannot be taken for what may have been sent.

        Raises:
            HandoffGoneError: the handoff is over at the hub.
            HubRefusedError: the hub does not take this activity.
            HubUnavailableError: it may work later.
        """

    async def leave_ticket(self, ticket: Ticket, *, again: Again | None = None) -> LeftTicket:
        """Leave a ticket, or ask for a callback; only where `capabilities.tickets`. Raises as `open` does."""
        del ticket, again
        raise HubRefusedError(f'a hub of kind "{self.kind}" takes no tickets')

    @abstractmethod
    async def availability(self, queue: str | None) -> Availability:
        """Whether the queue takes conversations now."""

    async def ready(self, headers: Mapping[str, str]) -> None:
        """Fetch what `receive` will need to check a callback with these headers: the issuer's keys of a signed token.

        Whoever receives a callback awaits this first. `headers` are lower-case.

        Raises:
            HubUnavailableError: it cannot be fetched now; the callback shall come again.
        """
        del headers

    @abstractmethod
    def receive(self, headers: Mapping[str, str], body: bytes, now: datetime) -> list[HubEvent]:
        """What a callback says. The signature is checked over the raw body before anything is parsed.

        `headers` are lower-case.

        Raises:
            WebhookError: not signed, signed wrongly or too long ago, or not of the hub's format.
        """

    async def check(self) -> AsyncIterator[str]:
        """Walk the way to the hub without bothering anybody: a sentence for each thing that is as it should be.

        Raises as `availability` does, at the first that is not, with what to do about it.
        """
        await self.availability(None)
        yield "it answers, and takes our credentials"

    async def listen(self, ear: Ear) -> None:
        """Tell what no callback tells, until cancelled; only where `listens`. What is told twice has the same key.

        Raises:
            HubUnavailableError: it may work later; whoever called listens again.
        """
        del ear
        raise HubRefusedError(f'a hub of kind "{self.kind}" calls back for everything')

    @abstractmethod
    async def close(self) -> None:
        """Let go of the connections."""
