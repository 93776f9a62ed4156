"""The console's pages, for operators who came in by a link."""

from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response
from nicegui import ui

from gateway.console.hubs import Hubs
from gateway.console.listing import Listing
from gateway.console.single import Single
from gateway.console.theme import CSS
from gateway.context import Gateway, operator
from settings.closed_door import closed_door
from workflows.client import ConversationError

_NAVIGATION = '<nav><a href="/console/">Conversations</a><a href="/console/hubs">Hubs</a></nav>'
READS_EVERY = 3.0
"""Seconds after which an open page reads again."""


def mount(app: FastAPI, gateway: Gateway) -> None:
    """Serve the console below `/console`."""

    def refused(request: Request) -> Response | None:
        if operator(gateway, request.cookies, request.headers):
            return None
        return HTMLResponse(closed_door("console"), status_code=401)

    @ui.page("/", title="Baton console")
    async def index(request: Request) -> Response | None:
        if no := refused(request):
            return no
        _head()
        await _shown(Listing(gateway).build)
        return None

    @ui.page("/hubs", title="Baton console")
    async def hubs(request: Request) -> Response | None:
        if no := refused(request):
            return no
        _head()
        await _shown(Hubs(gateway).build)
        return None

    @ui.page("/conversations/{conversation}", title="Baton console")
    async def conversation(request: Request, conversation: str) -> Response | None:
        if no := refused(request):
            return no
        _head()
        await _shown(Single(gateway, conversation).build)
        return None

    key = gateway.signing_key.decode(errors="replace")
    ui.run_with(app, mount_path="/console", storage_secret=key, title="Baton console", show_welcome_message=False)


async def _shown(build: Callable[[], Awaitable[Callable[[], Awaitable[None]]]]) -> None:
    """Build a page, and let it read again every few seconds."""
    with ui.element("main").classes("sheet"):
        try:
            read = await build()
        except ConversationError as error:
            ui.label(f"{error}.").classes("empty")
            return
    ui.timer(READS_EVERY, read, immediate=False)


def _head() -> None:
    ui.add_css(CSS)
    with ui.element("header").classes("top"):
        ui.html('<span class="mark" aria-hidden="true">B</span>', sanitize=False)
        ui.html('<h1><a href="/console/">Console</a></h1>', sanitize=False)
        ui.html(_NAVIGATION, sanitize=False)
