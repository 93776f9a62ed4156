"""The HTTP side of the simulated Zendesk: Sunshine Conversations v2, and tickets of the Support API."""

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import jwt
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulators.faults import Endpoint, Faults

MAX_TEXT, MAX_METADATA, MAX_BODY, MAX_ALT_TEXT = 4_096, 4_096, 100 * 1024, 128
MAX_MESSAGES = 30_000
WORKSPACE, BRIDGE = "zd:agentWorkspace", "bridge"
KEY_ID, KEY_SECRET = "app_key", "a secret that is long enough to sign with"
SUPPORT_USER, SUPPORT_TOKEN = "ada@contoso.com", "support-token"
_WHEN = "2026-11-24T12:00:00.000Z"
_CONTENTS = {"text": ("text",), "file": ("mediaUrl",), "image": ("mediaUrl",)}


@dataclass
class Held:
    """One conversation."""

    id: str
    user: str
    metadata: dict[str, Any]
    messages: list[dict[str, Any]] = field(default_factory=list)
    active: str = BRIDGE
    passed: dict[str, Any] = field(default_factory=dict)
    was_passed: bool = False
    agent: str = "Agent"


class ZendeskApi:
    """The app's state, and the calls that change it."""

    def __init__(self, faults: Faults) -> None:
        self.held: dict[str, Held] = {}
        self.tickets: dict[str, dict[str, Any]] = {}
        """By `Idempotency-Key`."""
        self.max_messages = MAX_MESSAGES
        self.delivers_standby_events = True
        self.online = 1
        self._faults = faults
        self._users: set[str] = set()
        self._numbers = count(1)

    def app(self) -> Starlette:
        """The part of both APIs that a handoff uses."""
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
            ("GET", root + "/switchboards", "switchboards", self._switchboards),
            ("GET", root + "/switchboards/{board}/switchboardIntegrations", "integrations", self._integrations),
        ]
        support: list[tuple[str, str, str, Endpoint]] = [
            ("POST", "/api/v2/tickets", "ticket", self._ticket),
            ("GET", "/api/v2/agent_availabilities", "online", self._who_is_online),
        ]
        return Starlette(
            routes=[
                *(self._route(each, self._checked(each[3])) for each in routes),
                *(self._route(each, self._support_only(each[3])) for each in support),
            ]
        )

    def of(self, key: str) -> Held:
        """The conversation of a handoff."""
        return next(held for held in self.held.values() if held.metadata.get("baton") == key)

    def next(self, prefix: str) -> str:
        """An id."""
        return f"{prefix}{next(self._numbers):06d}"

    def _route(self, what: tuple[str, str, str, Endpoint], endpoint: Endpoint) -> Route:
        method, path, name, _ = what
        return Route(path, self._faults.around(name, endpoint), methods=[method])

    def _checked(self, endpoint: Endpoint) -> Endpoint:
        async def checked(request: Request) -> Response:
            if not _authorised(request.headers.get("authorization", "")):
                return error(401, "unauthorized")
            if len(await request.body()) > MAX_BODY:
                return error(413, "payload_too_large")
            if request.path_params["app"] != "app":
                return error(404, "app_not_found")
            if "conversation" in request.path_params and request.path_params["conversation"] not in self.held:
                return error(404, "conversation_not_found")
            return await endpoint(request)

        return checked

    @staticmethod
    def _support_only(endpoint: Endpoint) -> Endpoint:
        wanted = "Basic " + b64encode(f"{SUPPORT_USER}/token:{SUPPORT_TOKEN}".encode()).decode()

        async def checked(request: Request) -> Response:
            if request.headers.get("authorization") != wanted:
                return JSONResponse({"error": "Couldn't authenticate you"}, 401)
            return await endpoint(request)

        return checked

    async def _user(self, request: Request) -> Response:
        external = (await request.json()).get("externalId")
        if not isinstance(external, str) or not external:
            return error(400, "bad_request")
        if external in self._users:
            return error(409, "conflict")
        self._users.add(external)
        return JSONResponse({"user": {"id": self.next("u"), "externalId": external}}, 201)

    async def _begin(self, request: Request) -> Response:
        body = await request.json()
        participants = body.get("participants") or [{}]
        if body.get("type") != "personal" or _wrong(body.get("metadata")):
            return error(400, "bad_request")
        user = participants[0].get("userExternalId")
        if user not in self._users:
            return error(404, "user_not_found")
        held = Held(self.next("c"), user, body.get("metadata") or {})
        self.held[held.id] = held
        return JSONResponse({"conversation": {"id": held.id, "type": "personal"}}, 201)

    async def _find(self, request: Request) -> Response:
        user = request.query_params.get("filter[userExternalId]")
        if user not in self._users:
            return error(404, "user_not_found")
        found = [{"id": held.id, "metadata": held.metadata} for held in self.held.values() if held.user == user]
        return JSONResponse({"conversations": found, "meta": {"hasMore": False}})

    async def _post(self, request: Request) -> Response:
        body, held = await request.json(), self.held[request.path_params["conversation"]]
        if len(held.messages) >= self.max_messages:
            return error(423, "conversation_locked")
        if _wrong(body.get("metadata")) or _wrong_content(body.get("content")) or not _may_write(body, held):
            return error(400, "bad_request")
        message = {"id": self.next("m"), **body}
        held.messages.append(message)
        return JSONResponse({"messages": [{"id": message["id"], "received": _WHEN}]}, 201)

    async def _read(self, request: Request) -> Response:
        held = self.held[request.path_params["conversation"]]
        begin = int(request.query_params.get("page[after]", "0"))
        size = int(request.query_params.get("page[size]", "25"))
        if not 1 <= size <= 100:
            return error(400, "bad_request")
        meta = {"hasMore": begin + size < len(held.messages), "afterCursor": str(begin + size)}
        return JSONResponse({"messages": held.messages[begin : begin + size], "meta": meta})

    async def _pass(self, request: Request) -> Response:
        """To whom: by id, name or type, or to the next; from where: a message that there is."""
        body, held = await request.json(), self.held[request.path_params["conversation"]]
        names = {"next": WORKSPACE, "agents": WORKSPACE} | {name: name for name in (WORKSPACE, BRIDGE)}
        to, metadata = names.get(str(body.get("switchboardIntegration"))), body.get("metadata") or {}
        if to is None:
            return error(404, "switchboard_integration_not_found")
        first = metadata.get("first_message_id")
        if _wrong(metadata) or (first and first not in [message["id"] for message in held.messages]):
            return error(400, "bad_request")
        held.active, held.passed, held.was_passed = to, metadata, True
        return JSONResponse({})

    async def _release(self, request: Request) -> Response:
        self.held[request.path_params["conversation"]].active = BRIDGE
        return JSONResponse({})

    async def _switchboards(self, request: Request) -> Response:
        del request
        return JSONResponse({"switchboards": [{"id": "board", "enabled": True}]})

    async def _integrations(self, request: Request) -> Response:
        del request
        bridge = {"id": "i1", "name": BRIDGE, "integrationId": "x", "integrationType": "custom"}
        agents = {"id": "i2", "name": "agents", "integrationId": "y", "integrationType": WORKSPACE}
        found = [
            {**bridge, "deliverStandbyEvents": self.delivers_standby_events},
            {**agents, "deliverStandbyEvents": False},
        ]
        return JSONResponse({"switchboardIntegrations": found})

    async def _ticket(self, request: Request) -> Response:
        key, ticket = request.headers.get("idempotency-key"), (await request.json()).get("ticket") or {}
        if not (ticket.get("comment") or {}).get("body"):
            return JSONResponse({"error": "RecordInvalid", "details": {"description": [{"error": "BlankValue"}]}}, 422)
        known = self.tickets.get(key or "")
        if known and {**known, "id": None} != {**ticket, "id": None}:
            return JSONResponse({"error": "IdempotentRequestError"}, 400)
        made = known or {**ticket, "id": next(self._numbers)}
        self.tickets[key or self.next("nokey")] = made
        looked_up = {"X-Idempotency-Lookup": "hit" if known else "miss"}
        return JSONResponse({"ticket": made}, 201, headers=looked_up)

    async def _who_is_online(self, request: Request) -> Response:
        if request.query_params.get("filter[channel_status]") != "messaging:online":
            return JSONResponse({"errors": [{"code": "BadRequest"}]}, 400)
        return JSONResponse({"data": [{"id": f"agent-{number}"} for number in range(self.online)]})


