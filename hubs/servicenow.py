"""ServiceNow, through the Virtual Agent Bot Integration API: one endpoint takes everything, callbacks tell the rest.

The wire format is that of ServiceNow's documentation (ServiceNowDocs, rest-apis/bot-api.md, release australia). An
answer of 200 says only that the request was received; what came of it, callbacks say, or nobody does.
"""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any, Literal

import httpx

from hubs.base import Again, Availability, Capabilities, Hub
from hubs.errors import HandoffGoneError, HubClosedError, HubPendingError, HubRefusedError
from hubs.handoffs import Handoff, HubConversation, LeftTicket, TakenHandoff, Ticket
from hubs.servicenow_asked import Asked
from hubs.servicenow_auth import Grants, ServiceNowSecrets, line_to
from hubs.servicenow_callbacks import Became, became, events_of
from hubs.servicenow_requests import OPENING, OPENING_AGAIN, ending, opening, relaying, request_id
from hubs.servicenow_tickets import Tickets
from protocol.activity import Activity
from protocol.hub_events import HubEvent
from protocol.models import Foreign
from settings.hubs import ServiceNowSettings

ENDPOINT = "/api/sn_va_as_service/bot/integration"
LOOKS_AGAIN_AFTER = 0.4
"""Seconds after which it is looked again whether ServiceNow has called back."""


class _Acknowledged(Foreign):
    status: Literal["success", "failure"]


