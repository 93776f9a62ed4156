"""Zendesk's other API, Support: tickets for customers whom nobody could talk with, and who is online.

Sources: developer.zendesk.com/api-reference/ticketing/tickets/tickets (POST /api/v2/tickets, `Idempotency-Key`) and
…/ticketing/agent-availability. It has credentials of its own: an agent's e-mail address and an API token.
"""

from typing import Any

import httpx

from hubs.base import Availability
from hubs.errors import HubRefusedError
from hubs.handoffs import LeftTicket, Ticket
from hubs.line import Line
from protocol.models import Foreign
from settings.hubs import ZendeskSettings

_PRIORITIES = {1: "urgent", 2: "high", 3: "normal", 4: "low", 5: "low"}
_SUBJECT = 150
_ONLINE = {"filter[channel_status]": "messaging:online", "filter[remaining_capacity]": "messaging:1"}


class _Made(Foreign):
    id: int | str


class _Created(Foreign):
    ticket: _Made


class _Agents(Foreign):
    data: tuple[dict[str, Any], ...] = ()


class Support:
    """The Support API of one connection, where it is configured."""

    def __init__(self, name: str, settings: ZendeskSettings, token: str) -> None:
        self._name = name
        self._settings = settings
        self.configured = bool(settings.support_url and settings.support_email and token)
        self._line = Line(
            name,
            settings.support_url or "http://127.0.0.1",
            auth=httpx.BasicAuth(f"{settings.support_email}/token", token),
            credentials="support_email and support_token",
            timeout=settings.timeout_seconds,
        )

    async def leave_ticket(self, ticket: Ticket) -> LeftTicket:
        """POST /api/v2/tickets; the `Idempotency-Key` makes a repetition harmless (for two hours, as Zendesk says)."""
        if not self.configured:
            keys = "support_url, support_email and support_token"
            raise HubRefusedError(f'hub "{self._name}" takes no tickets yet: set {keys} in baton.toml')
        answer = await self._line.call(
            "POST", "/api/v2/tickets", {"ticket": self._body(ticket)}, headers={"Idempotency-Key": ticket.key}
        )
        number = str(self._line.parsed(_Created, answer).ticket.id)
        return LeftTicket(id=number, url=f"{self._settings.support_url.rstrip('/')}/hc/requests/{number}")

    async def availability(self) -> Availability:
        """GET /api/v2/agent_availabilities: agents who are online for messaging and have room."""
        answer = await self._line.call("GET", "/api/v2/agent_availabilities", params=_ONLINE)
        online = len(self._line.parsed(_Agents, answer).data)
        return Availability(open=online > 0, representatives=online)

    async def close(self) -> None:
        """Close the pooled connections."""
        await self._line.close()

    def _body(self, ticket: Ticket) -> dict[str, Any]:
        fields = self._settings.ticket_fields
        known = [(field, ticket.variables[name]) for name, field in fields.items() if name in ticket.variables]
        told = [f"{name}: {value}" for name, value in ticket.variables.items() if not name.startswith("va_")]
        body: dict[str, Any] = {
            "subject": ticket.subject[:_SUBJECT],
            "comment": {"body": "\n".join([ticket.description, *told])},
            "priority": _PRIORITIES.get(ticket.priority, "normal"),
            "external_id": ticket.key,
            "tags": [*self._settings.tags, *([ticket.queue] if ticket.queue else [])],
            "custom_fields": [{"id": int(field), "value": str(value)} for field, value in known if field.isdigit()],
        }
        if email := ticket.contact.get("email"):
            body["requester"] = {"name": ticket.contact.get("name") or email, "email": email}
        return body
