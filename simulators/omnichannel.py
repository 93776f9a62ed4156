"""An Omnichannel whose customers are given to a bot first: it posts to the bot, and takes its answers by the connector.

Strict: tokens are checked, only what the contract has is taken, and the customer sees only what is bridged. After an
escalation, or when the conversation is closed, the bot is no longer in it.
"""

from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import uuid4

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from hubs.dynamics365 import Dynamics365Hub
from settings.certificates import trusted
from settings.dynamics365 import Dynamics365Settings
from simulators.bot_framework_tokens import METADATA, BotFrameworkIssuer
from simulators.entra import EntraSimulator
from simulators.faults import Faults
from simulators.omnichannel_messages import Means, NotOfTheContractError, context_of, meaning_of

CONNECTOR = "https://api.botframework.com"
"""The resource for which the connector's tokens are."""
APP_ID = EntraSimulator.client_id
BOT = {"id": "28:baton", "name": "Contoso"}
BOT_USER = str(uuid4())
OPEN, ACTIVE, CLOSED = 1, 2, 4
TRIES = 3


@dataclass
class Held:
    """One conversation, as Omnichannel has it."""

    id: str
    record: str = field(default_factory=lambda: str(uuid4()))
    shown: list[str] = field(default_factory=list)
    """What the customer read, in order, whoever said it."""
    hidden: list[dict[str, Any]] = field(default_factory=list)
    escalations: list[dict[str, Any]] = field(default_factory=list)
    shown_before_escalation: int = 0
    ended_by_bot: bool = False
    status: int = ACTIVE
    active_agent: str | None = BOT_USER

    @property
    def context(self) -> dict[str, Any]:
        """What the representative was given as variables."""
        return context_of(self.escalations[0])

    @property
    def note(self) -> str:
        """What only the representative read."""
        return str(self.escalations[0].get("text", ""))


