"""The ways by which a ServiceNow instance knows us; whichever are configured are used, beside one another.

Basic or OAuth on the REST resource ("Requires authentication"); a static token or a signature as message
authentication (set-up-message-auth-va-api.md).
"""

import hashlib
import hmac
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field

import httpx

from hubs.errors import HubRefusedError
from hubs.line import Line
from hubs.renewed import RenewedToken
from protocol.models import Foreign
from settings.hubs import ServiceNowSettings

OAUTH = "/oauth_token.do"
TOKEN, SIGNATURE = "token", "x-b2b-signature"
"""The headers of message authentication."""


@dataclass(frozen=True)
class ServiceNowSecrets:
    """What the settings refer to; empty where they do not."""

    callback: str = field(repr=False)
    password: str = field(default="", repr=False)
    client: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    signature: str = field(default="", repr=False)


class _Granted(Foreign):
    access_token: str
    refresh_token: str = ""
    expires_in: float


class Grants:
    """POST /oauth_token.do: the password once, the refresh token from then on, the password where that is refused."""

    def __init__(self, name: str, settings: ServiceNowSettings, secrets: ServiceNowSecrets) -> None:
        known = "client_id, client_secret, username and password"
        self.line = Line(name, settings.url, credentials=known, timeout=settings.timeout_seconds)
        self._client = {"client_id": settings.client_id, "client_secret": secrets.client}
        self._user = {"username": settings.username, "password": secrets.password}
        self._refresh = ""

    async def fetch(self) -> tuple[str, float]:
        """A new access token, and the seconds that it lives. Raises as `Line.call` does."""
        granted = await self._refreshed() or await self._grant("password", **self._user)
        self._refresh = granted.refresh_token
        return granted.access_token, granted.expires_in

    async def _refreshed(self) -> _Granted | None:
        if not self._refresh:
            return None
        try:
            return await self._grant("refresh_token", refresh_token=self._refresh)
        except HubRefusedError:
            # It lives longer than an access token, and not for ever.
            return None

    async def _grant(self, kind: str, **proof: str) -> _Granted:
        form = {"grant_type": kind, **self._client, **proof}
        return self.line.parsed(_Granted, await self.line.call("POST", OAUTH, form=form))


class Signed(httpx.Auth):
    """Signs the very bytes that are sent, and lets `inner` do what it does."""

    def __init__(self, secret: str, inner: httpx.Auth) -> None:
        self._secret = secret
        self._inner = inner

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Httpx's own hook."""
        request.headers[SIGNATURE] = signature(self._secret, await request.aread())
        async with aclosing(self._inner.async_auth_flow(request)) as flow:
            sent = await anext(flow)
            while True:
                answer = yield sent
                try:
                    sent = await flow.asend(answer)
                except StopAsyncIteration:
                    return


def signature(secret: str, body: bytes) -> str:
    """HMAC-SHA1 in hexadecimal, as the documentation's sample computes it of `JSON.stringify`'s compact form."""
    return hmac.new(secret.encode(), body, hashlib.sha1).hexdigest()


def line_to(name: str, settings: ServiceNowSettings, secrets: ServiceNowSecrets, grants: Grants) -> Line:
    """The line to the instance, with whatever it shall know us by."""
    auth, named = httpx.Auth(), []
    if settings.username:
        auth, named = httpx.BasicAuth(settings.username, secrets.password), ["username", "password"]
    if settings.client_id:
        auth, named = RenewedToken(grants.fetch), ["client_id", "client_secret", *named]
    if secrets.signature:
        auth, named = Signed(secrets.signature, auth), [*named, "signature_secret"]
    if secrets.token:
        named = [*named, "token"]
    return Line(
        name,
        settings.url,
        auth=auth,
        headers={"Accept": "application/json", **({TOKEN: secrets.token} if secrets.token else {})},
        credentials=", ".join(named),
        timeout=settings.timeout_seconds,
    )