def _authorised(given: str) -> bool:
    """The key as it is, or a token signed with it."""
    scheme, _, value = given.partition(" ")
    if scheme == "Basic":
        return value == b64encode(f"{KEY_ID}:{KEY_SECRET}".encode()).decode()
    try:
        key_id = jwt.get_unverified_header(value).get("kid")
        claims = jwt.decode(value, KEY_SECRET, algorithms=["HS256"])
    except jwt.InvalidTokenError:
        return False
    return bool(scheme == "Bearer" and key_id == KEY_ID and claims.get("scope") == "app")


def _may_write(body: Mapping[str, Any], held: Held) -> bool:
    author = body.get("author") or {}
    if author.get("type") == "user":
        return bool(author.get("userExternalId") == held.user)
    return bool(author.get("type") == "business")


def _wrong_content(content: Mapping[str, Any] | None) -> bool:
    """A kind that there is, with what it needs, and no more than it takes."""
    lacking = _CONTENTS.get(str((content or {}).get("type")))
    if content is None or lacking is None or any(not content.get(name) for name in lacking):
        return True
    return len(content.get("text", "")) > MAX_TEXT or len(content.get("altText", "")) > MAX_ALT_TEXT


def _wrong(metadata: Mapping[str, Any] | None) -> bool:
    """Metadata is flat and small."""
    flat = all(isinstance(value, str | int | float | bool) for value in (metadata or {}).values())
    return not flat or len(json.dumps(metadata or {})) > MAX_METADATA


def error(status: int, code: str) -> Response:
    """A body as every error of Sunshine Conversations has it."""
    return JSONResponse({"errors": [{"code": code, "title": code.replace("_", " ")}]}, status)
