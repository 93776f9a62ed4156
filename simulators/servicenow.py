"""A ServiceNow that keeps the contract of the Virtual Agent Bot Integration API as far as a handoff meets it.

It answers at once and works later, in one request of a session at a time until agent chat: what comes meanwhile is
lost, and nobody is told. It ignores a request whose `requestId` it has seen, as the instance's "ignore duplicate
requests from client" does, unless that is switched off. Its callbacks carry the header of the outbound configuration
and are told once: what ServiceNow does with one that we refuse is written nowhere.
"""

import asyncio
import json
from collections.abc import Coroutine
from itertools import count
from typing import Any, ClassVar

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hubs.servicenow import ENDPOINT, ServiceNowHub
from hubs.servicenow_auth import OAUTH, ServiceNowSecrets
from settings.hubs import ServiceNowSettings
from simulators.faults import Endpoint
from simulators.hub import HubSimulator
from simulators.servicenow_door import Door, Knows
from simulators.servicenow_requests import breach, failure, operation, success
from simulators.servicenow_tables import Tables
from simulators.servicenow_telling import Session, Teller, action, output

WORKED_ON_FOR = 0.01
"""Seconds that the Virtual Agent needs for a request; a real one needs some."""
COMPLETED: dict[str, Any] = {"completed": True}


