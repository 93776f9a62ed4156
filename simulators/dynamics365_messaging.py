"""The messaging API as Microsoft documents it: its bounds, its error codes, and no key to deduplicate messages by."""

import math
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulators.entra import EntraSimulator
from simulators.faults import Endpoint, Faults

ROOT = "/api/v1.0/consumer"
ORGANIZATION = "3a0f1c52-0000-4000-8000-0000000000c1"
CHANNEL = "77e9b3d4-0000-4000-8000-0000000000c2"
MAX_TEXT, MAX_START, MAX_ENTRIES, MAX_FIELD = 6_000, 27 * 1024, 100, 200
MAX_NAME, MAX_VALUE = 100, 4_000
OPERATIONS = {"message": "message", "typing": "typing", "endOfConversation": "end", "event": "event"}
"""By an activity's type the operation, as faults name it."""
_TICK = timedelta(microseconds=1)


@dataclass
class Held:
    """One conversation."""

    id: str
    customer: str
    context: dict[str, Any]
    start: str
    for_representatives: bool
    messages: list[dict[str, Any]] = field(default_factory=list)
    typed: int = 0
    open: bool = True
    queue: str = ""


class _RefusedError(Exception):
    def __init__(self, status: int, code: int | None) -> None:
        super().__init__(status, code)
        self.status, self.code = status, code


class MessagingSimulator:
    """One organisation's messaging API, with one channel."""

    def __init__(self, faults: Faults, entra: EntraSimulator, resource: str) -> None:
        self.held: dict[str, Held] = {}
        self.linked = True
        """Whether the channel is linked to a workstream."""
        self.shows_channel_data = True
        """Whether reading a conversation shows the `channelData` that was sent, which is written nowhere."""
        self.tells_code_in_detail = False
        """Whether an error's code stands in its `detail` only."""
        self._faults, self._entra, self._resource = faults, entra, resource
        self._newest = datetime.now(UTC)

    def routes(self) -> list[Route]:
        """The five endpoints."""
        one = f"{ROOT}/conversation/{{conversation}}"
        endpoints: list[tuple[str, str, Endpoint]] = [
            ("POST", f"{ROOT}/conversation/create", self._faults.around("create", self._create)),
            ("POST", one, self._activity),
            ("GET", f"{ROOT}/conversations", self._faults.around("list", self._list)),
            ("GET", f"{one}/messages", self._faults.around("read", self._read)),
            ("GET", f"{one}/context", self._faults.around("context", self._context)),
        ]
        return [Route(path, self._checked(do), methods=[method]) for method, path, do in endpoints]

    def _checked(self, endpoint: Endpoint) -> Endpoint:
        async def checked(request: Request) -> Response:
            try:
                self._check_headers(request)
                return await endpoint(request)
            except _RefusedError as refused:
                return self._problem(refused.status, refused.code)

        return checked

    def _check_headers(self, request: Request) -> None:
        if not self._entra.holds(request.headers.get("authorization"), self._resource):
            raise _RefusedError(401, None)
        organization, channel = request.headers.get("organization-id", ""), request.headers.get("channel-id", "")
        if not _is_guid(organization):
            raise _RefusedError(400, 30001)
        if not _is_guid(channel):
            raise _RefusedError(400, 30002)
        if organization != ORGANIZATION:
            raise _RefusedError(401, None)
        if channel != CHANNEL:
            raise _RefusedError(404, 30004)
        if not self.linked:
            raise _RefusedError(400, 30014)

    async def _create(self, request: Request) -> Response:
        body = await _json(request)
        customer, context = body.get("customercontext") or {}, body.get("conversationcontext") or {}
        start = body.get("startmessage") or {}
        if len(context) > MAX_ENTRIES:
            raise _RefusedError(400, 30010)
        wrong_context = not all(_is_entry(name, entry) for name, entry in context.items())
        if wrong_context or any(len(value) > MAX_FIELD for value in customer.values()):
            raise _RefusedError(400, 30012)
        if len(str(start.get("message", "")).encode()) > MAX_START:
            raise _RefusedError(400, 30012)
        named = customer.get("customerid") or uuid.uuid4().hex
        there = next((held for held in self.held.values() if held.customer == named and held.open), None)
        if there:
            return JSONResponse({"conversationId": there.id, "isNew": False})
        values = {name: entry["value"] for name, entry in context.items()}
        # Else the workstream's bot has the conversation, and representatives may never see it.
        for_representatives = body.get("skipdeflectionbot") is True
        held = Held(str(uuid.uuid4()), named, values, start.get("message", ""), for_representatives)
        self.held[held.id] = held
        begun = {"messageId": _milliseconds(self._now())} if start else {}
        return JSONResponse({"conversationId": held.id, "isNew": True, **begun})

    async def _activity(self, request: Request) -> Response:
        body = await _json(request)
        operation = OPERATIONS.get(str(body.get("type")))
        if operation is None:
            raise _RefusedError(400, 30003)
        return await self._faults.around(operation, self._take)(request)

    async def _take(self, request: Request) -> Response:
        body, held = await _json(request), self._active(request)
        if body.get("channelId") != CHANNEL:
            raise _RefusedError(400, 30002)
        if (body.get("conversation") or {}).get("id") != held.id:
            raise _RefusedError(400, 30005)
        now = self._now()
        match body["type"]:
            case "message":
                _check_message(body)
                held.messages.append({**body, "messageId": _milliseconds(now), "timestamp": now.isoformat()})
            case "typing":
                held.typed += 1
            case "endOfConversation":
                held.open = False
            case _:
                if body.get("name") != "MessageRead" and not (body.get("channelData") or {}).get("customEvent"):
                    raise _RefusedError(400, 30003)
        return JSONResponse({"messageId": _milliseconds(now), "message": None})

    async def _list(self, request: Request) -> Response:
        _page_size(request, 250, 30007)
        found = [{"conversationid": held.id, "timestamp": self._now().isoformat()} for held in self.held.values()]
        return JSONResponse({"conversations": found, "continuationtoken": None})

    async def _read(self, request: Request) -> Response:
        held, size = self._active(request), _page_size(request, 100, 30008)
        since = _moment(request, "StartTimeStamp", 30006)
        after = _moment(request, "ContinuationToken", 30009)
        page = [self._shown(each) for each in held.messages if since <= _at(each) and _at(each) > after][:size]
        # With the last page, too: it is a time, as in Microsoft's sample.
        token = page[-1]["timestamp"] if page else None
        return JSONResponse({"messages": page, "continuationToken": token})

    async def _context(self, request: Request) -> Response:
        values = self._active(request).context
        return JSONResponse({"context": [{"name": name, "value": value} for name, value in values.items()]})

    def _shown(self, message: Mapping[str, Any]) -> dict[str, Any]:
        names = ("type", "text", "messageId", "timestamp", "attachments")
        shown = {name: message[name] for name in names if name in message}
        data = message.get("channelData") if self.shows_channel_data else {}
        return {"attachments": [], **shown, "from": {}, "channelData": data or {}}

    def _active(self, request: Request) -> Held:
        named = request.path_params["conversation"]
        if not _is_guid(named):
            raise _RefusedError(400, 30005)
        held = self.held.get(named)
        if held is None or not held.open:
            raise _RefusedError(404, 30013)
        return held

    def _now(self) -> datetime:
        """The time, and never the same one twice."""
        self._newest = max(datetime.now(UTC), self._newest + _TICK)
        return self._newest

    def _problem(self, status: int, code: int | None) -> Response:
        problem: dict[str, Any] = {"type": "about:blank", "title": "refused", "status": status}
        if code is not None and self.tells_code_in_detail:
            problem["detail"] = f"Error {code}: see the documentation."
        elif code is not None:
            problem["code"] = str(code)
        headers = {"x-ms-correlation-id": str(uuid.uuid4())}
        return JSONResponse(problem, status, headers=headers, media_type="application/problem+json")


