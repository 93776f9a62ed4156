"""Ending what a Temporal activity has begun, also where a library loses the cancellation."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from temporalio import activity

AGAIN_AFTER = 1.0
"""Seconds after which what was cancelled and goes on is cancelled once more."""

Result = TypeVar("Result")


async def end(task: asyncio.Task[Any]) -> None:
    """Return when `task` is over; it is cancelled until it is. What it came to is nobody's any more."""
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=AGAIN_AFTER)
    if not task.cancelled():
        task.exception()


async def until_worker_stops(work: Coroutine[Any, Any, Result]) -> Result | None:
    """What `work` comes to, and its exceptions; None where the worker stops before it is done.

    A worker that stops cancels what runs. An activity that begins in that very moment, or loses the cancellation in a
    library, would keep the worker for as long as it may last.
    """
    working, stopping = asyncio.create_task(work), asyncio.create_task(activity.wait_for_worker_shutdown())
    try:
        await asyncio.wait([working, stopping], return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else None
    finally:
        await end(stopping)
        await end(working)
