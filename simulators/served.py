"""An ASGI app over a real socket."""

import asyncio
from typing import Any

import uvicorn


class Served:
    """An ASGI app on a free port of 127.0.0.1, for as long as the `async with` lasts."""

    def __init__(self, app: Any, port: int = 0) -> None:
        config = uvicorn.Config(
            app, host="127.0.0.1", port=port, log_level="warning", lifespan="on", timeout_graceful_shutdown=2
        )
        self._server = uvicorn.Server(config)
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> str:
        """Start to serve; returns the address."""
        self._server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]  # the process keeps its own
        self._task = asyncio.create_task(self._server.serve())
        while not self._server.started:
            if self._task.done():
                self._task.result()
            await asyncio.sleep(0.01)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"

    async def __aexit__(self, *_: object) -> None:
        """Stop serving."""
        self._server.should_exit = True
        if self._task:
            await self._task
