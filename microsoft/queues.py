"""Omnichannel's queues, and who is in them.

Source: Microsoft's Customer Service documentation, the table reference "Queue" and "Best practices for bots in queues".
"""

from pydantic import Field

from microsoft.dataverse import Dataverse, guid
from microsoft.errors import RefusedError
from protocol.models import Foreign, Owned

MESSAGING = 192350000
"""`msdyn_queuetype` of a queue for conversations."""
_MEMBERS = "queuemembership_association"


class Queue(Owned):
    """A queue for conversations."""

    id: str
    name: str
    is_default: bool = False


class Queues:
    """The queues of one organisation."""

    def __init__(self, dataverse: Dataverse) -> None:
        self._dataverse = dataverse

    async def all(self) -> tuple[Queue, ...]:
        """Those of Omnichannel that conversations go to."""
        columns = ("queueid", "name", "msdyn_isdefaultqueue")
        where = f"msdyn_isomnichannelqueue eq true and msdyn_queuetype eq {MESSAGING}"
        rows = await self._dataverse.rows(_Queue, "queues", select=columns, where=where)
        return tuple(Queue(id=row.queueid, name=row.name, is_default=bool(row.is_default)) for row in rows)

    async def has(self, queue_id: str, user_id: str) -> bool:
        """Whether the user is in the queue.

        Raises:
            RefusedError: there is no such queue.
        """
        expand = f"{_MEMBERS}($select=systemuserid)"
        row = await self._dataverse.row(
            _Queue, "queues", queue_id, select=("queueid", "name"), expand=expand, strong=True
        )
        if row is None:
            raise RefusedError(f"there is no queue {queue_id} in this environment")
        return guid(user_id) in {guid(member.systemuserid) for member in row.members}

    async def add(self, queue_id: str, user_id: str) -> None:
        """The user into the queue; also where it is there. A disabled user is not taken: enable it first."""
        await self._dataverse.associate("queues", queue_id, _MEMBERS, ("systemusers", user_id))

    async def remove(self, queue_id: str, user_id: str) -> None:
        """The user out of the queue; also where it is not there."""
        await self._dataverse.disassociate("queues", queue_id, _MEMBERS, ("systemusers", user_id))


class _Member(Foreign):
    systemuserid: str


class _Queue(Foreign):
    queueid: str
    name: str = ""
    is_default: bool | None = Field(default=None, alias="msdyn_isdefaultqueue")
    members: tuple[_Member, ...] = Field(default=(), alias="queuemembership_association")
