"""One timer with a moving deadline.

Moving a deadline later costs no history event: the timer that runs fires, finds that it is not yet time, and sleeps on.
Only an earlier deadline replaces the timer.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime

from temporalio import workflow

from handoff.deadlines import Due
from handoff.lifecycle import Event


class Clock:
    """Calls `on_due` with the event of the deadline that has passed."""

    def __init__(self, due: Due | None, on_due: Callable[[Event], None]) -> None:
        self.due = due
        self._on_due = on_due
        self._sleep: asyncio.Future[None] | None = None
        self._wakes_at: datetime | None = None

    def set(self, due: Due | None) -> None:
        """Move the deadline; None takes it away."""
        self.due = due
        if due and self._sleep and self._wakes_at and due.at < self._wakes_at:
            self._sleep.cancel()

    async def run(self) -> None:
        """Keep the deadline for as long as the conversation lasts."""
        while True:
            await workflow.wait_condition(lambda: self.due is not None)
            if await self._slept_until_due():
                self._fire()

    async def _slept_until_due(self) -> bool:
        if self.due is None:
            return False
        remaining = self.due.at - workflow.now()
        if remaining.total_seconds() <= 0:
            return True
        self._wakes_at = self.due.at
        self._sleep = asyncio.ensure_future(workflow.sleep(remaining, summary=f"until: {self.due.event}"))
        try:
            await self._sleep
        except asyncio.CancelledError:
            if not self._sleep.cancelled():
                raise
        finally:
            self._sleep = None
        return self.due is not None and self.due.at <= workflow.now()

    def _fire(self) -> None:
        if self.due:
            event, self.due = self.due.event, None
            self._on_due(event)
