"""Omnichannel's workstreams, and the one bot that each may have.

Sources: Microsoft's Customer Service documentation, "Configure a bot" (one bot a workstream, push distribution only),
and the table reference "Work Stream (msdyn_liveworkstream)".
The lookup `msdyn_bot_user` is known from public deployment scripts only.
"""

from pydantic import Field

from microsoft.dataverse import Dataverse, guid
from microsoft.errors import RefusedError, WorkstreamTakenError
from protocol.models import Foreign, Owned

PUSH = 192350000
"""`msdyn_workdistributionmode`: conversations are given out, and not picked."""
_TABLE = "msdyn_liveworkstreams"
_COLUMNS = ("msdyn_liveworkstreamid", "msdyn_name", "msdyn_workdistributionmode", "_msdyn_bot_user_value")


class Workstream(Owned):
    """A workstream; `bot_user` is the application user of its bot."""

    id: str
    name: str
    bot_user: str | None = None
    gives_out: bool = True
    """Whether its work distribution is push, which a bot needs."""


class Workstreams:
    """The workstreams of one organisation."""

    def __init__(self, dataverse: Dataverse) -> None:
        self._dataverse = dataverse

    async def all(self) -> tuple[Workstream, ...]:
        """All of them."""
        rows = await self._dataverse.rows(_Workstream, _TABLE, select=_COLUMNS)
        return tuple(row.known() for row in rows)

    async def one(self, workstream_id: str) -> Workstream:
        """Raises `RefusedError` where there is none."""
        return (await self._row(workstream_id)).known()

    async def link(self, workstream_id: str, user_id: str) -> None:
        """The user as the workstream's bot; also where it is that already.

        Raises:
            WorkstreamTakenError: another bot is.
            RefusedError: it does not push, or there is none.
            UnavailableError: another one changed it at the same moment.
        """
        row = await self._row(workstream_id)
        workstream = row.known()
        if workstream.bot_user == guid(user_id):
            return
        if workstream.bot_user:
            raise WorkstreamTakenError(
                f'workstream "{workstream.name}" has another bot: remove that one, or choose another workstream'
            )
        if not workstream.gives_out:
            raise RefusedError(
                f'workstream "{workstream.name}" does not push: set its work distribution to push, which a bot needs'
            )
        body = {"msdyn_bot_user@odata.bind": f"/systemusers({guid(user_id)})"}
        await self._dataverse.change(_TABLE, workstream_id, body, etag=row.etag or "*")

    async def unlink(self, workstream_id: str, user_id: str) -> None:
        """The user is the workstream's bot no more; whoever else is stays."""
        row = await self._dataverse.row(_Workstream, _TABLE, workstream_id, select=_COLUMNS)
        if row and row.known().bot_user == guid(user_id):
            await self._dataverse.disassociate(_TABLE, workstream_id, "msdyn_bot_user")

    async def _row(self, workstream_id: str) -> "_Workstream":
        row = await self._dataverse.row(_Workstream, _TABLE, workstream_id, select=_COLUMNS)
        if row is None:
            raise RefusedError(f"there is no workstream {workstream_id} in this environment")
        return row


class _Workstream(Foreign):
    msdyn_liveworkstreamid: str = Field(alias="msdyn_liveworkstreamid")
    name: str = Field(default="", alias="msdyn_name")
    mode: int | None = Field(default=None, alias="msdyn_workdistributionmode")
    bot_user: str | None = Field(default=None, alias="_msdyn_bot_user_value")
    etag: str | None = Field(default=None, alias="@odata.etag")

    def known(self) -> Workstream:
        bot = guid(self.bot_user) if self.bot_user else None
        gives_out = self.mode in {None, PUSH}
        return Workstream(id=self.msdyn_liveworkstreamid, name=self.name, bot_user=bot, gives_out=gives_out)
