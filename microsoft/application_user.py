"""The application user that an agent is in Dynamics 365: a conversation is sent to it as to a human.

Sources: Microsoft's Power Platform documentation, "Manage application users"; Customer Service documentation,
"Configure an Azure bot" and the table reference "User (systemuser)"; the Power Platform provider for Terraform, which
creates them.
"""

from typing import Any
from uuid import UUID

from pydantic import Field

from microsoft.dataverse import Dataverse, guid, quoted
from microsoft.errors import (
    DuplicateBotAppIdError,
    ForbiddenError,
    MissingError,
    NotYetError,
    RefusedError,
    ThereAlreadyError,
)
from protocol.models import Foreign, Owned

ROLE = "Omnichannel agent"
BOT_USER = 192350001
"""`msdyn_agentType` of a bot; in OData it really is written with a capital T."""
OTHER_PROVIDER = 192350001
"""`msdyn_botprovider` of whoever is not Copilot Studio."""
NON_INTERACTIVE = 4
"""`accessmode`: it never signs in."""
NO_BUSINESS_UNIT = "0x80040530"
MAX_NAME = 256
_TABLE = "systemusers"
_COLUMNS = (
    "systemuserid",
    "applicationid",
    "fullname",
    "isdisabled",
    "deletedstate",
    "_businessunitid_value",
    "msdyn_agentType",
    "msdyn_botapplicationid",
    "msdyn_bothandle",
)
_ROLES = "systemuserroles_association($select=roleid,name,_businessunitid_value)"


class Bot(Owned):
    """An agent as Dynamics 365 shall know it."""

    application_id: str
    """Its own: no other agent of the organisation has it."""
    handle: str
    """Whose it is, the same at every try: a user with another handle is another agent's."""
    name: str
    environment_id: str | None = None
    """The environment that owns the agent, where it is one of Copilot Studio's."""


class ApplicationUser(Owned):
    """A user of an organisation."""

    id: str
    application_id: str
    name: str
    enabled: bool
    business_unit: str | None = None
    roles: tuple[str, ...] = ()
    bot_application_id: str = ""
    bot_handle: str = ""
    is_bot: bool = False

    def is_of(self, bot: Bot) -> bool:
        """Whether it is this agent's, or nobody's: no other agent's data stand in it."""
        own = {"", bot.application_id.casefold()}
        return self.bot_application_id.casefold() in own and self.bot_handle in {"", bot.handle}


