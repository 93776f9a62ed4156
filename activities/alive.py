"""Telling Temporal that the worker lives, while a Temporal activity does what takes long."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from temporalio import activity

SIGN_OF_LIFE = 2.0
"""Seconds between two: a worker that was killed is noticed soon."""


@asynccontextmanager
async def alive() -> AsyncIterator[None]:
    """Show signs of life for as long as the body runs."""

    async def beat() -> None:
        while True:
            # First the pause: most things are done before it is over, and cost Temporal nothing more.
            await asyncio.sleep(SIGN_OF_LIFE)
            activity.heartbeat()

    beating = asyncio.create_task(beat())
    try:
        yield
    finally:
        beating.cancel()
        # Not awaited itself: a cancellation of the activity that comes just then would pass for this one.
        await asyncio.wait([beating])