class ServiceNowHub(Hub):
    """One instance whose Virtual Agent hands to Agent Chat.

    A handoff is open when a callback says that it reached agent chat, and not before: the conversation keeps the
    callbacks' echoes, and `open` is pending until it finds its own there. So the trap of a 200 that nothing follows
    ends in the next route, nothing is said to the Virtual Agent while it still works on the transfer (it takes one
    request at a time), and a transfer whose outcome is unclear is looked for before it is asked again.

    ServiceNow promises no deduplication to third parties, but lists "ignore duplicate requests" among the features of
    its custom chat framework, for which every request keeps its `requestId` over its tries. In agent chat a message
    has no callback of its own: where an instance ignores no duplicates, and neither did an agent write since, a
    message may show twice.
    """

    kind = "servicenow"
    capabilities = Capabilities(
        files=False,
        queue_position=False,
        transfers=False,
        returns=False,
        availability=False,
        tickets=True,
        idempotent=False,
    )

    def __init__(self, name: str, settings: ServiceNowSettings, secrets: ServiceNowSecrets) -> None:
        self._name = name
        self._settings = settings
        self._callback_secret = secrets.callback
        self._grants = Grants(name, settings, secrets)
        self._line = line_to(name, settings, secrets, self._grants)
        self._tickets = Tickets(self._line, settings)
        self._asked = Asked()

    async def open(self, handoff: Handoff, *, again: Again | None = None) -> HubConversation:
        """POST …/bot/integration, `action` AGENT; then look for what its callbacks say until they say it."""
        match became(handoff.key, (OPENING, OPENING_AGAIN), await again.echoed() if again else ()):
            case Became.AGENT_CHAT:
                return HubConversation(id=handoff.key)
            case Became.NOBODY:
                raise HubClosedError(f'hub "{self._name}" has nobody who takes it now, says its Virtual Agent')
            case Became.VIRTUAL_AGENT if self._may_ask_again(handoff):
                await self._transfer(handoff, OPENING_AGAIN)
            case _:
                await self._transfer(handoff, OPENING)
        said = f'hub "{self._name}" has the handoff and did not call back yet'
        raise HubPendingError(said, retry_after=LOOKS_AGAIN_AFTER)

    async def send(self, handoff: TakenHandoff, activity: Activity, *, again: Again | None = None) -> None:
        """POST …/bot/integration: a message without `action`, else TYPING or END_CONVERSATION."""
        request = relaying(handoff, activity)
        if request and not (again and became(handoff.key, [str(activity.id)], await again.echoed())):
            await self._post(request)

    async def leave_ticket(self, ticket: Ticket, *, again: Again | None = None) -> LeftTicket:
        """A record by the Table API, which wants a user: message authentication is not for it."""
        if not self._settings.username:
            raise HubRefusedError(f"tickets are left by a user: set baton.toml [hubs.{self._name}] username, password")
        try:
            return (await self._tickets.find(ticket.key) if again else None) or await self._tickets.leave(ticket)
        except HandoffGoneError:
            raise self._no_table() from None

    async def availability(self, queue: str | None) -> Availability:
        """Nothing outside the instance says who is there: callbacks tell when nobody takes the conversation."""
        del queue
        return Availability(open=True)

    async def check(self) -> AsyncIterator[str]:
        """Ask for nothing in particular, which is refused as malformed only after who asks; then read one ticket."""
        await self._call({}, accepted=(httpx.codes.BAD_REQUEST,))
        known = f", and knows {self._settings.username}" if self._settings.username else ""
        yield f"the Virtual Agent API is there{known}"
        if self._settings.username:
            try:
                await self._tickets.look()
            except HandoffGoneError:
                raise self._no_table() from None
            yield f'the table "{self._settings.ticket_table}" may be read'

    def receive(self, headers: Mapping[str, str], body: bytes, now: datetime) -> list[HubEvent]:
        """The events of one callback under the header that the outbound configuration adds, `X-Baton-Secret`."""
        return events_of(headers, body, now, connection=self._name, secret=self._callback_secret)

    async def close(self) -> None:
        """Close the pooled connections."""
        await self._line.close()
        await self._grants.line.close()

    def _may_ask_again(self, handoff: Handoff) -> bool:
        """Whether the Virtual Agent has had its time to go on from words of its own to agent chat.

        Of a session that begins with AGENT some instances make no transfer before it is asked for a second time.
        """
        waited = self._asked.waited(request_id(handoff.key, OPENING))
        return waited is not None and waited >= self._settings.asks_again_after_seconds

    async def _transfer(self, handoff: Handoff, about: str) -> None:
        request = request_id(handoff.key, about)
        if (self._asked.waited(request) or 0) >= self._settings.callback_within_seconds:
            await self._give_up(handoff, request)
        if not self._asked.may_be_there(request):
            with self._asked.asking(request):
                await self._post(opening(handoff, about, self._settings.context))

    async def _give_up(self, handoff: Handoff, request: str) -> None:
        """It may be that only its callbacks do not reach us: what is there is ended before the next route is asked."""
        self._asked.forget(request)
        await self._post(ending(handoff.key, f"{OPENING} given up", handoff.opened_at))
        known = (
            f"check baton.toml [hubs.{self._name}] token, signature_secret, and the instance's outbound configuration"
        )
        raise HubRefusedError(f'hub "{self._name}" has received the handoff and never called back: {known}')

    async def _post(self, request: Mapping[str, Any]) -> None:
        answer = await self._call(request)
        if self._line.parsed(_Acknowledged, answer).status == "failure":
            # The answer's own words may repeat the request's, which are a person's.
            said = f'hub "{self._name}" answered failure to {request.get("action", "a message")}'
            raise HubRefusedError(f"{said}: the instance says why in System Logs")

    async def _call(self, request: Mapping[str, Any], accepted: tuple[int, ...] = ()) -> httpx.Response:
        """POST …/bot/integration, whose 404 and 405 are about the endpoint, and never about a handoff."""
        try:
            answer = await self._line.call("POST", ENDPOINT, request, accepted=(*accepted, 405))
        except HandoffGoneError:
            said = f'hub "{self._name}" has no {ENDPOINT}'
            raise HubRefusedError(f'{said}: is url its instance, and "Virtual Agent API" installed there?') from None
        if answer.status_code == httpx.codes.METHOD_NOT_ALLOWED:
            raise HubRefusedError(f'hub "{self._name}": the Virtual Agent API is switched off there')
        return answer

    def _no_table(self) -> HubRefusedError:
        said = f'hub "{self._name}" has no table "{self._settings.ticket_table}"'
        return HubRefusedError(f"{said}: check baton.toml [hubs.{self._name}] ticket_table")
