"""Channels, customer engagement hub: a tile for each of the seven, with its state."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from activities.agent_versions import AgentVersions
from gateway.console.kinds import TITLES
from gateway.context import Gateway
from protocol.connection import ConnectionPhase, ConnectionState
from workflows.agent_connections import AgentConnectionError, AgentConnections


class Channels:
    """The tiles."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._connections = AgentConnections(gateway.conversations.client)
        self._drawn: dict[str, tuple[str, str]] = {}

    async def build(self) -> Callable[[], Awaitable[None]]:
        """Lay the page out; returns what reads it anew."""
        ui.html("<h2 class=title>Customer engagement hub</h2>", sanitize=False)
        ui.label("Where conversations go that need a person.").classes("soft")
        self._tiles = ui.element("div").classes("hubs").props('role=list aria-label="Hubs"')
        await self.read()
        return self.read

    async def read(self) -> None:
        """Read the state of each, and draw it where it has changed: a click on a tile must not find it replaced."""
        states = {kind: await self._state_of(kind) for kind in TITLES}
        if states == self._drawn:
            return
        self._drawn = states
        self._tiles.clear()
        with self._tiles:
            for kind, (state, pill) in states.items():
                with ui.element("a").classes("hub").props(f'role=listitem href="/console/channels/{kind}"'):
                    ui.label(TITLES[kind]).classes("name")
                    ui.label(state).classes(f"pill {pill}")

    async def _state_of(self, kind: str) -> tuple[str, str]:
        """What a tile says, and how that looks."""
        names = [name for name, hub in self._gateway.settings.hubs.items() if hub.kind == kind]
        configured = (", ".join(names), "agent") if names else ("not configured", "")
        if kind != "dynamics365" or self._gateway.settings.microsoft is None:
            return configured
        try:
            states = [await self._connections.state(agent) for agent in agents_of(self._gateway)]
        except AgentConnectionError:
            return "no worker answers", "queued"
        return _summary(states) or configured


def agents_of(gateway: Gateway) -> list[str]:
    """The agents that can be connected: those that are published, and those that are configured."""
    published = AgentVersions(gateway.settings.data_dir / "agents").names()
    return sorted({*published, *gateway.settings.agents})


def _summary(states: list[ConnectionState]) -> tuple[str, str] | None:
    told = [state for state in states if state.phase is not ConnectionPhase.NONE]
    if not told:
        return None
    drifted = any(state.drift for state in told)
    text = ", ".join(f"{state.agent} {state.phase}" for state in told) + (", drifted" if drifted else "")
    connected = all(state.phase is ConnectionPhase.CONNECTED for state in told)
    return text, "live" if connected and not drifted else "queued"
