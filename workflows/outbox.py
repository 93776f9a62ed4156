"""What still has to be told to hubs: in order within one handoff, and one slow handoff delays no other."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from handoff.record import Outbound


class Outbox:
    """An ordered list a handoff, each emptied by a task of its own that ends when its list is empty."""

    def __init__(self, waiting: Iterable[Outbound], deliver: Callable[[Outbound], Awaitable[None]]) -> None:
        self.waiting = list(waiting)
        self._deliver = deliver
        self._lanes: dict[int, asyncio.Task[None]] = {}
        self.broken: BaseException | None = None

    @property
    def idle(self) -> bool:
        """Whether everything has been told."""
        return not self.waiting and not self._lanes

    def put(self, outbound: Outbound) -> None:
        """Tell this after everything that its handoff is still to be told."""
        self.waiting.append(outbound)
        self._start(outbound.handoff)

    def start(self) -> None:
        """Go on with what an earlier run left."""
        for handoff in dict.fromkeys(outbound.handoff for outbound in self.waiting):
            self._start(handoff)

    def drop(self, handoff: int, *, kinds: tuple[str, ...]) -> None:
        """Forget what of these kinds has not been begun for `handoff`."""
        begun = self._next(handoff)
        self.waiting = [
            outbound
            for outbound in self.waiting
            if outbound.handoff != handoff or outbound.kind not in kinds or outbound is begun
        ]

    def has(self, handoff: int) -> bool:
        """Whether anything still waits for `handoff`."""
        return self._next(handoff) is not None

    def _start(self, handoff: int) -> None:
        if handoff not in self._lanes:
            self._lanes[handoff] = asyncio.create_task(self._empty(handoff))

    def _next(self, handoff: int) -> Outbound | None:
        return next((outbound for outbound in self.waiting if outbound.handoff == handoff), None)

    async def _empty(self, handoff: int) -> None:
        try:
            while outbound := self._next(handoff):
                await self._deliver(outbound)
                self.waiting = [other for other in self.waiting if other.id != outbound.id]
        except Exception as error:  # noqa: BLE001 - a task's exception is seen by nobody; the run raises it
            self.broken = error
        finally:
            del self._lanes[handoff]
