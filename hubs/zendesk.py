"""Zendesk, through Sunshine Conversations v2: the switchboard passes control to the Agent Workspace and back.

The wire format is that of Zendesk's published specification (sunshine-conversations-api-spec, v17). It knows none of
our ids but as metadata, so whatever is tried again is read first.
"""

import time
from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import datetime
from typing import Any

import httpx
import jwt
from pydantic import Field

from hubs.base import Again, Availability, Capabilities, Hub
from hubs.errors import HandoffGoneError, HubClosedError, HubRefusedError
from hubs.handoffs import Handoff, HubConversation, LeftTicket, TakenHandoff, Ticket
from hubs.line import Line
from hubs.pace import Pace
from hubs.renewed import RenewedToken
from hubs.zendesk_events import OURS, events_of
from hubs.zendesk_messages import Message, contents, history, passing
from hubs.zendesk_support import Support
from protocol.activity import END_OF_CONVERSATION, MESSAGE, Activity
from protocol.hub_events import HubEvent
from protocol.models import Foreign
from settings.hubs import ZendeskSettings

PAGE = 100
JWT_LIVES = 3_600.0
"""Seconds after which another token is signed."""


class _Identified(Foreign):
    id: str


class _Conversation(Foreign):
    conversation: _Identified


class _Found(Foreign):
    id: str
    metadata: dict[str, Any] | None = None


class _Conversations(Foreign):
    conversations: tuple[_Found, ...] = ()


class _Messages(Foreign):
    messages: tuple[_Found, ...] = ()


class _Cursor(Foreign):
    has_more: bool = False
    after_cursor: str | None = None


class _Page(_Messages):
    meta: _Cursor = Field(default=_Cursor())


