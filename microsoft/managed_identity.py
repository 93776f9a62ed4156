"""Tokens of the machine's own identity in Azure, by `azure-identity`, which is an extra: `pip install baton[azure]`."""

import importlib
import time
from typing import Any

from microsoft.errors import CredentialsError, UnavailableError
from microsoft.tokens import CachedTokens, Token


class ManagedIdentityTokens(CachedTokens):
    """A system-assigned identity, or the user-assigned one with `client_id`.

    Raises:
        CredentialsError: the extra is not installed.
    """

    def __init__(self, client_id: str | None = None) -> None:
        super().__init__()
        self._credential = _module("azure.identity.aio").ManagedIdentityCredential(client_id=client_id)
        self._errors: type[Exception] = _module("azure.core.exceptions").AzureError

    async def fetch(self, scope: str) -> Token:
        """What the machine's identity endpoint gives."""
        try:
            given = await self._credential.get_token(scope)
        except self._errors as error:
            name = type(error).__name__
            if name == "CredentialUnavailableError":
                raise CredentialsError("this machine has no managed identity that Azure gives tokens to") from None
            raise UnavailableError(f"the managed identity gives no token: {name}") from None
        return Token(value=given.token, seconds=max(0.0, given.expires_on - time.time()))

    async def close(self) -> None:
        """Close the pooled connections."""
        await self._credential.close()


def _module(name: str) -> Any:
    """One of the extra's, which is imported only where it is used."""
    try:
        return importlib.import_module(name)
    except ImportError:
        what = "managed_identity needs azure-identity: install Baton with its extra `azure` (pip install baton[azure])"
        raise CredentialsError(what) from None
