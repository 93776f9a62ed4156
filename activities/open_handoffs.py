"""The conversations that are with representatives through one hub connection, when its agent is disconnected."""

from collections.abc import Awaitable, Callable
from typing import Any

from temporalio import activity

from activities.environments import configured_for
from activities.microsoft_access import at_work
from protocol.connection import Target
from protocol.connection_steps import Moving, Open
from settings.model import Settings

Count = Callable[[str, str], Awaitable[int]]
"""How many handoffs an agent has open at a hub connection."""
Move = Callable[[str, str, str], Awaitable[int]]
"""Has them take their next route, under a key. Returns how many there were."""


class OpenHandoffs:
    """The Temporal activities about an agent's open handoffs."""

    def __init__(self, settings: Settings, count: Count, move: Move) -> None:
        self._settings, self._count, self._move = settings, count, move

    def all(self) -> list[Callable[..., Any]]:
        """What a worker runs."""
        return [self.open_handoffs, self.move_handoffs]

    @activity.defn
    async def open_handoffs(self, target: Target) -> Open:
        """How many there are."""
        may_finish = configured_for(self._settings, target.agent).finish_minutes * 60
        async with at_work():
            return Open(count=await self._count(target.hub, target.agent), may_finish=may_finish)

    @activity.defn
    async def move_handoffs(self, moving: Moving) -> int:
        """Have each take its next route. Asked again, none is moved twice."""
        async with at_work():
            return await self._move(moving.target.hub, moving.target.agent, moving.key)
