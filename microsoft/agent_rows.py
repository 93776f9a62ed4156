"""Copilot Studio's own agents in Dataverse: whether one is published.

Source: Microsoft's table reference "Copilot (bot)".
"""

from datetime import datetime

from microsoft.dataverse import Dataverse, quoted
from protocol.models import Foreign, Owned

MAX_NAME = 30
"""Characters; an agent with a longer name fails to connect in the newer app."""
_COLUMNS = ("botid", "name", "schemaname", "publishedon", "statecode", "statuscode")


class AgentRow(Owned):
    """An agent of Copilot Studio's."""

    id: str
    name: str
    schema_name: str
    published_at: datetime | None = None

    @property
    def is_published(self) -> bool:
        """Only a published agent works with representatives."""
        return self.published_at is not None


class AgentRows:
    """The agents of one environment."""

    def __init__(self, dataverse: Dataverse) -> None:
        self._dataverse = dataverse

    async def one(self, agent_id: str) -> AgentRow | None:
        """GET bots(<id>); None where there is none."""
        row = await self._dataverse.row(_Agent, "bots", agent_id, select=_COLUMNS)
        return row.known() if row else None

    async def named(self, schema_name: str) -> AgentRow | None:
        """The agent with this schema name; None where there is none."""
        rows = await self._dataverse.rows(_Agent, "bots", select=_COLUMNS, where=f"schemaname eq {quoted(schema_name)}")
        return rows[0].known() if rows else None


class _Agent(Foreign):
    botid: str
    name: str = ""
    schemaname: str = ""
    publishedon: datetime | None = None

    def known(self) -> AgentRow:
        return AgentRow(id=self.botid, name=self.name, schema_name=self.schemaname, published_at=self.publishedon)
