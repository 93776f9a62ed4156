"""Signed tokens of callbacks (JWT, RS256), checked against the keys that their issuer publishes.

Keys come by OpenID metadata: `jwks_uri` of the document at the issuer's well-known address. They are kept for a day at
most, as the Bot Framework's documentation ("Connector to bot: verify the token") and Microsoft Entra's ask for.
"""

import asyncio
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import httpx
import jwt
from pydantic import Field, ValidationError

from hubs.errors import HubUnavailableError, WebhookError
from protocol.models import Foreign, Owned
from settings.trust import trusted

ALGORITHM = "RS256"
KEPT_SECONDS = 24 * 3600.0
"""How long fetched keys are good."""
FETCHED_EVERY = 30.0
"""Seconds between two fetches at least: a token with an invented key id must not make us a burden to the issuer."""
SKEW_SECONDS = 300.0
"""How far the issuer's clock may be from ours."""
_BEARER = "bearer "


class Vouched(Owned):
    """What a token that holds says."""

    claims: dict[str, Any]
    endorsements: tuple[str, ...] = ()
    """The channels that the issuer's key may speak for, where its key set names them (the Bot Framework's does)."""


class _Metadata(Foreign):
    jwks_uri: str = Field(alias="jwks_uri")


class _KeySet(Foreign):
    keys: tuple[dict[str, Any], ...]


class SignedTokens:
    """Checks the tokens of one issuer, who may go by several names, for us, who may go by several, too."""

    def __init__(
        self, metadata_url: str, *, issuers: tuple[str, ...], audiences: tuple[str, ...], timeout: float = 10
    ) -> None:
        self._metadata_url = metadata_url
        self._issuers = issuers
        self._audiences = audiences
        self._http = httpx.AsyncClient(verify=trusted(), timeout=timeout)
        self._keys: dict[str, dict[str, Any]] = {}
        self._fetched_at = self._tried_at = float("-inf")
        self._failed: HubUnavailableError | None = None
        self._fetching = asyncio.Lock()

    async def ready(self, authorization: str) -> None:
        """Have the key that the header's token names, if its issuer has one: `check` fetches nothing.

        Raises:
            HubUnavailableError: the key is not known, and the issuer does not answer.
        """
        named = _key_id(authorization)
        if named is None or self._knows(named):
            return
        async with self._fetching:
            if self._knows(named):
                return
            if time.monotonic() - self._tried_at >= FETCHED_EVERY:
                await self._renew()
            elif self._failed:
                raise self._failed

    async def warm(self) -> None:
        """Fetch the keys now, whatever there is. Raises as `ready` does."""
        async with self._fetching:
            await self._renew()

    def check(self, authorization: str, now: datetime) -> Vouched:
        """What the `Authorization` header's token says, once its signature, issuer, audience and times hold.

        Raises:
            WebhookError: 401, with which of them does not.
        """
        named = _key_id(authorization)
        if named is None:
            raise WebhookError(401, "Authorization holds no signed bearer token")
        if not self._knows(named):
            raise WebhookError(401, "the token is signed with a key that its issuer does not publish")
        key = self._keys[named]
        # The times are held against the caller's clock below, and not against PyJWT's.
        options: Any = {"require": ["exp", "iss", "aud"], "verify_exp": False, "verify_nbf": False, "verify_iat": False}
        try:
            claims = jwt.decode(
                authorization[len(_BEARER) :],
                jwt.PyJWK(key, algorithm=ALGORITHM).key,
                algorithms=[ALGORITHM],
                audience=self._audiences,
                issuer=self._issuers,
                options=options,
            )
        except jwt.PyJWTError as error:
            raise WebhookError(401, "the token does not hold", type(error).__name__) from None
        _in_time(claims, now.timestamp())
        return Vouched(claims=claims, endorsements=tuple(key.get("endorsements") or ()))

    async def close(self) -> None:
        """Close the pooled connections."""
        await self._http.aclose()

    def _knows(self, named: str) -> bool:
        return named in self._keys and time.monotonic() - self._fetched_at < KEPT_SECONDS

    async def _renew(self) -> None:
        self._tried_at = time.monotonic()
        try:
            self._keys = await self._fetch()
        except HubUnavailableError as failed:
            self._failed = failed
            raise
        self._failed, self._fetched_at = None, time.monotonic()

    async def _fetch(self) -> dict[str, dict[str, Any]]:
        try:
            metadata = _Metadata.model_validate_json(await self._get(self._metadata_url))
            published = _KeySet.model_validate_json(await self._get(metadata.jwks_uri))
        except (httpx.HTTPError, ValidationError) as error:
            raise HubUnavailableError(f"{self._metadata_url} gives no keys now: {type(error).__name__}") from None
        return {str(key["kid"]): key for key in published.keys if "kid" in key and key.get("kty") == "RSA"}

    async def _get(self, url: str) -> bytes:
        answer = await self._http.get(url)
        return answer.raise_for_status().content


def _key_id(authorization: str) -> str | None:
    """The key that the token says it is signed with; nothing of it is believed yet."""
    if authorization[: len(_BEARER)].lower() != _BEARER:
        return None
    try:
        header = jwt.get_unverified_header(authorization[len(_BEARER) :])
    except jwt.PyJWTError:
        return None
    named = header.get("kid")
    return named if isinstance(named, str) else None


def _in_time(claims: Mapping[str, Any], now: float) -> None:
    try:
        begins, ends = float(claims.get("nbf", 0)), float(claims["exp"])
    except (TypeError, ValueError):
        raise WebhookError(401, "the token's times are no numbers") from None
    if not begins - SKEW_SECONDS <= now <= ends + SKEW_SECONDS:
        raise WebhookError(401, "the token is not valid at this time")
