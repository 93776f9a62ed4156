"""The hub of the custom contract that the load generator is at the same time: it takes, and notes when."""

import asyncio
import json
from collections import defaultdict
from datetime import UTC, datetime
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from standardwebhooks import Webhook
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from benchmarks.wire import Line

TOKEN = "benchmark"  # noqa: S105 - of a hub that lives for a minute
SECRET = "whsec_YmVuY2htYXJrLWJlbmNobWFyay1iZW5jaA=="  # noqa: S105 - likewise


class ReceivingHub:
    """Handoffs by the conversation that they came from."""

    def __init__(self) -> None:
        self._webhook = Webhook(SECRET)
        self._lines: dict[str, Line] = {}
        self._callbacks: dict[str, str] = {}
        self._opened: defaultdict[str, asyncio.Queue[float]] = defaultdict(asyncio.Queue)
        self._told: defaultdict[str, asyncio.Queue[float]] = defaultdict(asyncio.Queue)

    def app(self) -> Starlette:
        """Its HTTP side; a handoff's id is its conversation's."""
        return Starlette(
            routes=[
                Route("/queues/{queue}", self._queue),
                Route("/handoffs", self._open, methods=["POST"]),
                Route("/handoffs/{handoff}/activities", self._tell, methods=["POST"]),
            ]
        )

    async def opened(self, conversation: str) -> float:
        """When the conversation's handoff came, as soon as it has."""
        return await self._opened[conversation].get()

    async def told(self, conversation: str) -> float:
        """When the next of the customer's messages came, as soon as it has."""
        return await self._told[conversation].get()

    async def call_back(self, conversation: str, activity: dict[str, Any]) -> None:
        """Tell Baton something, signed."""
        key, now = uuid4().hex, datetime.now(UTC)
        account = {"id": "ada", "name": "Ada", "role": "agent"}
        whole = {"id": key, "timestamp": now.isoformat(), "conversation": {"id": conversation}, "from": account}
        body = json.dumps({**whole, **activity})
        headers = f"webhook-id: {key}\r\nwebhook-timestamp: {int(now.timestamp())}\r\n"
        headers += f"webhook-signature: {self._webhook.sign(key, now, body)}\r\n"
        parts = urlsplit(self._callbacks[conversation])
        if conversation not in self._lines:
            self._lines[conversation] = await Line(f"http://{parts.netloc}", "").open()
        await self._lines[conversation].post(f"{parts.path}?{parts.query}", body.encode(), headers)

    async def accept(self, conversation: str) -> None:
        """A representative joins."""
        value = {"state": "accepted", "agent": {"id": "ada", "name": "Ada"}}
        await self.call_back(conversation, {"type": "event", "name": "handoff.status", "value": value})

    async def _queue(self, request: Request) -> Response:
        return JSONResponse({"queue": request.path_params["queue"], "open": True})

    async def _open(self, request: Request) -> Response:
        came = perf_counter()
        opening = await request.json()
        conversation = opening["conversation"]["id"]
        self._callbacks[conversation] = opening["channelData"]["callbackUrl"]
        self._opened[conversation].put_nowait(came)
        return JSONResponse({"id": conversation, "state": "queued"}, status_code=201)

    async def _tell(self, request: Request) -> Response:
        came = perf_counter()
        activity = await request.json()
        if activity["type"] == "message":
            self._told[request.path_params["handoff"]].put_nowait(came)
        return JSONResponse({"id": activity["id"]}, status_code=201)
