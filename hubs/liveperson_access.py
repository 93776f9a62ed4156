"""Where a LivePerson account's services are, and the two tokens that they want: the application's and the consumer's.

Domains: developers.liveperson.com/agent-domain-domain-api.html (CSDS). Tokens: connector-api-send-api-authorization-
and-authentication.html: the AppJWT lives an hour; a ConsumerJWS stands for one consumer, whom we make for each handoff.
"""

import asyncio
import time
from collections.abc import AsyncGenerator
from functools import partial
from urllib.parse import urlsplit

import httpx
import jwt
from pydantic import Field

from hubs.errors import HandoffGoneError, HubRefusedError
from hubs.line import Line
from hubs.renewed import RenewedToken
from protocol.models import Foreign, Owned
from settings.hubs import LivePersonSettings

KNOWN_FOR = 6 * 3600.0
"""Seconds that a domain is taken as known; how long it holds is published nowhere."""
APP_TOKEN_LIVES = 3600.0
CONSUMERS = 5_000
"""Consumers whose tokens are kept; the token of any other is fetched again when it is wanted."""
APP, CONSUMER = "Authorization", "X-LP-ON-BEHALF"
"""The headers of the two tokens."""
_CONSUMER_STALE = frozenset([40103, 40104])


class _Service(Foreign):
    base_uri: str = Field(alias="baseURI", min_length=1)


class _AppToken(Foreign):
    access_token: str
    expires_in: float = APP_TOKEN_LIVES


class _ConsumerToken(Foreign):
    token: str


class _ErrorBody(Foreign):
    error_code: int = 0


class _Error(Foreign):
    body: _ErrorBody = _ErrorBody()


class Consumer(Owned):
    """The consumer of one handoff."""

    id: str
    """LivePerson's own, by which its callbacks name the participant."""
    token: str


class OnBehalf(httpx.Auth):
    """Both tokens on each request; of the one that is refused another is fetched, once, and the request repeated."""

    def __init__(self, app: RenewedToken, consumer: RenewedToken) -> None:
        self._tokens = {APP: app, CONSUMER: consumer}

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Httpx's own hook."""
        renewable = dict(self._tokens)
        for header, token in renewable.items():
            request.headers[header] = await token.token()
        answer = yield request
        while (stale := await _stale(answer)) in renewable:
            fresh = await renewable.pop(stale).token(instead_of=request.headers[stale])
            request.headers[stale] = fresh
            answer = yield request


async def _stale(answer: httpx.Response) -> str:
    """The header of the token that a 401 is about: 40103 and 40104 the consumer's, else the application's."""
    if answer.status_code != httpx.codes.UNAUTHORIZED:
        return ""
    try:
        code = _Error.model_validate_json(await answer.aread()).body.error_code
    except ValueError:
        code = 0
    return CONSUMER if code in _CONSUMER_STALE else APP


class Access:
    """One application of one account."""

    def __init__(self, line: Line, settings: LivePersonSettings, client_secret: str) -> None:
        self._line = line
        self._settings = settings
        self._client_secret = client_secret
        self._app = RenewedToken(self._fetch_app, scheme="")
        self._consumers: dict[str, RenewedToken] = {}
        self._known: dict[str, tuple[str, float]] = {}
        self._looking = asyncio.Lock()

    async def address(self, service: str) -> str:
        """The address of a service: as configured, as known, or as the directory says.

        GET …/api/account/{account}/service/{service}/baseURI.json?version=1.0. Raises as `Line.call` does.
        """
        if configured := self._settings.services.get(service):
            return configured.rstrip("/")
        async with self._looking:
            address, until = self._known.get(service, ("", 0.0))
            if time.monotonic() >= until:
                address = await self._look_up(service)
                self._known[service] = address, time.monotonic() + KNOWN_FOR
        return address

    async def consumer(self, key: str) -> Consumer:
        """The consumer of the handoff `key`: the same one, whenever asked. Raises as `Line.call` does.

        POST https://{idp}/api/account/{account}/consumer?v=1.0. Its token is a JWT whose `sub` is the consumer's id.
        """
        path = f"/api/account/{self._settings.account}/consumer"
        answer = await self._line.call(
            "POST",
            f"{await self.address('idp')}{path}",
            {"ext_consumer_id": key},
            params={"v": "1.0"},
            auth=self._app,
        )
        token = self._line.parsed(_ConsumerToken, answer).token
        return Consumer(id=self._subject(token), token=token)

    def on_behalf(self, key: str, session: str) -> OnBehalf:
        """What authorises a call for the handoff `key`, whose ConsumerJWS was `session` when it was prepared."""
        if key not in self._consumers:
            self._consumers[key] = RenewedToken(partial(self._fetch_consumer, key), known=session)
            if len(self._consumers) > CONSUMERS:
                del self._consumers[next(iter(self._consumers))]
        return OnBehalf(self._app, self._consumers[key])

    async def _look_up(self, service: str) -> str:
        path = f"/api/account/{self._settings.account}/service/{service}/baseURI.json"
        try:
            answer = await self._line.call("GET", path, params={"version": "1.0"})
        except HandoffGoneError:
            said = f'hub "{self._line.name}": the directory knows no service "{service}" of this account'
            raise HubRefusedError(f"{said}: check baton.toml [hubs.{self._line.name}] account") from None
        return f"{urlsplit(self._settings.directory).scheme}://{self._line.parsed(_Service, answer).base_uri}"

    async def _fetch_app(self) -> tuple[str, float]:
        """POST https://{sentinel}/sentinel/api/account/{account}/app/token?v=1.0&grant_type=client_credentials."""
        address = await self.address("sentinel")
        answer = await self._line.call(
            "POST",
            f"{address}/sentinel/api/account/{self._settings.account}/app/token",
            form={"client_id": self._settings.client_id, "client_secret": self._client_secret},
            params={"v": "1.0", "grant_type": "client_credentials"},
        )
        token = self._line.parsed(_AppToken, answer)
        return token.access_token, token.expires_in

    async def _fetch_consumer(self, key: str) -> tuple[str, float]:
        # Until when it is good it does not say in a documented way: until it is refused.
        return (await self.consumer(key)).token, float("inf")

    def _subject(self, token: str) -> str:
        """Whose token it is. It came from LivePerson over TLS, and is only read."""
        try:
            return str(jwt.decode(token, options={"verify_signature": False})["sub"])
        except (jwt.PyJWTError, KeyError):
            raise HubRefusedError(f'hub "{self._line.name}": the ConsumerJWS does not name its consumer') from None
