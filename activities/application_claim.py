"""The claim on an application id in an organisation, which one agent has: taken before anything is made there."""

from collections.abc import Awaitable, Callable
from typing import Any

from temporalio import activity

from activities.microsoft_access import at_work
from microsoft.errors import DuplicateBotAppIdError
from protocol.connection import Target
from protocol.connection_steps import Found, Wanted

Take = Callable[[str, str, str], Awaitable[str]]
"""For an organisation, an application id and an agent, the agent that has the claim now."""
GiveBack = Callable[[str, str, str], Awaitable[None]]


class Claiming:
    """The Temporal activities about the claim."""

    def __init__(self, take: Take, give_back: GiveBack) -> None:
        self._take, self._give_back = take, give_back

    def all(self) -> list[Callable[..., Any]]:
        """What a worker runs."""
        return [self.claim_application, self.release_claim]

    @activity.defn
    async def claim_application(self, wanted: Wanted) -> Found:
        """Have the claim, now or already."""
        target = wanted.target
        async with at_work():
            owner = await self._take(target.organization, target.application, target.agent)
            if owner != target.agent:
                what = f'the application id is that of agent "{owner}" in this organisation'
                how = "register another application for this agent (DuplicateBotAppId)"
                raise DuplicateBotAppIdError(f"{what}: {how}")
        return Found(target=target)

    @activity.defn
    async def release_claim(self, target: Target) -> None:
        """Give it back; another agent's stays."""
        async with at_work():
            await self._give_back(target.organization, target.application, target.agent)
