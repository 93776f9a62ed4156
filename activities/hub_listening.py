"""Looking at hubs that do not call back for everything: one long Temporal activity a connection in the cluster.

It says what it finds, after a restart again; the events' keys make that harmless. A worker that dies is noticed by its
heartbeat, and another one looks on.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import structlog
from temporalio import activity

from hubs.base import Hub, HubUnavailableError, WatchedHandoff
from protocol.conversation import HubEvent

LOOKS_FOR = timedelta(minutes=30)
"""After so long the Temporal activity ends, and the workflow begins another, so that no history grows."""

log = structlog.get_logger()
Watched = Callable[[str], Awaitable[Sequence[WatchedHandoff]]]
Tell = Callable[[HubEvent], Awaitable[None]]


class HubListening:
    """The Temporal activity of one hub connection that looks."""

    def __init__(self, name: str, hub: Hub, watched: Watched, tell: Tell) -> None:
        self._name = name
        self._hub = hub
        self._watched = watched
        self._tell = tell
        self._told: set[str] = set()

    @activity.defn
    async def listen(self) -> None:
        """Look at the connection's open handoffs again and again, and tell their conversations.

        It ends when its worker stops, so that another can go on at once.
        """
        until = asyncio.get_running_loop().time() + LOOKS_FOR.total_seconds()
        while asyncio.get_running_loop().time() < until and not activity.is_worker_shutdown():
            activity.heartbeat()
            await self._look()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(activity.wait_for_worker_shutdown(), self._hub.looks_every)

    async def _look(self) -> None:
        try:
            watched = await self._watched(self._name)
            events = await self._hub.look(watched) if watched else []
        except HubUnavailableError as error:
            log.warning("a hub cannot be looked at now", connection=self._name, error=str(error))
            return
        for event in events:
            if event.key not in self._told:
                await self._tell(event)
        # What has been told and is seen again is no news; what is no longer seen need not be remembered.
        self._told = {event.key for event in events}
