"""Pacing: a hub's rate is kept by waiting, never by dropping, and what people say now goes before history.

A pace is one connection's (or one conversation's, as the vendor counts) within this process: where several workers
serve a connection, each shall have its part of the rate, and the hub's `Retry-After` corrects what is wrong about it.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

HISTORY_AFTER = 9
"""So many live ones in a row may overtake history that waits; then one of the history goes: it ends some day, too."""
_ROUNDING = 1e-6


class Time(Protocol):
    """What a pace needs of the event loop."""

    def time(self) -> float:
        """Seconds; only differences mean anything."""
        ...

    def call_later(self, delay: float, callback: Callable[[], None], /) -> Any:
        """Call back in `delay` seconds; what is returned has a `cancel`."""
        ...


class Pace:
    """At most `calls` in `seconds`, of which `burst` may go at once, in order within live and within history."""

    def __init__(self, calls: float, seconds: float, burst: int = 1, *, time: Time | None = None) -> None:
        self._rate = calls / seconds
        self._burst = float(burst)
        self._time = time
        self._ready = float(burst)
        self._counted_at: float | None = None
        self._held_until = float("-inf")
        self._live: deque[asyncio.Future[None]] = deque()
        self._history: deque[asyncio.Future[None]] = deque()
        self._overtaken = 0
        self._alarm: Any = None

    async def turn(self, *, history: bool = False) -> None:
        """Return when it is the caller's turn. A caller who is cancelled has used nothing."""
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        (self._history if history else self._live).append(mine)
        self._let_go()
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():
                self._ready += 1
            self._let_go()
            raise

    def hold(self, seconds: float) -> None:
        """The hub wants no call for so long (`Retry-After`): everybody waits."""
        self._held_until = max(self._held_until, self._clock().time() + seconds)
        self._let_go()

    def _let_go(self) -> None:
        """Let go as many as may, and come back when the next one may."""
        wait = self._wait()
        while wait <= 0 and (next_one := self._next()) is not None:
            self._ready -= 1
            next_one.set_result(None)
            wait = self._wait()
        if self._alarm is not None:
            self._alarm.cancel()
        waiting = self._live or self._history
        self._alarm = self._clock().call_later(wait, self._let_go) if waiting else None

    def _wait(self) -> float:
        """Seconds until another one may go."""
        now = self._clock().time()
        since = now - (now if self._counted_at is None else self._counted_at)
        self._ready, self._counted_at = min(self._burst, self._ready + since * self._rate), now
        # What is almost whole is whole: a timer may come a rounding too early, and would come again and again.
        lacking = 1 - self._ready if self._ready < 1 - _ROUNDING else 0.0
        return max(lacking / self._rate, self._held_until - now)

    def _next(self) -> asyncio.Future[None] | None:
        for waiting in (self._live, self._history):
            while waiting and waiting[0].done():
                waiting.popleft()
        history_is_due = self._history and (not self._live or self._overtaken >= HISTORY_AFTER)
        if history_is_due:
            self._overtaken = 0
            return self._history.popleft()
        self._overtaken += bool(self._live and self._history)
        return self._live.popleft() if self._live else None

    def _clock(self) -> Time:
        return self._time or asyncio.get_running_loop()
