"""Listening to Salesforce: one stream of events for each open handoff, all in one task of one process.

Whatever breaks a stream is met by opening it anew after the event that was told last; Salesforce replays what came
since. Where no stream can be had, the conversations' entries are read again and again instead.
"""

import asyncio
from dataclasses import dataclass
from typing import NoReturn

import structlog

from hubs.base import Ear
from hubs.errors import HubError
from hubs.handoffs import WatchedHandoff
from hubs.salesforce_attended import Attended, Listener
from hubs.salesforce_stream import Stream

LOOKS_EVERY = 0.5
"""Seconds between two looks at which handoffs are open."""
SLOWEST = 15.0
"""Seconds until a stream that breaks again and again is opened anew, at the most."""

log = structlog.get_logger()


@dataclass
class _Followed:
    """One handoff, and the task that reads its stream."""

    attended: Attended
    stream: Stream
    task: asyncio.Task[None] | None = None
    failures: int = 0
    not_before: float = 0


class Streams:
    """The streams of one connection."""

    def __init__(self, shared: Listener, ear: Ear) -> None:
        self._shared = shared
        self._ear = ear
        self._followed: dict[str, _Followed] = {}

    async def follow(self) -> NoReturn:
        """Until cancelled: begin with a handoff that is new, begin anew where a stream broke, let go of what ended."""
        try:
            while True:
                open_now = {each.id: each for each in await self._ear.watched() if each.session}
                await self._stop(*(self._followed.keys() - open_now.keys()))
                for handoff in open_now.values():
                    self._see_to(handoff)
                await asyncio.sleep(LOOKS_EVERY)
        finally:
            await self._stop(*self._followed)

    def _see_to(self, handoff: WatchedHandoff) -> None:
        followed = self._followed.get(handoff.id) or self._begin(handoff)
        now = asyncio.get_running_loop().time()
        if followed.task and followed.task.done():
            self._ended(followed, followed.task, now)
        if followed.task is None and now >= followed.not_before:
            followed.stream = Stream(followed.attended, self._shared.api, self._shared.name)
            followed.task = asyncio.create_task(followed.stream.read())
            # At once, not at the next look: what is said meanwhile must not rely on what nobody hears any more.
            followed.task.add_done_callback(lambda _: followed.attended.not_listened_to())

    def _begin(self, handoff: WatchedHandoff) -> _Followed:
        attended = Attended(handoff, self._shared, self._ear)
        begun = _Followed(attended, Stream(attended, self._shared.api, self._shared.name))
        self._followed[handoff.id] = begun
        return begun

    def _ended(self, followed: _Followed, task: asyncio.Task[None], now: float) -> None:
        """A stream that lasted is opened anew at once; one that breaks again and again, more and more slowly."""
        followed.task = None
        followed.attended.not_listened_to()
        followed.failures = 0 if followed.stream.lasted else followed.failures + 1
        followed.not_before = now + min(SLOWEST, 0.1 * 2 ** min(followed.failures, 10)) if followed.failures else now
        error = task.exception()
        if error is not None:
            why = str(error) if isinstance(error, HubError) else type(error).__name__
            log.warning("a stream broke", connection=self._shared.name, failures=followed.failures, error=why)

    async def _stop(self, *handoffs: str) -> None:
        stopped = [self._followed.pop(handoff) for handoff in handoffs]
        tasks = [followed.task for followed in stopped if followed.task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for followed in stopped:
            followed.attended.not_listened_to()


class Looks:
    """The entries of the open conversations, read again and again."""

    def __init__(self, shared: Listener, ear: Ear) -> None:
        self._shared = shared
        self._ear = ear
        self._looked: dict[str, tuple[Attended, set[str]]] = {}

    async def follow(self) -> NoReturn:
        """Until cancelled. Raises `HubUnavailableError` where entries cannot be read."""
        while True:
            open_now = {each.id: each for each in await self._ear.watched() if each.session}
            self._looked = {each.id: self._looked.get(each.id) or self._begin(each) for each in open_now.values()}
            for attended, taken in self._looked.values():
                await self._look(attended, taken)
            await asyncio.sleep(self._shared.settings.looks_every_seconds)

    def _begin(self, handoff: WatchedHandoff) -> tuple[Attended, set[str]]:
        return Attended(handoff, self._shared, self._ear), set()

    async def _look(self, attended: Attended, taken: set[str]) -> None:
        """What was told before is only recalled: who is in tells what their leaving means."""
        await attended.keep_token()
        entries = await self._shared.api.entries(attended.guest, attended.handoff.id, taken)
        before = [entry.identifier for entry in entries]
        told = before.index(attended.position) + 1 if not taken and attended.position in before else 0
        for number, entry in enumerate(entries):
            if number < told:
                attended.recall(entry.entry_type, entry)
            elif entry.identifier not in taken:
                await attended.take(entry.entry_type, entry)
                attended.remember(entry.identifier)
            taken.add(entry.identifier)
