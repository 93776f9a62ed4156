"""A Zendesk that keeps the contract of Sunshine Conversations v2 as far as a handoff meets it.

It knows nothing of ids but its own: whoever posts twice has posted twice. Its webhooks carry the shared secret, are
told again while we do not take them, and not after a 4xx that Zendesk takes as final.
"""

import asyncio
import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any, ClassVar

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hubs.zendesk import ZendeskHub
from settings.hubs import ZendeskSettings
from simulators.faults import Endpoint
from simulators.hub import HubSimulator

MAX_TEXT = 4_096
MAX_METADATA = 4_096
MAX_BODY = 100 * 1024
TRIES = 5
TRIED_AGAIN_AFTER = 0.05
"""Seconds; Zendesk takes up to minutes, which nobody at a simulator wants to wait for."""
FINAL = frozenset([400, 401, 403, 404, 406])
WORKSPACE, BRIDGE = "zd:agentWorkspace", "bridge"


@dataclass
class _Held:
    """One conversation."""

    id: str
    user: str
    metadata: dict[str, Any]
    messages: list[dict[str, Any]] = field(default_factory=list)
    active: str = BRIDGE
    passed: dict[str, Any] = field(default_factory=dict)
    live_from: int | None = None


class ZendeskSimulator(HubSimulator):
    """One app with a bridge and an Agent Workspace on its switchboard."""

    kind: ClassVar[str] = "zendesk"
    says_who_joined: ClassVar[bool] = False
    opens: ClassVar[str] = "passControl"
    relays: ClassVar[str] = "message"
    key_id, key_secret, webhook_secret = "app_key", "app-secret", "hook-secret"

    def __init__(self) -> None:
        super().__init__()
        self._users: set[str] = set()
        self._held: dict[str, _Held] = {}
        self._numbers = count(1)

    def app(self) -> Starlette:
        """The part of the API that a handoff uses."""
        root = "/sc/v2/apps/{app}"
        one = root + "/conversations/{conversation}"
        routes: list[tuple[str, str, str, Endpoint]] = [
            ("POST", root + "/users", "user", self._user),
            ("POST", root + "/conversations", "conversation", self._begin),
            ("GET", root + "/conversations", "find", self._find),
            ("POST", one + "/messages", "message", self._post),
            ("GET", one + "/messages", "read", self._read),
            ("POST", one + "/passControl", "passControl", self._pass),
            ("POST", one + "/releaseControl", "releaseControl", self._release),
        ]
        return Starlette(
            routes=[
                Route(path, self._checked(self.faults.around(name, do)), methods=[method])
                for method, path, name, do in routes
            ]
        )

    def adapter(self, name: str) -> ZendeskHub:
        """Baton's adapter, with a ticket field for the order number."""
        settings = ZendeskSettings.model_validate(self.settings())
        return ZendeskHub(name, settings, self.key_secret, self.webhook_secret)

    def settings(self) -> dict[str, Any]:
        """One app, and a ticket field for the order number."""
        fields = {"ticket_fields": {"OrderNumber": "360023540498"}}
        known = {"kind": self.kind, "url": f"{self.url}/sc", "app_id": "app", "key_id": self.key_id}
        return {**known, "key_secret": "env:ZENDESK_SECRET", "webhook_secret": "env:ZENDESK_WEBHOOK", **fields}

    @property
    def secrets(self) -> dict[str, str]:
        """The key's secret, and the webhook's."""
        return {"ZENDESK_SECRET": self.key_secret, "ZENDESK_WEBHOOK": self.webhook_secret}

    def opened(self) -> list[str]:
        """The conversations that were passed to the agents."""
        return [str(held.metadata["baton"]) for held in self._held.values() if held.live_from is not None]

    def is_open(self, key: str) -> bool:
        """Whether the agents have control."""
        return self._of(key).active == WORKSPACE

    def history(self, key: str) -> list[str]:
        """The messages before control was passed."""
        held = self._of(key)
        return [message["content"].get("text", "") for message in held.messages[: held.live_from]]

    def variables(self, key: str) -> dict[str, Any]:
        """The ticket's fields and tags, and the summary that stands first."""
        return {**self._of(key).passed, "summary": self.history(key)[0]}

    def said(self, key: str) -> list[str]:
        """The user's messages since."""
        held = self._of(key)
        live = held.messages[held.live_from or 0 :]
        return [message["content"].get("text", "") for message in live if message["author"]["type"] == "user"]

    async def join(self, key: str, name: str) -> None:
        """Zendesk does not say who joins: the first message does."""
        self._of(key).metadata["agent"] = name

    async def say(self, key: str, text: str, *, times: int = 1) -> None:
        """An agent's message, as a business message without metadata of ours."""
        held = self._of(key)
        author = {"type": "business", "userId": "agent-1", "displayName": held.metadata.get("agent", "Agent")}
        message = {"id": self._next("m"), "author": {**author, "subtypes": ["agent"]}, "content": _text(text)}
        held.messages.append(message)
        event = self._event("conversation:message", held, message=message)
        for _ in range(times):
            await self._call_back(event)

    async def type(self, key: str) -> None:
        """An agent's typing, as a standby integration gets it."""
        author = {"type": "business", "userId": "agent-1"}
        activity = {"id": self._next("a"), "author": author, "type": "typing:start"}
        await self._call_back(self._event("conversation:typing", self._of(key), activity=activity))

    async def end(self, key: str) -> None:
        """The ticket is closed: control comes back with the reason."""
        held = self._of(key)
        held.active = BRIDGE
        await self._call_back(self._event("switchboard:passControl", held, reason="ticketClosed"))

    async def fail(self, key: str, why: str) -> None:
        """The switchboard could not pass control."""
        held = self._of(key)
        held.active = BRIDGE
        await self._call_back(self._event("switchboard:passControl:failure", held, error=why))

    def _of(self, key: str) -> _Held:
        return next(held for held in self._held.values() if held.metadata.get("baton") == key)

    def _checked(self, endpoint: Endpoint) -> Endpoint:
        wanted = "Basic " + b64encode(f"{self.key_id}:{self.key_secret}".encode()).decode()

        async def checked(request: Request) -> Response:
            if request.headers.get("authorization") != wanted:
                return _error(401, "unauthorized")
            if len(await request.body()) > MAX_BODY:
                return _error(413, "payload_too_large")
            if "conversation" in request.path_params and request.path_params["conversation"] not in self._held:
                return _error(404, "conversation_not_found")
            return await endpoint(request)

        return checked

    async def _user(self, request: Request) -> Response:
        external = (await request.json())["externalId"]
        if external in self._users:
            return _error(409, "conflict")
        self._users.add(external)
        return JSONResponse({"user": {"id": self._next("u"), "externalId": external}}, 201)

    async def _begin(self, request: Request) -> Response:
        body = await request.json()
        user = body["participants"][0]["userExternalId"]
        if user not in self._users:
            return _error(404, "user_not_found")
        if wrong := _wrong(body.get("metadata")):
            return wrong
        held = _Held(self._next("c"), user, body.get("metadata") or {})
        self._held[held.id] = held
        return JSONResponse({"conversation": {"id": held.id, "type": "personal"}}, 201)

    async def _find(self, request: Request) -> Response:
        user = request.query_params.get("filter[userExternalId]")
        found = [{"id": held.id, "metadata": held.metadata} for held in self._held.values() if held.user == user]
        return JSONResponse({"conversations": found, "meta": {"hasMore": False}})

    async def _post(self, request: Request) -> Response:
        body, held = await request.json(), self._held[request.path_params["conversation"]]
        if wrong := _wrong(body.get("metadata")):
            return wrong
        if len(body["content"].get("text", "")) > MAX_TEXT:
            return _error(400, "bad_request")
        if body["author"]["type"] == "user" and body["author"].get("userExternalId") != held.user:
            return _error(400, "bad_request")
        message = {"id": self._next("m"), **body}
        held.messages.append(message)
        return JSONResponse({"messages": [{"id": message["id"], "received": "2026-11-24T12:00:00.000Z"}]}, 201)

    async def _read(self, request: Request) -> Response:
        held = self._held[request.path_params["conversation"]]
        begin = int(request.query_params.get("page[after]", "0"))
        end = begin + int(request.query_params.get("page[size]", "100"))
        meta = {"hasMore": end < len(held.messages), "afterCursor": str(end)}
        return JSONResponse({"messages": held.messages[begin:end], "meta": meta})

    async def _pass(self, request: Request) -> Response:
        body, held = await request.json(), self._held[request.path_params["conversation"]]
        if body["switchboardIntegration"] not in {WORKSPACE, "next"}:
            return _error(404, "switchboard_integration_not_found")
        if wrong := _wrong(body.get("metadata")):
            return wrong
        held.active, held.passed = WORKSPACE, body.get("metadata") or {}
        held.live_from = len(held.messages) if held.live_from is None else held.live_from
        return JSONResponse({})

    async def _release(self, request: Request) -> Response:
        self._held[request.path_params["conversation"]].active = BRIDGE
        return JSONResponse({})

    def _event(self, kind: str, held: _Held, **payload: Any) -> dict[str, Any]:
        active = {"name": held.active, "integrationType": held.active}
        whole = {"id": held.id, "type": "personal", "metadata": held.metadata, "activeSwitchboardIntegration": active}
        created = "2026-11-24T12:00:00.000Z"
        return {
            "id": self._next("e"),
            "createdAt": created,
            "type": kind,
            "payload": {"conversation": whole, **payload},
        }

    async def _call_back(self, event: Mapping[str, Any]) -> None:
        body = json.dumps({"app": {"id": "app"}, "webhook": {"id": "w", "version": "v2"}, "events": [event]})
        headers = {"X-API-Key": self.webhook_secret, "Content-Type": "application/json"}
        async with httpx.AsyncClient() as client:
            for _ in range(TRIES):
                answer = await client.post(self.callback, content=body, headers=headers)
                self.callbacks.append(answer.status_code)
                if answer.is_success or answer.status_code in FINAL:
                    return
                await asyncio.sleep(TRIED_AGAIN_AFTER)

    def _next(self, prefix: str) -> str:
        return f"{prefix}{next(self._numbers):06d}"


def _wrong(metadata: Mapping[str, Any] | None) -> Response | None:
    """Metadata is flat and small."""
    flat = all(isinstance(value, str | int | float | bool) for value in (metadata or {}).values())
    small = len(json.dumps(metadata or {})) <= MAX_METADATA
    return None if flat and small else _error(400, "bad_request")


def _text(text: str) -> dict[str, str]:
    return {"type": "text", "text": text}


def _error(status: int, code: str) -> Response:
    return JSONResponse({"errors": [{"code": code, "title": code.replace("_", " ")}]}, status)
