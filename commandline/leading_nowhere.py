"""Routes that lead to a Dynamics 365 connection whose agent is not connected: told where somebody reads it.

The file alone cannot show it, and `up` cannot refuse to start for it: to connect the agent, Baton has to be up.
"""

from collections.abc import Callable

from protocol.connection import ConnectionPhase
from settings.model import Settings
from workflows.agent_connections import AgentConnectionError, AgentConnections
from workflows.plugin import connect


async def leading_nowhere(settings: Settings, hub: str = "") -> list[str]:
    """A line for each agent that routes pass over a hub for, of all hubs or of one; none where no worker answers."""
    agents = {name: agent.connection.hub for name, agent in settings.agents.items() if agent.connection.hub}
    if not agents:
        return []
    connections, found = AgentConnections(await connect(settings)), []
    for name, leads in agents.items():
        if hub not in {"", leads} or leads not in _routed(settings):
            continue
        try:
            state = await connections.state(name)
        except AgentConnectionError:
            continue
        if state.phase is not ConnectionPhase.CONNECTED:
            found.append(f'routes to "{leads}" are passed over: agent "{name}" is {state.phase} (baton connect {name})')
    return found


async def warn(settings: Settings, tell: Callable[[str], None]) -> None:
    """Tell a warning for each; for want of an answer nothing ends."""
    try:
        for line in await leading_nowhere(settings):
            tell(f"warning: {line}")
    except RuntimeError as error:
        # The client's own word for a Temporal that does not answer.
        tell(f"warning: whether routes lead nowhere is not known: {error}")


def _routed(settings: Settings) -> set[str]:
    ways = [(route.hub, *route.fallback) for route in settings.routes]
    return {way.partition("/")[0] for each in ways for way in each}
