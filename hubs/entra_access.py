"""Entra's tokens on a hub's line."""

from hubs.microsoft_errors import as_the_hubs
from microsoft.access import Access
from microsoft.tokens import TokenProvider


class EntraAccess(Access):
    """Puts a token for `scope` on each request of the connection `name`."""

    def __init__(self, name: str, tokens: TokenProvider, scope: str) -> None:
        super().__init__(tokens, scope)
        self._name = name

    async def token(self, instead_of: str | None = None) -> str:
        """As `Access.token`. Raises as `as_the_hubs`."""
        with as_the_hubs(self._name):
            return await super().token(instead_of)
