"""Everything that goes to a hub: opening a handoff, relaying to it, ending it.

Each runs on the task queue of its hub connection. What may work later is retried by Temporal, at the hub's own pace
where it names one; what never will is a non-retryable failure whose type the lifecycle reads.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from activities.alive import alive
from activities.hub_pulse import Pulse
from activities.patience import ONE_CALL, CutOffError, Patience
from activities.transcript_pages import TranscriptStore
from handoff.record import Route
from handoff.transcript import for_representatives
from hubs.base import Again, Hub
from hubs.errors import HandoffGoneError, HubClosedError, HubPendingError, HubRefusedError, HubUnavailableError
from hubs.handoffs import Handoff, HubConversation, Prepared, TakenHandoff
from protocol.activity import Activity, ChannelAccount
from protocol.conversation import ConversationReference, Page
from protocol.models import Owned

CLOSED = "HubClosed"
REFUSED = "HubRefused"
GONE = "HandoffGone"
PENDING = "HubPending"
UNAVAILABLE = "HubUnavailable"
SILENT = "HubSilent"
"""The time was over while the hub was still asked."""
NEVER_AGAIN = (CLOSED, REFUSED, GONE)
"""Failure types that Temporal shall not retry."""


class Opening(Owned):
    """A handoff to open: what is known of it, and where the conversation's older pages are."""

    conversation: str
    number: int
    opened_at: datetime
    locale: str = "en-US"
    route: Route
    variables: dict[str, Any] = {}
    pages: tuple[Page, ...] = ()
    recent: tuple[Activity, ...] = ()
    covered: int = 0
    """The watermark at which the handoff was made: what was said later is relayed, not told as history."""
    customer: ChannelAccount = ChannelAccount(id="customer", role="user")
    session: str = ""
    reference: ConversationReference | None = None
    taken: str = ""
    """The hub's own id of the handoff, once it has one."""
    again: bool = False
    """It may be open already: somebody asked before, and never learned what came of it."""
    under_way: bool = False
    """And their last call may not even be over."""
    within: float = 0
    """Seconds that all tries together may take; 0: as Temporal says."""

    @property
    def key(self) -> str:
        """The idempotency key, the same at every try."""
        return f"{self.conversation}:{self.number}"


class Relay(Owned):
    """One activity of the customer's for a handoff."""

    handoff: str
    key: str = ""
    session: str = ""
    mark: str = ""
    activity: Activity
    again: bool = False
    """It may have been told already: somebody told it before, and never learned what came of it."""
    within: float = 0
    """Seconds that all tries together may take; 0: as Temporal says."""


Echoes = Callable[[str], Awaitable[Sequence[str]]]
"""For a handoff's key the marks of all that its hub has told us it got from us."""


