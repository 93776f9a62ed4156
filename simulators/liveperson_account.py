"""The services of a simulated LivePerson: the directory, the tokens, the Send API, the shifts, and the webhooks."""

import asyncio
import json
import time
from collections.abc import Coroutine
from contextlib import suppress
from itertools import count
from typing import Any
from urllib.parse import urlsplit

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hubs.liveperson_signature import signature
from settings.trust import trusted
from simulators.faults import Endpoint
from simulators.hub import HubSimulator
from simulators.liveperson_conversation import ANY_SKILL, Held
from simulators.liveperson_rules import creation_breach, event_breach, is_closing, request_breach
from simulators.liveperson_tokens import Tokens, error

ACCOUNT, CLIENT, SECRET, SHIFT_TOKEN = "64467156", "client", "liveperson-secret", "shift-token"
SERVICES = frozenset(["sentinel", "idp", "asyncMessagingEnt", "shiftstatus"])
SKILLS = {"general": "101", "billing": "102"}
EVENTS = {"ContentEvent": "message", "ChatStateEvent": "typing"}
"""By the type of a published event the operation, as faults name it."""
TRIES = 6
TRIED_AGAIN_AFTER = 0.05
"""Seconds, doubled each time; LivePerson begins with two and goes on for days."""


class Account:
    """One account; `hub` has its faults, its address, and where its webhooks go."""

    def __init__(self, hub: HubSimulator) -> None:
        self.tokens = Tokens()
        self.held: dict[str, Held] = {}
        self.on_shift = True
        self.looked_up: list[str] = []
        """The services whose domains were asked for."""
        self._hub = hub
        self._numbers = count(1)
        self._telling: set[asyncio.Task[None]] = set()

    def app(self) -> Starlette:
        """All services on one address."""
        account, around = "/api/account/{account}", self._hub.faults.around
        routes: list[tuple[str, str, Endpoint]] = [
            (
                "GET",
                f"{account}/service/{{service}}/baseURI.json",
                around("directory", self._directory),
            ),
            ("POST", f"/sentinel{account}/app/token", around("token", self._app_token)),
            ("POST", f"{account}/consumer", around("consumer", self._consumer)),
            (
                "POST",
                f"{account}/messaging/consumer/conversation",
                around("conversation", self._begin),
            ),
            ("POST", f"{account}/messaging/consumer/conversation/send", self._send),
            ("GET", f"{account}/skills/{{skill}}/shift-status-skill", around("shift", self._shift)),
            ("GET", f"{account}/shift-status", around("shift", self._shift)),
        ]
        return Starlette(routes=[Route(path, self._ours(do), methods=[method]) for method, path, do in routes])

    def _ours(self, endpoint: Endpoint) -> Endpoint:
        async def ours(request: Request) -> Response:
            if request.path_params["account"] != ACCOUNT:
                return error(404, 40400, "no such account")
            return await endpoint(request)

        return ours

    async def _directory(self, request: Request) -> Response:
        service = request.path_params["service"]
        if request.query_params.get("version") != "1.0" or service not in SERVICES:
            return error(404, 40400, "no such service")
        self.looked_up.append(service)
        host = urlsplit(self._hub.url).netloc
        return JSONResponse({"service": service, "account": ACCOUNT, "baseURI": host})

    async def _app_token(self, request: Request) -> Response:
        if dict(request.query_params) != {"v": "1.0", "grant_type": "client_credentials"}:
            return error(400, 40001, "v and grant_type are required")
        if dict(await request.form()) != {"client_id": CLIENT, "client_secret": SECRET}:
            return error(401, 40102, "client_id or client_secret is wrong")
        return JSONResponse(self.tokens.app())

    async def _consumer(self, request: Request) -> Response:
        if refused := self.tokens.refused(request, consumer=False):
            return refused
        body = await request.json()
        if request.query_params.get("v") != "1.0" or set(body) != {"ext_consumer_id"} or not body["ext_consumer_id"]:
            return error(400, 40001, "v and ext_consumer_id are required")
        return JSONResponse({"token": self.tokens.consumer(body["ext_consumer_id"])}, 201)

    async def _begin(self, request: Request) -> Response:
        body = await _json(request)
        if refused := self.tokens.refused(request):
            return refused
        if wrong := creation_breach(body) or _version_breach(request):
            return error(400, 40001, wrong)
        profile, wanted = body
        answers = [{"code": "OK", "reqId": profile["id"], "body": {"msg": "OK Ack"}}]
        consumer, skill = self.tokens.claims(request), wanted["body"].get("skillId", ANY_SKILL)
        has_one = any(held.key == consumer["ext"] and held.main == "OPEN" for held in self.held.values())
        if has_one or (skill != ANY_SKILL and skill not in SKILLS.values()):
            refusal = {"code": "ERROR", "reqId": wanted["id"], "body": {"msg": "the conversation cannot be created"}}
            return JSONResponse([*answers, refusal])
        attributes = profile["body"]["authenticatedData"]["lp_sdes"]
        held = Held(self._next("conversation"), consumer["sub"], consumer["ext"], ACCOUNT, attributes, skill)
        self.held[held.id] = held
        self._later(self.tell(held, held.change()))
        return JSONResponse([*answers, {"code": "OK", "reqId": wanted["id"], "body": {"conversationId": held.id}}])

    async def _send(self, request: Request) -> Response:
        body = await _json(request)
        match body:
            case {"body": {"event": {"type": str(kind)}}}:
                operation = EVENTS.get(kind, "close")
            case _:
                operation = "close"
        return await self._hub.faults.around(operation, self._taking(body))(request)

    def _taking(self, body: Any) -> Endpoint:
        async def take(request: Request) -> Response:
            if refused := self.tokens.refused(request):
                return refused
            if wrong := request_breach(body) or _version_breach(request):
                return error(400, 40001, wrong)
            content = body["body"]
            held = self.held.get(content.get("dialogId") or content.get("conversationId") or "")
            if held is None or held.key != self.tokens.claims(request)["ext"]:
                return error(404, 40400, "the consumer has no such conversation")
            if body["type"] == "cm.UpdateConversationField" and is_closing(content):
                return self._closed(held, body["id"])
            if body["type"] != "ms.PublishEvent" or (wrong := event_breach(content.get("event"))):
                return error(400, 40001, wrong or "no such request")
            return self._published(held, body["id"], content["event"])

        return take

    def _closed(self, held: Held, number: Any) -> Response:
        if held.main == "OPEN":
            held.main = held.state = "CLOSE"
            held.close_reason = "CONSUMER"
            self._later(self.tell(held, held.change()))
        return JSONResponse({"reqId": str(number), "code": "OK", "body": {"msg": "OK Ack"}})

    def _published(self, held: Held, number: Any, event: dict[str, Any]) -> Response:
        if held.main != "OPEN":
            return error(404, 40400, "the dialog is closed")
        body: dict[str, Any] = {"msg": "OK Ack"}
        if event["type"] == "ChatStateEvent":
            held.typed += event["chatState"] == "COMPOSING"
        else:
            held.messages.append(event["message"])
        self._later(self.tell(held, held.event(held.consumer, "CONSUMER", event)))
        if event["type"] == "ContentEvent":
            body = {"sequence": held.sequence}
            self._read(held)
        return JSONResponse({"reqId": str(number), "code": "OK", "body": body})

    def _read(self, held: Held) -> None:
        """An agent who is there reads it at once, which has a number, too."""
        if held.agents:
            read = {"type": "AcceptStatusEvent", "status": "READ", "sequenceList": [held.sequence]}
            self._later(self.tell(held, held.event(held.agent, "ASSIGNED_AGENT", read)))

    async def _shift(self, request: Request) -> Response:
        if request.headers.get("authorization") != f"Bearer {SHIFT_TOKEN}":
            return error(401, 40101, "not authenticated")
        soon = int((time.time() + 3600) * 1000)
        shift = {"skillId": int(request.path_params.get("skill", 1)), "onShift": self.on_shift, "nextOn": soon}
        return JSONResponse(shift if "skill" in request.path_params else [shift])

    def _later(self, telling: Coroutine[Any, Any, None]) -> None:
        """Begin to tell; the request at hand is answered meanwhile."""
        task = asyncio.create_task(telling)
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def tell(self, held: Held, notification: dict[str, Any]) -> None:
        """One webhook, after those of the same conversation that are under way."""
        async with held.telling:
            await self._hub.callback_faults.send(lambda: self._call_back(notification))

    async def _call_back(self, notification: dict[str, Any]) -> None:
        if not self._hub.callback:
            return
        body = json.dumps(notification, separators=(",", ":"), ensure_ascii=False).encode()
        ours = {"X-Liveperson-Account-Id": ACCOUNT, "X-Liveperson-Client-Id": CLIENT}
        headers = {**ours, "X-Liveperson-Signature": signature(SECRET, body)}
        async with httpx.AsyncClient(verify=trusted(), headers=headers, timeout=15) as client:
            for tried in range(TRIES):
                with suppress(httpx.HTTPError):
                    answer = await client.post(self._hub.callback, content=body)
                    self._hub.callbacks.append(answer.status_code)
                    if answer.status_code in {200, 201}:
                        return
                await asyncio.sleep(TRIED_AGAIN_AFTER * 2**tried)

    def _next(self, prefix: str) -> str:
        return f"{prefix}-{next(self._numbers):06d}"


async def _json(request: Request) -> Any:
    try:
        return json.loads(await request.body())
    except ValueError:
        return None


def _version_breach(request: Request) -> str:
    return "" if request.query_params.get("v") == "3" else "v must be 3"
