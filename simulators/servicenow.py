"""A ServiceNow that keeps the contract of the Virtual Agent Bot Integration API as far as a handoff meets it.

It ignores a request whose `requestId` it has seen, as the instance's "ignore duplicate requests from client" does, and
deduplicates by nothing else. Its callbacks carry the header of the outbound configuration and are told once: what
ServiceNow does with one that we refuse is written nowhere.
"""

import asyncio
import json
import re
from base64 import b64encode
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any, ClassVar

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hubs.servicenow import ENDPOINT, ServiceNowHub
from settings.hubs import ServiceNowSettings
from simulators.faults import Endpoint
from simulators.hub import HubSimulator

WORKED_ON_FOR = 0.01
"""Seconds that the Virtual Agent needs for a request, in which it takes no other of the same session."""
KNOWN = re.compile(
    "requestId|clientSessionId|nowSessionId|nowBotId|enterpriseId|appInboundId|action|botToBot|silentMessage|message|"
    "userId|emailId|timestamp|timezone|contextVariables|clientVariables|history|topic|intent|cause|token"
)
"""A request's keys."""
MESSAGE = {"text": str, "typed": bool, "clientMessageId": str, "attachment": dict | list}
ENTRY = {"isBotMessage": bool, "value": str, "displayName": str, "type": str, "timestamp": str}
NO_FLAGS: dict[str, bool] = {}
OPERATIONS: dict[str | None, str] = {
    "AGENT": "open",
    "END_CONVERSATION": "end",
    "TYPING": "typing",
    "VIEWING": "typing",
    None: "message",
}
"""By `action` the operation, as faults name it."""


@dataclass
class _Session:
    """One conversation of the Virtual Agent's."""

    key: str
    user: str
    opening: dict[str, Any] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    busy: bool = False
    in_agent_chat: bool = False
    agent: dict[str, Any] = field(default_factory=lambda: {"sentFromAgent": True})
    newest_request: dict[str, Any] = field(default_factory=dict)


