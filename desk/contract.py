"""The custom hub contract, as its hub: what Baton calls (custom-hub.openapi.yaml)."""

import hmac
import json
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_pascal

from desk import queueing
from desk.desk import Desk
from desk.problems import ProblemError
from desk.store import Handoff
from handoff.hours import opens_at

MAX_BODY = 8 * 1024 * 1024
"""Bytes of an opening: a long conversation with all its history."""
MAX_ACTIVITY = 512 * 1024


def _written(value: object) -> object:
    """The contract's date-time is a text; a number would pass for one otherwise."""
    if not isinstance(value, str):
        raise ValueError("a date-time is a text, as RFC 3339 writes it")  # noqa: TRY004 - pydantic reads ValueError
    return value


_Timestamp = Annotated[datetime, BeforeValidator(_written)]


class _Sender(BaseModel):
    model_config = ConfigDict(extra="allow")
    id: str


class _Activity(BaseModel):
    model_config = ConfigDict(extra="allow")
    type: str = Field(pattern="^(message|typing|event|endOfConversation)$")
    id: str = Field(min_length=1, max_length=255)
    timestamp: _Timestamp
    from_: _Sender = Field(alias="from")
    text: str | None = Field(default=None, max_length=28_000)


class _Channel(BaseModel):
    model_config = ConfigDict(extra="allow")
    queue: str | None = None
    priority: int = Field(default=3, ge=1, le=5)
    callbackUrl: str = Field(pattern="^https?://")  # noqa: N815 - the contract's name


class _Value(BaseModel):
    """Microsoft's context variables; the agent's own stand beside them."""

    model_config = ConfigDict(extra="allow", alias_generator=lambda name: f"va_{to_pascal(name)}")
    scope: str
    last_topic: str
    topics: list[str]
    last_phrase: str
    last_phrases: str
    phrases: list[str]
    conversation_id: str
    bot_id: str
    language: str


class _History(BaseModel):
    model_config = ConfigDict(extra="allow")
    activities: list[_Activity]


class _Transcript(BaseModel):
    model_config = ConfigDict(extra="allow")
    contentType: str = Field(pattern="^application/json$")  # noqa: N815 - the contract's name
    name: str = Field(pattern="^Transcript$")
    content: _History


class _Conversation(BaseModel):
    model_config = ConfigDict(extra="allow")
    id: str


class _Initiate(BaseModel):
    model_config = ConfigDict(extra="allow")
    type: str = Field(pattern="^event$")
    name: str = Field(pattern=r"^handoff\.initiate$")
    id: str
    timestamp: datetime
    conversation: _Conversation
    value: _Value
    attachments: list[Any] = Field(min_length=1)
    channelData: _Channel  # noqa: N815 - the contract's name


def router(desk: Desk, token: str) -> APIRouter:
    """The contract's four paths, for callers who know the token."""
    routes = APIRouter()
    contract = _Contract(desk, token)
    routes.add_api_route("/handoffs", contract.open, methods=["POST"])
    routes.add_api_route("/handoffs/{handoff}", contract.get, methods=["GET"])
    routes.add_api_route("/handoffs/{handoff}/activities", contract.hear, methods=["POST"])
    routes.add_api_route("/queues/{queue}", contract.queue, methods=["GET"])
    return routes


class _Contract:
    def __init__(self, desk: Desk, token: str) -> None:
        self._desk = desk
        self._token = token

    async def open(self, request: Request) -> JSONResponse:
        """Take a conversation with its whole context."""
        self._check_token(request)
        key = request.headers.get("idempotency-key", "")
        if not 0 < len(key) <= 255:
            raise ProblemError(422, "Idempotency-Key is required", "1 to 255 characters")
        body = await _json(request, MAX_BODY)
        _check(_Initiate, body)
        _check(_Transcript, body["attachments"][0], "attachments.0")
        handoff, new = self._desk.open(key, body)
        return JSONResponse(self._handoff(handoff), status_code=201 if new else 200)

    async def get(self, handoff: str, request: Request) -> JSONResponse:
        """Say where a handoff stands."""
        self._check_token(request)
        return JSONResponse(self._handoff(self._desk.get(handoff)))

    async def hear(self, handoff: str, request: Request) -> JSONResponse:
        """Take what the customer says."""
        self._check_token(request)
        found = self._desk.get(handoff)
        body = await _json(request, MAX_ACTIVITY)
        _check(_Activity, body)
        new = self._desk.hear(found, body)
        return JSONResponse({"id": body["id"]}, status_code=201 if new else 200)

    async def queue(self, queue: str, request: Request) -> JSONResponse:
        """Say whether a queue takes conversations now, and how long one would wait."""
        self._check_token(request)
        if queue not in self._desk.queues:
            raise ProblemError(404, "no such queue", f"there are: {', '.join(self._desk.queues)}")
        waiting = len(self._desk.store.waiting(queue))
        answer: dict[str, Any] = {
            "queue": queue,
            "open": self._desk.queue_open(queue),
            "agentsAvailable": queueing.at_work(self._desk.store, queue),
            "waiting": waiting,
            "estimatedWaitSeconds": queueing.estimated_wait(self._desk.store, queue, waiting + 1),
        }
        when = opens_at(self._desk.queues[queue], datetime.fromtimestamp(self._desk.clock(), UTC))
        return JSONResponse({**answer, **({"opensAt": when.isoformat()} if when else {})})

    def _check_token(self, request: Request) -> None:
        shown = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(shown.encode(), self._token.encode()):
            raise ProblemError(401, "the bearer token is missing or wrong")

    def _handoff(self, handoff: Handoff) -> dict[str, Any]:
        answer: dict[str, Any] = {"id": handoff.id, "state": handoff.state, "queue": handoff.queue}
        place = queueing.position(self._desk.store, handoff)
        if place is not None:
            answer["position"] = place
            answer["estimatedWaitSeconds"] = queueing.estimated_wait(self._desk.store, handoff.queue, place)
        return answer


async def _json(request: Request, most: int) -> dict[str, Any]:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise ProblemError(413, "the body is too large", f"at most {most} bytes")
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        raise ProblemError(422, "the body is no JSON") from None
    if not isinstance(content, dict):
        raise ProblemError(422, "the body is no JSON object")
    try:
        json.dumps(content, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise ProblemError(
            422, "the body holds half a character", "a lone surrogate, which UTF-8 does not have"
        ) from None
    return content


def _check(model: type[BaseModel], body: Any, at: str = "") -> None:
    try:
        model.model_validate(body)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(part for part in (at, *(str(part) for part in first["loc"])) if part)
        raise ProblemError(422, "the body is not of the contract", f"{where}: {first['msg']}") from None
