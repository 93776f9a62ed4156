"""Listening to hubs that do not call back for everything: one long Temporal activity a connection in the cluster.

Where each handoff was heard up to travels in the heartbeat: a worker that dies is noticed by its silence, and another
one goes on from there. What is told twice has the same key, which makes it harmless.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import structlog
from temporalio import activity

from activities.ending import end, handed_on
from hubs.base import Ear, Hub
from hubs.errors import HubUnavailableError
from hubs.handoffs import WatchedHandoff
from protocol.hub_events import AtHub, HubEvent

LISTENS_FOR = timedelta(minutes=30)
"""After so long the Temporal activity ends, and the workflow begins another, so that no history grows."""
HEARTBEAT = 2.0
"""Seconds between two signs of life."""
TRIES_AGAIN = 1.0
"""Seconds after which a hub that could not be listened to is tried again."""

log = structlog.get_logger()
Watched = Callable[[str], Awaitable[Sequence[WatchedHandoff]]]
Kept = Callable[[str], Awaitable[AtHub | None]]
"""For a conversation what its hub's adapter keeps with the handoff under way; None where it does not answer now."""
Tell = Callable[[HubEvent], Awaitable[None]]


class _Ear(Ear):
    """What the adapter is given. Cursors of handoffs that are no longer open are forgotten."""

    def __init__(self, name: str, watched: Watched, kept: Kept, tell: Tell, cursors: dict[str, str]) -> None:
        self.cursors = cursors
        self._name = name
        self._watched = watched
        self._kept = kept
        self._tell = tell
        self._known: dict[str, WatchedHandoff] = {}

    async def watched(self) -> Sequence[WatchedHandoff]:
        """The open handoffs; what adapters keep with one is asked for when it is first seen.

        One whose conversation does not answer is left out until it does: it must not keep the others from being heard.
        """
        found = await self._watched(self._name)
        new = await asyncio.gather(*(self._whole(each) for each in found if each.id not in self._known))
        known = {**self._known, **{each.id: each for each in new if each}}
        self._known = {each.id: known[each.id] for each in found if each.id in known}
        open_now = {each.id for each in found}
        self.cursors = {handoff: cursor for handoff, cursor in self.cursors.items() if handoff in open_now}
        return tuple(self._known.values())

    async def _whole(self, watched: WatchedHandoff) -> WatchedHandoff | None:
        kept = await self._kept(watched.conversation)
        return watched.model_copy(update={"key": kept.key, "session": kept.session}) if kept else None

    async def tell(self, event: HubEvent) -> None:
        """Tell the conversation."""
        await self._tell(event)

    def cursor(self, handoff: str) -> str:
        """Where `handoff` was heard up to."""
        return self.cursors.get(handoff, "")

    def remember(self, handoff: str, cursor: str) -> None:
        """`handoff` is heard up to here."""
        self.cursors[handoff] = cursor


class HubListening:
    """The Temporal activity of one hub connection that listens."""

    def __init__(self, name: str, hub: Hub, watched: Watched, kept: Kept, tell: Tell) -> None:
        self._name = name
        self._hub = hub
        self._watched = watched
        self._kept = kept
        self._tell = tell

    @activity.defn
    async def listen(self) -> None:
        """Have the adapter listen, and show signs of life. Where its worker stops, another goes on from there."""
        before = dict(next(iter(activity.info().heartbeat_details), {}))
        ear = _Ear(self._name, self._watched, self._kept, self._tell, before)
        until = asyncio.get_running_loop().time() + LISTENS_FOR.total_seconds()
        listening = asyncio.create_task(self._listen(ear))
        try:
            while asyncio.get_running_loop().time() < until and not activity.is_worker_shutdown():
                activity.heartbeat(ear.cursors)
                with contextlib.suppress(TimeoutError):
                    # Not wait_for: in Python 3.11 it loses a cancellation that comes at its very end.
                    async with asyncio.timeout(HEARTBEAT):
                        await activity.wait_for_worker_shutdown()
        finally:
            await end(listening)
        if activity.is_worker_shutdown():
            activity.heartbeat(ear.cursors)
            raise handed_on()

    async def _listen(self, ear: Ear) -> None:
        while True:
            try:
                await self._hub.listen(ear)
            except HubUnavailableError as error:
                log.warning("a hub cannot be listened to now", connection=self._name, error=str(error))
            except Exception:
                log.exception("listening to a hub broke", connection=self._name)
            await asyncio.sleep(TRIES_AGAIN)
