"""A simulated Salesforce org and an adapter that listens to it, without conversations."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import inf
from typing import Any

from hubs.handoffs import Handoff, TakenHandoff, WatchedHandoff
from hubs.salesforce import SalesforceHub
from hubs.salesforce_history import conversation_of
from protocol.hub_events import HubEvent, HubEventKind
from settings.hubs import SalesforceSettings
from simulators.salesforce import SalesforceSimulator
from simulators.salesforce_api import MINUTE
from simulators.served import Served
from tests.support.waiting import eventually

KEY = "c:1"


class NobodyAnswersError(Exception):
    """The conversation could not be told."""


@dataclass
class Ear:
    """Open handoffs, and what was told about them; like Baton's own, it takes each key once."""

    open: dict[str, WatchedHandoff] = field(default_factory=dict)
    told: list[HubEvent] = field(default_factory=list)
    cursors: dict[str, str] = field(default_factory=dict)
    deaf: int = 0
    """How many of the next events cannot be told."""

    async def watched(self) -> Sequence[WatchedHandoff]:
        """What is open."""
        return tuple(self.open.values())

    async def tell(self, event: HubEvent) -> None:
        """Take an event, or do not."""
        if self.deaf:
            self.deaf -= 1
            raise NobodyAnswersError
        if event.key not in {each.key for each in self.told}:
            self.told.append(event)

    def cursor(self, handoff: str) -> str:
        """How far it was heard."""
        return self.cursors.get(handoff, "")

    def remember(self, handoff: str, cursor: str) -> None:
        """It was heard up to here."""
        self.cursors[handoff] = cursor

    def said(self) -> list[str]:
        """The representative's texts."""
        return [each.activity.text or "" for each in self.told if each.kind is HubEventKind.MESSAGE and each.activity]

    def kinds(self) -> list[HubEventKind]:
        """What was told, in order."""
        return [each.kind for each in self.told]


@dataclass
class Scene:
    """One org, one adapter that listens, and one handoff that is open."""

    org: SalesforceSimulator
    adapter: SalesforceHub
    ear: Ear = field(default_factory=Ear)

    async def open(self, key: str = KEY) -> TakenHandoff:
        """Hand a conversation over; whoever listens comes to know."""
        conversation, _, number = key.rpartition(":")
        now = datetime.now(UTC)
        handoff = Handoff(key=key, conversation=conversation, number=int(number), opened_at=now, callback_url="")
        session = (await self.adapter.prepare(handoff)).session
        opened = await self.adapter.open(handoff.model_copy(update={"session": session}))
        watched = WatchedHandoff(conversation=conversation, id=opened.id, key=key, session=session)
        self.ear.open[opened.id] = watched
        return TakenHandoff(id=opened.id, key=key, session=session)

    def streams(self, key: str = KEY) -> int:
        """How many streams this handoff's guest has open."""
        return self.org.org.conversations[conversation_of(key)].guest.streams


@asynccontextmanager
async def listening(adapter: SalesforceHub, ear: Ear) -> AsyncIterator[None]:
    """Listen for as long as the `async with` lasts, and as Baton's own listener does: again, where it breaks."""

    async def broke_for_good() -> bool:
        with suppress(Exception):
            await adapter.listen(ear)
        return False

    task = asyncio.create_task(eventually(broke_for_good, inf))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def playing(**settings: Any) -> AsyncIterator[Scene]:
    """An org and its adapter, with other settings than the simulator's own."""
    org = SalesforceSimulator()
    async with Served(org.app()) as org.url:
        adapter = SalesforceHub("sf", SalesforceSettings.model_validate({**org.settings(), **settings}))
        adapter.minute = MINUTE
        scene = Scene(org, adapter)
        async with listening(adapter, scene.ear):
            yield scene
        await adapter.close()
