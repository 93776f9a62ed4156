"""Omnichannel's own record of a conversation, read through Dataverse: who has it now, and whether it is over.

Source: Microsoft's table reference "Conversation (msdyn_ocliveworkitem)". That a conversation without an active agent
has been escalated follows from how Omnichannel routes: while the agent has it, the agent is its active agent.
"""

from enum import Enum
from urllib.parse import urlsplit

from pydantic import Field

from hubs.base import HandoffGoneError
from hubs.entra_access import entra_access
from hubs.line import Line
from microsoft.entra_token import EntraTokens
from protocol.activity import ChannelAccount
from protocol.models import Foreign, Owned
from settings.hubs import Dynamics365DataverseSettings

ROOT = "/api/data/v9.2"
HEADERS = {"Accept": "application/json", "OData-MaxVersion": "4.0", "OData-Version": "4.0"}
CLOSED, WRAP_UP, RESOLVED = 4, 5, 6
"""`statuscode` of a conversation that is over for its customer."""


class Has(Enum):
    """Who has a conversation."""

    AGENT = "the agent"
    NOBODY = "a queue"
    REPRESENTATIVE = "a representative"
    OVER = "nobody any more"


class Standing(Owned):
    """Where a conversation stands; `representative` is who has it, where somebody has."""

    has: Has
    representative: ChannelAccount | None = None


class _WorkItem(Foreign):
    statuscode: int | None = None
    active: str | None = Field(default=None, alias="_msdyn_activeagentid_value")


class _User(Foreign):
    fullname: str | None = None
    application: str | None = Field(default=None, alias="msdyn_botapplicationid")


class LiveWorkItems:
    """The conversations of one organisation."""

    def __init__(
        self, name: str, settings: Dynamics365DataverseSettings, entra: EntraTokens, timeout_seconds: float
    ) -> None:
        parts = urlsplit(settings.url)
        self._line = Line(
            name,
            settings.url.rstrip("/") + ROOT,
            auth=entra_access(name, entra, f"{parts.scheme}://{parts.netloc}/.default"),
            headers=HEADERS,
            credentials="client_id and client_secret, and the application user's roles",
            timeout=timeout_seconds,
        )
        self._users: dict[str, _User] = {}

    async def standing(self, record: str) -> Standing:
        """GET msdyn_ocliveworkitems(<id>), and its active agent.

        Raises:
            HubRefusedError: Dataverse does not let us.
            HubUnavailableError: it may work later.
        """
        columns = {"$select": "statuscode,_msdyn_activeagentid_value"}
        try:
            answer = await self._line.call("GET", f"/msdyn_ocliveworkitems({record})", params=columns)
        except HandoffGoneError:
            return Standing(has=Has.OVER)
        item = self._line.parsed(_WorkItem, answer)
        if item.statuscode in {CLOSED, WRAP_UP, RESOLVED}:
            return Standing(has=Has.OVER)
        return await self._with(item.active) if item.active else Standing(has=Has.NOBODY)

    async def check(self) -> None:
        """GET msdyn_ocliveworkitems?$top=1: whether we may read it at all. Raises as `standing` does."""
        await self._line.call("GET", "/msdyn_ocliveworkitems", params={"$select": "statuscode", "$top": "1"})

    async def close(self) -> None:
        """Close the pooled connections."""
        await self._line.close()

    async def _with(self, user: str) -> Standing:
        """Microsoft's own reports take for an agent whoever has a `msdyn_botapplicationid`."""
        found = self._users.get(user)
        if found is None:
            columns = {"$select": "fullname,msdyn_botapplicationid"}
            found = self._line.parsed(_User, await self._line.call("GET", f"/systemusers({user})", params=columns))
            self._users[user] = found
        if found.application:
            return Standing(has=Has.AGENT)
        return Standing(
            has=Has.REPRESENTATIVE, representative=ChannelAccount(id=user, name=found.fullname, role="agent")
        )
