"""Tokens of Microsoft Entra ID: one at a time is fetched for a scope, and used until shortly before it expires.

Source: Microsoft's identity platform documentation, "OAuth 2.0 client credentials flow" (v2.0 endpoint).
"""

import asyncio
import time
from abc import ABC, abstractmethod
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Protocol

import httpx
from pydantic import Field, ValidationError

from microsoft.credentials import Credential
from microsoft.errors import CredentialsError, NotYetError, UnavailableError
from protocol.models import Foreign, Owned
from protocol.retry_after import seconds_of
from settings.trust import trusted

BEFORE = 300.0
"""Seconds before its end at which a token is no longer used."""
ARRIVES_WITHIN = timedelta(minutes=10)
"""How long Entra may not know an application, or a secret, that was made a moment ago."""
_NOT_YET = {700016, 7000215}
_WHAT_TO_DO = {
    70011: "the scope is not one of this tenant's resources",
    90002: "there is no such tenant",
    700016: "the application is not in this tenant, or was created only seconds ago",
    700027: "the certificate is not one of the application's",
    70021: "no federated credential of the application names this token's issuer and subject",
    7000215: "the client secret is wrong; copy its value, not its id",
    7000218: "the client secret is missing",
    7000222: "the client secret has expired",
}
"""By AADSTS code what an administrator can look at."""


class TokenProvider(Protocol):
    """Gives tokens for a scope, `<resource>/.default`."""

    async def token(self, scope: str, *, instead_of: str | None = None) -> str:
        """A token that is good now, and another one than `instead_of`, which was refused.

        Raises:
            CredentialsError: wrong credentials, tenant or scope.
            UnavailableError: it may work later; `NotYetError` where what was just made has not arrived.
        """
        ...

    async def close(self) -> None:
        """Close the pooled connections."""
        ...


class Token(Owned):
    """A token, and how many seconds it lives from now."""

    value: str
    seconds: float


class CachedTokens(ABC):
    """A provider that keeps what it fetched."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[str, float]] = {}
        self._fetching: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def token(self, scope: str, *, instead_of: str | None = None) -> str:
        """As `TokenProvider.token`."""
        async with self._fetching[scope]:
            value, until = self._kept.get(scope, ("", 0.0))
            if value == (instead_of or "") or time.monotonic() >= until:
                fetched = await self.fetch(scope)
                value = fetched.value
                until = time.monotonic() + max(fetched.seconds - BEFORE, fetched.seconds / 2)
                self._kept[scope] = value, until
            return value

    @abstractmethod
    async def fetch(self, scope: str) -> Token:
        """A fresh one. Raises as `token` does."""

    @abstractmethod
    async def close(self) -> None:
        """Close the pooled connections."""


class _Token(Foreign):
    access_token: str = Field(alias="access_token")
    expires_in: float = Field(alias="expires_in")


class _Error(Foreign):
    error: str = ""
    error_codes: tuple[int, ...] = Field(default=(), alias="error_codes")


class EntraTokens(CachedTokens):
    """The tokens of one application of one tenant.

    `made_at` is when the application or its secret was made: for `ARRIVES_WITHIN` after it, that Entra does not know
    them yet is worth trying again.
    """

    def __init__(  # noqa: PLR0913 - one each of what a token request holds
        self,
        login_url: str,
        tenant: str,
        client_id: str,
        credential: Credential,
        *,
        timeout: float = 30,
        made_at: datetime | None = None,
    ) -> None:
        super().__init__()
        self._url = f"{login_url.rstrip('/')}/{tenant}/oauth2/v2.0/token"
        self._client_id, self._credential, self._made_at = client_id, credential, made_at
        self._http = httpx.AsyncClient(verify=trusted(), timeout=timeout)

    async def fetch(self, scope: str) -> Token:
        """POST …/oauth2/v2.0/token."""
        form = {"grant_type": "client_credentials", "client_id": self._client_id, "scope": scope}
        try:
            answer = await self._http.post(
                self._url, data={**form, **self._credential.fields(self._client_id, self._url)}
            )
        except httpx.HTTPError as error:
            raise UnavailableError(f"Entra does not answer: {type(error).__name__}") from None
        if answer.status_code == httpx.codes.TOO_MANY_REQUESTS or answer.is_server_error:
            wait = seconds_of(answer.headers.get("retry-after", ""))
            raise UnavailableError(f"Entra answered {answer.status_code}", wait)
        if not answer.is_success:
            raise self._refusal(answer, scope)
        try:
            token = _Token.model_validate_json(answer.content)
        except ValidationError:
            raise UnavailableError("Entra answered with something that is no token") from None
        return Token(value=token.access_token, seconds=token.expires_in)

    async def close(self) -> None:
        """Close the pooled connections."""
        await self._http.aclose()

    def _refusal(self, answer: httpx.Response, scope: str) -> CredentialsError | NotYetError:
        """The error's name and AADSTS codes with what they mean; its description is left out, which may hold ids."""
        try:
            told = _Error.model_validate_json(answer.content)
        except ValidationError:
            return CredentialsError(f"Entra answered {answer.status_code} (scope {scope})")
        known = [_WHAT_TO_DO[code] for code in told.error_codes if code in _WHAT_TO_DO]
        codes = ", ".join(f"AADSTS{code}" for code in told.error_codes)
        said = f"Entra answered {answer.status_code} {told.error} {codes}".strip()
        said += f"{': ' + known[0] if known else ''} (scope {scope})"
        if self._just_made() and _NOT_YET.intersection(told.error_codes):
            return NotYetError(said)
        return CredentialsError(said, told.error)

    def _just_made(self) -> bool:
        return self._made_at is not None and datetime.now(UTC) - self._made_at < ARRIVES_WITHIN