class ApplicationUsers:
    """The application users of one organisation."""

    def __init__(self, dataverse: Dataverse) -> None:
        self._dataverse = dataverse

    async def find(self, application_id: str) -> ApplicationUser | None:
        """The live user of this application, enabled or not; None where there is none.

        Raises:
            RefusedError: there are several.
        """
        return _live(await self._rows(application_id))

    async def ensure(self, bot: Bot) -> ApplicationUser:
        """The agent's user, found, or made, or adopted where an earlier try made it. Enabling it is another step.

        Raises:
            DuplicateBotAppIdError: the application id is another agent's, perhaps of a disabled user.
            NotYetError: Dataverse does not know the application, or does not show the user, yet.
        """
        user = await self.find(bot.application_id) or await self._made(bot)
        if not user.is_of(bot):
            raise duplicate(user)
        wanted = _columns(bot)
        if user.bot_handle != bot.handle or not user.is_bot or not user.bot_application_id:
            await self._dataverse.change(_TABLE, user.id, wanted)
        return await self._read(user.id)

    async def set_enabled(self, user_id: str, *, enabled: bool) -> None:
        """PATCH `isdisabled`. A user that is gone counts as disabled.

        Raises:
            MissingError: it shall be enabled and is gone.
        """
        try:
            await self._dataverse.change(_TABLE, user_id, {"isdisabled": not enabled})
        except MissingError:
            if enabled:
                raise

    async def ensure_role(self, user: ApplicationUser, role: str = ROLE) -> None:
        """The role of the user's own business unit, associated with it.

        Raises:
            RefusedError: the business unit has no such role.
        """
        where = f"_businessunitid_value eq {guid(user.business_unit or '')} and name eq {quoted(role)}"
        found = await self._dataverse.rows(
            _Role, "roles", select=("roleid", "name", "_businessunitid_value"), where=where
        )
        if not found:
            raise RefusedError(
                f'there is no role "{role}" in this environment: provision Omnichannel for Customer Service'
            )
        await self._dataverse.associate(_TABLE, user.id, "systemuserroles_association", ("roles", found[0].roleid))

    async def _made(self, bot: Bot) -> ApplicationUser:
        body = {
            "applicationid": guid(bot.application_id),
            "accessmode": NON_INTERACTIVE,
            "businessunitid@odata.bind": f"/businessunits({await self._root_business_unit()})",
            "firstname": bot.name[:MAX_NAME],
            "lastname": "(agent)",
        }
        try:
            return await self._read(await self._create({**body, **_columns(bot)}, body))
        except ThereAlreadyError:
            return await self._adopted(bot)

    async def _create(self, whole: dict[str, Any], without_bot: dict[str, Any]) -> str:
        """Whether the bot's columns go in the creating POST is documented nowhere: where not, they follow."""
        try:
            return await self._dataverse.create(_TABLE, whole)
        except (ThereAlreadyError, ForbiddenError, MissingError):
            raise
        except RefusedError as error:
            if error.code == NO_BUSINESS_UNIT:
                raise
        return await self._dataverse.create(_TABLE, without_bot)

    async def _adopted(self, bot: Bot) -> ApplicationUser:
        """What the key is taken by: a user that a lost answer made, another agent's, or one that was deleted."""
        # Read once: between two reads, one that was not shown may be.
        rows = await self._rows(bot.application_id)
        if found := _live(rows):
            return found
        if rows:
            what = "a deleted user holds this application id: an administrator has to delete it for good"
            raise RefusedError(f"{what} (Power Platform admin center, Deleted users)")
        raise NotYetError("Dataverse says that the application has a user, and does not show it yet")

    async def _root_business_unit(self) -> str:
        columns = ("businessunitid", "name")
        found = await self._dataverse.rows(
            _BusinessUnit, "businessunits", select=columns, where="parentbusinessunitid eq null"
        )
        if len(found) != 1:
            raise RefusedError(f"the organisation has {len(found)} root business units, and not one")
        return found[0].businessunitid

    async def _rows(self, application_id: str) -> "list[_User]":
        where = f"applicationid eq {guid(application_id)}"
        return await self._dataverse.rows(_User, _TABLE, select=_COLUMNS, expand=_ROLES, where=where, strong=True)

    async def _read(self, user_id: str) -> ApplicationUser:
        row = await self._dataverse.row(_User, _TABLE, user_id, select=_COLUMNS, expand=_ROLES, strong=True)
        if row is None:
            raise NotYetError("Dataverse does not show the user that was just made")
        return row.known()


class _Role(Foreign):
    roleid: str
    name: str = ""


class _BusinessUnit(Foreign):
    businessunitid: str


class _User(Foreign):
    systemuserid: str
    applicationid: str | None = None
    fullname: str | None = None
    isdisabled: bool = False
    deletedstate: int | None = 0
    business_unit: str | None = Field(default=None, alias="_businessunitid_value")
    agent_type: int | None = Field(default=None, alias="msdyn_agentType")
    bot_application_id: str | None = Field(default=None, alias="msdyn_botapplicationid")
    bot_handle: str | None = Field(default=None, alias="msdyn_bothandle")
    roles: tuple[_Role, ...] = Field(default=(), alias="systemuserroles_association")

    def known(self) -> ApplicationUser:
        return ApplicationUser(
            id=str(UUID(self.systemuserid)),
            application_id=self.applicationid or "",
            name=self.fullname or "",
            enabled=not self.isdisabled,
            business_unit=self.business_unit,
            roles=tuple(role.name for role in self.roles),
            bot_application_id=self.bot_application_id or "",
            bot_handle=self.bot_handle or "",
            is_bot=self.agent_type == BOT_USER,
        )


def _live(rows: list[_User]) -> ApplicationUser | None:
    live = [row.known() for row in rows if not row.deletedstate]
    if len(live) > 1:
        what = f"the organisation has {len(live)} users of one application"
        raise RefusedError(f"{what}: an administrator has to remove all but one")
    return live[0] if live else None


def duplicate(user: ApplicationUser) -> DuplicateBotAppIdError:
    """What to tell whoever would connect with the application id of `user`, which is another agent's."""
    whose = f'of the agent "{user.bot_handle}"' if user.bot_handle else "of another agent"
    how = "" if user.enabled else ", which is disabled and still holds it"
    what = f"the application id is that {whose} in this organisation{how}"
    return DuplicateBotAppIdError(f"{what}: register another application for this agent (DuplicateBotAppId)")


def _columns(bot: Bot) -> dict[str, Any]:
    owner = {"msdyn_owningenvironmentid": bot.environment_id} if bot.environment_id else {}
    return {
        "msdyn_agentType": BOT_USER,
        "msdyn_botapplicationid": guid(bot.application_id),
        "msdyn_bothandle": bot.handle,
        "msdyn_botprovider": OTHER_PROVIDER,
        **owner,
    }
