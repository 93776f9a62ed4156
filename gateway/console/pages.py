"""The console's pages about conversations, for operators who came in by a link; those about channels beside them."""

from fastapi import FastAPI, Request
from fastapi.responses import Response
from nicegui import ui

from gateway.console import channel_pages
from gateway.console.frame import refused, shown
from gateway.console.hubs import Hubs
from gateway.console.listing import Listing
from gateway.console.single import Single
from gateway.context import Gateway

RECONNECTS_WITHIN = 20.0
"""Seconds for which a page that has lost its connection may come back as it was, with what was typed into it."""


def mount(app: FastAPI, gateway: Gateway) -> None:
    """Serve the console below `/console`."""

    @ui.page("/", title="Baton console")
    async def index(request: Request) -> Response | None:
        if no := refused(gateway, request):
            return no
        await shown(Listing(gateway).build)
        return None

    @ui.page("/hubs", title="Baton console")
    async def hubs(request: Request) -> Response | None:
        if no := refused(gateway, request):
            return no
        await shown(Hubs(gateway).build)
        return None

    @ui.page("/conversations/{conversation}", title="Baton console")
    async def conversation(request: Request, conversation: str) -> Response | None:
        if no := refused(gateway, request):
            return no
        await shown(Single(gateway, conversation).build)
        return None

    channel_pages.add(gateway)
    key = gateway.signing_key.decode(errors="replace")
    ui.run_with(
        app,
        mount_path="/console",
        storage_secret=key,
        title="Baton console",
        show_welcome_message=False,
        reconnect_timeout=RECONNECTS_WITHIN,
    )