class ServiceNowSimulator(HubSimulator):
    """One instance with Agent Chat behind its Virtual Agent."""

    kind: ClassVar[str] = "servicenow"
    opens: ClassVar[str] = "open"
    relays: ClassVar[str] = "message"
    callback_secret = "callback-secret"  # noqa: S105 - a simulator's

    def __init__(self) -> None:
        super().__init__()
        self.door, self.teller = Door(), Teller(self, self.callback_secret)
        self.agents_available = True
        """Whether the queue takes anybody; else the Virtual Agent says that it does not, and gives control back."""
        self.ignores_duplicates = True
        """Whether a `requestId` that was seen is taken no second time."""
        self.transfers_at_second = False
        """Whether the Virtual Agent answers the first AGENT of a session with words of its own, as some do."""
        self.silent = False
        """Whether nothing comes of anything that is received."""
        self.switched_off = False
        self.lost: list[dict[str, Any]] = []
        """The requests that came while another of their session was being worked on."""
        self._sessions: dict[str, Session] = {}
        self._opened: list[str] = []
        self._seen: set[str] = set()
        self._numbers = count(1)
        self._working: set[asyncio.Task[None]] = set()
        self._tables = Tables(self.door, self.faults)

    def app(self) -> Starlette:
        """The one endpoint, tokens for it, and the table of tickets."""
        endpoint = Route(ENDPOINT, self._integration, methods=["POST"])
        token = Route(OAUTH, self.faults.around("token", self.door.grant), methods=["POST"])
        return Starlette(routes=[endpoint, token, *self._tables.routes()])

    def adapter(self, name: str) -> ServiceNowHub:
        """Baton's adapter, with what the instance wants to know, and a context variable of the administrator's."""
        settings = ServiceNowSettings.model_validate(self.settings())
        door = self.door
        secrets = ServiceNowSecrets(
            callback=self.callback_secret,
            password=door.password if settings.password else "",
            client=door.client_secret if settings.client_secret else "",
            token=door.token if settings.token else "",
            signature=door.signature_secret if settings.signature_secret else "",
        )
        return ServiceNowHub(name, settings, secrets)

    def settings(self) -> dict[str, Any]:
        """One instance, a context variable that its queue may ask for, and a column for the order number."""
        user = {"username": self.door.username, "password": "env:SERVICENOW_PASSWORD"}
        client = {"client_id": self.door.client_id, "client_secret": "env:SERVICENOW_CLIENT"}
        given: dict[Knows, dict[str, str]] = {
            Knows.BASIC: user,
            Knows.OAUTH: {**user, **client},
            Knows.TOKEN: {"token": "env:SERVICENOW_TOKEN"},
            Knows.SIGNATURE: {"signature_secret": "env:SERVICENOW_SIGNATURE"},
        }
        known = {"kind": self.kind, "url": self.url, **given[self.door.knows]}
        own = {"context": {"b2b_category": "support"}, "ticket_fields": {"OrderNumber": "u_order"}}
        return {**known, "callback_secret": "env:SERVICENOW_CALLBACK", **own}

    @property
    def secrets(self) -> dict[str, str]:
        """What the instance knows us by, and what the callback's header holds."""
        door = self.door
        return {
            "SERVICENOW_PASSWORD": door.password,
            "SERVICENOW_CLIENT": door.client_secret,
            "SERVICENOW_TOKEN": door.token,
            "SERVICENOW_SIGNATURE": door.signature_secret,
            "SERVICENOW_CALLBACK": self.callback_secret,
        }

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
        """The context variables; the transfer's text, and what stands before the history, are the summary."""
        opening = self._sessions[key].opening
        return {**(opening.get("contextVariables") or {}), "summary": opening["history"][0]["value"]}

    def said(self, key: str) -> list[str]:
        """The texts that reached agent chat."""
        return self._sessions[key].said

    def files(self, key: str) -> list[str]:
        """The addresses that stand in the texts, each on a line of its own."""
        lines = [line for text in self.said(key) for line in text.splitlines()]
        return [line for line in lines if line.startswith(("http://", "https://"))]

    def typed(self, key: str) -> int:
        """How many TYPING came in agent chat."""
        return self._sessions[key].typed

    def tickets(self) -> list[dict[str, Any]]:
        """The incidents."""
        return self._tables.records

    def expire_tokens(self) -> bool:
        """Access tokens, where the instance gives out any."""
        self.door.expire()
        return self.door.knows is Knows.OAUTH

    async def join(self, key: str, name: str) -> None:
        """The agent accepts: the session is theirs, and the chat says that they have entered."""
        session = self._sessions[key]
        session.agent = {"sentFromAgent": True, "agentId": self._next("live"), "agentName": name}
        await self.teller.tell(session, [{**action("SwitchToLiveAgent"), "agentInfo": session.agent}])
        await self.teller.tell(session, [{**action("System"), "message": f"{name} has entered"}])

    async def say(self, key: str, text: str, *, times: int = 1) -> None:
        """The agent's text, under one `messageId` however often it is told."""
        session = self._sessions[key]
        said = {**output(text), "messageId": self._next("message"), "agentInfo": session.agent}
        for _ in range(times):
            await self.teller.tell(session, [said])

    async def say_image(self, key: str, url: str) -> None:
        """The agent's picture, by its address."""
        session = self._sessions[key]
        image = {"uiType": "OutputImage", "value": url, "label": "picture", "messageId": self._next("message")}
        await self.teller.tell(session, [{**image, "agentInfo": session.agent}])

    async def type(self, key: str) -> None:
        """The agent's typing begins, and ends."""
        for indicator in ("StartTypingIndicator", "EndTypingIndicator"):
            await self.teller.tell(self._sessions[key], [action(indicator)])

    async def end(self, key: str) -> None:
        """The agent closes the chat: the session goes back to the Virtual Agent."""
        session = self._sessions[key]
        await self.teller.tell(session, [{**action("System"), "message": "The agent has closed the support session"}])
        session.in_agent_chat = False
        await self.teller.tell(session, [action("SwitchToVirtualAgent")])

    async def _integration(self, request: Request) -> Response:
        try:
            whole = json.loads(await request.body())
        except ValueError:
            whole = None
        return await self.faults.around(operation(whole), self._checked(whole))(request)

    def _checked(self, whole: Any) -> Endpoint:
        """Who asks is seen first, then what: and by message authentication only when it is too late to say so."""

        async def checked(request: Request) -> Response:
            if refused := self.door.refuses(request):
                return refused
            if self.switched_off:
                return failure(405, "Virtual Agent API is disabled")
            if wrong := breach(whole):
                return failure(400, wrong)
            if not (self.silent or self.door.ignores(request, await request.body())):
                self._receive(whole)
            return success()

        return checked

    def _receive(self, request: dict[str, Any]) -> None:
        """Take it to be worked on, unless it was seen or its session is busy."""
        if self.ignores_duplicates and request["requestId"] in self._seen:
            return
        self._seen.add(request["requestId"])
        session = self._sessions.setdefault(
            request["clientSessionId"], Session(request["clientSessionId"], request["userId"])
        )
        if session.in_agent_chat:
            self._do(session, request)
        elif session.busy:
            self.lost.append(request)
        else:
            session.busy = True
            self._later(self._work(session, request))

    async def _work(self, session: Session, request: dict[str, Any]) -> None:
        await asyncio.sleep(WORKED_ON_FOR)
        session.busy = False
        self._do(session, request)

    def _do(self, session: Session, request: dict[str, Any]) -> None:
        session.newest_request = request
        session.requests += 1
        match request.get("action"):
            case "AGENT" if self.transfers_at_second and session.requests == 1:
                self._later(self.teller.tell(session, [output("I am sorry but I didn't understand your request.")]))
            case "AGENT":
                self._transfer(session, request)
            case "END_CONVERSATION":
                over = output("The conversation has ended. If you need help again, type hi.")
                ended, session.in_agent_chat = session.in_agent_chat, False
                # Without an agent the documentation's example says the words, and no flag.
                self._later(self.teller.tell(session, [over], **(COMPLETED if ended else {})))
            case "TYPING":
                session.typed += session.in_agent_chat
            case "VIEWING":
                pass
            case None if session.in_agent_chat:
                session.said.append(request["message"]["text"])
            case _:
                self._later(self.teller.tell(session, [output("I am sorry but I didn't understand your request.")]))

    def _transfer(self, session: Session, request: dict[str, Any]) -> None:
        if not self.agents_available:
            nobody = output("There are no agents available at this time.")
            self._later(self.teller.tell(session, [nobody], takeControl=True, score=0))
            return
        self._opened.append(session.key)
        session.opening, session.in_agent_chat = request, True
        wait = {"spinnerType": "wait_time", "message": "Routing you to a live agent...", "waitTime": "8 Seconds"}
        queue = [action("SubscribeToSupportQueue"), {**action("StartSpinner"), **wait}]
        self._later(self.teller.tell(session, [*queue, action("SubscribeToChatPresence")]))

    def _later(self, doing: Coroutine[Any, Any, None]) -> None:
        """Begin to do it; the request at hand is answered meanwhile."""
        task = asyncio.create_task(doing)
        self._working.add(task)
        task.add_done_callback(self._working.discard)

    def _next(self, prefix: str) -> str:
        return f"{prefix}{next(self._numbers):06d}"
