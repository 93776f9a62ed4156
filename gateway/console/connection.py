"""The Dynamics 365 tile: an agent's connection, its progress as it goes on, and the guided way to make or end it."""

from collections.abc import Awaitable, Callable
from urllib.parse import quote
from uuid import uuid4

from nicegui import ui

from gateway.console.channels import agents_of
from gateway.console.connect_form import ConnectForm
from gateway.console.one_hub import draw_connections, draw_facts, heading
from gateway.context import Gateway
from handoff.connecting import refusal_to_call_off
from protocol.connection import Check, Connect, ConnectionPhase, ConnectionState, Disconnect
from workflows.agent_connections import AgentConnectionError, AgentConnections
from workflows.connection_record import MARKS

PILLS = {ConnectionPhase.CONNECTED: "live", ConnectionPhase.NONE: "", ConnectionPhase.DISCONNECTED: ""}
MAY_CONNECT = {ConnectionPhase.NONE, ConnectionPhase.DISCONNECTED, ConnectionPhase.INCOMPLETE}

ACTED_ON = {ConnectionPhase.CONNECTED, ConnectionPhase.INCOMPLETE, ConnectionPhase.DISCONNECTING}


class Connection:
    """The page of one agent's connection."""

    def __init__(self, gateway: Gateway, agent: str) -> None:
        self._gateway = gateway
        self._agents = agents_of(gateway)
        self._agent = agent or next(iter(self._agents), "")
        self._connections = AgentConnections(gateway.conversations.client)
        self._drawn: ConnectionState | None = None

    async def build(self) -> Callable[[], Awaitable[None]]:
        """Lay the page out; returns what reads it anew."""
        heading("Dynamics 365 Customer Service")
        if self._gateway.settings.microsoft is None:
            with ui.element("section").classes("card"):
                ui.label("To connect an agent, add [microsoft] to baton.toml (docs/connecting.md).").classes("empty")
        else:
            self._agent_links()
            self._state = ui.element("section").classes("card").props('aria-label="Connection"')
            self._refusal = ui.label().classes("fails").props("role=alert")
            self._steps = ui.element("section").classes("card").props('aria-label="Steps" aria-live=polite')
            self._form = ConnectForm(self._gateway, self._agent, self._connect)
            await self.read()
        draw_connections(self._gateway, "dynamics365")
        return self.read

    async def read(self) -> None:
        """Read the state, and draw what has changed of it."""
        if self._gateway.settings.microsoft is None:
            return
        try:
            state = await self._connections.state(self._agent)
        except AgentConnectionError as error:
            self._refusal.set_text(str(error))
            return
        if state == self._drawn:
            return
        self._drawn = state
        self._draw_state(state)
        self._draw_steps(state)
        self._form.show(wanted=state.operation.over and state.phase in MAY_CONNECT, before=state.target)

    def _agent_links(self) -> None:
        with ui.element("div").classes("row").props('role=group aria-label="Agents"'):
            for agent in self._agents:
                link = ui.element("a").classes("tile small" + (" chosen" if agent == self._agent else ""))
                with link.props(f'href="/console/channels/dynamics365?agent={quote(agent)}"'):
                    ui.label(agent)

    def _draw_state(self, state: ConnectionState) -> None:
        self._state.clear()
        with self._state:
            with ui.element("div").classes("row inset"):
                ui.label(self._agent).classes("name")
                ui.label(str(state.phase)).classes(f"pill {PILLS.get(state.phase, 'queued')}")
            draw_facts(_facts(state))
            for line in (*(f"Drifted: {each.step}, {each.what}" for each in state.drift), *state.warnings):
                ui.label(line).classes("fails inset")
            if state.phase in ACTED_ON or not refusal_to_call_off(state):
                with ui.element("div").classes("row inset"):
                    self._actions(state)

    def _actions(self, state: ConnectionState) -> None:
        if not refusal_to_call_off(state):
            if not state.operation.called_off:
                _button("Call it off", self._call_off, calm=False)
            return
        if state.link and state.phase is ConnectionPhase.CONNECTED:
            ui.link("Go to Omnichannel", state.link, new_tab=True).classes("plain")
            _button("Check now", self._check)
        if state.phase is not ConnectionPhase.DISCONNECTING:
            _button("Disconnect", lambda: self._disconnect(now=False), calm=False)
        _button("Disconnect now, and move conversations", lambda: self._disconnect(now=True), calm=False)

    def _draw_steps(self, state: ConnectionState) -> None:
        operation = state.operation
        self._steps.clear()
        self._steps.set_visibility(bool(operation.number))
        with self._steps:
            ui.html(f"<h2>{'Last' if operation.over else 'Now'}: {operation.kind}</h2>", sanitize=False)
            for step in operation.steps:
                with ui.element("div").classes(f"did {step.state}"):
                    ui.label(MARKS[step.state]).classes("at")
                    ui.label(f"{step.says}{': ' + step.detail if step.detail else ''}")
            for line in (operation.failure, *(f"Left half done: {each}" for each in operation.left)):
                if line:
                    ui.label(line).classes("fails inset")

    async def _connect(self, wish: Connect) -> None:
        await self._wish(lambda: self._connections.connect(self._agent, wish))

    async def _disconnect(self, *, now: bool) -> None:
        wish = Disconnect(key=uuid4().hex, now=now)
        await self._wish(lambda: self._connections.disconnect(self._agent, wish))

    async def _call_off(self) -> None:
        await self._wish(lambda: self._connections.call_off(self._agent))

    async def _check(self) -> None:
        await self._wish(lambda: self._connections.check(self._agent, Check(key=uuid4().hex)))

    async def _wish(self, tell: Callable[[], Awaitable[ConnectionState]]) -> None:
        self._refusal.set_text("")
        try:
            await tell()
        except AgentConnectionError as error:
            self._refusal.set_text(str(error))
        await self.read()


def _facts(state: ConnectionState) -> list[tuple[str, str]]:
    target = state.target
    if target is None:
        return []
    facts = [
        ("Environment", target.environment_name),
        ("Application", target.application),
        ("Hub connection", target.hub),
        ("Last looked at", f"{state.checked_at:%Y-%m-%d %H:%M} UTC" if state.checked_at else ""),
        ("Next look", f"{state.next_check:%Y-%m-%d %H:%M} UTC" if state.next_check else ""),
    ]
    return [(name, value) for name, value in facts if value]


def _button(text: str, do: Callable[[], Awaitable[None]], *, calm: bool = True) -> None:
    button = ui.element("button").classes("btn calm" if calm else "btn").props("type=button")
    with button:
        ui.label(text)
    button.on("click", do)
