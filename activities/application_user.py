"""The agent's application user in one organisation: made, enabled, given role, queue and workstream, and back.

Each is one step that may be done again. What stood before is read first, by `survey`, for a repeated step cannot tell
what an earlier try of it did.
"""

from collections.abc import Callable
from typing import Any

from temporalio import activity

from activities.microsoft_access import TenantAccess, at_work
from microsoft.application_user import ApplicationUser, ApplicationUsers, Bot
from microsoft.dataverse import Dataverse
from microsoft.errors import NotYetError
from microsoft.queues import Queues
from microsoft.workstreams import Workstreams
from protocol.connection import Target
from protocol.connection_steps import Found


class UserSteps:
    """The Temporal activities about an application user."""

    def __init__(self, access: TenantAccess) -> None:
        self._access = access

    def all(self) -> list[Callable[..., Any]]:
        """What a worker runs."""
        steps = [self.ensure_application_user, self.enable_user, self.ensure_role, self.join_queue]
        return [*steps, self.link_workstream, self.unlink_workstream, self.leave_queue, self.disable_user]

    @activity.defn
    async def ensure_application_user(self, target: Target) -> Found:
        """The user, found, made, or adopted; never another agent's."""
        async with at_work():
            user = await self._users(target).ensure(bot_of(target))
        return Found(target=target.model_copy(update={"user": user.id}), detail=user.id)

    @activity.defn
    async def enable_user(self, target: Target) -> Found:
        """`isdisabled` false."""
        async with at_work():
            await self._users(target).set_enabled(target.user, enabled=True)
        return Found(target=target)

    @activity.defn
    async def ensure_role(self, target: Target) -> Found:
        """The role "Omnichannel agent" of the user's business unit."""
        async with at_work():
            users = self._users(target)
            await users.ensure_role(await _there(users, target))
        return Found(target=target)

    @activity.defn
    async def join_queue(self, target: Target) -> Found:
        """The user in the configured queue."""
        async with at_work():
            await Queues(self._dataverse(target)).add(target.queue, target.user)
        return Found(target=target)

    @activity.defn
    async def link_workstream(self, target: Target) -> Found:
        """The user as the configured workstream's bot; never in another bot's place."""
        async with at_work():
            await Workstreams(self._dataverse(target)).link(target.workstream, target.user)
        return Found(target=target)

    @activity.defn
    async def unlink_workstream(self, target: Target) -> Found:
        """The workstream without this bot; whoever else is its bot stays."""
        async with at_work():
            if user := await self._user_of(target):
                await Workstreams(self._dataverse(target)).unlink(target.workstream, user)
        return Found(target=target)

    @activity.defn
    async def leave_queue(self, target: Target) -> Found:
        """The queue without the user."""
        async with at_work():
            if user := await self._user_of(target):
                await Queues(self._dataverse(target)).remove(target.queue, user)
        return Found(target=target)

    @activity.defn
    async def disable_user(self, target: Target) -> Found:
        """`isdisabled` true: from now on it gets nothing. A user that is not there counts as disabled."""
        async with at_work():
            if user := await self._user_of(target):
                await self._users(target).set_enabled(user, enabled=False)
        return Found(target=target)

    async def _user_of(self, target: Target) -> str:
        """Its id, also where the step that made it never came to say so; empty where there is none of ours."""
        if target.user:
            return target.user
        user = await self._users(target).find(target.application)
        return user.id if user and user.is_of(bot_of(target)) else ""

    def _users(self, target: Target) -> ApplicationUsers:
        return ApplicationUsers(self._dataverse(target))

    def _dataverse(self, target: Target) -> Dataverse:
        return self._access.open().dataverse_at(target.url, target.api_url or None)


def bot_of(target: Target) -> Bot:
    """The agent as Dynamics 365 shall know it."""
    environment = target.own_environment or None
    return Bot(
        application_id=target.application,
        handle=target.agent,
        name=target.name or target.agent,
        environment_id=environment,
    )


async def _there(users: ApplicationUsers, target: Target) -> ApplicationUser:
    user = await users.find(target.application)
    if user is None:
        raise NotYetError("Dataverse does not show the application user yet")
    return user
