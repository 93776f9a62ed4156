"""A Direct Line client that costs next to nothing: HTTP over one kept connection, and the stream beside it.

It reads no more of an answer than it needs, for a client that parses everything would be a part of what is measured.
"""

import asyncio
import json
from itertools import count
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect

CUSTOMER, BOT, REPRESENTATIVE = '"role":"user"', '"role":"bot"', '"role":"agent"'


class RefusedError(Exception):
    """The server did not do what it was asked."""


class Line:
    """One kept HTTP/1.1 connection."""

    def __init__(self, base: str, token: str) -> None:
        parts = urlsplit(base)
        self._address = (parts.hostname or "", parts.port or 80)
        self._path = parts.path
        self._fixed = f"Host: {parts.netloc}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"

    async def open(self) -> "Line":
        """Connect."""
        self._reader, self._writer = await asyncio.open_connection(*self._address)
        return self

    def close(self) -> None:
        """Hang up."""
        self._writer.close()

    async def post(self, path: str, body: bytes, headers: str = "") -> bytes:
        """The body of the answer.

        Raises:
            RefusedError: its status is not one of success.
        """
        try:
            return await self._ask(path, body, headers)
        except (asyncio.IncompleteReadError, ConnectionError):
            # The server lets go of a connection that was idle for some seconds; what has a key has one effect.
            await self.open()
            return await self._ask(path, body, headers)

    async def _ask(self, path: str, body: bytes, headers: str) -> bytes:
        head = f"POST {self._path}{path} HTTP/1.1\r\n{self._fixed}{headers}Content-Length: {len(body)}\r\n\r\n"
        self._writer.write(head.encode() + body)
        answered = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        answer = await self._reader.readexactly(_length(answered))
        if answered[9:10] != b"2":
            raise RefusedError(f"{path}: {answered[9:12].decode()} {answer[:300].decode()}")
        return answer


def _length(head: bytes) -> int:
    at = head.find(b"content-length:")
    return int(head[at + 15 : head.index(b"\r\n", at)]) if at >= 0 else 0


class Customer:
    """One conversation, and its stream."""

    id: str
    _stream: ClientConnection

    def __init__(self, base: str, secret: str) -> None:
        self._base, self._secret, self._keys = base, secret, count()

    async def begin(self) -> "Customer":
        """Begin a conversation, open its stream, and wait for the greeting."""
        door = await Line(self._base, self._secret).open()
        started: dict[str, Any] = json.loads(await door.post("/conversations", b"{}"))
        door.close()
        self.id = started["conversationId"]
        self._line = await Line(self._base, started["token"]).open()
        self._stream = await connect(started["streamUrl"], compression=None, max_size=None, ping_interval=None)
        await self.hears(BOT)
        return self

    async def leave(self) -> None:
        """Hang up."""
        self._line.close()
        await self._stream.close()

    async def hears(self, what: str) -> float:
        """Wait until a frame with `what` in it comes; returns when it came."""
        while what not in str(await self._stream.recv()):
            pass
        return perf_counter()

    async def says(self, text: str) -> None:
        """Post a message, and wait until it is answered."""
        data = {"clientActivityID": f"{self.id}-{next(self._keys)}"}
        activity = {"type": "message", "from": {"id": "c"}, "text": text, "channelData": data}
        await self._line.post(f"/conversations/{self.id}/activities", json.dumps(activity).encode())

    async def turn(self, text: str) -> float:
        """Say `text`; returns the seconds until the reply is on the stream and the post is answered."""
        began = perf_counter()
        await asyncio.gather(self.says(text), self.hears(BOT))
        return perf_counter() - began