class ServiceNowSimulator(HubSimulator):
    """One instance with Agent Chat behind its Virtual Agent."""

    kind: ClassVar[str] = "servicenow"
    opens: ClassVar[str] = "open"
    relays: ClassVar[str] = "message"
    username, password, callback_secret = "baton", "servicenow-password", "callback-secret"

    def __init__(self) -> None:
        super().__init__()
        self.agents_available = True
        """Whether the queue takes anybody; else the Virtual Agent says that it does not, and gives control back."""
        self.body_as_object = False
        """Whether a callback's single item comes without the array around it, as in some of the documentation."""
        self._sessions: dict[str, _Session] = {}
        self._opened: list[str] = []
        self._seen: set[str] = set()
        self._numbers = count(1)
        self._telling: set[asyncio.Task[None]] = set()
        self._in_order = asyncio.Lock()

    def app(self) -> Starlette:
        """The one endpoint."""
        return Starlette(routes=[Route(ENDPOINT, self._integration, methods=["POST"])])

    def adapter(self, name: str) -> ServiceNowHub:
        """Baton's adapter, with a context variable of the administrator's."""
        settings = ServiceNowSettings.model_validate(self.settings())
        return ServiceNowHub(name, settings, self.password, self.callback_secret)

    def settings(self) -> dict[str, Any]:
        """One instance, and a context variable that its queue may ask for."""
        known = {"kind": self.kind, "url": self.url, "username": self.username, "password": "env:SERVICENOW_PASSWORD"}
        return {**known, "callback_secret": "env:SERVICENOW_CALLBACK", "context": {"b2b_category": "support"}}

    @property
    def secrets(self) -> dict[str, str]:
        """The user's password, and what the callback's header holds."""
        return {"SERVICENOW_PASSWORD": self.password, "SERVICENOW_CALLBACK": self.callback_secret}

    def opened(self) -> list[str]:
        """The session of each transfer to an agent; twice where it was transferred twice."""
        return list(self._opened)

    def is_open(self, key: str) -> bool:
        """Whether it is in agent chat."""
        return self._sessions[key].in_agent_chat

    def history(self, key: str) -> list[str]:
        """The values of `history`."""
        return [entry["value"] for entry in self._sessions[key].opening.get("history") or []]

    def variables(self, key: str) -> dict[str, Any]:
        """The context variables; the transfer's text is the summary."""
        opening = self._sessions[key].opening
        return {**(opening.get("contextVariables") or {}), "summary": opening["message"]["text"]}

    def said(self, key: str) -> list[str]:
        """The texts that reached agent chat."""
        return self._sessions[key].said

    async def join(self, key: str, name: str) -> None:
        """The agent accepts: the session is theirs, and the chat says that they have entered."""
        session = self._sessions[key]
        session.agent = {"sentFromAgent": True, "agentId": self._next("live"), "agentName": name}
        await self._tell(session, [{**_action("SwitchToLiveAgent"), "agentInfo": session.agent}])
        await self._tell(session, [{**_action("System"), "message": f"{name} has entered"}])

    async def say(self, key: str, text: str, *, times: int = 1) -> None:
        """The agent's text, under one `messageId` however often it is told."""
        session = self._sessions[key]
        said = {**_output(text), "messageId": self._next("message"), "agentInfo": session.agent}
        for _ in range(times):
            await self._tell(session, [said])

    async def type(self, key: str) -> None:
        """The agent's typing begins, and ends."""
        for action in ("StartTypingIndicator", "EndTypingIndicator"):
            await self._tell(self._sessions[key], [_action(action)])

    async def end(self, key: str) -> None:
        """The agent closes the chat: the session goes back to the Virtual Agent."""
        session = self._sessions[key]
        await self._tell(session, [{**_action("System"), "message": "The agent has closed the support session"}])
        session.in_agent_chat = False
        await self._tell(session, [_action("SwitchToVirtualAgent")])

    async def _integration(self, request: Request) -> Response:
        try:
            whole = json.loads(await request.body())
        except ValueError:
            return _failure(400, "malformed")
        action = whole.get("action") if isinstance(whole, dict) else None
        operation = OPERATIONS.get(action, "other") if isinstance(action, str | None) else "other"
        return await self.faults.around(operation, self._checked(whole))(request)

    def _checked(self, whole: Any) -> Endpoint:
        """What is done with a request: credentials first, of which a wrong pair is only seen by what never comes."""
        wanted = "Basic " + b64encode(f"{self.username}:{self.password}".encode()).decode()

        async def checked(request: Request) -> Response:
            if wrong := _breach(whole):
                return _failure(400, wrong)
            if request.headers.get("authorization") != wanted or whole["requestId"] in self._seen:
                return _success()
            return await self._take(whole)

        return checked

    async def _take(self, request: dict[str, Any]) -> Response:
        key = request["clientSessionId"]
        session = self._sessions.setdefault(key, _Session(key, request["userId"]))
        if session.busy and not session.in_agent_chat:
            return _failure(200, "a request of this session is being worked on")
        self._seen.add(request["requestId"])
        session.busy = True
        try:
            await asyncio.sleep(WORKED_ON_FOR)
            self._do(session, request)
        finally:
            session.busy = False
        return _success()

    def _do(self, session: _Session, request: dict[str, Any]) -> None:
        session.newest_request = request
        match request.get("action"):
            case "AGENT":
                self._transfer(session, request)
            case "END_CONVERSATION":
                over = _output("The conversation has ended. If you need help again, type hi.")
                ended, session.in_agent_chat = session.in_agent_chat, False
                # Without an agent the documentation's example says the words, and no flag.
                self._later(self._tell(session, [over], **({"completed": True} if ended else NO_FLAGS)))
            case "TYPING" | "VIEWING":
                pass
            case None if session.in_agent_chat:
                session.said.append(request["message"]["text"])
            case _:
                self._later(self._tell(session, [_output("I am sorry but I didn't understand your request.")]))

    def _transfer(self, session: _Session, request: dict[str, Any]) -> None:
        if not self.agents_available:
            nobody = _output("There are no agents available at this time.")
            self._later(self._tell(session, [nobody], takeControl=True, score=0))
            return
        self._opened.append(session.key)
        session.opening, session.in_agent_chat = request, True
        wait = {"spinnerType": "wait_time", "message": "Routing you to a live agent...", "waitTime": "8 Seconds"}
        queue = [_action("SubscribeToSupportQueue"), {**_action("StartSpinner"), **wait}]
        self._later(self._tell(session, [*queue, _action("SubscribeToChatPresence")]))

    def _later(self, telling: Coroutine[Any, Any, None]) -> None:
        """Begin to tell; the request at hand is answered meanwhile."""
        task = asyncio.create_task(telling)
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def _tell(self, session: _Session, items: list[dict[str, Any]], **flags: Any) -> None:
        """One callback, after those that are under way."""
        request = session.newest_request
        echoed: dict[str, Any] = {
            name: request[name] for name in ("requestId", "message", "clientVariables") if name in request
        }
        agent_chat: dict[str, Any] = {"agentChat": True} if session.in_agent_chat else NO_FLAGS
        body = items[0] if self.body_as_object and len(items) == 1 else items
        whole = {**echoed, "clientSessionId": session.key, "userId": session.user, "body": body, "score": 1}
        async with self._in_order:
            await self._call_back({**whole, **agent_chat, **flags})

    async def _call_back(self, callback: dict[str, Any]) -> None:
        if not self.callback:
            return
        with suppress(httpx.HTTPError):
            async with httpx.AsyncClient(headers={"X-Baton-Secret": self.callback_secret}) as client:
                self.callbacks.append((await client.post(self.callback, json=callback)).status_code)

    def _next(self, prefix: str) -> str:
        return f"{prefix}{next(self._numbers):06d}"


