"""One handoff that is listened to at Salesforce: what is heard is told, and what follows from it is done."""

from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256

from hubs.base import Ear
from hubs.errors import HubError
from hubs.handoffs import WatchedHandoff
from hubs.salesforce_api import SalesforceApi
from hubs.salesforce_entries import Entry, Hearing
from hubs.salesforce_guests import Guests, GuestSession
from protocol.hub_events import HubEvent, HubEventKind
from settings.hubs import SalesforceSettings

_OVER = frozenset({HubEventKind.ENDED, HubEventKind.FAILED})


@dataclass
class Heard:
    """What this process knows of the sessions that it listens to."""

    over: dict[str, bool] = field(default_factory=dict)

    def ended(self, conversation: str) -> bool | None:
        """Whether the session has ended; None where nobody listens to it here, who would know."""
        return self.over.get(conversation)


@dataclass(frozen=True)
class Listener:
    """What the listeners of one connection share."""

    name: str
    api: SalesforceApi
    guests: Guests
    settings: SalesforceSettings
    heard: Heard


class Attended:
    """One handoff, and which representatives are in it."""

    def __init__(self, handoff: WatchedHandoff, shared: Listener, ear: Ear) -> None:
        self.handoff = handoff
        session = GuestSession.parsed(handoff.session)
        self.guest = shared.guests.of(handoff.key, handoff.session)
        self._begins_at = session.last_event_id
        self._kept = session.token
        self._shared = shared
        self._ear = ear
        unrouted_ends = shared.settings.left_without_routing_ends
        self._hearing = Hearing(handoff, shared.name, unrouted_ends=unrouted_ends)

    @property
    def position(self) -> str:
        """Where its events were heard up to; before anything was heard, where those of its guest begin."""
        return self._ear.cursor(self.handoff.id) or self._begins_at

    async def keep_token(self) -> None:
        """Renew the guest's token where it is time, and have the conversation keep it."""
        token = await self.guest.token()
        if token != self._kept:
            session = GuestSession(token=token, last_event_id=self._begins_at)
            await self._ear.tell(
                HubEvent(
                    key=f"renewed:{sha256(token.encode()).hexdigest()[:16]}",
                    connection=self._shared.name,
                    kind=HubEventKind.RENEWED,
                    handoff=self.handoff.id,
                    conversation=self.handoff.conversation,
                    session=session.model_dump_json(),
                )
            )
            self._kept = token

    async def take(self, kind: str, entry: Entry) -> None:
        """Tell what an entry of this kind means. Raises where nobody takes it, or Salesforce does not answer."""
        for event in await self._events(kind, entry):
            if event.kind in _OVER:
                self._shared.heard.over[self.handoff.id] = True
            await self._ear.tell(event)
            if event.kind is HubEventKind.FAILED:
                # Nobody took it: it must not be routed to somebody later.
                await self._shared.api.end(self.guest, self.handoff.id)
            elif event.kind is HubEventKind.MESSAGE and self._shared.settings.acknowledges:
                with suppress(HubError):
                    await self._shared.api.acknowledge(self.guest, self.handoff.id, entry.identifier)

    def recall(self, kind: str, entry: Entry) -> None:
        """Know what the entry says, which was told before."""
        self._hearing.events(kind, entry)

    def remember(self, position: str) -> None:
        """Everything up to here has been told."""
        if position:
            self._ear.remember(self.handoff.id, position)

    def listened_to(self) -> None:
        """Whether the session has ended is known from now on."""
        self._shared.heard.over.setdefault(self.handoff.id, False)

    def not_listened_to(self) -> None:
        """Whether the session has ended is not known here any more."""
        self._shared.heard.over.pop(self.handoff.id, None)

    async def _events(self, kind: str, entry: Entry) -> list[HubEvent]:
        if not self._hearing.asks_for_routing(kind, entry):
            return self._hearing.events(kind, entry)
        return self._hearing.events(kind, entry, await self._shared.api.routing(self.guest, self.handoff.id))
