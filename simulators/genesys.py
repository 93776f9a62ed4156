"""A Genesys Cloud that keeps the contract of Open Messaging as far as a handoff meets it.

Messages thread by their sender; nothing is deduplicated; the webhook tells what agents say and no more, so that who
joins and leaves can only be seen in the conversation.
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

from hubs.genesys import INTRODUCTION, GenesysHub
from hubs.genesys_events import signature
from settings.hubs import GenesysSettings
from simulators.faults import Endpoint
from simulators.hub import HubSimulator

TRIES = 5
TRIED_AGAIN_AFTER = 0.05
"""Seconds; Genesys waits five, which nobody at a simulator wants to."""
TOKEN_USES = 400
"""Calls after which a token has expired, so that renewal is met by everybody."""


@dataclass
class _Held:
    """One conversation."""

    id: str
    sender: str
    attributes: dict[str, str] = field(default_factory=dict)
    messages: list[dict[str, Any]] = field(default_factory=list)
    participants: list[dict[str, Any]] = field(default_factory=list)

    @property
    def open(self) -> bool:
        """Whether anybody of the company's is in it, or waits to be."""
        return any(each["state"] == "connected" and each["purpose"] != "customer" for each in self.participants)


class GenesysSimulator(HubSimulator):
    """One org with one Open Messaging integration, whose flow queues everybody."""

    kind: ClassVar[str] = "genesys"
    opens: ClassVar[str] = "message"
    relays: ClassVar[str] = "message"
    client_id, client_secret, webhook_secret = "client", "client-secret", "0123456789abcdef-secret"

    def __init__(self) -> None:
        super().__init__()
        self._held: dict[str, _Held] = {}
        self._numbers = count(1)
        self._token, self._uses = "", 0

    def app(self) -> Starlette:
        """The part of the API that a handoff uses; login and API on one address."""
        messages = "/api/v2/conversations/messages"
        inbound = messages + "/{integration}/inbound/open"
        routes: list[tuple[str, str, str, Endpoint]] = [
            ("POST", inbound + "/message", "message", self._message),
            ("POST", inbound + "/event", "event", self._event),
            ("GET", messages + "/{conversation}", "read", self._read),
            ("PATCH", messages + "/{conversation}", "end", self._disconnect),
            ("POST", messages + "/{conversation}/messages/bulk", "bodies", self._bodies),
            ("GET", "/api/v2/conversations/messaging/integrations/open/{integration}", "check", self._integration),
        ]
        made = [
            Route(path, self._checked(self.faults.around(name, do)), methods=[method])
            for method, path, name, do in routes
        ]
        return Starlette(routes=[Route("/oauth/token", self._login, methods=["POST"]), *made])

    def adapter(self, name: str) -> GenesysHub:
        """Baton's adapter, which looks more often than it would at the real one."""
        settings = GenesysSettings.model_validate(self.settings())
        hub = GenesysHub(name, settings, self.client_secret, self.webhook_secret)
        hub.looks_every = 0.1
        return hub

    def settings(self) -> dict[str, Any]:
        """One address for login and API, and the secrets by the names under which `secrets` has them."""
        addresses = {"api": self.url, "login": self.url, "integration": "integration-1"}
        known = {"kind": self.kind, "client_id": self.client_id}
        return {**known, **addresses, "client_secret": "env:GENESYS_SECRET", "webhook_secret": "env:GENESYS_WEBHOOK"}

    @property
    def secrets(self) -> dict[str, str]:
        """The client's secret, and the webhook's."""
        return {"GENESYS_SECRET": self.client_secret, "GENESYS_WEBHOOK": self.webhook_secret}

    def opened(self) -> list[str]:
        """The senders."""
        return [held.sender for held in self._held.values()]

    def is_open(self, key: str) -> bool:
        """Whether an agent or the queue holds it."""
        return self._of(key).open

    def history(self, key: str) -> list[str]:
        """The messages under our history's ids."""
        return [each["text"] for each in self._of(key).messages if _is_history(each, key)]

    def variables(self, key: str) -> dict[str, Any]:
        """The participant data, and what stands in the history of them."""
        return {**self._of(key).attributes, "summary": "\n".join(self.history(key)[:2])}

    def said(self, key: str) -> list[str]:
        """The customer's other messages."""
        return [each["text"] for each in self._of(key).messages if not _is_history(each, key)]

    async def join(self, key: str, name: str) -> None:
        """An agent's participant connects, the queue's disconnects; nobody is told."""
        held = self._of(key)
        for each in held.participants:
            if each["purpose"] == "acd":
                each["state"] = "disconnected"
        held.participants.append({"id": self._next("p"), "purpose": "agent", "state": "connected", "name": name})

    async def say(self, key: str, text: str, *, times: int = 1) -> None:
        """An agent's text."""
        message = self._outbound(key, {"type": "Text", "text": text, "originatingEntity": "Human"})
        for _ in range(times):
            await self._call_back(message)

    async def type(self, key: str) -> None:
        """An agent's typing."""
        typing = {"type": "On", "duration": 5000}
        await self._call_back(
            self._outbound(key, {"type": "Event", "events": [{"eventType": "Typing", "typing": typing}]})
        )

    async def end(self, key: str) -> None:
        """The agent disconnects; nobody is told."""
        self._end(self._of(key))

    async def says_by_itself(self, key: str, text: str) -> None:
        """The flow's automatic text."""
        await self._call_back(self._outbound(key, {"type": "Text", "text": text, "originatingEntity": "Bot"}))

    def _of(self, key: str) -> _Held:
        return next(held for held in self._held.values() if held.sender == key)

    def _checked(self, endpoint: Endpoint) -> Endpoint:
        async def checked(request: Request) -> Response:
            self._uses += 1
            if self._uses > TOKEN_USES or request.headers.get("authorization") != f"Bearer {self._token}":
                return _error(401, "authentication.required")
            return await endpoint(request)

        return checked

    async def _login(self, request: Request) -> Response:
        wanted = "Basic " + b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        form = await request.form()
        if request.headers.get("authorization") != wanted or form.get("grant_type") != "client_credentials":
            return _error(400, "invalid_client")
        self._token, self._uses = self._next("token"), 0
        return JSONResponse({"access_token": self._token, "token_type": "bearer", "expires_in": 86_400})

    async def _message(self, request: Request) -> Response:
        body = await request.json()
        channel = body.get("channel") or {}
        sender = channel.get("from") or {}
        if sender.get("idType") not in {"Email", "Phone", "Opaque"} or not sender.get("id") or "time" not in channel:
            return _error(400, "bad.request")
        if "customAttributes" in (body.get("metadata") or {}):
            return _error(400, "bad.request")
        held = self._threaded(sender["id"])
        held.attributes.update((channel.get("metadata") or {}).get("customAttributes") or {})
        text = body.get("text") or str(body.get("content") or "")
        message = {"messageId": self._next("m"), "providerMessageId": channel.get("messageId"), "text": text}
        held.messages.append(message)
        prefetched = request.query_params.get("prefetchConversationId") == "true"
        whole = {"id": message["messageId"], "channel": channel, "type": "Text", "text": text}
        return JSONResponse({**whole, **({"conversationId": held.id} if prefetched else {})})

    async def _event(self, request: Request) -> Response:
        body = await request.json()
        held = self._threaded(body["channel"]["from"]["id"])
        return JSONResponse({"id": self._next("e"), "type": "Event", "conversationId": held.id})

    async def _read(self, request: Request) -> Response:
        held = self._held.get(request.path_params["conversation"])
        if held is None:
            return _error(404, "not.found")
        messages = [{"messageId": each["messageId"]} for each in held.messages]
        customer, *others = held.participants
        return JSONResponse({"id": held.id, "participants": [{**customer, "messages": messages}, *others]})

    async def _bodies(self, request: Request) -> Response:
        held, wanted = self._held[request.path_params["conversation"]], await request.json()
        found = [{"id": each["messageId"], **each} for each in held.messages if each["messageId"] in wanted]
        return JSONResponse({"entities": found})

    async def _integration(self, request: Request) -> Response:
        return JSONResponse({"id": request.path_params["integration"], "createStatus": "Completed"})

    async def _disconnect(self, request: Request) -> Response:
        held = self._held.get(request.path_params["conversation"])
        if held is None:
            return _error(404, "not.found")
        if await request.json() != {"state": "disconnected"}:
            return _error(400, "bad.request")
        self._end(held)
        return JSONResponse({"id": held.id})

    def _threaded(self, sender: str) -> _Held:
        """The sender's open conversation, or a new one, which the flow puts into the queue."""
        for held in self._held.values():
            if held.sender == sender and held.open:
                return held
        held = _Held(self._next("c"), sender)
        held.participants = [
            {"id": self._next("p"), "purpose": "customer", "state": "connected"},
            {"id": self._next("p"), "purpose": "acd", "state": "connected"},
        ]
        self._held[held.id] = held
        return held

    @staticmethod
    def _end(held: _Held) -> None:
        for each in held.participants:
            each["state"] = "disconnected"

    def _outbound(self, key: str, what: Mapping[str, Any]) -> dict[str, Any]:
        account = {"id": "integration-1", "nickname": "Ada", "idType": "Opaque"}
        channel = {"id": "integration-1", "platform": "Open", "type": "Private", "to": {"id": key, "idType": "Opaque"}}
        time = "2026-11-24T12:00:00.000Z"
        return {
            "id": self._next("o"),
            "channel": {**channel, "from": account, "time": time},
            "direction": "Outbound",
            **what,
        }

    async def _call_back(self, message: Mapping[str, Any]) -> None:
        body = json.dumps(message).encode()
        headers = {"X-Hub-Signature-256": signature(self.webhook_secret, body), "Content-Type": "application/json"}
        async with httpx.AsyncClient() as client:
            for _ in range(TRIES):
                answer = await client.post(self.callback, content=body, headers=headers)
                self.callbacks.append(answer.status_code)
                if answer.status_code != httpx.codes.TOO_MANY_REQUESTS and not answer.is_server_error:
                    return
                await asyncio.sleep(TRIED_AGAIN_AFTER)

    def _next(self, prefix: str) -> str:
        return f"{prefix}{next(self._numbers):06d}"


def _is_history(message: Mapping[str, Any], key: str) -> bool:
    return message["text"] == INTRODUCTION or str(message["providerMessageId"]).startswith(f"{key}:h")


def _error(status: int, code: str) -> Response:
    return JSONResponse({"message": code, "code": code, "status": status}, status)
