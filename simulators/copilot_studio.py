"""An agent in Copilot Studio, reached as Copilot Studio lets it be reached: token endpoint and Direct Line 3.0.

It greets at `startConversation`, repeats what it is told, hands over when it is asked for a person, says goodbye at
"bye". Strict: what Direct Line refuses is refused in its words, and an activity that is posted twice is said twice.
"""

import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute

from simulators.configuration import toml
from simulators.copilot_studio_agent import Agent
from simulators.copilot_studio_tokens import Refused, Tokens, refused
from simulators.direct_line_streams import Streams
from simulators.faults import Faults

SCHEMA = "cr123_contoso"
_DIRECT_LINE = "/v3/directline"
_STUDIO = "/powervirtualagents"
_LARGEST = 256 * 1024


@dataclass
class Talk:
    """One conversation: everything that was said, in the order that its watermark counts."""

    id: str
    user: str = ""
    activities: list[dict[str, Any]] = field(default_factory=list)
    handed_over: int = 0
    """How often the agent has asked for a human."""
    silent: bool = False
    """It has, and has not been told how that went."""
    disturbed: list[str] = field(default_factory=list)
    """What it was told while a human should have had the conversation."""
    stream_keys: dict[str, float] = field(default_factory=dict)
    """Until when each stream's address opens one."""

    def said(self) -> list[str]:
        """What the customer has said to the agent."""
        return [each.get("text", "") for each in self.activities if _is(each, "message", "user")]

    def told(self, name: str) -> list[Any]:
        """The values of the events of this name that it was told."""
        return [each.get("value") for each in self.activities if _is(each, "event", "user") and each["name"] == name]


def _is(activity: dict[str, Any], kind: str, role: str) -> bool:
    return bool(activity["type"] == kind and activity["from"]["role"] == role)


