"""The calls of Enhanced Chat API v2 that a handoff needs (developer.salesforce.com/docs/service/messaging-api).

Salesforce publishes no machine-readable contract; what its pages leave open is marked where it matters.
"""

from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx

from hubs.errors import HandoffGoneError, HubRefusedError
from hubs.line import Line
from hubs.pace import Pace
from hubs.salesforce_entries import Entries, Entry
from hubs.salesforce_guests import Guest, GuestSession
from protocol.models import Foreign
from settings.hubs import SalesforceSettings

ROOT = "/iamessage/api/v2"
PAGE = 50
"""Entries of one read at the most."""
TOKENS_PER_MINUTE = 200
"""Of an org, for new tokens; and as many for renewals."""
BURST = 50
_LOST = (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN)
_GONE = (httpx.codes.NOT_FOUND, httpx.codes.GONE)


class _Token(Foreign):
    access_token: str
    last_event_id: str = ""


class _Status(Foreign):
    routing_status: str = ""


class SalesforceApi:
    """One deployment of an org, spoken to by guests."""

    def __init__(self, name: str, settings: SalesforceSettings) -> None:
        self._settings = settings
        self._name = name
        named = "url, organization_id and deployment"
        # A stream a handoff: what is said must not wait for one of them to end.
        self._line = Line(name, settings.url, credentials=named, timeout=settings.timeout_seconds, connections=None)
        self._tokens = Pace(TOKENS_PER_MINUTE - BURST, 60, BURST)
        self._renewals = Pace(TOKENS_PER_MINUTE - BURST, 60, BURST)

    async def new_guest(self) -> GuestSession:
        """POST …/authorization/unauthenticated/access-token. Nothing is left behind by a guest who never speaks."""
        await self._tokens.turn()
        body = {
            "orgId": self._settings.organization_id,
            "esDeveloperName": self._settings.deployment,
            "capabilitiesVersion": "1",
            "platform": "Web",
            "context": {"appName": "Baton", "clientVersion": "1.0.0"},
        }
        path = f"{ROOT}/authorization/unauthenticated/access-token"
        try:
            token = self._line.parsed(_Token, await self._line.call("POST", path, body))
        except HandoffGoneError as error:
            raise HubRefusedError(f"{error}: check baton.toml [hubs.{self._name}] url and deployment") from None
        return GuestSession(token=token.access_token, last_event_id=token.last_event_id)

    async def renew(self, token: str) -> str:
        """GET …/authorization/continuation-access-token: another token of the same subject.

        Raises:
            HandoffGoneError: it has expired for good.
        """
        await self._renewals.turn()
        headers = {"Authorization": f"Bearer {token}"}
        path = f"{ROOT}/authorization/continuation-access-token"
        answer = await self._line.call("GET", path, headers=headers, accepted=_LOST)
        if answer.status_code in _LOST:
            raise HandoffGoneError(f'hub "{self._name}" no longer knows the guest of this handoff')
        return self._line.parsed(_Token, answer).access_token

    async def create(self, guest: Guest, conversation: str, attributes: Mapping[str, str]) -> None:
        """POST …/conversation, under an id that we choose."""
        body = {
            "conversationId": conversation,
            "esDeveloperName": self._settings.deployment,
            "routingAttributes": dict(attributes),
        }
        try:
            await self._line.call("POST", f"{ROOT}/conversation", body, auth=guest)
        except HandoffGoneError as error:
            raise HubRefusedError(f"{error}: check baton.toml [hubs.{self._name}] url and deployment") from None

    async def routing(self, guest: Guest, conversation: str) -> str | None:
        """GET …/conversation/{id}: INITIAL, ROUTED, TRANSFER, NEEDS_ROUTING …; None where there is none."""
        answer = await self._line.call("GET", f"{ROOT}/conversation/{conversation}", auth=guest, accepted=_GONE)
        return None if answer.status_code in _GONE else self._line.parsed(_Status, answer).routing_status

    async def say(self, guest: Guest, conversation: str, message: str, text: str) -> None:
        """POST …/conversation/{id}/message."""
        content = {"formatType": "Text", "text": text}
        body = self._entry({"id": message, "messageType": "StaticContentMessage", "staticContent": content})
        await self._line.call("POST", f"{ROOT}/conversation/{conversation}/message", body, auth=guest)

    async def send_file(self, guest: Guest, conversation: str, message: str, file: tuple[str, bytes, str]) -> bool:
        """POST …/conversation/{id}/file, multipart: `file` is its name, content and type. False: it is not taken."""
        whole = self._entry({"id": message, "fileId": message, "text": ""})
        entry = httpx.Request("POST", "http://none", json=whole).content
        parts: dict[str, tuple[str | None, bytes, str]] = {
            "messageEntry": (None, entry, "application/json"),
            "fileData": file,
        }
        refused = (httpx.codes.REQUEST_ENTITY_TOO_LARGE, httpx.codes.UNSUPPORTED_MEDIA_TYPE, httpx.codes.BAD_REQUEST)
        path = f"{ROOT}/conversation/{conversation}/file"
        answer = await self._line.call("POST", path, files=parts, auth=guest, accepted=refused)
        return answer.is_success

    async def type(self, guest: Guest, conversation: str, entry: str) -> None:
        """POST …/conversation/{id}/entry."""
        body = {"entryType": "TypingStartedIndicator", "id": entry}
        await self._line.call("POST", f"{ROOT}/conversation/{conversation}/entry", body, auth=guest)

    async def acknowledge(self, guest: Guest, conversation: str, entry: str) -> None:
        """POST …/conversation/{id}/acknowledge-entries: the customer has it."""
        body = {"acks": [{"id": str(uuid4()), "entryType": "Delivery", "conversationEntryId": entry}]}
        await self._line.call("POST", f"{ROOT}/conversation/{conversation}/acknowledge-entries", body, auth=guest)

    async def entries(self, guest: Guest, conversation: str, known: Collection[str] = ()) -> list[Entry]:
        """GET …/conversation/{id}/entries from the end, until all are there or one is `known`; the oldest first."""
        found: dict[str, Entry] = {}
        params = {"limit": str(PAGE), "direction": "FromEnd"}
        while True:
            path = f"{ROOT}/conversation/{conversation}/entries"
            answer = await self._line.call("GET", path, params=params, auth=guest)
            page = self._line.parsed(Entries, answer).conversation_entries
            new = [each for each in page if each.identifier not in found]
            found.update({each.identifier: each for each in new})
            if len(page) < PAGE or not new or any(each.identifier in known for each in page):
                return sorted(found.values(), key=lambda each: each.at)
            params = {**params, "endTimestamp": str(min(each.at for each in page))}

    async def end(self, guest: Guest, conversation: str) -> None:
        """DELETE the session, which the representative sees, then the conversation; gone already is as good."""
        params = {"esDeveloperName": self._settings.deployment}
        for path in (f"{ROOT}/conversation/{conversation}/session", f"{ROOT}/conversation/{conversation}"):
            await self._line.call("DELETE", path, params=params, auth=guest, accepted=_GONE)

    @asynccontextmanager
    async def stream(self, guest: Guest, last_event_id: str) -> AsyncIterator[httpx.Response]:
        """GET /eventrouter/v1/sse: everything for this guest after `last_event_id`. Raises as the line does."""
        headers = {"Accept": "text/event-stream", "X-Org-Id": self._settings.organization_id}
        if last_event_id:
            headers["Last-Event-ID"] = last_event_id
        silence = self._settings.silent_seconds
        async with self._line.stream("/eventrouter/v1/sse", headers=headers, auth=guest, silence=silence) as answer:
            yield answer

    async def close(self) -> None:
        """Close the pooled connections."""
        await self._line.close()

    def _entry(self, message: Mapping[str, Any]) -> dict[str, Any]:
        deployment = self._settings.deployment
        # A session that has ended must not begin anew by what was on its way.
        return {"message": dict(message), "esDeveloperName": deployment, "isNewMessagingSession": False}
