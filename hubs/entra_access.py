"""Entra's tokens on a hub's line: what Entra refuses is told as the hub's refusal, and names the connection."""

from hubs.base import HubRefusedError, HubUnavailableError
from hubs.renewed import RenewedToken
from microsoft.entra_token import EntraRefusedError, EntraTokens, EntraUnavailableError


def entra_access(name: str, tokens: EntraTokens, scope: str) -> RenewedToken:
    """Puts a token for `scope` on each request of the connection `name`."""

    async def fetch() -> tuple[str, float]:
        try:
            return await tokens.fetch(scope)
        except EntraRefusedError as error:
            keys = f"baton.toml [hubs.{name}] tenant, client_id and client_secret"
            raise HubRefusedError(f'hub "{name}": {error} ({keys}; scope {scope})') from None
        except EntraUnavailableError as error:
            raise HubUnavailableError(f'hub "{name}": {error}', error.retry_after) from None

    return RenewedToken(fetch)
