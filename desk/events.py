"""Who wants to know when something changed: the open pages of this process."""

import asyncio


class Changes:
    """A number that grows with every change, and whoever waits for the next."""

    def __init__(self) -> None:
        self.count = 0
        self._changed = asyncio.Event()

    def happened(self) -> None:
        """Something changed: wake everybody who waits."""
        self.count += 1
        self._changed.set()
        self._changed = asyncio.Event()

    async def next(self) -> None:
        """Return at the next change."""
        await self._changed.wait()
