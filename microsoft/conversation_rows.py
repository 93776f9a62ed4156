"""Omnichannel's own record of a conversation: the authority on what became of it.

Source: Microsoft's table reference "Conversation (msdyn_ocliveworkitem)".
"""

from enum import IntEnum

from pydantic import Field

from microsoft.dataverse import Dataverse, guid
from microsoft.errors import MissingError
from protocol.models import Foreign, Owned


class ConversationStatus(IntEnum):
    """`statuscode`."""

    OPEN = 1
    ACTIVE = 2
    WAITING = 3
    CLOSED = 4
    WRAP_UP = 5
    RESOLVED = 6
    SCHEDULED = 7

    @property
    def is_over(self) -> bool:
        """For the customer, at least."""
        return self in {ConversationStatus.CLOSED, ConversationStatus.WRAP_UP, ConversationStatus.RESOLVED}


class ConversationRow(Owned):
    """Where a conversation stands; `active_user` is who has it, the bot's application user or a representative."""

    id: str
    status: ConversationStatus | None = None
    active_user: str | None = None


class Holder(Owned):
    """Who has a conversation: a representative, or a bot's application user."""

    name: str | None = None
    is_bot: bool = False


class ConversationRows:
    """The conversations of one organisation."""

    def __init__(self, dataverse: Dataverse) -> None:
        self._dataverse = dataverse

    async def one(self, conversation_id: str) -> ConversationRow | None:
        """GET msdyn_ocliveworkitems(<id>); None where there is none."""
        columns = ("statecode", "statuscode", "_msdyn_activeagentid_value")
        row = await self._dataverse.row(_Conversation, "msdyn_ocliveworkitems", conversation_id, select=columns)
        return row.known(conversation_id) if row else None

    async def open_with(self, user_id: str) -> tuple[ConversationRow, ...]:
        """The conversations that this user has now: what a disconnect leaves behind."""
        where = f"_msdyn_activeagentid_value eq {guid(user_id)} and statecode eq 0"
        columns = ("activityid", "statuscode", "_msdyn_activeagentid_value")
        rows = await self._dataverse.rows(_Conversation, "msdyn_ocliveworkitems", select=columns, where=where)
        return tuple(row.known(row.activityid or "") for row in rows)

    async def holder(self, user_id: str) -> Holder:
        """GET systemusers(<id>). Microsoft's own reports take for a bot whoever has a `msdyn_botapplicationid`.

        Raises:
            MissingError: there is no such user.
        """
        columns = ("fullname", "msdyn_botapplicationid")
        row = await self._dataverse.row(_User, "systemusers", user_id, select=columns)
        if row is None:
            raise MissingError("the conversation's active agent is no user that may be read")
        return Holder(name=row.fullname, is_bot=bool(row.application))

    async def check(self) -> None:
        """GET msdyn_ocliveworkitems?$top=1: whether they may be read at all. Raises as `Dataverse.call`."""
        await self._dataverse.call("GET", "/msdyn_ocliveworkitems", params={"$select": "statuscode", "$top": "1"})


class _User(Foreign):
    fullname: str | None = None
    application: str | None = Field(default=None, alias="msdyn_botapplicationid")


class _Conversation(Foreign):
    activityid: str | None = None
    statuscode: int | None = None
    active_user: str | None = Field(default=None, alias="_msdyn_activeagentid_value")

    def known(self, conversation_id: str) -> ConversationRow:
        known = {each.value: each for each in ConversationStatus}
        status = known.get(self.statuscode) if self.statuscode is not None else None
        return ConversationRow(id=conversation_id, status=status, active_user=self.active_user)
