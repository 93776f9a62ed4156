"""The HTTP side of the simulated Genesys Cloud: login, conversations, queues, callbacks; strict about each."""

import time
from base64 import b64encode
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute

from simulators.faults import Endpoint, Faults
from simulators.genesys_channels import Channels

CLIENT, CLIENT_SECRET = "client", "client-secret"
INTEGRATION, QUEUE = "integration-1", "queue-1"
MAX_TEXT = 5_000
MAX_ATTRIBUTES, MAX_ATTRIBUTE_BYTES = 50, 2_048
_MESSAGE = frozenset(["channel", "text", "content", "metadata"])
_KINDS = frozenset(["Image", "Video", "Audio", "File", "Link"])


@dataclass
class Held:
    """One conversation."""

    id: str
    sender: str
    numbers: "count[int]"
    attributes: dict[str, str] = field(default_factory=dict)
    messages: list[dict[str, Any]] = field(default_factory=list)
    participants: list[dict[str, Any]] = field(default_factory=list)
    typed: int = 0

    @property
    def open(self) -> bool:
        """Whether anybody of the company's is in it, or waits to be."""
        return any(each["state"] == "connected" and each["purpose"] != "customer" for each in self.participants)

    def enter(self, purpose: str, **more: Any) -> dict[str, Any]:
        """A participant connects."""
        now = datetime.now(UTC).isoformat()
        made = {"id": f"p{next(self.numbers):06d}", "purpose": purpose, "state": "connected", "connectedTime": now}
        self.participants.append({**made, **more})
        return self.participants[-1]

    def leave(self, purpose: str, why: str) -> dict[str, Any] | None:
        """Whoever is connected with this purpose disconnects; returns the last of them."""
        gone = [each for each in self.participants if each["purpose"] == purpose and each["state"] == "connected"]
        for each in gone:
            each.update(state="disconnected", disconnectType=why)
        return gone[-1] if gone else None

    def end(self) -> None:
        """Everybody disconnects."""
        for each in self.participants:
            if each["state"] == "connected":
                each.update(state="disconnected", disconnectType="peer")