def _breach(request: Any) -> str:
    """What is wrong with a request, or nothing."""
    if not isinstance(request, dict) or not all(map(KNOWN.fullmatch, request)):
        return "malformed, or with a key that nobody knows"
    ids = [request.get(name) for name in ("requestId", "userId", "clientSessionId")]
    if not all(isinstance(each, str) and each for each in ids):
        return "requestId, userId and clientSessionId are required"
    action, message, history = request.get("action"), request.get("message") or {}, request.get("history", [])
    if not isinstance(action, str | None) or action not in OPERATIONS:
        return "an action that is not simulated"
    if not _is(message, MESSAGE) or (OPERATIONS[action] != "typing" and not {"text", "typed"} <= message.keys()):
        return "message.text and message.typed are required"
    if OPERATIONS[action] != "typing" and (action == "END_CONVERSATION") == bool(message["text"]):
        return "message.text must be empty when a conversation ends, and must not otherwise"
    entries = isinstance(history, list) and all(_is(each, ENTRY) and each.keys() == ENTRY.keys() for each in history)
    whole = entries and all(re.fullmatch("[0-9]{13}", each["timestamp"]) for each in history)
    return "" if whole else "history is not of its format"


def _is(value: Any, kinds: dict[str, Any]) -> bool:
    return isinstance(value, dict) and all(isinstance(each, kinds.get(name, ())) for name, each in value.items())


def _action(kind: str) -> dict[str, Any]:
    return {"uiType": "ActionMsg", "actionType": kind}


def _output(text: str) -> dict[str, Any]:
    return {"uiType": "OutputText", "group": "DefaultText", "value": text, "maskType": "NONE"}


def _success() -> Response:
    return JSONResponse({"status": "success"})


def _failure(status: int, message: str) -> Response:
    return JSONResponse({"status": "failure", "error": {"message": message, "detail": ""}}, status)