class OmnichannelSimulator:
    """One organisation with one bot, and everything of Microsoft's that the two need of each other."""

    def __init__(self) -> None:
        self.faults = Faults()
        self.issuer = BotFrameworkIssuer()
        self.entra = EntraSimulator(self.faults, {CONNECTOR})
        self.endpoint = ""
        """The bot's `/api/messages`; whoever serves the bot sets this."""
        self.closed_status = 403
        """With what a bot is answered that is not in a conversation: 403 or 404."""
        self.escalates = True
        """Whether a bot may hand a conversation over; else that is refused."""
        self.escalation_faults = 0
        """So many of the next escalations are taken, and answered as if they were not."""
        self._url = ""
        self._held: dict[str, Held] = {}
        self._users = {BOT_USER: {"fullname": "Contoso", "msdyn_botapplicationid": APP_ID}}
        self._numbers = count(1)

    @property
    def url(self) -> str:
        """Where it is served; whoever serves it sets this."""
        return self._url

    @url.setter
    def url(self, url: str) -> None:
        self._url = self.issuer.url = url
        self.entra.url = f"{url}/login"
        self.entra.resources = {CONNECTOR, url}

    @property
    def service_url(self) -> str:
        """The connector."""
        return f"{self.url}/connector/"

    def app(self) -> Starlette:
        """Entra, the Bot Framework's keys, the connector, and what is read of Dataverse."""
        one = "/connector/v3/conversations/{conversation}/activities"
        rows = "/api/data/v9.2"
        return Starlette(
            routes=[
                *self.issuer.routes(self.faults),
                Mount("/login", routes=self.entra.routes()),
                Route(one, self.faults.around("activities", self._take), methods=["POST"]),
                Route(f"{one}/{{reply_to}}", self.faults.around("activities", self._take), methods=["POST"]),
                Route(f"{rows}/msdyn_ocliveworkitems({{record}})", self.faults.around("item", self._item)),
                Route(f"{rows}/msdyn_ocliveworkitems", self.faults.around("items", self._items)),
                Route(f"{rows}/systemusers({{user}})", self.faults.around("user", self._user)),
            ]
        )

    def settings(self, agent: str, *, dataverse: bool = True, end_shape: str = "tags") -> dict[str, Any]:
        """What `[hubs.NAME]` needs, to reach it; `looks_every` is short, for nobody wants to wait."""
        inside = {
            "agent": agent,
            "metadata_url": f"{self.url}{METADATA}",
            "service_hosts": [self.url],
            "end_shape": end_shape,
            "looks_every": 0.1,
        }
        known = {"kind": "dynamics365", "tenant": self.entra.tenant, "client_id": APP_ID}
        read = {"dataverse": {"url": self.url}} if dataverse else {}
        entra = {"client_secret": "env:BOT_SECRET", "login_url": self.entra.url}
        return {**known, **entra, "inside": inside, **read}

    def adapter(self, name: str, agent: str, **settings: Any) -> Dynamics365Hub:
        """Baton's adapter, connected to it as the connection `name`."""
        known = Dynamics365Settings.model_validate(self.settings(agent, **settings))
        return Dynamics365Hub(name, known, self.entra.client_secret)

    def begin(self) -> Held:
        """A conversation of which the bot knows nothing yet."""
        held = Held(f"19:{uuid4().hex}@thread")
        self._held[held.id] = held
        return held

    async def arrive(self, context: dict[str, Any] | None = None) -> Held:
        """A customer opens the chat: the bot is told what is known of them."""
        held = self.begin()
        value = {**(context or {}), "msdyn_liveworkitemid": held.record}
        tags = "ChannelId-lcw,OmnichannelContextMessage,Hidden"
        await self.post(
            held,
            {
                "type": "event",
                "name": "omnichannelSetContext",
                "value": value,
                "channelData": {"tags": tags, "sourceChannelId": "omnichannel"},
            },
        )
        return held

    async def say(self, held: Held, text: str, *, times: int = 1) -> None:
        """The customer writes; `times` posts it more than once, as channels do."""
        held.shown.append(text)
        message = {"type": "message", "text": text, "id": f"m{next(self._numbers)}"}
        for _ in range(times):
            await self.post(held, message)

    async def leave(self, held: Held) -> None:
        """The customer closes the chat."""
        held.status, held.active_agent = CLOSED, None
        await self.post(held, {"type": "endOfConversation"})

    def join(self, held: Held, name: str) -> None:
        """A representative takes the conversation."""
        user = str(uuid4())
        self._users[user] = {"fullname": name}
        held.status, held.active_agent = ACTIVE, user

    def representative_says(self, held: Held, text: str) -> None:
        """Omnichannel itself carries it to the customer."""
        held.shown.append(text)

    def close(self, held: Held) -> None:
        """The representative closes the conversation."""
        held.status = CLOSED

    async def post(self, held: Held, activity: dict[str, Any], token: str | None = None) -> int:
        """Post one activity to the bot, again while it does not take it. Returns the last status."""
        whole = self.activity(held, activity)
        signed = token or self.issuer.token(APP_ID, self.service_url)
        status = 0
        async with httpx.AsyncClient(verify=trusted(), timeout=20) as client:
            for _ in range(TRIES):
                answer = await client.post(self.endpoint, json=whole, headers={"Authorization": f"Bearer {signed}"})
                status = answer.status_code
                if status < httpx.codes.INTERNAL_SERVER_ERROR:
                    return status
        return status

    def activity(self, held: Held, activity: dict[str, Any]) -> dict[str, Any]:
        """An activity as Omnichannel writes it, numbers for roles and empty strings included."""
        return {
            "id": f"a{next(self._numbers)}",
            "timestamp": "2026-11-24T12:00:00.0000000Z",
            "serviceUrl": self.service_url,
            "channelId": "directline",
            "from": {"id": "29:customer", "name": "", "aadObjectId": "", "role": 0},
            "recipient": {**BOT, "role": 1},
            "conversation": {"id": held.id, "isGroup": False, "name": ""},
            "locale": "",
            "attachments": [],
            "entities": [],
            **activity,
        }

    async def _take(self, request: Request) -> Response:
        if not self.entra.holds(request.headers.get("authorization"), CONNECTOR):
            return _error(401, "Unauthorized", "Authorization has been denied for this request.")
        held = self._held.get(request.path_params["conversation"])
        if held is None or held.active_agent != BOT_USER:
            code = (
                "BotNotInConversationRoster" if self.closed_status == httpx.codes.FORBIDDEN else "ConversationNotFound"
            )
            return _error(self.closed_status, code, "The bot is not part of the conversation roster.")
        try:
            means, message = meaning_of(await request.body(), held.id)
        except NotOfTheContractError as error:
            return _error(400, "BadSyntax", str(error))
        if means is Means.ESCALATE and not self.escalates:
            return _error(400, "BadArgument", "The conversation cannot be escalated.")
        self._carry_out(held, means, message)
        if means is Means.ESCALATE and self.escalation_faults:
            self.escalation_faults -= 1
            return _error(500, "ServiceError", "on demand")
        return JSONResponse({"id": f"r{next(self._numbers)}"}, 201)

    def _carry_out(self, held: Held, means: Means, message: dict[str, Any]) -> None:
        match means:
            case Means.SHOWN:
                held.shown.append(message.get("text", ""))
            case Means.ESCALATE:
                held.escalations.append(message)
                held.shown_before_escalation = len(held.shown)
                held.status, held.active_agent = OPEN, None
            case Means.END:
                held.ended_by_bot, held.status, held.active_agent = True, CLOSED, None
            case Means.HIDDEN:
                held.hidden.append(message)

    async def _item(self, request: Request) -> Response:
        found = [held for held in self._held.values() if held.record == request.path_params["record"]]
        if wrong := self._refused(request, found):
            return wrong
        held = found[0]
        active = {"_msdyn_activeagentid_value": held.active_agent}
        return JSONResponse({"activityid": held.record, "statecode": 0, "statuscode": held.status, **active})

    async def _items(self, request: Request) -> Response:
        rows = [{"activityid": held.record, "statuscode": held.status} for held in self._held.values()]
        return self._refused(request, [True]) or JSONResponse({"value": rows[:1]})

    async def _user(self, request: Request) -> Response:
        user = self._users.get(request.path_params["user"])
        return self._refused(request, [user] if user else []) or JSONResponse(user)

    def _refused(self, request: Request, found: list[Any]) -> Response | None:
        if not self.entra.holds(request.headers.get("authorization"), self.url):
            return _error(401, "0x80040220", "unauthorized")
        return None if found else _error(404, "0x80040217", "does not exist")


def _error(status: int, code: str, message: str) -> Response:
    return JSONResponse({"error": {"code": code, "message": message}}, status)
