"""A custom engagement hub that keeps its contract to the letter, and fails on demand.

It answers over a real socket, remembers the effect of every id once, and counts how often it was told. `Faults` are
what makes it useful: a hub that is slow, cut off after it did the work, or talks nonsense.
"""

import asyncio
import itertools
import json
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from standardwebhooks import Webhook

from simulators.faults import Fault, failed

MAX_TEXT = 28_000


@dataclass
class TakenHandoff:
    """One handoff as the hub has it."""

    id: str
    key: str
    opening: dict[str, Any]
    state: str = "queued"
    activities: dict[str, dict[str, Any]] = field(default_factory=dict)
    ended: bool = False
    sent: int = 0

    @property
    def said(self) -> list[str]:
        """The texts of the customer's messages, in the order in which they took effect."""
        return [activity["text"] for activity in self.activities.values() if activity["type"] == "message"]

    @property
    def history(self) -> list[dict[str, Any]]:
        """The transcript that the hub was given."""
        activities: list[dict[str, Any]] = self.opening["attachments"][0]["content"]["activities"]
        return activities

    @property
    def callback(self) -> str:
        """Where this handoff's callbacks go."""
        url: str = self.opening["channelData"]["callbackUrl"]
        return url


@dataclass
class CustomHubSimulator:
    """The hub's state, and what shall go wrong."""

    token: str = "simulator-token"  # noqa: S105 - of a hub that holds nothing
    webhook_secret: str = "whsec_c2ltdWxhdG9yLXNlY3JldC1zaW11bGF0b3I="  # noqa: S105 - likewise
    handoffs: dict[str, TakenHandoff] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    faults: dict[str, deque[Fault]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    accepts_at_once: bool = False
    url: str = ""
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def fail_next(self, operation: str, *faults: Fault) -> None:
        """Let the next calls of "open", "tell" or "queue" go wrong, one after another."""
        self.faults.setdefault(operation, deque()).extend(faults)

    @property
    def newest(self) -> TakenHandoff:
        """The handoff that was opened last."""
        return list(self.handoffs.values())[-1]

    @property
    def open_ones(self) -> list[TakenHandoff]:
        """The handoffs that nobody has ended."""
        return [handoff for handoff in self.handoffs.values() if not handoff.ended]

    async def call_back(
        self, handoff: TakenHandoff, activity: dict[str, Any], key: str | None = None
    ) -> httpx.Response:
        """Post one activity to the handoff's callback, signed, as a representative's doing would."""
        handoff.sent += 1
        key = key or f"{handoff.id}-{handoff.sent}"
        now = datetime.now(UTC)
        whole = {"id": key, "timestamp": now.isoformat(), "conversation": {"id": handoff.id}, **activity}
        body = json.dumps(whole)
        headers = {
            "webhook-id": key,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(self.webhook_secret).sign(key, now, body),
            "content-type": "application/json",
        }
        async with httpx.AsyncClient() as client:
            return await client.post(handoff.callback, content=body, headers=headers)

    def app(self) -> FastAPI:
        """The hub's HTTP side."""
        app = FastAPI(openapi_url=None)
        app.add_api_route("/queues/{queue}", self._queue, methods=["GET"])
        app.add_api_route("/handoffs", self._open, methods=["POST"])
        app.add_api_route("/handoffs/{handoff_id}", self._get, methods=["GET"])
        app.add_api_route("/handoffs/{handoff_id}/activities", self._tell, methods=["POST"])
        return app

    async def _queue(self, queue: str, request: Request) -> Response:
        if wrong := await self._wrong("queue", request):
            return wrong
        if queue in self.unknown:
            return _problem(404, "no such queue")
        return JSONResponse({"queue": queue, "open": queue not in self.closed, "waiting": len(self.open_ones)})

    async def _open(self, request: Request) -> Response:
        if wrong := await self._wrong("open", request):
            return wrong
        key, body = request.headers.get("idempotency-key"), await request.json()
        if not key:
            return _problem(422, "Idempotency-Key is required")
        if lacking := [name for name in _INITIATE if name not in body]:
            return _problem(422, f"lacking {lacking}")
        known = self.handoffs.get(key)
        if known and known.opening != body:
            return _problem(409, "the key was used with another body")
        taken = known or TakenHandoff(id=f"h-{next(self._numbers)}", key=key, opening=body)
        self.handoffs[key] = taken
        self._happened()
        return await self._answered("open", self._as_json(taken), 200 if known else 201)

    async def _get(self, handoff_id: str, request: Request) -> Response:
        if wrong := await self._wrong("get", request):
            return wrong
        taken = self._by_id(handoff_id)
        return JSONResponse(self._as_json(taken)) if taken else _problem(404, "no such handoff")

    async def _tell(self, handoff_id: str, request: Request) -> Response:
        if wrong := await self._wrong("tell", request):
            return wrong
        taken, activity = self._by_id(handoff_id), await request.json()
        if not taken:
            return _problem(404, "no such handoff")
        if what := _breach(activity):
            return _problem(422, what)
        if activity["id"] in taken.activities:
            return JSONResponse({"id": activity["id"]}, status_code=200)
        if taken.ended:
            return _problem(410, "the handoff has ended")
        taken.activities[activity["id"]] = activity
        taken.ended = activity["type"] == "endOfConversation"
        self._happened()
        return await self._answered("tell", {"id": activity["id"]}, 201)

    async def _wrong(self, operation: str, request: Request) -> Response | None:
        self.calls.append(operation)
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return _problem(401, "wrong token")
        faults = self.faults.get(operation)
        if faults and not faults[0].after_doing:
            return await failed(faults.popleft())
        return None

    async def _answered(self, operation: str, body: dict[str, Any], status: int) -> Response:
        faults = self.faults.get(operation)
        if faults and faults[0].after_doing:
            return await failed(faults.popleft())
        return JSONResponse(body, status_code=status)

    def _as_json(self, taken: TakenHandoff) -> dict[str, Any]:
        queue = taken.opening["channelData"].get("queue")
        state = "ended" if taken.ended else "accepted" if self.accepts_at_once else taken.state
        return {"id": taken.id, "state": state, "position": 1, **({"queue": queue} if queue else {})}

    def _by_id(self, handoff_id: str) -> TakenHandoff | None:
        return next((taken for taken in self.handoffs.values() if taken.id == handoff_id), None)

    def _happened(self) -> None:
        self.changed.set()
        self.changed = asyncio.Event()


_INITIATE = ("type", "name", "id", "timestamp", "conversation", "value", "attachments", "channelData")


def _breach(activity: dict[str, Any]) -> str | None:
    if lacking := [name for name in ("type", "id", "timestamp", "from") if name not in activity]:
        return f"lacking {lacking}"
    return "text is too long" if len(activity.get("text", "")) > MAX_TEXT else None


def _problem(status: int, title: str, headers: dict[str, str] | None = None) -> Response:
    body = {"type": "about:blank", "title": title, "status": status}
    return JSONResponse(body, status_code=status, headers=headers, media_type="application/problem+json")