async def _json(request: Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError:
        raise _RefusedError(400, 30012) from None
    if not isinstance(body, dict):
        raise _RefusedError(400, 30012)
    return body


def _check_message(body: Mapping[str, Any]) -> None:
    text, files = body.get("text") or "", body.get("attachments") or []
    if len(text) > MAX_TEXT:
        raise _RefusedError(400, 30011)
    if not text and not files:
        raise _RefusedError(400, 30016)
    told = ((body.get("channelData") or {}).get("messagingapi-oc") or {}).get("type", "AutomatedMessage")
    if told != "AutomatedMessage":
        raise _RefusedError(400, 30003)
    if not all(file.get("contentUrl") and file.get("contentType") and file.get("name") for file in files):
        raise _RefusedError(400, 30012)


def _is_entry(name: str, entry: Any) -> bool:
    if not isinstance(entry, dict) or not isinstance(entry.get("isDisplayable", False), bool):
        return False
    value = entry.get("value")
    plain = isinstance(value, str | int | float) and not isinstance(value, bool)
    finite = not isinstance(value, float) or math.isfinite(value)
    return plain and finite and len(name) <= MAX_NAME and len(str(value)) <= MAX_VALUE


def _page_size(request: Request, largest: int, code: int) -> int:
    size = request.query_params.get("PageSize", "50")
    if not size.isdigit() or not 1 <= int(size) <= largest:
        raise _RefusedError(400, code)
    return int(size)


def _moment(request: Request, name: str, code: int) -> datetime:
    try:
        return datetime.fromisoformat(request.query_params.get(name, "0001-01-01T00:00:00+00:00"))
    except ValueError:
        raise _RefusedError(400, code) from None


def _at(message: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(message["timestamp"])


def _milliseconds(moment: datetime) -> str:
    return str(int(moment.timestamp() * 1_000))


def _is_guid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False
