"""Copilot Studio's token endpoint, for an agent whose web channel asks for no secret.

Source: learn.microsoft.com/microsoft-copilot-studio/publication-connect-bot-to-custom-application.
"""

import httpx
from pydantic import Field, ValidationError

from microsoft.direct_line import (
    Conversation,
    DirectLineExpiredError,
    DirectLineRefusedError,
    DirectLineUnavailableError,
)
from protocol.models import Foreign
from protocol.retry_after import seconds_of
from settings.trust import trusted

VERSION = "2022-03-01-preview"


class _Channels(Foreign):
    channel_urls: dict[str, str] = Field(alias="channelUrlsById")


class TokenEndpoint:
    """The endpoint at `url`, as the agent's channel page in Copilot Studio shows it."""

    def __init__(self, url: str, *, timeout_seconds: float) -> None:
        self._url = httpx.URL(url)
        self._http = httpx.AsyncClient(verify=trusted(), timeout=timeout_seconds)

    async def token(self) -> Conversation:
        """GET …/directline/token: a token for a conversation that has not begun.

        Raises:
            DirectLineExpiredError: the agent's channel wants a secret.
            DirectLineRefusedError: there is no such agent.
            DirectLineUnavailableError: no answer, or none that is one.
        """
        try:
            return Conversation.model_validate_json(await self._get(self._url))
        except ValidationError:
            raise DirectLineUnavailableError("the token endpoint answered with something that is no token") from None

    async def direct_line(self) -> str:
        """GET …/regionalchannelsettings: Direct Line's address in the agent's region. Raises as `token` does."""
        version = self._url.params.get("api-version", VERSION)
        url = self._url.copy_with(
            path="/powervirtualagents/regionalchannelsettings", query=f"api-version={version}".encode()
        )
        try:
            return _Channels.model_validate_json(await self._get(url)).channel_urls["directline"].rstrip("/")
        except (ValidationError, KeyError):
            raise DirectLineUnavailableError("the region's channel settings name no Direct Line") from None

    async def close(self) -> None:
        """Close the pooled connections."""
        await self._http.aclose()

    async def _get(self, url: httpx.URL) -> bytes:
        try:
            answer = await self._http.get(url)
        except httpx.HTTPError as error:
            raise DirectLineUnavailableError(f"the token endpoint does not answer: {type(error).__name__}") from None
        said = f"the token endpoint answered {answer.status_code}"
        if answer.status_code in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
            raise DirectLineExpiredError(f"{said}: the agent's web channel wants a secret")
        if answer.status_code == httpx.codes.TOO_MANY_REQUESTS or answer.is_server_error:
            raise DirectLineUnavailableError(said, seconds_of(answer.headers.get("retry-after", "")))
        if not answer.is_success:
            raise DirectLineRefusedError(f"{said}: is it this agent's?")
        return answer.content
