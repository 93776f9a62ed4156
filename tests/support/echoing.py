"""The other end of a simulated hub's callbacks, without a conversation: what was told, and what was echoed."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hubs.base import Again, Hub
from hubs.errors import HubPendingError
from hubs.handoffs import Handoff, HubConversation
from protocol.hub_events import HubEvent, HubEventKind
from simulators.hub import HubSimulator
from simulators.served import Served


@dataclass
class Told:
    """What an adapter has understood of its hub's callbacks, each event once."""

    adapter: Hub
    events: dict[str, HubEvent] = field(default_factory=dict)

    @property
    def again(self) -> Again:
        """As a try after the first gets it."""
        return Again(self._echoes)

    @property
    def app(self) -> Starlette:
        """What takes the callbacks, at whatever address."""
        return Starlette(routes=[Route("/{rest:path}", self.receive, methods=["POST"])])

    def kinds(self) -> list[HubEventKind]:
        """What was told, without the echoes."""
        return [event.kind for event in self.events.values() if event.kind is not HubEventKind.ECHOED]

    async def open(self, handoff: Handoff) -> HubConversation:
        """Open a handoff as the conversation does: again and again while it is pending."""
        again = None
        while True:
            try:
                return await self.adapter.open(handoff, again=again)
            except HubPendingError as pending:
                # As Temporal does, if a little faster.
                await asyncio.sleep(pending.retry_after / 10)
            again = self.again

    async def receive(self, request: Request) -> Response:
        """One callback."""
        await self.adapter.ready(request.headers)
        for event in self.adapter.receive(request.headers, await request.body(), datetime.now(UTC)):
            self.events.setdefault(event.key, event)
        return Response(status_code=200 if self.adapter.insists else 202)

    async def _echoes(self) -> Sequence[str]:
        return [event.note or "" for event in self.events.values() if event.kind is HubEventKind.ECHOED]


@asynccontextmanager
async def told_by(hub: HubSimulator, adapter: Hub) -> AsyncIterator[Told]:
    """Whoever is called back by `hub` as long as it lasts."""
    told = Told(adapter)
    async with Served(told.app) as url:
        hub.callback = f"{url}/"
        yield told