class CopilotStudioSimulator:
    """One agent, its token endpoint, and the Direct Line of its region."""

    kind = "copilotstudio"

    def __init__(self) -> None:
        self.faults = Faults()
        self.tokens = Tokens()
        self.streams = Streams()
        self.agent = Agent()
        self.talks: dict[str, Talk] = {}
        self.url = ""
        """Where it is served; whoever serves it sets this."""

    def configuration(self) -> str:
        """`baton.toml`'s part, and the environment, as somebody copies them."""
        exports = f"# export COPILOT_STUDIO_ENDPOINT={self.token_endpoint}"
        return "\n".join([*toml("agents.cloud.remote", {"token_endpoint": "env:COPILOT_STUDIO_ENDPOINT"}), exports])

    @property
    def token_endpoint(self) -> str:
        """The address that the agent's channel page shows."""
        return f"{self.url}{_STUDIO}/botsbyschema/{SCHEMA}/directline/token?api-version=2022-03-01-preview"

    @property
    def newest(self) -> Talk:
        """The conversation that began last."""
        return next(reversed(self.talks.values()))

    def app(self) -> Starlette:
        """Everything on one address."""
        conversation = f"{_DIRECT_LINE}/conversations/{{conversation}}"
        return Starlette(
            routes=[
                self._route(f"{_STUDIO}/botsbyschema/{{schema}}/directline/token", "endpoint", self._endpoint, "GET"),
                self._route(f"{_STUDIO}/regionalchannelsettings", "region", self._region, "GET"),
                self._route(f"{_DIRECT_LINE}/tokens/generate", "generate", self._generate, "POST"),
                self._route(f"{_DIRECT_LINE}/tokens/refresh", "refresh", self._refresh, "POST"),
                self._route(f"{_DIRECT_LINE}/conversations", "start", self._start, "POST"),
                self._route(conversation, "reconnect", self._reconnect, "GET"),
                self._route(f"{conversation}/activities", "post", self._post, "POST"),
                self._route(f"{conversation}/activities", "read", self._read, "GET"),
                WebSocketRoute(f"{conversation}/stream", self.streams.endpoint(self._opened)),
            ]
        )

    async def speak(self, talk: Talk, *activities: dict[str, Any]) -> None:
        """The agent says something, of itself."""
        for each in activities:
            self._append(talk, each, {"id": "the agent", "name": self.agent.name, "role": "bot"})
        await self.streams.tell(talk)

    def _route(
        self, path: str, operation: str, endpoint: Callable[[Request], Awaitable[Response]], method: str
    ) -> Route:
        async def strict(request: Request) -> Response:
            try:
                return await endpoint(request)
            except Refused as error:
                return error.response()

        return Route(path, self.faults.around(operation, strict), methods=[method])

    async def _endpoint(self, request: Request) -> Response:
        _versioned(request)
        if request.path_params["schema"] != SCHEMA:
            raise refused(404, "BotNotFound", "there is no such agent")
        if self.tokens.secret_only:
            raise refused(403, "Unauthorized", "the agent's web channel is secured")
        return JSONResponse(self.tokens.issue(secrets.token_urlsafe(16)))

    async def _region(self, request: Request) -> Response:
        _versioned(request)
        return JSONResponse({"channelUrlsById": {"directline": f"{self.url}/"}})

    async def _generate(self, request: Request) -> Response:
        self.tokens.secret_of(request)
        user = (await _body(request)).get("user") or {}
        if user and not str(user.get("id", "")).startswith("dl_"):
            raise refused(400, "BadArgument", "a user's id begins with dl_")
        return JSONResponse(self.tokens.issue(secrets.token_urlsafe(16), user.get("id", "")))

    async def _refresh(self, request: Request) -> Response:
        claims = self.tokens.claims_of(request)
        return JSONResponse(self.tokens.issue(claims.conversation, claims.user))

    async def _start(self, request: Request) -> Response:
        claims = self.tokens.claims_of(request)
        begun = claims.conversation in self.talks
        talk = self.talks.setdefault(claims.conversation, Talk(claims.conversation, claims.user))
        return JSONResponse(self._conversation(talk, ""), 200 if begun else 201)

    async def _reconnect(self, request: Request) -> Response:
        talk = self._talk(request)
        return JSONResponse(self._conversation(talk, request.query_params.get("watermark", "")))

    async def _post(self, request: Request) -> Response:
        talk = self._talk(request)
        activity = await _body(request)
        sender = activity.get("from")
        if not activity.get("type") or not isinstance(sender, dict) or not sender.get("id"):
            raise refused(400, "MissingProperty", "an activity has a type, and a sender with an id")
        if {"id", "timestamp", "conversation"} & activity.keys():
            raise refused(400, "BadArgument", "id, timestamp and conversation are Direct Line's to set")
        said = self._append(talk, activity, {**sender, "id": talk.user or sender["id"], "role": "user"})
        if talk.silent and activity["type"] == "message":
            talk.disturbed.append(str(activity.get("text")))
        await self.speak(talk, *self.agent.answers(talk, said))
        return JSONResponse({"id": said["id"]})

    async def _read(self, request: Request) -> Response:
        talk = self._talk(request)
        return JSONResponse(_since(talk, request.query_params.get("watermark", "")))

    def _talk(self, request: Request) -> Talk:
        wanted = request.path_params["conversation"]
        self.tokens.allow(request, wanted)
        if wanted not in self.talks:
            raise refused(404, "ConversationNotFound", "there is no such conversation")
        return self.talks[wanted]

    def _opened(self, conversation: str, key: str) -> Talk | None:
        talk = self.talks.get(conversation)
        good_until = talk.stream_keys.pop(key, 0.0) if talk else 0.0
        return talk if time.monotonic() < good_until else None

    def _conversation(self, talk: Talk, watermark: str) -> dict[str, Any]:
        key = secrets.token_urlsafe(8)
        talk.stream_keys[key] = time.monotonic() + 60
        address = self.url.replace("http", "ws", 1)
        stream = f"{address}{_DIRECT_LINE}/conversations/{talk.id}/stream?watermark={watermark}&t={key}"
        return self.tokens.issue(talk.id, talk.user) | {"streamUrl": stream, "referenceGrammarId": "g"}

    def _append(self, talk: Talk, activity: dict[str, Any], sender: dict[str, Any]) -> dict[str, Any]:
        stamped = {
            **activity,
            "id": f"{talk.id}|{len(talk.activities):07d}",
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%S.0000000Z", time.gmtime()),
            "serviceUrl": "https://directline.botframework.com/",
            "channelId": "directline",
            "from": sender,
            "conversation": {"id": talk.id},
        }
        talk.activities.append(stamped)
        return stamped


def _since(talk: Talk, watermark: str) -> dict[str, Any]:
    if watermark and not watermark.isdigit():
        raise refused(400, "BadArgument", "that is no watermark of this conversation")
    found = talk.activities[int(watermark or 0) :]
    # Typing is for those who listen now.
    return {"activities": [each for each in found if each["type"] != "typing"], "watermark": str(len(talk.activities))}


def _versioned(request: Request) -> None:
    if not request.query_params.get("api-version"):
        raise refused(400, "MissingApiVersionParameter", "api-version is missing")


async def _body(request: Request) -> dict[str, Any]:
    raw = await request.body()
    if len(raw) > _LARGEST:
        raise refused(413, "MessageSizeTooBig", "an activity may have 256 KB")
    try:
        body = await request.json() if raw else {}
    except ValueError:
        raise refused(400, "BadArgument", "that is no JSON") from None
    if not isinstance(body, dict):
        raise refused(400, "BadArgument", "that is no object")
    return body
