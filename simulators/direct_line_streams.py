"""The sockets of a simulated Direct Line: what is new goes down them, and a second one closes the first."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Protocol

from starlette.websockets import WebSocket, WebSocketDisconnect


class Told(Protocol):
    """A conversation as its stream needs it."""

    id: str
    activities: list[dict[str, Any]]


class Streams:
    """The open sockets by conversation."""

    def __init__(self) -> None:
        self.refuses = False
        """Whether no socket can be had."""
        self.opened = 0
        self._sockets: dict[str, WebSocket] = {}
        self._sent: dict[str, int] = {}

    def endpoint(self, opened: Callable[[str, str], Told | None]) -> Callable[[WebSocket], Awaitable[None]]:
        """The endpoint of `…/stream?watermark=&t=`; `opened` gives the conversation that the key opens."""

        async def stream(websocket: WebSocket) -> None:
            talk = opened(websocket.path_params["conversation"], websocket.query_params.get("t", ""))
            if talk is None or self.refuses:
                await websocket.close(1008)
                return
            await websocket.accept()
            await self._serve(websocket, talk, int(websocket.query_params.get("watermark") or 0))

        return stream

    async def tell(self, talk: Told) -> None:
        """Send what is new."""
        socket = self._sockets.get(talk.id)
        if socket:
            await self._send(socket, talk)

    async def drop(self) -> None:
        """Let every socket break."""
        sockets, self._sockets = list(self._sockets.values()), {}
        for socket in sockets:
            with suppress(RuntimeError):
                await socket.close(1011)

    async def _serve(self, websocket: WebSocket, talk: Told, watermark: int) -> None:
        self.opened += 1
        before = self._sockets.pop(talk.id, None)
        if before:
            with suppress(RuntimeError):
                await before.close(1000, "collision")
        self._sockets[talk.id] = websocket
        self._sent[talk.id] = watermark
        # An empty frame keeps the line open, and says nothing.
        with suppress(WebSocketDisconnect, RuntimeError):
            await websocket.send_text("")
            await self._send(websocket, talk)
            while True:
                await websocket.receive_text()
        if self._sockets.get(talk.id) is websocket:
            del self._sockets[talk.id]

    async def _send(self, socket: WebSocket, talk: Told) -> None:
        new = talk.activities[self._sent[talk.id] :]
        self._sent[talk.id] = len(talk.activities)
        for each in new:
            # Typing brings no watermark.
            mark = None if each["type"] == "typing" else str(len(talk.activities))
            with suppress(WebSocketDisconnect, RuntimeError):
                await socket.send_json({"activities": [each], "watermark": mark})
