"""The channels by which Omnichannel reaches an agent's Azure Bot. They are turned on, and stay on."""

from collections.abc import Callable
from typing import Any

from temporalio import activity

from activities.microsoft_access import TenantAccess, at_work
from microsoft.bot_service import Channel
from microsoft.errors import NotYetError, RefusedError
from protocol.connection import Target
from protocol.connection_steps import Found


class ChannelSteps:
    """The Temporal activities about an Azure Bot's channels."""

    def __init__(self, access: TenantAccess) -> None:
        self._access = access

    def all(self) -> list[Callable[..., Any]]:
        """What a worker runs."""
        return [self.ensure_teams_channel, self.ensure_omnichannel_channel]

    @activity.defn
    async def ensure_teams_channel(self, target: Target) -> Found:
        """Turn the Teams channel on, where it is not: through it the traffic goes."""
        return await self._ensured(target, Channel.TEAMS)

    @activity.defn
    async def ensure_omnichannel_channel(self, target: Target) -> Found:
        """Turn the Omnichannel channel on, where it is not."""
        return await self._ensured(target, Channel.OMNICHANNEL)

    async def _ensured(self, target: Target, channel: Channel) -> Found:
        async with at_work():
            tenant = self._access.open()
            bot = tenant.bot_of(target.agent)
            if bot is None:
                raise RefusedError(f"[microsoft.bots] names no Azure Bot for {target.agent} any more: put it back")
            state = await tenant.bot_service.channel(bot, channel)
            if state is None or not state.enabled:
                state = await tenant.bot_service.ensure_channel(bot, channel)
            # One that is still being made is waited for, and not asked for again, which would begin anew.
            if not state.works:
                raise NotYetError(f"the channel {channel} is {state.provisioning or 'not made'} yet")
        return Found(target=target, detail=f"on, at {bot.name}")
