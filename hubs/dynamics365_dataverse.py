"""The organisation's Dataverse: whether a workstream's queue is open, and cases for whoever found nobody.

Sources: Microsoft's pages "Use CCaaS_GetRepresentativeAvailabilityBeforeConversation" (Contact Center), "Compose HTTP
requests and handle errors" and "Upsert a table row using the Web API" (Dataverse).
"""

import json
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import datetime

import httpx
from pydantic import Field

from hubs.base import Availability
from hubs.dynamics365_history import QUEUE
from hubs.errors import HubRefusedError
from hubs.handoffs import LeftTicket, Ticket
from hubs.microsoft_errors import as_the_hubs
from microsoft.dataverse import ONLY_CREATE, Dataverse, quoted
from microsoft.errors import ForbiddenError, MissingError
from microsoft.tokens import TokenProvider
from protocol.activity import utc
from protocol.models import Foreign
from settings.dynamics365 import Dynamics365DataverseSettings

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


class CustomerService:
    """One organisation's cases, and its queues."""

    def __init__(
        self, name: str, settings: Dynamics365DataverseSettings, tokens: TokenProvider, timeout_seconds: float
    ) -> None:
        self._name, self._settings = name, settings
        self._dataverse = Dataverse(settings.url, tokens, timeout=timeout_seconds)

    async def availability(self, queue: str | None) -> Availability:
        """POST CCaaS_GetRepresentativeAvailabilityBeforeConversation, with the queue as routing will see it."""
        if not self._settings.workstream:
            return Availability(open=True)
        body = {"ApiVersion": "1.0", "LiveWorkStreamId": self._settings.workstream}
        if queue:
            item = {"value": queue, "isDisplayable": True, "datatype": TEXT}
            body["CustomContextItems"] = json.dumps({QUEUE: item})
        with self._as_the_hubs():
            answer = await self._dataverse.call("POST", "/CCaaS_GetRepresentativeAvailabilityBeforeConversation", body)
            told = self._dataverse.parsed(_Available, answer)
        return Availability(
            open=told.open,
            opens_at=None if told.open else _moment(told.opens_at),
            representatives=told.representatives,
            wait_seconds=told.wait,
        )

    async def leave_ticket(self, ticket: Ticket) -> LeftTicket:
        """PATCH incidents(<our id>), which only creates: asked again, the case is there already."""
        with self._as_the_hubs():
            return await self._leave(ticket)

    async def check(self) -> AsyncIterator[str]:
        """WhoAmI, then the workstream."""
        with self._as_the_hubs():
            await self._dataverse.call("GET", "/WhoAmI()")
        yield "Dataverse knows our application"
        if self._settings.workstream:
            await self.availability(None)
            yield "Dataverse tells whether anybody is there"

    async def close(self) -> None:
        """Close the pooled connections."""
        await self._dataverse.close()

    async def _leave(self, ticket: Ticket) -> LeftTicket:
        case = f"/incidents({_id_of(ticket.key)})"
        body = {
            "title": ticket.subject[:MAX_TITLE],
            "description": ticket.description[:MAX_DESCRIPTION],
            "caseorigincode": FROM_THE_WEB,
            "prioritycode": _PRIORITIES.get(ticket.priority, 2),
            # A case has a customer; a contact stands for whoever it is.
            "customerid_contact@odata.bind": f"/contacts({await self._contact(ticket)})",
        }
        await self._dataverse.call("PATCH", case, body, headers=ONLY_CREATE, accepted=THERE)
        made = await self._dataverse.call("GET", case, params={"$select": "ticketnumber"})
        number = self._dataverse.parsed(_Case, made).ticketnumber
        url = f"{self._dataverse.url}/main.aspx?pagetype=entityrecord&etn=incident&id={_id_of(ticket.key)}"
        return LeftTicket(id=number or str(_id_of(ticket.key)), url=url)

    async def _contact(self, ticket: Ticket) -> str:
        """The contact with the customer's address, else one of our own making, the same at every try."""
        address = ticket.contact.get("email", "").strip()
        if address:
            looked = {"$filter": f"emailaddress1 eq {quoted(address)}", "$select": "contactid", "$top": "1"}
            answer = await self._dataverse.call("GET", "/contacts", params=looked)
            found = self._dataverse.parsed(_Contacts, answer).value
            if found:
                return found[0].contactid
        mine = str(_id_of(f"contact:{ticket.key}"))
        known = {
            "lastname": (ticket.contact.get("name") or "Customer")[:MAX_FIELD],
            "emailaddress1": address,
            "telephone1": ticket.contact.get("phone", "")[:MAX_FIELD],
        }
        body = {field: value for field, value in known.items() if value}
        await self._dataverse.call("PATCH", f"/contacts({mine})", body, headers=ONLY_CREATE, accepted=THERE)
        return mine

    @contextmanager
    def _as_the_hubs(self) -> Iterator[None]:
        """Within it, errors of Dataverse's are the hub's, with what this connection needs there."""
        with as_the_hubs(self._name):
            try:
                yield
            except MissingError as error:
                what = "dataverse.url or dataverse.workstream is wrong, or Customer Service is not installed there"
                raise HubRefusedError(f"{error}: baton.toml [hubs.{self._name}] {what}") from None
            except ForbiddenError as error:
                lacks = "it lacks a role: Omnichannel administrator for availability, one that may create contacts and"
                raise HubRefusedError(f'hub "{self._name}": {error}; {lacks} cases for tickets') from None


def _id_of(key: str) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"baton:{key}")


def _moment(text: str | None) -> datetime | None:
    """A time of Dataverse's, which is UTC; None where it is none."""
    try:
        return utc(datetime.fromisoformat(text or ""))
    except ValueError:
        return None
