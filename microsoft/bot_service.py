"""Azure Bot Service's channels of an agent: through Teams it speaks to Omnichannel. One PUT, however often it is made.

Source: Azure REST API specifications, Microsoft.BotService 2022-09-15 ("Channels - Create", "Channels - Get").
"""

from enum import StrEnum
from typing import Any

import httpx

from microsoft.access import Access
from microsoft.errors import MicrosoftError, MissingError, UnavailableError
from microsoft.line import Line, Refusal
from microsoft.tokens import TokenProvider
from protocol.models import Foreign, Owned

URL = "https://management.azure.com"
VERSION = {"api-version": "2022-09-15"}


class Channel(StrEnum):
    """The channels that a connection needs."""

    TEAMS = "MsTeamsChannel"
    OMNICHANNEL = "Omnichannel"


class ChannelState(Owned):
    """A channel as Azure has it."""

    channel: Channel
    enabled: bool
    provisioning: str
    """`Succeeded`, once it can be used."""

    @property
    def works(self) -> bool:
        """Whether it is on, and made."""
        return self.enabled and self.provisioning == "Succeeded"


class BotResource(Owned):
    """Where an agent's Azure Bot is."""

    subscription: str
    resource_group: str
    name: str

    @property
    def path(self) -> str:
        """Below Azure's management address."""
        group = f"/subscriptions/{self.subscription}/resourceGroups/{self.resource_group}"
        return f"{group}/providers/Microsoft.BotService/botServices/{self.name}"


class BotService:
    """The Azure Bots of one tenant."""

    def __init__(self, tokens: TokenProvider, *, url: str = URL, timeout: float = 60) -> None:
        self._line = Line(
            "Azure",
            url,
            Access(tokens, f"{url.rstrip('/')}/.default"),
            request_id="x-ms-client-request-id",
            permission="give Baton's application the role Contributor on the Azure Bot",
            advice=_advice,
            timeout=timeout,
        )

    async def channel(self, bot: BotResource, channel: Channel) -> ChannelState | None:
        """GET …/channels/<channel>; None where the bot has it not."""
        found = await self._read(bot, channel)
        return found.known(channel) if found else None

    async def ensure_channel(self, bot: BotResource, channel: Channel) -> ChannelState:
        """PUT …/channels/<channel>, where it is not on already; what else was set of it stays.

        Raises:
            MissingError: there is no such bot.
            UnavailableError: another operation is at work on it (409).
        """
        found = await self._read(bot, channel)
        if found and found.known(channel).works:
            return found.known(channel)
        told: dict[str, Any] = {"channelName": channel.value, "location": "global"}
        if channel is Channel.TEAMS:
            told["properties"] = {**TEAMS, **(found.properties.properties if found else {}), "isEnabled": True}
        answer = await self._line.call(
            "PUT", _path(bot, channel), {"location": "global", "properties": told}, params=VERSION
        )
        return self._line.parsed(_Channel, answer).known(channel)

    async def close(self) -> None:
        """Close the pooled connections."""
        await self._line.close()

    async def _read(self, bot: BotResource, channel: Channel) -> "_Channel | None":
        accepted = (httpx.codes.NOT_FOUND,)
        answer = await self._line.call("GET", _path(bot, channel), params=VERSION, accepted=accepted)
        return self._line.parsed(_Channel, answer) if answer.is_success else None


TEAMS = {
    "isEnabled": True,
    "enableCalling": False,
    "deploymentEnvironment": "FallbackDeploymentEnvironment",
    "acceptedTerms": True,
}
"""What a Teams channel is made with."""


class _Properties(Foreign):
    provisioning_state: str = ""
    properties: dict[str, Any] = {}


class _Channel(Foreign):
    properties: _Properties = _Properties()

    def known(self, channel: Channel) -> ChannelState:
        # Only some channels have a switch of their own.
        enabled = bool(self.properties.properties.get("isEnabled", True))
        return ChannelState(channel=channel, enabled=enabled, provisioning=self.properties.provisioning_state)


def _path(bot: BotResource, channel: Channel) -> str:
    return f"{bot.path}/channels/{channel.value}"


def _advice(refusal: Refusal) -> MicrosoftError | None:
    if refusal.status == httpx.codes.CONFLICT:
        return UnavailableError(f"{refusal.said}: another operation is at work on the bot", refusal.retry_after)
    if refusal.status == httpx.codes.NOT_FOUND:
        what = "check baton.toml [microsoft] subscription and resource_group, and the agent's bot in [microsoft.bots]"
        return MissingError(f"{refusal.said}: {what}", refusal.code)
    return None
