"""Tokens that are fetched once, used until shortly before they expire, and renewed by one call at a time."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable

import httpx

BEFORE = 60.0
"""Seconds before its end at which a token is no longer used."""


class RenewedToken(httpx.Auth):
    """Puts a token on each request; after a 401 it is renewed once, and the request repeated.

    `fetch` gives the token and how many seconds it lives; `scheme` stands before it in the `Authorization` header.
    `known` is a token that somebody else fetched, which is good until it is refused.
    """

    def __init__(
        self, fetch: Callable[[], Awaitable[tuple[str, float]]], scheme: str = "Bearer ", known: str = ""
    ) -> None:
        self._fetch = fetch
        self._scheme = scheme
        self._token = known
        self._until = float("inf") if known else 0.0
        self._renewing = asyncio.Lock()

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Httpx's own hook."""
        used = await self.token()
        request.headers["Authorization"] = f"{self._scheme}{used}"
        answer = yield request
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            request.headers["Authorization"] = f"{self._scheme}{await self.token(instead_of=used)}"
            yield request

    def use(self, token: str, seconds: float) -> None:
        """Use this token from now on, which somebody else fetched and which lives for so long."""
        self._token = token
        self._until = time.monotonic() + max(seconds - BEFORE, seconds / 2)

    @property
    def good_for(self) -> float:
        """Seconds until the token is renewed."""
        return max(0.0, self._until - time.monotonic())

    async def token(self, instead_of: str | None = None) -> str:
        """A token that is good now, and another one than `instead_of`."""
        async with self._renewing:
            if self._token == instead_of or time.monotonic() >= self._until:
                self.use(*await self._fetch())
            return self._token
