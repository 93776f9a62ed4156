"""Waiting for the thing itself, never for a time."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable

PATIENCE = 60.0
"""Seconds after which what was waited for is taken as never coming: it costs nothing where it comes, and a busy machine
may stand still for many."""
SOONEST, LATEST = 0.01, 0.2
"""Seconds between two looks. Most things come at once; what takes long must not be slowed down by being looked at."""


def _did_not_come() -> str:
    return "what was waited for did not come"


async def eventually(
    true: Callable[[], bool | Awaitable[bool]],
    patience: float = PATIENCE,
    why: Callable[[], str | Awaitable[str]] = _did_not_come,
) -> None:
    """Return as soon as `true` holds.

    Raises:
        AssertionError: it did not hold within `patience` seconds; `why` tells what is known of that.
    """
    deadline = asyncio.get_running_loop().time() + patience
    pause = SOONEST
    while True:
        answer = true()
        if inspect.isawaitable(answer):
            answer = await answer
        if answer:
            return
        if asyncio.get_running_loop().time() >= deadline:
            reason = why()
            raise AssertionError(await reason if inspect.isawaitable(reason) else reason)
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, LATEST)
