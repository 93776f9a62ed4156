"""What a hub adapter is: the few verbs Baton says to a hub, and the events a hub says to Baton.

The wire format stays inside the adapter. Adding a hub is adding one file here and one simulator.
"""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Protocol

from hubs.errors import HubRefusedError
from protocol.activity import Activity, ChannelAccount
from protocol.conversation import ConversationReference
from protocol.hub_events import HubEvent
from protocol.models import Owned


class Handoff(Owned):
    """Everything a hub is given when it is asked to take a conversation."""

    key: str
    """`<conversation id>:<handoff number>`, the same at every try."""
    conversation: str
    number: int
    opened_at: datetime
    """When the handoff was decided: the timestamp of what we tell the hub, the same at every try."""
    locale: str = "en-US"
    queue: str | None = None
    skills: tuple[str, ...] = ()
    priority: int = 3
    variables: dict[str, Any] = {}
    """The `va_*` context variables and every variable of the topics, by name, as JSON has them."""
    transcript: tuple[Activity, ...] = ()
    """The whole conversation in order, with original times and senders."""
    callback_url: str
    """Where the hub's callbacks for this handoff go; it names the conversation."""
    customer: ChannelAccount = ChannelAccount(id="customer", role="user")
    session: str = ""
    """What `prepare` kept for it."""
    reference: ConversationReference | None = None
    """Where the customer is, for a hub whose own channel the conversation came by."""


class Prepared(Owned):
    """What a handoff has of its own before its hub is asked; kept with it, encrypted, and given with every call."""

    session: str = ""
    """Credentials or a cursor; only the adapter reads it."""
    known_as: str = ""
    """Another id by which callbacks may name the handoff, before the answer of `open` is known."""


class HubConversation(Owned):
    """A handoff that a hub has taken."""

    id: str
    queue: str | None = None
    position: int | None = None
    wait_seconds: int | None = None
    accepted: bool = False
    """A representative has it already."""
    rest: bool = False
    """The history was too long to be told at once: `tell_rest` tells what is left, beside what is said meanwhile."""
    over: bool = False
    """The hub has taken the customer over on its own channel, and nothing more will be heard of it."""


class TakenHandoff(Owned):
    """A handoff that a hub has, as what is said to it later needs to know it."""

    id: str
    """The hub's own id."""
    key: str
    """Ours: `<conversation id>:<handoff number>`."""
    session: str = ""
    """What `prepare` kept for it, as it was renewed last."""
    mark: str = ""
    """What the last `send` that was answered gave back."""


class WatchedHandoff(Owned):
    """A handoff of a hub that does not call back for everything."""

    conversation: str
    id: str
    """The hub's own id."""
    key: str = ""
    """Ours: `<conversation id>:<handoff number>`."""
    session: str = ""
    """What `prepare` kept for it, as it was renewed last."""


class Ticket(Owned):
    """What a customer leaves where nobody could talk with them."""

    key: str
    """`<conversation id>:ticket:<number>`, the same at every try."""
    conversation: str
    subject: str
    description: str
    """What the customer wants, and the conversation as text."""
    contact: dict[str, str] = {}
    """How to reach the customer: `name`, `email`, `phone`, as far as they told."""
    queue: str | None = None
    priority: int = 3
    variables: dict[str, Any] = {}


class LeftTicket(Owned):
    """A ticket, or a callback, that a hub has taken."""

    id: str
    """What the customer may quote."""
    url: str | None = None


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
