"""Omnichannel's own record of a conversation, read through Dataverse: who has it now, and whether it is over.

Source: Microsoft's table reference "Conversation (msdyn_ocliveworkitem)". That a conversation without an active agent
has been escalated follows from how Omnichannel routes: while the agent has it, the agent is its active agent.
"""

from enum import Enum

from hubs.microsoft_errors import as_the_hubs
from microsoft.conversation_rows import ConversationRows, Holder
from microsoft.dataverse import Dataverse
from microsoft.tokens import TokenProvider
from protocol.activity import ChannelAccount
from protocol.models import Owned
from settings.dynamics365 import Dynamics365DataverseSettings


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


class LiveWorkItems:
    """The conversations of one organisation."""

    def __init__(
        self, name: str, settings: Dynamics365DataverseSettings, tokens: TokenProvider, timeout_seconds: float
    ) -> None:
        self._name = name
        self._dataverse = Dataverse(settings.url, tokens, timeout=timeout_seconds)
        self._rows = ConversationRows(self._dataverse)
        self._holders: dict[str, Holder] = {}

    async def standing(self, record: str) -> Standing:
        """The conversation's row, and its active agent.

        Raises:
            HubRefusedError: Dataverse does not let us.
            HubUnavailableError: it may work later.
        """
        with as_the_hubs(self._name):
            row = await self._rows.one(record)
            if row is None or (row.status and row.status.is_over):
                return Standing(has=Has.OVER)
            return await self._with(row.active_user) if row.active_user else Standing(has=Has.NOBODY)

    async def check(self) -> None:
        """Whether we may read conversations at all. Raises as `standing` does."""
        with as_the_hubs(self._name):
            await self._rows.check()

    async def close(self) -> None:
        """Close the pooled connections."""
        await self._dataverse.close()

    async def _with(self, user: str) -> Standing:
        holder = self._holders.get(user)
        if holder is None:
            holder = self._holders[user] = await self._rows.holder(user)
        if holder.is_bot:
            return Standing(has=Has.AGENT)
        return Standing(has=Has.REPRESENTATIVE, representative=ChannelAccount(id=user, name=holder.name, role="agent"))
