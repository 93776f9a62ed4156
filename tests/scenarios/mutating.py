"""Standing between an adapter and its simulator, and changing one thing on the way."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

WRONG = "Wrong"
"""What is put behind a field's name."""


@dataclass(frozen=True)
class Call:
    """One kind of request: its method, and its path without ids."""

    method: str
    path: str


@dataclass
class Mutating:
    """An app that changes requests on their way to another, and writes down what was sent."""

    app: ASGIApp
    rename: tuple[Call, str] | None = None
    """In each such request this field has another name."""
    drop: str = ""
    """A header that is taken away."""
    fields: dict[Call, list[str]] = field(default_factory=dict)
    """The outermost fields of each kind of request, as the adapter wrote them."""
    sent: list[tuple[str, str, bytes, dict[str, str]]] = field(default_factory=list)
    """Method, path, body and headers of each request, as they arrived."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the whole request, change it, and pass it on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        call = Call(scope["method"], re.sub(r"/[^/]*(\d{2}|:)[^/]*", "/{}", scope["path"]))
        body = self._changed(call, await _read(receive))
        headers = [(name, value) for name, value in scope["headers"] if name.decode() != self.drop]
        headers = [(name, value) for name, value in headers if name != b"content-length"]
        headers.append((b"content-length", str(len(body)).encode()))
        named = {name.decode(): value.decode("latin-1") for name, value in headers}
        self.sent.append((scope["method"], scope["path"], body, named))
        await self.app({**scope, "headers": headers}, _once(body, receive), send)

    def _changed(self, call: Call, body: bytes) -> bytes:
        try:
            whole = json.loads(body)
        except ValueError:
            return body
        parts = [part for part in (whole if isinstance(whole, list) else [whole]) if isinstance(part, dict)]
        known = self.fields.setdefault(call, [])
        known.extend(name for part in parts for name in part if name not in known)
        if self.rename is None or self.rename[0] != call:
            return body
        for part in parts:
            _rename(part, self.rename[1])
        return json.dumps(whole).encode()


def _rename(part: dict[str, Any], name: str) -> None:
    if name in part:
        part[f"{name}{WRONG}"] = part.pop(name)


async def _read(receive: Receive) -> bytes:
    body: bytes = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return bytes(body)


@dataclass
class Caught:
    """An app that keeps the callbacks which pass it."""

    app: ASGIApp
    callbacks: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Keep it, and pass it on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        body = await _read(receive)
        headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
        self.callbacks.append((headers, body))
        await self.app(scope, _once(body, receive), send)


def _once(body: bytes, receive: Receive) -> Receive:
    """What was read before, to be read again."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def heard() -> Message:
        return waiting.pop() if waiting else await receive()

    return heard
