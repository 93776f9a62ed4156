"""Which hub connections get no new handoffs of an agent's: that of Dynamics 365 which the agent is not connected to."""

from collections.abc import Awaitable, Callable

import structlog

from settings.model import Settings

log = structlog.get_logger()
IsConnected = Callable[[str], Awaitable[bool]]


class ConnectedHubs:
    """Asks for an agent's connection where `[agents.NAME.connection]` names a hub, and only there."""

    def __init__(self, settings: Settings, is_connected: IsConnected) -> None:
        self._settings, self._is_connected = settings, is_connected

    async def not_connected(self, agent: str) -> frozenset[str]:
        """The hubs to pass over, with a warning."""
        known = self._settings.agents.get(agent)
        hub = known.connection.hub if known else ""
        if not hub or await self._is_connected(agent):
            return frozenset()
        log.warning("a route is passed over: its agent is not connected to Dynamics 365", agent=agent, hub=hub)
        return frozenset({hub})

    async def warn(self) -> None:
        """Say once which routes lead nowhere now."""
        for agent in self._settings.agents:
            await self.not_connected(agent)
