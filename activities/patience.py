"""How long one call is tried: only as long as it was given, but never given up before somebody has tried.

Temporal's schedule-to-close time-out cannot say this. It runs on while no worker is there, so that a hub which nobody
had asked would be given up, and the human lost with it. It is only the far end; the near one is kept here, over all
tries of a call, by Temporal's own clock.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from temporalio import activity
from temporalio.common import RetryPolicy

ONE_CALL = timedelta(seconds=20)
"""A hub that has not answered one try for so long is asked again."""
AFTER_AN_OUTAGE = 10.0
"""Seconds that a try has at least, though the time was up before it began: no worker was there, or it was killed."""


class CutOffError(Exception):
    """There was no answer when the time was over. Nobody knows whether whoever was asked is still at it."""

    def __init__(self) -> None:
        super().__init__("no answer until the time for it was over")


class Patience:
    """What is left for the Temporal activity that runs now.

    `within` is in seconds from when the call was first wanted; 0 where Temporal alone keeps the time, as it does for
    what need not come to an end soon, and did for what an older version has scheduled. `once` is how long one try may
    take.
    """

    def __init__(self, within: float = 0, once: timedelta = ONE_CALL) -> None:
        info = activity.info()
        spent = (info.started_time - info.scheduled_time).total_seconds()
        self._within, self._once = within, once.total_seconds()
        self._over_at = time.monotonic() + within - spent
        self._policy = info.retry_policy or RetryPolicy()
        self._attempt = info.attempt

    @asynccontextmanager
    async def limits(self) -> AsyncIterator[None]:
        """Cut the body off when the time is over.

        Raises:
            CutOffError: it was.
        """
        left = max(self._left, min(self._within, AFTER_AN_OUTAGE)) if self._within else self._once
        try:
            async with asyncio.timeout(min(self._once, left)) as timeout:
                yield
        except TimeoutError:
            if timeout.expired():
                raise CutOffError from None
            raise

    def is_over(self, delay: timedelta | None = None) -> bool:
        """Whether the next try would come too late: after `delay`, or after what the retry policy says."""
        return bool(self._within) and self._left <= (delay or self._backoff).total_seconds()

    @property
    def _left(self) -> float:
        return self._over_at - time.monotonic()

    @property
    def _backoff(self) -> timedelta:
        longest = self._policy.maximum_interval or self._policy.initial_interval * 100
        # The exponent is bounded, for a call that is tried for a day comes to numbers that no float holds.
        return min(
            self._policy.initial_interval * self._policy.backoff_coefficient ** min(self._attempt - 1, 30), longest
        )
