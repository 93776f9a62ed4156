"""The console's pages about channels: the customer engagement hubs, and each of them."""

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from nicegui import ui

from gateway.console.channels import Channels
from gateway.console.connection import Connection
from gateway.console.frame import refused, shown
from gateway.console.kinds import TITLES
from gateway.console.one_hub import OneHub
from gateway.context import Gateway

FOLLOWS_EVERY = 1.0
"""Seconds after which a page reads again on which somebody waits for what they asked for."""


def add(gateway: Gateway) -> None:
    """Serve them beside the others."""

    @ui.page("/channels", title="Baton console")
    async def channels(request: Request) -> Response | None:
        if no := refused(gateway, request):
            return no
        await shown(Channels(gateway).build)
        return None

    @ui.page("/channels/{kind}", title="Baton console")
    async def channel(request: Request, kind: str, agent: str = "") -> Response | None:
        if no := refused(gateway, request):
            return no
        if kind not in TITLES:
            return HTMLResponse("There is no such hub.", status_code=404)
        page = Connection(gateway, agent) if kind == "dynamics365" else OneHub(gateway, kind)
        await shown(page.build, FOLLOWS_EVERY)
        return None
