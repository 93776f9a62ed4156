"""Dynamics 365 Customer Service: one hub, and the two ways by which a conversation gets into its Omnichannel.

From outside, by the messaging API (`hubs.dynamics365_messaging`): the customer is somewhere else, and the conversation
is pushed in. In place: the customer came through a channel of Omnichannel's own, and the conversation is there already.
"""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Protocol

from hubs.base import Again, Availability, Capabilities, Ear, Hub
from hubs.dynamics365_dataverse import CustomerService
from hubs.dynamics365_inside import IN_PLACE, InsideTransport
from hubs.dynamics365_messaging import MessagingTransport
from hubs.errors import HubRefusedError, WebhookError
from hubs.handoffs import Handoff, HubConversation, LeftTicket, TakenHandoff, Ticket
from hubs.live_work_items import LiveWorkItems
from hubs.looking import look_on
from microsoft.credentials import ClientSecret
from microsoft.tokens import EntraTokens
from protocol.activity import Activity
from protocol.hub_events import HubEvent
from settings.dynamics365 import Dynamics365Settings


class Transport(Protocol):
    """One of the ways, with the verbs of `Hub`."""

    async def open(self, handoff: Handoff, *, again: Again | None = None) -> HubConversation:
        """As `Hub.open`."""
        ...

    async def tell_rest(self, handoff: Handoff, taken: TakenHandoff, *, again: Again | None = None) -> None:
        """As `Hub.tell_rest`."""
        ...

    async def send(self, handoff: TakenHandoff, activity: Activity, *, again: Again | None = None) -> None:
        """As `Hub.send`."""
        ...

    def check(self) -> AsyncIterator[str]:
        """As `Hub.check`."""
        ...

    async def close(self) -> None:
        """As `Hub.close`."""
        ...


class Dynamics365Hub(Hub):
    """One organisation's Omnichannel."""

    kind = "dynamics365"
    capabilities = Capabilities(history=False, queue_position=False, returns=False, tickets=True)

    def __init__(self, name: str, settings: Dynamics365Settings, client_secret: str) -> None:
        self._name = name
        self._entra = EntraTokens(
            settings.login_url,
            settings.tenant,
            settings.client_id,
            ClientSecret(client_secret),
            timeout=settings.timeout_seconds,
        )
        self._customer_service = (
            CustomerService(name, settings.dataverse, self._entra, settings.timeout_seconds)
            if settings.dataverse
            else None
        )
        self._outside = (
            MessagingTransport(name, settings, settings.messaging, self._entra) if settings.messaging else None
        )
        self.channel = self._inside(name, settings, client_secret)
        self.listens = self.channel is not None and self.channel.listens
        self._looks_every = settings.inside.looks_every if settings.inside else 0.0

    async def open(self, handoff: Handoff, *, again: Again | None = None) -> HubConversation:
        """In place where the customer came through this connection, else from outside."""
        in_place = handoff.reference is not None and handoff.reference.connection == self._name
        return await self._transport(in_place=in_place).open(handoff, again=again)

    async def tell_rest(self, handoff: Handoff, taken: TakenHandoff, *, again: Again | None = None) -> None:
        """By the way by which it was opened."""
        await self._transport_of(taken).tell_rest(handoff, taken, again=again)

    async def send(self, handoff: TakenHandoff, activity: Activity, *, again: Again | None = None) -> None:
        """By the way by which it was opened."""
        await self._transport_of(handoff).send(handoff, activity, again=again)

    async def leave_ticket(self, ticket: Ticket, *, again: Again | None = None) -> LeftTicket:
        """A case under an id of our own, which is made once however often it is asked for."""
        del again
        if self._customer_service is None:
            raise HubRefusedError(
                f'hub "{self._name}" takes no tickets: baton.toml [hubs.{self._name}.dataverse] is missing'
            )
        return await self._customer_service.leave_ticket(ticket)

    async def availability(self, queue: str | None) -> Availability:
        """What Dataverse says of the workstream; without it Omnichannel itself says so when it is asked."""
        return await self._customer_service.availability(queue) if self._customer_service else Availability(open=True)

    async def ready(self, headers: Mapping[str, str]) -> None:
        """Have the key of the callback's token."""
        if self._outside:
            await self._outside.ready(headers)

    def receive(self, headers: Mapping[str, str], body: bytes, now: datetime) -> list[HubEvent]:
        """An activity of the messaging API's webhook."""
        if self._outside is None:
            raise WebhookError(404, "this connection has no messaging API")
        return self._outside.receive(headers, body, now)

    async def listen(self, ear: Ear) -> None:
        """Look at what becomes of the conversations that were handed over inside Omnichannel."""
        if self.channel:
            await look_on(ear, self.channel.look, self._looks_every)

    async def check(self) -> AsyncIterator[str]:
        """Each way that is configured, then Dataverse."""
        for part in self._parts():
            async for holds in part.check():
                yield holds

    async def close(self) -> None:
        """Close the pooled connections."""
        for part in self._parts():
            await part.close()
        await self._entra.close()

    def _parts(self) -> list[Transport | CustomerService]:
        return [part for part in (self._outside, self.channel, self._customer_service) if part]

    def _inside(self, name: str, settings: Dynamics365Settings, client_secret: str) -> InsideTransport | None:
        if settings.inside is None:
            return None
        seconds = settings.timeout_seconds
        items = LiveWorkItems(name, settings.dataverse, self._entra, seconds) if settings.dataverse else None
        return InsideTransport(name, settings, settings.inside, client_secret, items)

    def _transport_of(self, taken: TakenHandoff) -> Transport:
        return self._transport(in_place=taken.id.startswith(IN_PLACE))

    def _transport(self, *, in_place: bool) -> Transport:
        transport = self.channel if in_place else self._outside
        if transport is None:
            where, table = ("in place", "inside") if in_place else ("from outside", "messaging")
            raise HubRefusedError(
                f'hub "{self._name}" takes no conversations {where}: baton.toml [hubs.{self._name}.{table}] is missing'
            )
        return transport
