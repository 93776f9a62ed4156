"""A custom engagement hub that keeps its contract to the letter, and fails on demand.

It answers over a real socket, remembers the effect of every id once, and counts how often it was told. `Faults` are
what makes it useful: a hub that is slow, cut off after it did the work, or talks nonsense.
"""

import asyncio
import itertools
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from standardwebhooks import Webhook
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from settings.trust import trusted
from simulators.faults import Endpoint, Fault, Faults

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
        messages = [activity for activity in self.activities.values() if activity["type"] == "message"]
        return [activity["text"] for activity in messages if activity.get("text")]

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
    faults: Faults = field(default_factory=Faults)
    accepts_at_once: bool = False
    clock_is_off: timedelta = timedelta()
    """How wrong the clock is by which callbacks are signed."""
    url: str = ""
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def fail_next(self, operation: str, *faults: Fault) -> None:
        """Let the next calls of "open", "tell" or "queue" go wrong, one after another."""
        self.faults.plan(operation, *faults)

    @property
    def calls(self) -> list[str]:
        """Every call that came."""
        return self.faults.calls

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
        key = key or self.next_key(handoff)
        now = datetime.now(UTC) + self.clock_is_off
        whole = {"id": key, "timestamp": now.isoformat(), "conversation": {"id": handoff.id}, **activity}
        body = json.dumps(whole)
        headers = {
            "webhook-id": key,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(self.webhook_secret).sign(key, now, body),
            "content-type": "application/json",
        }
        async with httpx.AsyncClient(verify=trusted()) as client:
            return await client.post(handoff.callback, content=body, headers=headers)

    @staticmethod
    def next_key(handoff: TakenHandoff) -> str:
        """The id of the handoff's next callback."""
        handoff.sent += 1
        return f"{handoff.id}-{handoff.sent}"

    def app(self) -> Starlette:
        """The hub's HTTP side."""
        return Starlette(
            routes=[
                self._route("/queues/{queue}", "GET", "queue", self._queue),
                self._route("/handoffs", "POST", "open", self._open),
                self._route("/handoffs/{handoff_id}", "GET", "get", self._get),
                self._route("/handoffs/{handoff_id}/activities", "POST", "tell", self._tell),
            ]
        )

    def _route(self, path: str, method: str, operation: str, endpoint: Endpoint) -> Route:
        async def checked(request: Request) -> Response:
            if request.headers.get("authorization") != f"Bearer {self.token}":
                return _problem(401, "wrong token")
            return await endpoint(request)

        return Route(path, self.faults.around(operation, checked), methods=[method])

    async def _queue(self, request: Request) -> Response:
        queue = request.path_params["queue"]
        if queue in self.unknown:
            return _problem(404, "no such queue")
        return JSONResponse({"queue": queue, "open": queue not in self.closed, "waiting": len(self.open_ones)})

    async def _open(self, request: Request) -> Response:
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
        return JSONResponse(self._as_json(taken), status_code=200 if known else 201)

    async def _get(self, request: Request) -> Response:
        taken = self._by_id(request)
        return JSONResponse(self._as_json(taken)) if taken else _problem(404, "no such handoff")

    async def _tell(self, request: Request) -> Response:
        taken, activity = self._by_id(request), await request.json()
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
        return JSONResponse({"id": activity["id"]}, status_code=201)

    def _as_json(self, taken: TakenHandoff) -> dict[str, Any]:
        queue = taken.opening["channelData"].get("queue")
        state = "ended" if taken.ended else "accepted" if self.accepts_at_once else taken.state
        return {"id": taken.id, "state": state, "position": 1, **({"queue": queue} if queue else {})}

    def _by_id(self, request: Request) -> TakenHandoff | None:
        wanted = request.path_params["handoff_id"]
        return next((taken for taken in self.handoffs.values() if taken.id == wanted), None)

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
