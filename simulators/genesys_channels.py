"""The simulated Genesys Cloud's notification channels: sockets that tell what was subscribed to, and nothing else."""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.websockets import WebSocket, WebSocketDisconnect

MAX_CHANNELS, MAX_TOPICS = 20, 1_000
HEARTBEAT = {"topicName": "channel.metadata", "eventBody": {"message": "WebSocket Heartbeat"}}
HEARTBEATS_EVERY = 30.0
LIVES = timedelta(days=1)
_TOPIC = re.compile(r"v2\.detail\.events\.conversation\.[^.]+\.(user|acd|customer)\.(start|end)")


@dataclass
class _Channel:
    """One channel."""

    id: str
    topics: set[str] = field(default_factory=set)
    sockets: set[WebSocket] = field(default_factory=set)


class Channels:
    """The channels of one client."""

    def __init__(self, url: Callable[[], str]) -> None:
        self.lives = LIVES
        self.made = 0
        self._url = url
        self._channels: dict[str, _Channel] = {}
        self._numbers = count(1)

    @property
    def listening(self) -> int:
        """How many sockets are open."""
        return sum(len(channel.sockets) for channel in self._channels.values())

    def subscribed(self, conversation: str) -> bool:
        """Whether any channel would be told of it."""
        return any(f".{conversation}." in topic for channel in self._channels.values() for topic in channel.topics)

    async def create(self, request: Request) -> Response:
        """A new channel; the oldest goes where there are too many."""
        del request
        channel = _Channel(f"channel{next(self._numbers)}")
        self._channels[channel.id] = channel
        self.made += 1
        while len(self._channels) > MAX_CHANNELS:
            del self._channels[next(iter(self._channels))]
        address = f"{self._url().replace('http', 'ws', 1)}/channels/{channel.id}"
        expires = (datetime.now(UTC) + self.lives).isoformat().replace("+00:00", "Z")
        return JSONResponse({"id": channel.id, "connectUri": address, "expires": expires})

    async def subscribe(self, request: Request) -> Response:
        """POST adds, PUT replaces."""
        channel = self._channels.get(request.path_params["channel"])
        if channel is None:
            return JSONResponse({"message": "no such channel", "code": "not.found", "status": 404}, 404)
        wanted = {str(each.get("id")) for each in await request.json()}
        topics = wanted if request.method == "PUT" else channel.topics | wanted
        if len(topics) > MAX_TOPICS or not all(map(_TOPIC.fullmatch, wanted)):
            return JSONResponse({"message": "bad topics", "code": "bad.request", "status": 400}, 400)
        channel.topics = topics
        return JSONResponse({"entities": [{"id": topic, "state": "Permitted"} for topic in sorted(topics)]})

    async def serve(self, socket: WebSocket) -> None:
        """One client's socket, with a heartbeat now and then."""
        channel = self._channels.get(socket.path_params["channel"])
        if channel is None:
            await socket.close()
            return
        await socket.accept()
        channel.sockets.add(socket)
        beating = asyncio.create_task(self._beat(socket))
        try:
            while True:
                await socket.receive_text()
        except WebSocketDisconnect:
            return
        finally:
            channel.sockets.discard(socket)
            beating.cancel()

    async def notify(self, topic: str, body: Mapping[str, Any]) -> None:
        """Tell those who have subscribed."""
        frame = {"topicName": topic, "version": "2", "eventBody": dict(body)}
        for channel in list(self._channels.values()):
            if topic in channel.topics:
                await self._send(channel, frame)

    async def close_all(self) -> None:
        """Say that the sockets are closing, as Genesys does before it restarts, and close them."""
        for channel in list(self._channels.values()):
            await self._send(channel, {"topicName": "v2.system.socket_closing", "eventBody": {}})
            for socket in list(channel.sockets):
                await socket.close()
        self._channels.clear()

    async def _beat(self, socket: WebSocket) -> None:
        while True:
            await socket.send_json(HEARTBEAT)
            await asyncio.sleep(HEARTBEATS_EVERY)

    @staticmethod
    async def _send(channel: _Channel, frame: Mapping[str, Any]) -> None:
        for socket in list(channel.sockets):
            await socket.send_json(dict(frame))
