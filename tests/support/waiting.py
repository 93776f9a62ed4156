"""Waiting for the thing itself, never for a time."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable

PATIENCE = 20.0
"""Seconds after which what was waited for is taken as never coming."""


async def eventually(true: Callable[[], bool | Awaitable[bool]], patience: float = PATIENCE) -> None:
    """Return as soon as `true` holds.

    Raises:
        AssertionError: it did not hold within `patience` seconds.
    """
    deadline = asyncio.get_running_loop().time() + patience
    while True:
        answer = true()
        if inspect.isawaitable(answer):
            answer = await answer
        if answer:
            return
        assert asyncio.get_running_loop().time() < deadline, "what was waited for did not come"
        await asyncio.sleep(0.02)
