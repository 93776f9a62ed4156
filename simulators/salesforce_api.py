"""The HTTP side of a simulated Salesforce: Enhanced Chat API v2 as far as a handoff meets it, and strict about it.

Where nothing is published, it does what is worst for a client: an id that it has is refused, as is a parameter that
nobody made; a message into a session that has ended begins another.
"""

import json
import re
import time
from collections.abc import Awaitable, Callable, Collection
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from simulators.faults import Endpoint, Faults
from simulators.salesforce_org import Conversation, Guest, Org

ROOT = "/iamessage/api/v2"
UUID4 = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")
MAX_TEXT = 4_000
MAX_PARAMETER = 255
MAX_FILE = 5 * 1024 * 1024
MESSAGES = 22
MINUTE = 2.0
"""Seconds; Salesforce's minute has sixty, which nobody at a simulator wants to wait for."""
TAKEN_TYPES = ("image/", "text/", "application/pdf")

Of = Callable[[Request, Guest], Awaitable[Response]]
In = Callable[[Request, Conversation], Awaitable[Response]]


class Api:
    """The endpoints of one org with one deployment."""

    def __init__(self, org: Org, faults: Faults, organization: str, deployment: str, known: Collection[str]) -> None:
        self._org = org
        self._faults = faults
        self._organization = organization
        self._deployment = deployment
        self._parameters = frozenset(known)
        self.begun: Callable[[Conversation], Awaitable[None]] | None = None
        self.heard: Callable[[Conversation, dict[str, Any], str], Awaitable[None]] | None = None

    def routes(self) -> list[Route]:
        """All of them."""
        authorization, one = f"{ROOT}/authorization", f"{ROOT}/conversation/{{conversation}}"
        return [
            self._route("POST", f"{authorization}/unauthenticated/access-token", "token", self._admit),
            self._route("GET", f"{authorization}/continuation-access-token", "renew", self._renew),
            self._route("POST", f"{ROOT}/conversation", "conversation", self._by_guest(self._create)),
            self._route("GET", one, "routing", self._in(self._routing)),
            self._route("DELETE", one, "close", self._in(self._close)),
            self._route("DELETE", f"{one}/session", "end", self._in(self._end)),
            self._route("POST", f"{one}/message", "message", self._in(self._message)),
            self._route("POST", f"{one}/file", "file", self._in(self._file)),
            self._route("POST", f"{one}/entry", "entry", self._in(self._type)),
            self._route("POST", f"{one}/acknowledge-entries", "acknowledge", self._in(self._acknowledge)),
            self._route("GET", f"{one}/entries", "read", self._in(self._entries)),
            self._route("GET", "/eventrouter/v1/sse", "stream", self._by_guest(self._stream)),
        ]

    def _route(self, method: str, path: str, name: str, endpoint: Endpoint) -> Route:
        return Route(path, self._faults.around(name, endpoint), methods=[method])

    def _by_guest(self, endpoint: Of) -> Endpoint:
        async def checked(request: Request) -> Response:
            guest = self._org.guest(_token(request))
            return await endpoint(request, guest) if guest else _error(401, "Unauthorized")

        return checked

    def _in(self, endpoint: In) -> Endpoint:
        async def checked(request: Request, guest: Guest) -> Response:
            found = self._org.conversations.get(request.path_params["conversation"])
            if found is None or found.guest is not guest or found.closed:
                return _error(404, "Conversation not found.")
            return await endpoint(request, found)

        return self._by_guest(checked)

    async def _admit(self, request: Request) -> Response:
        body = await request.json()
        if body.get("platform") not in {"Web", "Mobile"} or not body.get("capabilitiesVersion"):
            return _error(400, "Specify platform and capabilitiesVersion.")
        if body.get("orgId") != self._organization or body.get("esDeveloperName") != self._deployment:
            return _error(404, "There is no such deployment.")
        token, guest = self._org.admit()
        context = {"endUser": {"subject": guest.subject}}
        return JSONResponse({"accessToken": token, "lastEventId": self._org.newest, "context": context})

    async def _renew(self, request: Request) -> Response:
        guest = self._org.guest(_token(request), even_expired=True)
        if guest is None:
            return _error(401, "Unauthorized")
        self._org.renewals += 1
        token, _ = self._org.admit(guest)
        return JSONResponse({"accessToken": token, "context": {"endUser": {"subject": guest.subject}}})

    async def _create(self, request: Request, guest: Guest) -> Response:
        body = await request.json()
        conversation, attributes = body.get("conversationId"), body.get("routingAttributes") or {}
        if not isinstance(conversation, str) or not UUID4.match(conversation):
            return _error(400, "Specify the conversationId in UUID format.")
        if conversation in self._org.conversations:
            return _error(400, "The conversation is there already.")
        known = {"conversationId", "esDeveloperName", "routingAttributes", "language", "capabilities"}
        if body.get("esDeveloperName") != self._deployment or not body.keys() <= known:
            return _error(400, "Specify esDeveloperName, and nothing that is not known.")
        if not attributes.keys() <= self._parameters or not all(map(_fits, attributes.values())):
            return _error(400, "A routing attribute is no custom parameter, no String, or too long.")
        begun = self._org.conversations[conversation] = Conversation(conversation, guest, attributes)
        if self.begun:
            await self.begun(begun)
        return Response(status_code=201)

    async def _message(self, request: Request, conversation: Conversation) -> Response:
        body = await request.json()
        message = body.get("message") or {}
        content = message.get("staticContent") or {}
        text = content.get("text")
        known = {"message", "esDeveloperName", "isNewMessagingSession", "routingAttributes", "language"}
        if wrong := self._wrong(body, conversation) or _wrong_keys(body, known):
            return wrong
        if message.get("messageType") != "StaticContentMessage" or content.get("formatType") != "Text":
            return _error(400, "Specify a StaticContentMessage.")
        if not isinstance(text, str) or not 0 < len(text) <= MAX_TEXT:
            return _error(400, "The text is empty or too long.")
        return await self._take(conversation, message["id"], text)

    async def _file(self, request: Request, conversation: Conversation) -> Response:
        async with request.form() as form:
            entry, file = form.get("messageEntry"), form.get("fileData")
            if not isinstance(entry, str | UploadFile) or not isinstance(file, UploadFile):
                return _error(400, "Specify messageEntry and fileData.")
            body = json.loads(entry if isinstance(entry, str) else await entry.read())
            name, kind, content = str(file.filename), str(file.content_type), await file.read()
        if len(content) > MAX_FILE:
            return _error(413, "The file is too large.")
        if not kind.startswith(TAKEN_TYPES):
            return _error(415, "The file's type is not supported.")
        if wrong := self._wrong(body, conversation):
            return wrong
        conversation.files.append(name)
        return await self._take(conversation, body["message"]["id"], "")

    async def _take(self, conversation: Conversation, message: str, text: str) -> Response:
        conversation.messages.append((message, text))
        if not conversation.in_session:
            conversation.in_session = True
            conversation.sessions += 1
        if self.heard:
            await self.heard(conversation, {"id": message}, text)
        moment = int(time.time() * 1000)
        return JSONResponse({"conversationEntries": [{"id": message, "clientTimestamp": moment}]}, 202)

    def _wrong(self, body: dict[str, Any], conversation: Conversation) -> Response | None:
        """What holds for every message: an id of its own, the deployment, and not too many in a minute."""
        now = time.monotonic()
        conversation.arrived = [at for at in conversation.arrived if now - at < MINUTE]
        if len(conversation.arrived) >= MESSAGES:
            return _error(429, "Too many messages in a minute.")
        identifier = (body.get("message") or {}).get("id")
        if not isinstance(identifier, str) or not UUID4.match(identifier):
            return _error(400, "Specify the message's id in UUID format.")
        if identifier in dict(conversation.messages):
            return _error(400, "The message is there already.")
        if body.get("esDeveloperName") != self._deployment:
            return _error(400, "Specify esDeveloperName.")
        conversation.arrived.append(now)
        return None

    async def _type(self, request: Request, conversation: Conversation) -> Response:
        body = await request.json()
        kinds = {"TypingStartedIndicator", "TypingStoppedIndicator"}
        if body.get("entryType") not in kinds or not UUID4.match(str(body.get("id"))):
            return _error(400, "Specify entryType and id.")
        conversation.typed += body["entryType"] == "TypingStartedIndicator"
        return Response(status_code=202)

    async def _acknowledge(self, request: Request, conversation: Conversation) -> Response:
        acks = (await request.json()).get("acks") or []
        if not all(UUID4.match(str(ack.get("id"))) and ack.get("conversationEntryId") for ack in acks):
            return _error(400, "Specify acks.")
        conversation.acknowledged += [ack["conversationEntryId"] for ack in acks]
        return Response(status_code=202)

    async def _entries(self, request: Request, conversation: Conversation) -> Response:
        query = request.query_params
        limit = int(query.get("limit", "50"))
        if not 0 < limit <= 50 or query.get("direction") not in {None, "FromStart", "FromEnd"}:
            return _error(400, "Specify a limit of at most 50, and a direction.")
        until = int(query.get("endTimestamp", "0")) or float("inf")
        kept = [entry for entry in conversation.entries if entry["transcriptedTimestamp"] <= until]
        found = kept[::-1] if query.get("direction") == "FromEnd" else kept
        return JSONResponse({"conversationEntries": found[:limit]})

    async def _routing(self, request: Request, conversation: Conversation) -> Response:
        del request
        return JSONResponse({"conversationId": conversation.id, "routingStatus": conversation.routing})

    async def _end(self, request: Request, conversation: Conversation) -> Response:
        if request.query_params.get("esDeveloperName") != self._deployment:
            return _error(400, "Specify esDeveloperName.")
        if not conversation.in_session:
            return _error(404, "There is no session.")
        conversation.in_session = False
        return Response(status_code=204)

    async def _close(self, request: Request, conversation: Conversation) -> Response:
        if request.query_params.get("esDeveloperName") != self._deployment:
            return _error(400, "Specify esDeveloperName.")
        conversation.closed = True
        return Response(status_code=204)

    async def _stream(self, request: Request, guest: Guest) -> Response:
        if request.headers.get("accept") != "text/event-stream":
            return _error(406, "A stream of events is all that there is.")
        if request.headers.get("x-org-id") != self._organization:
            return _error(403, "The org is another.")
        last = request.headers.get("last-event-id")
        frames = self._org.frames(guest, _token(request), int(last) if last else None)
        return StreamingResponse(frames, media_type="text/event-stream")


def _wrong_keys(body: dict[str, Any], known: set[str]) -> Response | None:
    return None if body.keys() <= known else _error(400, "A field is not known.")


def _fits(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= MAX_PARAMETER


def _token(request: Request) -> str:
    return request.headers.get("authorization", "").removeprefix("Bearer ")


def _error(status: int, message: str) -> Response:
    return JSONResponse({"message": message, "code": status}, status)
