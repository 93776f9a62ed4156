"""What the deliveries to one hub find out about its health, told to where every worker can read it.

A hub that works costs nothing: only failures are told, in bundles, and the first answer after them.
"""

import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Protocol

from activities.patience import CutOffError
from hubs.errors import HubError, HubUnavailableError

AT_MOST_EVERY = 0.5
"""Seconds between two tellings of failures: a hub that is down fails every conversation that it has."""


class HeartbeatOfHubs(Protocol):
    """Where it is told."""

    def failed(self, connection: str, calls: int) -> Awaitable[None]:
        """So many calls in a row got no answer. Raises nothing: whoever tells has other worries."""

    def worked(self, connection: str) -> Awaitable[None]:
        """A call got an answer, after others had got none. Raises nothing."""


class Pulse:
    """One hub connection, as this worker feels it."""

    def __init__(self, connection: str, told: HeartbeatOfHubs) -> None:
        self._connection = connection
        self._told = told
        self._untold = 0
        self._told_at: float | None = None
        # What a worker before this one has told, nobody else can take back.
        self._may_be_thought_down = True

    @asynccontextmanager
    async def felt(self, *, probes: bool = False) -> AsyncIterator[None]:
        """Around a call to the hub. `probes`: others wait to hear whether it got an answer."""
        try:
            yield
        except (HubUnavailableError, CutOffError):
            await self._failed()
            raise
        except HubError:
            # It said no, but it said something.
            await self._answered(probes=probes)
            raise
        await self._answered(probes=probes)

    async def _failed(self) -> None:
        self._untold += 1
        now = time.monotonic()
        if self._told_at is None or now - self._told_at >= AT_MOST_EVERY:
            calls, self._untold, self._told_at = self._untold, 0, now
            self._may_be_thought_down = True
            await self._told.failed(self._connection, calls)

    async def _answered(self, *, probes: bool) -> None:
        self._untold = 0
        if probes or self._may_be_thought_down:
            self._told_at, self._may_be_thought_down = None, False
            await self._told.worked(self._connection)
