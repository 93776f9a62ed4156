"""What goes wrong with a hub's callbacks on demand: lost, told twice, told in another order."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

Tell = Callable[[], Coroutine[Any, Any, None]]
HEAD_START = 0.2
"""Seconds that one callback is ahead of another which it overtakes. Its answer is not waited for: a receiver that puts
the two in order gives none before it has the other."""


@dataclass
class CallbackFaults:
    """How many of the next callbacks go wrong, and how. Each counts down as it is met."""

    lose: int = 0
    """Never sent."""
    repeat: int = 0
    """Sent twice."""
    overtake: int = 0
    """Held until the next one has been sent."""
    _held: list[Tell] = field(default_factory=list)

    def clear(self) -> None:
        """Let nothing go wrong any more; what is held is never sent."""
        self.lose = self.repeat = self.overtake = 0
        self._held.clear()

    async def send(self, tell: Tell) -> None:
        """Send one callback, or do with it what is planned."""
        if self.lose:
            self.lose -= 1
            return
        if self.overtake:
            self.overtake -= 1
            self._held.append(tell)
            return
        held, self._held = self._held, []
        if held:
            await self._overtaken(tell, held)
        else:
            await tell()
        if self.repeat:
            self.repeat -= 1
            await tell()

    async def _overtaken(self, tell: Tell, held: list[Tell]) -> None:
        telling = asyncio.create_task(tell())
        await asyncio.wait([telling], timeout=HEAD_START)
        for late in held:
            await late()
        await telling
