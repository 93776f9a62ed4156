"""The gateway as a server: uvicorn on a socket that is bound before anything else starts."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable, Iterator

import uvicorn
from starlette.types import ASGIApp

LETS_GO_WITHIN = 5
"""Seconds in which requests may finish when the gateway stops; sockets are closed at once and reconnect elsewhere."""


class Server(uvicorn.Server):
    """Leaves the process' signals to the process, so that SIGTERM ends it with status 0, and says when it answers."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        if self.started:
            self._ready()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


def bound(host: str, port: int) -> socket.socket:
    """A listening socket.

    Raises:
        OSError: the address is taken, or none of this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.create_server((host, port), family=family, backlog=2048)
    # asyncio sets it only on sockets made with an explicit protocol; without it every answer waits 40 ms for an ACK.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def server(app: ASGIApp, ready: Callable[[], None]) -> Server:
    """A server of `app`, quick and quiet, which calls `ready` when it answers."""
    config = uvicorn.Config(
        app,
        http="httptools",
        ws="websockets-sansio",
        log_config=None,
        access_log=False,
        server_header=False,
        # Frames are short, and a compressor for each socket would cost more memory than the conversation.
        ws_per_message_deflate=False,
        # Clients only send empty frames.
        ws_max_size=65_536,
        timeout_graceful_shutdown=LETS_GO_WITHIN,
    )
    return Server(config, ready)


async def serve(app: ASGIApp, listening: socket.socket, ready: Callable[[], None]) -> None:
    """Serve `app` until SIGINT or SIGTERM, then let what is under way finish; calls `ready` when it answers."""
    serving = server(app, ready)

    def stop() -> None:
        # A second signal does not wait for anybody.
        serving.force_exit = serving.should_exit
        serving.should_exit = True

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    await serving.serve(sockets=[listening])