class ZendeskHub(Hub):
    """One app of Sunshine Conversations whose switchboard leads to the Agent Workspace."""

    kind = "zendesk"
    capabilities = Capabilities(typing=False, queue_position=False, transfers=False, tickets=True)

    def __init__(
        self, name: str, settings: ZendeskSettings, key_secret: str, webhook_secret: str, support_token: str = ""
    ) -> None:
        self._name = name
        self._settings = settings
        self._key_secret = key_secret
        self._webhook_secret = webhook_secret
        basic = httpx.BasicAuth(settings.key_id, key_secret)
        # A tenth may go at once, and no minute holds more than what is configured.
        burst = max(1, settings.calls_per_minute // 10)
        self._line = Line(
            name,
            f"{settings.url.rstrip('/')}/v2/apps/{settings.app_id}",
            auth=RenewedToken(self._sign) if settings.auth == "jwt" else basic,
            credentials="app_id, key_id and key_secret",
            timeout=settings.timeout_seconds,
            pace=Pace(max(1, settings.calls_per_minute - burst), 60, burst),
        )
        self._support = Support(name, settings, support_token)

    async def open(self, handoff: Handoff, *, again: Again | None = None) -> HubConversation:
        """A user and a conversation of their own for each handoff, its history as messages, then control is passed."""
        if self._settings.asks_first and not (await self.availability(handoff.queue)).open:
            raise HubClosedError(f'hub "{self._name}": no agent is online for messaging')
        profile = {"locale": handoff.locale} if handoff.locale else {}
        await self._line.call("POST", "/users", {"externalId": handoff.key, "profile": profile}, accepted=(409,))
        conversation = (await self._find(handoff.key) if again else None) or await self._create(handoff)
        now, later = history(handoff)
        first = await self._tell(conversation, now, again=again)
        body = passing(handoff, self._settings, first)
        await self._line.call("POST", f"/conversations/{conversation}/passControl", body)
        return HubConversation(id=conversation, rest=bool(later))

    async def tell_rest(self, handoff: Handoff, taken: TakenHandoff, *, again: Again | None = None) -> None:
        """What is still older, at the pace that live messages leave."""
        _, later = history(handoff)
        await self._tell(taken.id, later, again=again)

    async def send(self, handoff: TakenHandoff, activity: Activity, *, again: Again | None = None) -> None:
        """A message as the user's; the end as control released. A user's typing has no place in Zendesk."""
        if activity.type == END_OF_CONVERSATION:
            await self._line.call("POST", f"/conversations/{handoff.id}/releaseControl", {})
        elif activity.type == MESSAGE:
            author = {"type": "user", "userExternalId": handoff.key}
            known = await self._known(handoff.id) if again else {}
            for number, content in enumerate(contents(activity)):
                ours = f"{activity.id}:{number}"
                if ours not in known:
                    await self._post(handoff.id, (ours, author, content))

    async def leave_ticket(self, ticket: Ticket, *, again: Again | None = None) -> LeftTicket:
        """POST /api/v2/tickets of the Support API; its `Idempotency-Key` makes looking needless."""
        del again
        return await self._support.leave_ticket(ticket)

    async def availability(self, queue: str | None) -> Availability:
        """Who is online, where the Support API is configured; as messaging is asynchronous, one can always wait."""
        del queue
        return await self._support.availability() if self._support.configured else Availability(open=True)

    async def check(self) -> AsyncIterator[str]:
        """Look at the switchboard: one of its integrations hears for us while the agents have control."""
        try:
            boards = (await self._line.call("GET", "/switchboards")).json().get("switchboards") or []
        except HandoffGoneError:
            wrong = f"check baton.toml [hubs.{self._name}] url and app_id"
            raise HubRefusedError(f'hub "{self._name}" has no such app: {wrong}') from None
        yield "it takes our credentials for this app"
        if not any([await self._leads_to_agents(str(board["id"])) for board in boards]):
            wrong = f"put our integration before {self._settings.workspace}, with deliverStandbyEvents"
            raise HubRefusedError(f'hub "{self._name}": no switchboard would tell us what agents say: {wrong}')
        yield f"its switchboard leads to {self._settings.workspace}, and tells us what agents say"
        if self._support.configured:
            online = (await self._support.availability()).representatives
            yield f"its Support API takes our credentials; {online} online for messaging"

    def receive(self, headers: Mapping[str, str], body: bytes, now: datetime) -> list[HubEvent]:
        """Events under the webhook's shared secret, `X-API-Key`; several may come in one callback."""
        del now  # the secret is all that Zendesk signs with
        return events_of(
            headers, body, connection=self._name, secret=self._webhook_secret, desk=self._settings.workspace
        )

    async def close(self) -> None:
        """Close the pooled connections."""
        await self._line.close()
        await self._support.close()

    async def _sign(self) -> tuple[str, float]:
        """A token of our own: HS256 with the key's secret, the key's id as `kid`, for the whole app."""
        claims = {"scope": "app", "exp": int(time.time() + JWT_LIVES)}
        token = jwt.encode(claims, self._key_secret, algorithm="HS256", headers={"kid": self._settings.key_id})
        return token, JWT_LIVES

    async def _leads_to_agents(self, board: str) -> bool:
        answer = await self._line.call("GET", f"/switchboards/{board}/switchboardIntegrations")
        found = answer.json().get("switchboardIntegrations") or []
        names = {str(each.get(what)) for each in found for what in ("id", "name", "integrationType")}
        return self._settings.workspace in names and any(each.get("deliverStandbyEvents") for each in found)

    async def _create(self, handoff: Handoff) -> str:
        body = {
            "type": "personal",
            "participants": [{"userExternalId": handoff.key, "subscribeSDKClient": False}],
            "metadata": {OURS: handoff.key},
        }
        answer = await self._line.call("POST", "/conversations", body)
        return self._line.parsed(_Conversation, answer).conversation.id

    async def _find(self, key: str) -> str | None:
        answer = await self._line.call("GET", "/conversations", params={"filter[userExternalId]": key})
        found = self._line.parsed(_Conversations, answer).conversations
        return next((each.id for each in found if (each.metadata or {}).get(OURS) == key), None)

    async def _known(self, conversation: str) -> dict[str, str]:
        """Our own ids of the messages that the conversation has, with Zendesk's."""
        known: dict[str, str] = {}
        params = {"page[size]": str(PAGE)}
        while True:
            answer = await self._line.call("GET", f"/conversations/{conversation}/messages", params=params)
            page = self._line.parsed(_Page, answer)
            known.update({str((each.metadata or {}).get(OURS)): each.id for each in page.messages})
            if not (page.meta.has_more and page.meta.after_cursor):
                return known
            params = {**params, "page[after]": page.meta.after_cursor}

    async def _tell(self, conversation: str, messages: Iterable[Message], *, again: Again | None) -> str | None:
        """Write history down as messages; returns the id of the first, from which the agent's view begins."""
        known = await self._known(conversation) if again else {}
        first = None
        for message in messages:
            ours = message[0]
            posted = known.get(ours) or await self._post(conversation, message, history=True)
            first = first or posted
        return first

    async def _post(self, conversation: str, message: Message, *, history: bool = False) -> str:
        ours, author, content = message
        body = {"author": author, "content": content, "metadata": {OURS: ours}}
        path = f"/conversations/{conversation}/messages"
        try:
            answer = await self._line.call("POST", path, body, history=history)
        except HandoffGoneError:
            raise HandoffGoneError(f'hub "{self._name}" no longer has this conversation') from None
        return self._line.parsed(_Messages, answer).messages[0].id
