"""The organisation's Dataverse: whether a workstream's queue is open, and cases for whoever found nobody.

Sources: Microsoft's pages "Use CCaaS_GetRepresentativeAvailabilityBeforeConversation" (Contact Center), "Compose HTTP
requests and handle errors" and "Upsert a table row using the Web API" (Dataverse).
"""

import json
import uuid
from collections.abc import AsyncIterator
from datetime import datetime
from urllib.parse import urlsplit

import httpx
from pydantic import Field

from hubs.base import Availability, HubError, HubRefusedError, LeftTicket, Ticket
from hubs.dynamics365_history import QUEUE
from hubs.entra_access import entra_access
from hubs.line import Line, Meaning
from microsoft.entra_token import EntraTokens
from protocol.activity import utc
from protocol.models import Foreign
from settings.hubs import Dynamics365DataverseSettings

ROOT = "/api/data/v9.2"
HEADERS = {"Accept": "application/json", "OData-MaxVersion": "4.0", "OData-Version": "4.0", "If-None-Match": "null"}
ONLY_CREATE = {"If-None-Match": "*"}
"""PATCH creates the row under our own id, and is refused with 412 where it is there already."""
THERE = (httpx.codes.PRECONDITION_FAILED,)
TEXT = 192350000
"""The datatype of a context item that is text."""
MAX_TITLE, MAX_DESCRIPTION, MAX_FIELD = 200, 100_000, 50
"""Characters; more than these the case's columns do not take, as they are delivered."""
FROM_THE_WEB = 3
"""`caseorigincode`."""
_PRIORITIES = {1: 1, 2: 1, 3: 2, 4: 3, 5: 3}
"""By ours `prioritycode`: high, normal, low."""


class _Available(Foreign):
    """Microsoft says that its numbers are five to ten minutes old."""

    open: bool = Field(alias="IsQueueAvailable")
    waits_minutes: float | None = Field(default=None, alias="AverageWaitTime")
    waits_seconds: float | None = Field(default=None, alias="AverageWaitTimeInSeconds")
    representatives: int | None = Field(default=None, alias="NumberOfExpertsAvailableInQueue")
    opens_at: str | None = Field(default=None, alias="StartTimeOfNextOperatingHour")

    @property
    def wait(self) -> int | None:
        """Seconds; an older version of the action tells only minutes."""
        minutes = None if self.waits_minutes is None else self.waits_minutes * 60
        seconds = minutes if self.waits_seconds is None else self.waits_seconds
        return None if seconds is None else round(seconds)


class _Case(Foreign):
    ticketnumber: str | None = None


class _Contact(Foreign):
    contactid: str


class _Contacts(Foreign):
    value: tuple[_Contact, ...] = ()


class Dataverse:
    """One organisation, by its Web API."""

    def __init__(
        self, name: str, settings: Dynamics365DataverseSettings, entra: EntraTokens, timeout_seconds: float
    ) -> None:
        self._settings = settings
        self._url = settings.url.rstrip("/")
        parts = urlsplit(self._url)
        self._line = Line(
            name,
            self._url + ROOT,
            auth=entra_access(name, entra, f"{parts.scheme}://{parts.netloc}/.default"),
            headers=HEADERS,
            credentials="client_id and client_secret, and that the application is a user of this environment",
            timeout=timeout_seconds,
            meaning=_meaning(name),
        )

    async def availability(self, queue: str | None) -> Availability:
        """POST CCaaS_GetRepresentativeAvailabilityBeforeConversation, with the queue as routing will see it."""
        if not self._settings.workstream:
            return Availability(open=True)
        body = {"ApiVersion": "1.0", "LiveWorkStreamId": self._settings.workstream}
        if queue:
            item = {"value": queue, "isDisplayable": True, "datatype": TEXT}
            body["CustomContextItems"] = json.dumps({QUEUE: item})
        answer = await self._line.call("POST", "/CCaaS_GetRepresentativeAvailabilityBeforeConversation", body)
        told = self._line.parsed(_Available, answer)
        return Availability(
            open=told.open,
            opens_at=None if told.open else _moment(told.opens_at),
            representatives=told.representatives,
            wait_seconds=told.wait,
        )

    async def leave_ticket(self, ticket: Ticket) -> LeftTicket:
        """PATCH incidents(<our id>), which only creates: asked again, the case is there already."""
        case = f"/incidents({_id_of(ticket.key)})"
        body = {
            "title": ticket.subject[:MAX_TITLE],
            "description": ticket.description[:MAX_DESCRIPTION],
            "caseorigincode": FROM_THE_WEB,
            "prioritycode": _PRIORITIES.get(ticket.priority, 2),
            # A case has a customer; a contact stands for whoever it is.
            "customerid_contact@odata.bind": f"/contacts({await self._contact(ticket)})",
        }
        await self._line.call("PATCH", case, body, headers=ONLY_CREATE, accepted=THERE)
        made = await self._line.call("GET", case, params={"$select": "ticketnumber"})
        number = self._line.parsed(_Case, made).ticketnumber
        url = f"{self._url}/main.aspx?pagetype=entityrecord&etn=incident&id={_id_of(ticket.key)}"
        return LeftTicket(id=number or str(_id_of(ticket.key)), url=url)

    async def check(self) -> AsyncIterator[str]:
        """WhoAmI, then the workstream."""
        await self._line.call("GET", "/WhoAmI()")
        yield "Dataverse knows our application"
        if self._settings.workstream:
            await self.availability(None)
            yield "Dataverse tells whether anybody is there"

    async def close(self) -> None:
        """Close the pooled connections."""
        await self._line.close()

    async def _contact(self, ticket: Ticket) -> str:
        """The contact with the customer's address, else one of our own making, the same at every try."""
        address = ticket.contact.get("email", "").strip()
        if address:
            quoted = address.replace("'", "''")
            looked = {"$filter": f"emailaddress1 eq '{quoted}'", "$select": "contactid", "$top": "1"}
            found = self._line.parsed(_Contacts, await self._line.call("GET", "/contacts", params=looked)).value
            if found:
                return found[0].contactid
        mine = str(_id_of(f"contact:{ticket.key}"))
        known = {
            "lastname": (ticket.contact.get("name") or "Customer")[:MAX_FIELD],
            "emailaddress1": address,
            "telephone1": ticket.contact.get("phone", "")[:MAX_FIELD],
        }
        body = {field: value for field, value in known.items() if value}
        await self._line.call("PATCH", f"/contacts({mine})", body, headers=ONLY_CREATE, accepted=THERE)
        return mine


def _id_of(key: str) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"baton:{key}")


def _moment(text: str | None) -> datetime | None:
    """A time of Dataverse's, which is UTC; None where it is none."""
    try:
        return utc(datetime.fromisoformat(text or ""))
    except ValueError:
        return None


def _meaning(name: str) -> Meaning:
    def told(answer: httpx.Response, said: str) -> HubError | None:
        if answer.status_code == httpx.codes.NOT_FOUND:
            what = "dataverse.url or dataverse.workstream is wrong, or Customer Service is not installed there"
            return HubRefusedError(f"{said}: baton.toml [hubs.{name}] {what}")
        if answer.status_code == httpx.codes.FORBIDDEN:
            role = "the application user lacks a role: Omnichannel administrator for availability, one that may"
            return HubRefusedError(f"{said}: {role} create contacts and cases for tickets")
        return None

    return told
