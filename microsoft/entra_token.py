"""Tokens of Microsoft Entra ID by client credentials.

Source: Microsoft's identity platform documentation, "OAuth 2.0 client credentials flow" (v2.0 endpoint).
"""

import httpx
from pydantic import Field, ValidationError

from protocol.models import Foreign

_WHAT_TO_DO = {
    70011: "the scope is not one of this tenant's resources",
    90002: "there is no such tenant",
    700016: "the application is not in this tenant, or was created only seconds ago",
    7000215: "the client secret is wrong; copy its value, not its id",
    7000218: "the client secret is missing",
    7000222: "the client secret has expired",
}
"""By AADSTS code what an administrator can look at."""


class EntraRefusedError(Exception):
    """Entra gives no token to these credentials. The message says what to look at."""


class EntraUnavailableError(Exception):
    """It may work later. `retry_after` is in seconds where Entra said so."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class _Token(Foreign):
    access_token: str = Field(alias="access_token")
    expires_in: float = Field(alias="expires_in")


class _Error(Foreign):
    error: str = ""
    error_codes: tuple[int, ...] = Field(default=(), alias="error_codes")


class EntraTokens:
    """The tokens of one application of one tenant."""

    def __init__(self, login_url: str, tenant: str, client_id: str, client_secret: str, *, timeout: float) -> None:
        self._url = f"{login_url.rstrip('/')}/{tenant}/oauth2/v2.0/token"
        self._credentials = {"client_id": client_id, "client_secret": client_secret}
        self._http = httpx.AsyncClient(timeout=timeout)

    async def fetch(self, scope: str) -> tuple[str, float]:
        """POST …/oauth2/v2.0/token: a fresh token for `scope` (`<resource>/.default`), and how many seconds it lives.

        Raises:
            EntraRefusedError: wrong credentials, tenant or scope.
            EntraUnavailableError: no answer, 429, 5xx, or one that is no token.
        """
        form = {"grant_type": "client_credentials", "scope": scope, **self._credentials}
        try:
            answer = await self._http.post(self._url, data=form)
        except httpx.HTTPError as error:
            raise EntraUnavailableError(f"Entra does not answer: {type(error).__name__}") from None
        if answer.status_code == httpx.codes.TOO_MANY_REQUESTS or answer.is_server_error:
            raise EntraUnavailableError(f"Entra answered {answer.status_code}", _retry_after(answer))
        if not answer.is_success:
            raise EntraRefusedError(_why(answer))
        try:
            token = _Token.model_validate_json(answer.content)
        except ValidationError:
            raise EntraUnavailableError("Entra answered with something that is no token") from None
        return token.access_token, token.expires_in

    async def close(self) -> None:
        """Close the pooled connections."""
        await self._http.aclose()


def _why(answer: httpx.Response) -> str:
    """The error's name and AADSTS codes with what they mean; its description is left out, which may hold ids."""
    try:
        told = _Error.model_validate_json(answer.content)
    except ValidationError:
        return f"Entra answered {answer.status_code}"
    known = [_WHAT_TO_DO[code] for code in told.error_codes if code in _WHAT_TO_DO]
    codes = ", ".join(f"AADSTS{code}" for code in told.error_codes)
    return f"Entra answered {answer.status_code} {told.error} {codes}".strip() + (f": {known[0]}" if known else "")


def _retry_after(answer: httpx.Response) -> float | None:
    value = answer.headers.get("retry-after", "")
    return float(value) if value.isdigit() else None
