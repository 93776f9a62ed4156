"""Direct Line 3.0 (learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-direct-line-3-0-api-reference)."""

import re
import time
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute

from gateway.answers import DIRECT_LINE, RequestError, bad, json_answer
from gateway.body import json_object, read
from gateway.context import Gateway
from gateway.conversing import admit, begin, new_claims, say
from gateway.incoming import incoming
from gateway.multipart import parts
from gateway.stream import stream_endpoint
from gateway.tokens import Caller, Claims
from gateway.watermark import watermark_of

_LOCALE = re.compile(r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$")
_MAX_USER = 128


class DirectLine:
    """The endpoints; each does what its namesake in the API reference does."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def routes(self) -> list[Route | WebSocketRoute]:
        """All of Direct Line's routes, the most used first."""
        conversation = f"{DIRECT_LINE}/conversations/{{conversation}}"
        return [
            Route(f"{conversation}/activities", self.activities, methods=["POST", "GET"]),
            WebSocketRoute(f"{conversation}/stream", stream_endpoint(self._gateway)),
            Route(f"{conversation}/upload", self.upload, methods=["POST"]),
            Route(conversation, self.reconnect, methods=["GET"]),
            Route(f"{DIRECT_LINE}/conversations", self.start, methods=["POST"]),
            Route(f"{DIRECT_LINE}/tokens/generate", self.generate, methods=["POST"]),
            Route(f"{DIRECT_LINE}/tokens/refresh", self.refresh, methods=["POST"]),
        ]

    async def generate(self, request: Request) -> Response:
        """POST tokens/generate, with an agent's secret: a token for a new conversation."""
        caller = self._gateway.door.caller(request.headers)
        if caller.claims is not None:
            raise RequestError(403, "BadSecret", "a token is generated with an agent's secret")
        claims = _claims(caller.agent, json_object(await read(request)))
        return json_answer(self._token(claims))

    async def refresh(self, request: Request) -> Response:
        """POST tokens/refresh, with a token that has not expired: a new one, and open streams live on."""
        claims = self._gateway.door.caller(request.headers).claims
        if claims is None:
            raise RequestError(403, "BadSecret", "only a token can be refreshed; a secret does not expire")
        until = time.time() + self._gateway.tokens.seconds
        self._gateway.streams.extend(claims.conversation, claims.user, until)
        return json_answer(self._token(claims))

    async def start(self, request: Request) -> Response:
        """POST conversations: 201, or 200 where the token's conversation has started already."""
        caller = self._gateway.door.caller(request.headers)
        sent = json_object(await read(request))
        locale = sent.get("locale") or "en-US"
        if not isinstance(locale, str) or not _LOCALE.match(locale):
            raise bad("locale is a language tag such as en-US")
        claims = caller.claims or _claims(caller.agent, sent)
        started = await begin(self._gateway, claims, locale)
        return json_answer(self._conversation(request, claims, 0), 201 if started else 200)

    async def reconnect(self, request: Request) -> Response:
        """GET conversations/{id}: a new stream address (and token), from the watermark on."""
        _, claims = await self._admitted(request)
        watermark = _watermark(request)
        await self._gateway.conversations.status(claims.conversation)
        return json_answer(self._conversation(request, claims, watermark))

    async def activities(self, request: Request) -> Response:
        """POST and GET conversations/{id}/activities."""
        caller, claims = await self._admitted(request)
        if request.method == "POST":
            said = incoming(json_object(await read(request)), caller)
            return json_answer({"id": await say(self._gateway, claims, said)})
        found = await self._gateway.log.after(claims.conversation, _watermark(request))
        wire = [activity.wire() for activity in found.activities]
        return json_answer({"activities": wire, "watermark": str(found.watermark)})

    async def upload(self, request: Request) -> Response:
        """POST conversations/{id}/upload: files, and optionally the activity that they belong to."""
        caller, claims = await self._admitted(request)
        sent, files = await parts(request, self._gateway.settings.gateway.max_upload_bytes)
        draft = {"type": "message"} | sent
        # Refuse before anything is kept.
        incoming(draft | {"attachments": [{"contentType": file.content_type} for file in files]}, caller)
        address = self._gateway.address(request.url)
        draft["attachments"] = [
            {
                "contentType": file.content_type,
                "contentUrl": address + await self._gateway.uploads.keep(file),
                "name": file.name,
            }
            for file in files
        ]
        return json_answer({"id": await say(self._gateway, claims, incoming(draft, caller))})

    async def _admitted(self, request: Request) -> tuple[Caller, Claims]:
        caller = self._gateway.door.caller(request.headers)
        return caller, await admit(self._gateway, caller, request.path_params["conversation"])

    def _token(self, claims: Claims) -> dict[str, Any]:
        self._gateway.metrics.count("baton_tokens_total")
        tokens = self._gateway.tokens
        return {"conversationId": claims.conversation, "token": tokens.issue(claims), "expires_in": tokens.seconds}

    def _conversation(self, request: Request, claims: Claims, watermark: int) -> dict[str, Any]:
        until = time.time() + self._gateway.tokens.seconds
        ticket = self._gateway.tokens.stream_ticket(claims.model_copy(update={"until": until}))
        address = self._gateway.address(request.url).replace("http", "ws", 1)
        path = f"{DIRECT_LINE}/conversations/{claims.conversation}/stream"
        return self._token(claims) | {
            "streamUrl": f"{address}{path}?watermark={watermark}&t={ticket}",
            "referenceGrammarId": claims.agent,
        }


def _claims(agent: str, sent: dict[str, Any]) -> Claims:
    """The claims that token parameters (`user`, `trustedOrigins`) ask for."""
    user = sent.get("user") or {}
    user_id = user.get("id") if isinstance(user, dict) else user
    name = user.get("name") if isinstance(user, dict) else None
    for value in (user_id, name):
        if value is not None and not (isinstance(value, str) and len(value) <= _MAX_USER):
            raise bad(f"user.id and user.name are texts of up to {_MAX_USER} characters")
    origins = sent.get("trustedOrigins") or []
    if not isinstance(origins, list) or not all(isinstance(origin, str) for origin in origins) or len(origins) > 20:
        raise bad("trustedOrigins is a list of up to 20 origins such as https://example.com")
    return new_claims(agent, user_id, name, tuple(origin.lower().rstrip("/") for origin in origins))


def _watermark(request: Request) -> int:
    return watermark_of(request.query_params.get("watermark"))
