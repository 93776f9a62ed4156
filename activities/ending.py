"""Ending what a Temporal activity has begun, also where a library loses the cancellation."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, TypeVar

from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

AGAIN_AFTER = 1.0
"""Seconds after which what was cancelled and goes on is cancelled once more."""
GOES_ON_AFTER = timedelta(seconds=1)
"""Until then a worker that stops takes nothing more. Given to it again, it would have to be missed before another one
gets it."""

Result = TypeVar("Result")


async def end(task: asyncio.Task[Any]) -> None:
    """Return when `task` is over; it is cancelled until it is. What it came to is nobody's any more."""
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=AGAIN_AFTER)
    if not task.cancelled():
        task.exception()


def handed_on() -> ApplicationError:
    """What an activity raises when its worker stops: Temporal gives it to another one, with its last heartbeat."""
    return ApplicationError(
        "its worker stops: another one goes on",
        type="WorkerStops",
        next_retry_delay=GOES_ON_AFTER,
        # Nothing to warn of, in the log of each worker that is stopped.
        category=ApplicationErrorCategory.BENIGN,
    )


async def until_worker_stops(work: Coroutine[Any, Any, Result]) -> Result:
    """What `work` comes to, and its exceptions.

    A worker that stops cancels what runs. An activity that begins in that very moment, or loses the cancellation in a
    library, would keep the worker for as long as it may last.

    Raises:
        ApplicationError: the worker stops before it is done; see `handed_on`.
    """
    working, stopping = asyncio.create_task(work), asyncio.create_task(activity.wait_for_worker_shutdown())
    try:
        await asyncio.wait([working, stopping], return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise handed_on()
        return working.result()
    finally:
        await end(stopping)
        await end(working)
