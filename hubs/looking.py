"""Looking at the open handoffs again and again, for hubs that neither call back nor stream what happens."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from hubs.base import Ear
from hubs.handoffs import WatchedHandoff
from protocol.hub_events import HubEvent

Look = Callable[[WatchedHandoff], Awaitable[Sequence[HubEvent]]]


async def look_on(ear: Ear, look: Look, every: float) -> None:
    """Look at each open handoff every `every` seconds, and tell what was not told before, until cancelled.

    The events' keys are the same at every look.

    Raises:
        HubUnavailableError: it may work later.
    """
    told: set[str] = set()
    while True:
        seen = [event for handoff in await ear.watched() for event in await look(handoff)]
        for event in seen:
            if event.key not in told:
                await ear.tell(event)
        # What has been told and is seen again is no news; what is no longer seen need not be remembered.
        told = {event.key for event in seen}
        await asyncio.sleep(every)
