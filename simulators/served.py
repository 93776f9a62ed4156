"""An ASGI app over a real socket."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import uvicorn
from starlette.types import Receive, Scope, Send

from simulators.faults import CUT

FINISHES_WITHIN = 0.5
"""Seconds in which requests may finish when it stops; what is open then is a stream, which would never end."""


class _Server(uvicorn.Server):
    """Leaves the process' signals to the process."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


class Served:
    """An ASGI app on a free port of 127.0.0.1, for as long as the `async with` lasts.

    It can cut off a client in the middle of a request: the function is in the request's scope.
    """

    def __init__(self, app: Any, port: int = 0) -> None:
        self._app = app
        config = uvicorn.Config(
            self._cuttable,
            host="127.0.0.1",
            port=port,
            log_level="warning",
            lifespan="on",
            interface="asgi3",
            ws="websockets-sansio",
            timeout_graceful_shutdown=1,
        )
        self._server = _Server(config)
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> str:
        """Start to serve; returns the address."""
        self._task = asyncio.create_task(self._server.serve())
        while not self._server.started:
            if self._task.done():
                self._task.result()
            await asyncio.sleep(0.01)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"

    async def __aexit__(self, *_: object) -> None:
        """Stop serving: what answers may finish, streams are cut."""
        self._server.should_exit = True
        if self._task:
            await asyncio.wait([self._task], timeout=FINISHES_WITHIN)
            for connection in list(self._server.server_state.connections):
                connection.transport.abort()
            await self._task

    async def _cuttable(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope[CUT] = partial(self._cut, scope["client"])
        await self._app(scope, receive, send)

    def _cut(self, client: Any) -> None:
        """Reset the client's connection: nothing that was to be sent is sent."""
        for connection in self._server.server_state.connections:
            # uvicorn's protocols remember their peer, as the scope has it.
            if getattr(connection, "client", None) == client and (transport := connection.transport):
                transport.abort()
