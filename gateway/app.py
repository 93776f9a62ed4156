"""The gateway as an application: Direct Line, webhooks, pages, and what operators and machines ask."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from gateway import answers
from gateway.botframework import BotFramework
from gateway.chat_token import ChatToken
from gateway.context import Gateway
from gateway.cors import Origins
from gateway.directline import DirectLine
from gateway.machines import Machines
from gateway.nudge import listening
from gateway.operators import Operators
from gateway.uploads import headers
from gateway.webhooks import Webhooks

__all__ = ["Gateway", "create_app"]


def create_app(gateway: Gateway) -> FastAPI:
    """The application that serves `gateway`."""
    app = FastAPI(title="Baton gateway", openapi_url=None, lifespan=lambda _app: _life(gateway))
    # Starlette's plain routes: the customer's turn pays for no second validation and no dependency solving.
    for part in (DirectLine, Webhooks, BotFramework, ChatToken, Operators, Machines):
        app.router.routes.extend(part(gateway).routes())
    app.router.routes.append(Route("/uploads/{upload}/{name}", _upload_endpoint(gateway), methods=["GET"]))
    app.router.routes.append(Route("/", lambda _request: RedirectResponse("/chat"), methods=["GET"]))
    _include_pages(app, gateway)
    temporal = gateway.settings.temporal
    pages = tuple(f"http://{host}:{temporal.ui_port}" for host in ("127.0.0.1", "localhost"))
    app.add_middleware(Origins, temporal_pages=pages)
    answers.install(app, gateway.metrics)
    return app


def _include_pages(app: FastAPI, gateway: Gateway) -> None:
    """The pages are packages of their own; a gateway for machines alone may go without."""
    chat = Path(__file__).with_name("chat")
    if (chat / "__init__.py").exists():
        app.router.routes.extend(import_module("gateway.chat").routes())
    elif chat.is_dir():
        app.router.routes.append(Mount("/chat", StaticFiles(directory=chat, html=True)))
    if find_spec("gateway.console") is not None:
        import_module("gateway.console").mount(app, gateway)


@contextlib.asynccontextmanager
async def _life(gateway: Gateway) -> AsyncIterator[None]:
    async with contextlib.AsyncExitStack() as stack:
        if gateway.temporal is not None:
            await stack.enter_async_context(listening(gateway.temporal, gateway.queue, gateway.streams))
        stack.push_async_callback(gateway.streams.stop)
        stack.push_async_callback(gateway.model.close)
        for hub in gateway.hubs.values():
            stack.push_async_callback(hub.close)
        yield


def _upload_endpoint(gateway: Gateway) -> Callable[[Request], Awaitable[Response]]:
    async def upload(request: Request) -> Response:
        found = await gateway.uploads.find(request.path_params["upload"])
        return Response(found.data, media_type=found.content_type, headers=headers(found))

    return upload