class GenesysApi:
    """The org's state, and the calls that change it."""

    def __init__(self, faults: Faults, calls_per_minute: int, url: Callable[[], str]) -> None:
        self.held: dict[str, Held] = {}
        self.callbacks: list[dict[str, Any]] = []
        self.on_queue = 2
        self.channels = Channels(url)
        self.tokens_given = 0
        self._faults = faults
        self._allowed = calls_per_minute
        self._called: deque[float] = deque()
        self._numbers = count(1)
        self._token, self._until = "", 0.0

    def app(self) -> Starlette:
        """The routes, and the socket that channels connect to."""
        one = "/api/v2/conversations/messages/{conversation}"
        inbound = "/api/v2/conversations/messages/{integration}/inbound/open"
        channels = "/api/v2/notifications/channels"
        routes: list[tuple[str, str, str, Endpoint]] = [
            ("POST", inbound + "/message", "message", self._message),
            ("POST", inbound + "/event", "event", self._event),
            ("GET", one, "read", self._read),
            ("PATCH", one, "end", self._disconnect),
            ("POST", one + "/messages/bulk", "bodies", self._bodies),
            ("GET", "/api/v2/conversations/messaging/integrations/open/{integration}", "check", self._integration),
            ("POST", channels, "channel", self.channels.create),
            ("POST", channels + "/{channel}/subscriptions", "subscribe", self.channels.subscribe),
            ("PUT", channels + "/{channel}/subscriptions", "subscribe", self.channels.subscribe),
            ("POST", "/api/v2/analytics/queues/observations/query", "observations", self._observations),
            ("GET", "/api/v2/routing/queues/{queue}/mediatypes/message/estimatedwaittime", "wait", self._wait),
            ("POST", "/api/v2/conversations/callbacks", "callback", self._callback),
        ]
        made = [
            Route(path, self._checked(self._faults.around(name, do)), methods=[method])
            for method, path, name, do in routes
        ]
        socket = WebSocketRoute("/channels/{channel}", self.channels.serve)
        login = Route("/oauth/token", self._faults.around("login", self._login), methods=["POST"])
        return Starlette(routes=[login, socket, *made])

    def of(self, sender: str) -> Held:
        """The sender's newest conversation."""
        return [held for held in self.held.values() if held.sender == sender][-1]

    def next(self, prefix: str) -> str:
        """An id."""
        return f"{prefix}{next(self._numbers):06d}"

    def expire_token(self) -> None:
        """The token that was given out last is good no more."""
        self._token = ""

    def _checked(self, endpoint: Endpoint) -> Endpoint:
        async def checked(request: Request) -> Response:
            given = request.headers.get("authorization", "").partition(" ")
            if given[0].lower() != "bearer" or given[2] != (self._token or None) or time.monotonic() > self._until:
                return error(401, "authentication.required")
            if wait := self._too_fast():
                return error(429, "too.many.requests.retry.after", {"Retry-After": str(wait)})
            conversation = request.path_params.get("conversation")
            if conversation is not None and conversation not in self.held:
                return error(404, "not.found")
            if request.path_params.get("integration", INTEGRATION) != INTEGRATION:
                return error(404, "not.found")
            return await endpoint(request)

        return checked

    def _too_fast(self) -> int:
        """Seconds that a client has to wait, who has called too often within a minute."""
        now = time.monotonic()
        while self._called and self._called[0] < now - 60:
            self._called.popleft()
        if len(self._called) >= self._allowed:
            return max(1, round(self._called[0] + 60 - now))
        self._called.append(now)
        return 0

    async def _login(self, request: Request) -> Response:
        wanted = "Basic " + b64encode(f"{CLIENT}:{CLIENT_SECRET}".encode()).decode()
        form = await request.form()
        if request.headers.get("authorization") != wanted or form.get("grant_type") != "client_credentials":
            return JSONResponse({"error": "invalid_client", "description": "client not found"}, 400)
        lives = 86_400
        self._token, self._until = self.next("token"), time.monotonic() + lives
        self.tokens_given += 1
        return JSONResponse({"access_token": self._token, "token_type": "bearer", "expires_in": lives})

    async def _message(self, request: Request) -> Response:
        body = await request.json()
        channel, text, files = body.get("channel") or {}, body.get("text") or "", _files(body)
        if set(body) - _MESSAGE or _wrong_channel(channel) or len(text) > MAX_TEXT or files is None:
            return error(400, "bad.request")
        if "customAttributes" in (body.get("metadata") or {}) or not (text or files):
            return error(400, "bad.request")
        held = self._threaded(channel["from"]["id"])
        held.attributes.update((channel.get("metadata") or {}).get("customAttributes") or {})
        message = {"messageId": self.next("m"), "providerMessageId": channel.get("messageId"), "text": text}
        held.messages.append({**message, "files": files})
        whole = {"id": message["messageId"], "channel": channel, "type": "Text", "text": text}
        if request.query_params.get("prefetchConversationId") == "true":
            whole["conversationId"] = held.id
        return JSONResponse(whole)

    async def _event(self, request: Request) -> Response:
        body = await request.json()
        kinds = [event.get("eventType") for event in body.get("events") or []]
        if _wrong_channel(body.get("channel") or {}) or kinds != ["Typing"]:
            return error(400, "bad.request")
        self._threaded(body["channel"]["from"]["id"]).typed += 1
        return JSONResponse({"id": self.next("e"), "channel": body["channel"], "type": "Event"})

    async def _read(self, request: Request) -> Response:
        held = self.held[request.path_params["conversation"]]
        messages = [{"messageId": each["messageId"]} for each in held.messages]
        customer, *others = held.participants
        return JSONResponse({"id": held.id, "participants": [{**customer, "messages": messages}, *others]})

    async def _bodies(self, request: Request) -> Response:
        held, wanted = self.held[request.path_params["conversation"]], await request.json()
        found = [{"id": each["messageId"], **each} for each in held.messages if each["messageId"] in wanted]
        return JSONResponse({"entities": found})

    async def _integration(self, request: Request) -> Response:
        return JSONResponse({"id": request.path_params["integration"], "name": "Baton", "createStatus": "Completed"})

    async def _disconnect(self, request: Request) -> Response:
        if await request.json() != {"state": "disconnected"}:
            return error(400, "bad.request")
        held = self.held[request.path_params["conversation"]]
        held.end()
        return JSONResponse({"id": held.id})

    async def _observations(self, request: Request) -> Response:
        body = await request.json()
        predicates = (body.get("filter") or {}).get("predicates") or []
        if not body.get("metrics") or [each.get("dimension") for each in predicates] != ["queueId"]:
            return error(400, "bad.request")
        waiting = sum(held.open for held in self.held.values())
        users = {"metric": "oOnQueueUsers", "qualifier": "IDLE", "stats": {"count": self.on_queue}}
        data = [users, {"metric": "oWaiting", "stats": {"count": waiting}}]
        known = predicates[0].get("value") == QUEUE
        return JSONResponse({"results": [{"group": {"queueId": QUEUE}, "data": data}] if known else []})

    async def _wait(self, request: Request) -> Response:
        if request.path_params["queue"] != QUEUE:
            return error(404, "not.found")
        return JSONResponse({"results": [{"intent": "MESSAGE", "formula": "BEST", "estimatedWaitTimeSeconds": 120}]})

    async def _callback(self, request: Request) -> Response:
        body = await request.json()
        if not body.get("callbackNumbers") or body.get("queueId") != QUEUE:
            return error(400, "bad.request")
        if not all(isinstance(value, str) for value in (body.get("data") or {}).values()):
            return error(400, "bad.request")
        self.callbacks.append(body)
        made = {"type": "ACD", "id": self.next("callback")}
        return JSONResponse({"conversation": {"id": self.next("c")}, "callbackIdentifiers": [made]}, 202)

    def _threaded(self, sender: str) -> Held:
        """The sender's open conversation, or a new one, which the flow puts into the queue."""
        for held in self.held.values():
            if held.sender == sender and held.open:
                return held
        held = Held(self.next("c"), sender, self._numbers)
        held.enter("customer")
        held.enter("acd", queue={"id": QUEUE})
        self.held[held.id] = held
        return held


def _wrong_channel(channel: Mapping[str, Any]) -> bool:
    sender = channel.get("from") or {}
    attributes = (channel.get("metadata") or {}).get("customAttributes") or {}
    size = sum(len(f"{name}{value}".encode()) for name, value in attributes.items())
    named = sender.get("idType") in {"Email", "Phone", "Opaque"} and bool(sender.get("id"))
    texts = all(isinstance(value, str) for value in attributes.values())
    return (
        not (named and channel.get("time") and texts) or len(attributes) > MAX_ATTRIBUTES or size > MAX_ATTRIBUTE_BYTES
    )


def _files(body: Mapping[str, Any]) -> list[str] | None:
    """The addresses of the attachments; None where one is not as it should be."""
    found = [part.get("attachment") or {} for part in body.get("content") or []]
    right = all(file.get("url") and file.get("mime") and file.get("mediaType") in _KINDS for file in found)
    return [file["url"] for file in found] if right else None


def error(status: int, code: str, headers: Mapping[str, str] | None = None) -> Response:
    """A body as the SDK's ErrorBody."""
    whole = {"message": code, "code": code, "status": status, "contextId": "simulated", "details": [], "errors": []}
    return JSONResponse(whole, status, headers=headers)
