"""One kind of hub: its connections' settings without their secrets, and whether each can be reached."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from gateway.console.kinds import TITLES, shown_settings
from gateway.context import Gateway
from hubs.errors import HubError


class OneHub:
    """The page of one kind."""

    def __init__(self, gateway: Gateway, kind: str) -> None:
        self._gateway, self._kind = gateway, kind

    async def build(self) -> Callable[[], Awaitable[None]]:
        """Lay the page out; there is nothing to read anew but by the button."""
        heading(TITLES[self._kind])
        draw_connections(self._gateway, self._kind)
        return _nothing


def heading(title: str) -> None:
    """Where one is, and the way back."""
    ui.html('<a class="plain" href="/console/channels">Customer engagement hub</a>', sanitize=False)
    with ui.element("h2").classes("title"):
        ui.label(title)


def draw_connections(gateway: Gateway, kind: str) -> None:
    """A card for each connection of this kind."""
    found = {name: hub for name, hub in gateway.settings.hubs.items() if hub.kind == kind}
    if not found:
        with ui.element("section").classes("card"):
            how = f'add [hubs.NAME] with kind = "{kind}" to baton.toml (docs/hubs/{kind}.md), and restart Baton'
            ui.label(f"No connection is configured: {how}.").classes("empty")
    for name, hub in found.items():
        with ui.element("section").classes("card").props(f'aria-label="Connection {name}"'):
            with ui.element("h2"):
                ui.label(f"[hubs.{name}]")
            draw_facts([*shown_settings(hub), ("callbacks", f"{gateway.settings.gateway.url}/webhooks/{kind}/{name}")])
            _check_button(gateway, name)


def draw_facts(facts: list[tuple[str, str]]) -> None:
    """Names and values."""
    with ui.element("dl").classes("facts"):
        for name, value in facts:
            with ui.element("dt"):
                ui.label(name)
            with ui.element("dd"):
                ui.label(value)


def _check_button(gateway: Gateway, name: str) -> None:
    with ui.element("div").classes("row inset"):
        button = ui.element("button").classes("btn calm").props("type=button")
        with button:
            ui.label("Check")
        found = ui.element("div").classes("found").props("role=status")

    async def check() -> None:
        found.clear()
        with found:
            await _draw_check(gateway, name)

    button.on("click", check)


async def _draw_check(gateway: Gateway, name: str) -> None:
    """Walk the way to the hub, as `baton hubs check` does."""
    try:
        async for step in gateway.hubs[name].check():
            ui.label(f"✓ {step}").classes("can")
    except HubError as error:
        ui.label(f"✗ {error}").classes("fails")


async def _nothing() -> None:
    """There is nothing to read."""
