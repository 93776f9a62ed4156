"""Tickets in ServiceNow: records of the Table API (`/api/now/table/{tableName}`), found again by `correlation_id`."""

import hashlib
from collections.abc import Mapping
from typing import Any

from hubs.handoffs import LeftTicket, Ticket
from hubs.line import Line
from hubs.servicenow_requests import flat
from protocol.models import Foreign
from settings.hubs import ServiceNowSettings

TABLES = "/api/now/table"
MAX_SUBJECT, MAX_DESCRIPTION, MAX_CORRELATION = 160, 4_000, 100
"""Characters of the columns `short_description`, `description` and `correlation_id` as they are delivered."""


class _Record(Foreign):
    sys_id: str
    number: str = ""


class _Written(Foreign):
    result: _Record


class _Found(Foreign):
    result: tuple[_Record, ...] = ()


class Tickets:
    """The records of one table."""

    def __init__(self, line: Line, settings: ServiceNowSettings) -> None:
        self._line = line
        self._root = settings.url.rstrip("/")
        self._table = settings.ticket_table
        self._fields = settings.ticket_fields

    async def find(self, key: str) -> LeftTicket | None:
        """GET …/{table}?sysparm_query=correlation_id=…: what an earlier try has left."""
        params = {"sysparm_query": f"correlation_id={_correlation(key)}", "sysparm_fields": "sys_id,number"}
        answer = await self._line.call("GET", self._path, params={**params, "sysparm_limit": "1"})
        found = self._line.parsed(_Found, answer).result
        return self._left(found[0]) if found else None

    async def leave(self, ticket: Ticket) -> LeftTicket:
        """POST …/{table}."""
        answer = await self._line.call("POST", self._path, _record(ticket, self._fields))
        return self._left(self._line.parsed(_Written, answer).result)

    async def look(self) -> None:
        """Read one record's id: it shows that we may."""
        await self._line.call("GET", self._path, params={"sysparm_limit": "1", "sysparm_fields": "sys_id"})

    @property
    def _path(self) -> str:
        return f"{TABLES}/{self._table}"

    def _left(self, record: _Record) -> LeftTicket:
        address = f"{self._root}/{self._table}.do?sys_id={record.sys_id}"
        return LeftTicket(id=record.number or record.sys_id, url=address)


def _record(ticket: Ticket, fields: Mapping[str, str]) -> dict[str, Any]:
    """The columns; a description that is too long stands whole in the work notes, which have no bound."""
    contact = [f"{name}: {value}" for name, value in ticket.contact.items()]
    asked = [f"queue: {ticket.queue}"] if ticket.queue else []
    variables = [f"{name}: {flat(value)}" for name, value in ticket.variables.items() if not name.startswith("va_")]
    whole = "\n\n".join(part for part in ("\n".join(contact + asked), ticket.description, "\n".join(variables)) if part)
    own = {column: flat(ticket.variables[name]) for name, column in fields.items() if name in ticket.variables}
    urgency = str((min(5, max(1, ticket.priority)) + 1) // 2)
    record = {
        "short_description": ticket.subject[:MAX_SUBJECT],
        "description": whole[:MAX_DESCRIPTION],
        "contact_type": "chat",
        "urgency": urgency,
        "correlation_id": _correlation(ticket.key),
        "correlation_display": "Baton",
        **own,
    }
    too_long = len(whole) > MAX_DESCRIPTION or len(ticket.subject) > MAX_SUBJECT
    return {**record, "work_notes": f"{ticket.subject}\n\n{whole}"} if too_long else record


def _correlation(key: str) -> str:
    """The ticket's key; hashed where the column, or a query in which `^` divides, cannot hold it."""
    fits = len(key) <= MAX_CORRELATION and "^" not in key and key.isprintable()
    return key if fits else hashlib.sha256(key.encode()).hexdigest()
