"""One tenant, as `[microsoft]` describes it: every client there is, over one application's tokens."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from microsoft.bot_service import BotResource, BotService
from microsoft.credentials import Certificate, ClientSecret, Credential, FederatedToken
from microsoft.dataverse import Dataverse
from microsoft.environments import Environment, Environments
from microsoft.errors import RefusedError
from microsoft.graph import Graph
from microsoft.managed_identity import ManagedIdentityTokens
from microsoft.tokens import EntraTokens, TokenProvider
from settings.microsoft import MicrosoftSettings

Secrets = Callable[[str], str]


class Tenant:
    """Its directory, its environments, their Dataverse, its Azure Bots. Close it once done."""

    def __init__(self, settings: MicrosoftSettings, secrets: Secrets) -> None:
        self._settings = settings
        self.tokens = tokens_of(settings, secrets)
        timeout = settings.timeout_seconds
        self.graph = Graph(self.tokens, url=settings.graph_url, timeout=timeout)
        self.environments = Environments(
            self.tokens, url=settings.power_platform_url, resource=settings.power_platform_resource, timeout=timeout
        )
        self.bot_service = BotService(self.tokens, url=settings.azure_url, timeout=timeout)
        self._organizations: dict[str, Dataverse] = {}

    def dataverse(self, environment: Environment) -> Dataverse:
        """The environment's Dataverse.

        Raises:
            RefusedError: it has none.
        """
        if environment.url is None:
            raise RefusedError(f'environment "{environment.name}": {environment.reason}')
        return self.dataverse_at(environment.url, environment.api_url)

    def dataverse_at(self, url: str, api_url: str | None = None) -> Dataverse:
        """The Dataverse of the organisation at `url`."""
        known = self._organizations.get(url)
        if known is None:
            known = Dataverse(url, self.tokens, api_url=api_url, timeout=self._settings.timeout_seconds)
            self._organizations[url] = known
        return known

    def bot_of(self, agent: str) -> BotResource | None:
        """The agent's Azure Bot; None where [microsoft.bots] names none: then its channels are not ours to turn on."""
        name = self._settings.bots.get(agent)
        if name is None:
            return None
        group = {"subscription": self._settings.subscription, "resource_group": self._settings.resource_group}
        return BotResource(name=name, **group)

    def agent_tokens(self, client_id: str, client_secret: str, made_at: datetime | None = None) -> EntraTokens:
        """The tokens of an agent's own application, to try its credentials with. The caller closes them."""
        where = self._settings.login_url, self._settings.tenant
        return EntraTokens(
            *where, client_id, ClientSecret(client_secret), timeout=self._settings.timeout_seconds, made_at=made_at
        )

    async def close(self) -> None:
        """Close the pooled connections."""
        for dataverse in self._organizations.values():
            await dataverse.close()
        await self.graph.close()
        await self.environments.close()
        await self.bot_service.close()
        await self.tokens.close()


def tokens_of(settings: MicrosoftSettings, secrets: Secrets) -> TokenProvider:
    """The tokens of Baton's own application, by the proof that `settings` name.

    Raises:
        CredentialsError: managed identity without the extra `azure`.
        SecretError: as `secrets` raises.
    """
    if settings.managed_identity:
        return ManagedIdentityTokens(settings.client_id or None)
    return EntraTokens(
        settings.login_url,
        settings.tenant,
        settings.client_id,
        _credential(settings, secrets),
        timeout=settings.timeout_seconds,
    )


def _credential(settings: MicrosoftSettings, secrets: Secrets) -> Credential:
    if settings.client_secret:
        return ClientSecret(secrets(settings.client_secret))
    if pair := settings.certificate:
        return Certificate(secrets(pair.certificate), secrets(pair.private_key), pair.algorithm)
    # The settings have one proof: it is this.
    return FederatedToken(settings.federated_token_file or Path())