class HubDelivery:
    """The Temporal activities of one hub connection."""

    def __init__(  # noqa: PLR0913 - each is one thing that it works with
        self, name: str, hub: Hub, pulse: Pulse, store: TranscriptStore, public_url: str, echoes: Echoes
    ) -> None:
        self._name = name
        self._pulse = pulse
        self._hub = hub
        self._store = store
        self._public_url = public_url
        self._echoes = echoes

    @activity.defn
    async def prepare_handoff(self, opening: Opening) -> Prepared:
        """Get what the handoff needs of its own; what an earlier try got and lost is worth nothing."""
        async with self._asking(opening.within):
            return await self._hub.prepare(self._handoff(opening))

    @activity.defn
    async def open_handoff(self, opening: Opening) -> HubConversation:
        """Ask the hub to take the conversation; asking again with the same number gives the same handoff."""
        if opening.under_way and activity.info().attempt == 1:
            # What is looked for now may be there a moment later: a call has no longer than this.
            under_way = "an earlier call may still be under way"
            raise ApplicationError(under_way, type=UNAVAILABLE, next_retry_delay=ONE_CALL)
        again = self._again(opening.key, looking=opening.again)
        async with self._asking(opening.within, probes=opening.route.probes):
            return await self._hub.open(self._handoff(opening), again=again)

    @activity.defn
    async def tell_rest(self, opening: Opening) -> None:
        """Tell the hub what of a long history did not go along at once."""
        taken = TakenHandoff(id=opening.taken, key=opening.key, session=opening.session)
        with failures_typed(Patience()):
            async with self._pulse.felt(), alive():
                await self._hub.tell_rest(self._handoff(opening), taken, again=self._again(opening.key))

    @activity.defn
    async def tell_hub(self, relay: Relay) -> str | None:
        """Tell the hub one activity; telling it again changes nothing. Returns the mark that the next one is given."""
        taken = TakenHandoff(id=relay.handoff, key=relay.key, session=relay.session, mark=relay.mark)
        again = self._again(relay.key, looking=relay.again)
        async with self._asking(relay.within):
            return await self._hub.send(taken, relay.activity, again=again)

    @asynccontextmanager
    async def _asking(self, within: float, *, probes: bool = False) -> AsyncIterator[None]:
        """Around one call: limited, felt, and alive, so that the death of its worker is noticed soon."""
        patience = Patience(within)
        with failures_typed(patience):
            async with self._pulse.felt(probes=probes), patience.limits(), alive():
                yield

    def _again(self, key: str, *, looking: bool = False) -> Again | None:
        """None at the first try, which need not pay for looking."""
        return Again(lambda: self._echoes(key)) if looking or activity.info().attempt > 1 else None

    def all(self) -> list[Callable[..., Any]]:
        """What the worker of this connection's task queue runs."""
        return [self.prepare_handoff, self.open_handoff, self.tell_rest, self.tell_hub]

    def _handoff(self, opening: Opening) -> Handoff:
        said = (*self._store.read_all(opening.pages), *opening.recent)[: opening.covered]
        return Handoff(
            key=opening.key,
            conversation=opening.conversation,
            number=opening.number,
            opened_at=opening.opened_at,
            locale=opening.locale,
            queue=opening.route.queue,
            skills=opening.route.skills,
            priority=opening.route.priority,
            variables=opening.variables,
            transcript=for_representatives(said),
            callback_url=self._callback(opening.conversation),
            customer=opening.customer,
            session=opening.session,
            reference=opening.reference if opening.route.in_place else None,
        )

    def _callback(self, conversation: str) -> str:
        path = f"/webhooks/{quote(self._hub.kind)}/{quote(self._name)}"
        return f"{self._public_url}{path}?conversation={quote(conversation)}"


@contextmanager
def failures_typed(patience: Patience) -> Iterator[None]:
    """Turn a hub's error into the failure that Temporal retries, or never again, and whose type the lifecycle reads.

    Where `patience` is over, nothing is tried again.
    """
    try:
        yield
    except HubClosedError as error:
        opens_at = error.opens_at.isoformat() if error.opens_at else None
        raise ApplicationError(str(error), _tries(), opens_at, type=CLOSED, non_retryable=True) from None
    except HandoffGoneError as error:
        raise ApplicationError(str(error), type=GONE, non_retryable=True) from None
    except HubRefusedError as error:
        raise ApplicationError(str(error), _tries(), type=REFUSED, non_retryable=True) from None
    except HubPendingError as error:
        # As it should be: no line in the log, and none of the failures that are counted.
        benign, delay = ApplicationErrorCategory.BENIGN, timedelta(seconds=error.retry_after)
        over = patience.is_over(delay)
        raise ApplicationError(
            str(error), type=PENDING, next_retry_delay=delay, category=benign, non_retryable=over
        ) from None
    except CutOffError as error:
        raise ApplicationError(str(error), type=SILENT, non_retryable=patience.is_over()) from None
    except HubUnavailableError as error:
        later = timedelta(seconds=error.retry_after) if error.retry_after is not None else None
        over = patience.is_over(later)
        raise ApplicationError(str(error), type=UNAVAILABLE, next_retry_delay=later, non_retryable=over) from None


def _tries() -> int:
    """How often it was tried: the tries before one that is refused may have done it."""
    return activity.info().attempt
