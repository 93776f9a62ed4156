"""What a hub adapter is: the few verbs Baton says to a hub, and the events a hub says to Baton.

The wire format stays inside the adapter. Adding a hub is adding one file here and one simulator.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from protocol.activity import Activity
from protocol.conversation import HubEvent
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


class HubConversation(Owned):
    """A handoff that a hub has taken."""

    id: str
    queue: str | None = None
    position: int | None = None
    wait_seconds: int | None = None
    accepted: bool = False
    """A representative has it already."""


class TakenHandoff(Owned):
    """A handoff that a hub has, as what is said to it later needs to know it."""

    id: str
    """The hub's own id."""
    key: str
    """Ours: `<conversation id>:<handoff number>`."""


class WatchedHandoff(Owned):
    """A handoff at which a hub that does not call back for everything is looked."""

    conversation: str
    id: str
    """The hub's own id."""


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
    queue_position: bool = True
    returns: bool = True
    idempotent: bool = True
    """What is tried again after an unclear outcome has one effect: the hub knows our ids, or can be looked at."""


class HubError(Exception):
    """A hub did not do what it was asked. The message says what an operator can do, and holds nothing personal."""


class HubUnavailableError(HubError):
    """It may work later: no connection, a time-out, 429, 5xx. `retry_after` is in seconds where the hub said so."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class HubRefusedError(HubError):
    """It will never work: the hub understood and said no, or said something that is no answer."""


class HubClosedError(HubRefusedError):
    """The queue takes nobody now."""


class HandoffGoneError(HubRefusedError):
    """The hub has ended this handoff, or does not know it."""


class WebhookError(Exception):
    """A callback is refused. `status` is the HTTP status to answer with (400, 401, 404, 413)."""

    def __init__(self, status: int, title: str, detail: str = "") -> None:
        super().__init__(title)
        self.status = status
        self.title = title
        self.detail = detail


class Hub(ABC):
    """One connection to one hub. Every verb may be repeated: the ids in its arguments are the same at every try."""

    kind: str
    capabilities: Capabilities
    looks_every: float | None = None
    """Seconds between two looks at the open handoffs; None where callbacks tell everything."""

    @abstractmethod
    async def open(self, handoff: Handoff, *, again: bool = False) -> HubConversation:
        """Ask the hub to take the conversation, with its whole history and every variable.

        `again`: an earlier try may have done some of it, or all. A hub that knows our ids need not look; with any
        other, what is there is read first.

        Raises:
            HubClosedError: the queue takes nobody now.
            HubRefusedError: the hub said no, or something that is no answer.
            HubUnavailableError: it may work later.
        """

    @abstractmethod
    async def send(self, handoff: TakenHandoff, activity: Activity, *, again: bool = False) -> None:
        """Tell the hub one activity of the customer's: a message, typing, or `endOfConversation`.

        `again`: as with `open`.

        Raises:
            HandoffGoneError: the handoff is over at the hub.
            HubRefusedError: the hub does not take this activity.
            HubUnavailableError: it may work later.
        """

    @abstractmethod
    async def availability(self, queue: str | None) -> Availability:
        """Whether the queue takes conversations now."""

    @abstractmethod
    def receive(self, headers: Mapping[str, str], body: bytes, now: datetime) -> list[HubEvent]:
        """What a callback says. The signature is checked over the raw body before anything is parsed.

        `headers` are lower-case.

        Raises:
            WebhookError: not signed, signed wrongly or too long ago, or not of the hub's format.
        """

    async def check(self) -> None:
        """Ask the hub for something that costs nothing, with our credentials. Raises as `availability` does."""
        await self.availability(None)

    async def look(self, watched: Sequence[WatchedHandoff]) -> list[HubEvent]:
        """What has come of the open handoffs, as events whose keys are the same at every look.

        Raises:
            HubUnavailableError: it may work later.
        """
        del watched
        return []

    @abstractmethod
    async def close(self) -> None:
        """Let go of the connections."""
