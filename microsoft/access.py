"""A token on each request; after a 401 another one, once."""

from collections.abc import AsyncGenerator

import httpx

from microsoft.tokens import TokenProvider


class Access(httpx.Auth):
    """Puts a token for `scope` on each request. What giving it raises goes through to the caller."""

    def __init__(self, tokens: TokenProvider, scope: str) -> None:
        self._tokens, self._scope = tokens, scope

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Httpx's own hook."""
        used = await self.token()
        request.headers["Authorization"] = f"Bearer {used}"
        answer = yield request
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            request.headers["Authorization"] = f"Bearer {await self.token(instead_of=used)}"
            yield request

    async def token(self, instead_of: str | None = None) -> str:
        """As `TokenProvider.token`."""
        return await self._tokens.token(self._scope, instead_of=instead_of)
