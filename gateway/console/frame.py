"""What every page of the console has around it, and how it reads again."""

from collections.abc import Awaitable, Callable

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from nicegui import ui

from gateway.console.theme import CSS
from gateway.context import Gateway, operator
from settings.closed_door import closed_door
from workflows.agent_connections import AgentConnectionError
from workflows.client import ConversationError

READS_EVERY = 3.0
"""Seconds after which an open page reads again."""
_PAGES = {"": "Conversations", "hubs": "Hubs", "channels": "Channels"}
_NAVIGATION = "<nav>" + "".join(f'<a href="/console/{path}">{name}</a>' for path, name in _PAGES.items()) + "</nav>"
Build = Callable[[], Awaitable[Callable[[], Awaitable[None]]]]


def refused(gateway: Gateway, request: Request) -> Response | None:
    """What whoever was not let in is shown."""
    if operator(gateway, request.cookies, request.headers):
        return None
    return HTMLResponse(closed_door("console"), status_code=401)


async def shown(build: Build, every: float = READS_EVERY) -> None:
    """Build a page below the head, and let it read again every few seconds."""
    _head()
    with ui.element("main").classes("sheet"):
        try:
            read = await build()
        except (AgentConnectionError, ConversationError) as error:
            ui.label(f"{error}.").classes("empty")
            return
    ui.timer(every, read, immediate=False)


def _head() -> None:
    ui.add_css(CSS)
    with ui.element("header").classes("top"):
        ui.html('<span class="mark" aria-hidden="true">B</span>', sanitize=False)
        ui.html('<h1><a href="/console/">Console</a></h1>', sanitize=False)
        ui.html(_NAVIGATION, sanitize=False)
