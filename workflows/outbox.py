"""What still has to be told to hubs: in order within one lane, and one slow lane delays no other.

A handoff is a lane; the rest of a long history has one of its own, and so has a customer who must be pushed to.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from handoff.record import Outbound


class Outbox:
    """An ordered list a lane, each emptied by a task of its own that ends when its list is empty."""

    def __init__(self, waiting: Iterable[Outbound], deliver: Callable[[Outbound], Awaitable[None]]) -> None:
        self.waiting = list(waiting)
        self._deliver = deliver
        self._lanes: dict[str, asyncio.Task[None]] = {}
        self.broken: BaseException | None = None

    @property
    def idle(self) -> bool:
        """Whether everything has been told."""
        return not self.waiting and not self._lanes

    def put(self, outbound: Outbound) -> None:
        """Tell this after everything that waits in its lane."""
        self.waiting.append(outbound)
        self._start(outbound.way)

    def start(self) -> None:
        """Go on with what an earlier run left."""
        for lane in dict.fromkeys(outbound.way for outbound in self.waiting):
            self._start(lane)

    def has(self, lane: str) -> bool:
        """Whether anything still waits in this lane."""
        return self._next(lane) is not None

    def _begin(self, outbound: Outbound) -> None:
        """Mark it for the next run; what is delivered now is as it was, and so knows of an earlier one."""
        begun = outbound.model_copy(update={"begun": True})
        self.waiting = [begun if other.id == outbound.id else other for other in self.waiting]

    def _start(self, lane: str) -> None:
        if lane not in self._lanes:
            self._lanes[lane] = asyncio.create_task(self._empty(lane))

    def _next(self, lane: str) -> Outbound | None:
        return next((outbound for outbound in self.waiting if outbound.way == lane), None)

    async def _empty(self, lane: str) -> None:
        try:
            while outbound := self._next(lane):
                self._begin(outbound)
                await self._deliver(outbound)
                self.waiting = [other for other in self.waiting if other.id != outbound.id]
        except Exception as error:  # noqa: BLE001 - a task's exception is seen by nobody; the run raises it
            self.broken = error
        finally:
            del self._lanes[lane]
