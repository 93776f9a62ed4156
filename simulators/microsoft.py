"""One tenant with several organisations: Entra, Graph, Power Platform, Azure and each organisation's Dataverse.

All of it is on one address, for tests and for people (`baton simulate microsoft`).
"""

from typing import Any

from starlette.applications import Starlette
from starlette.routing import Mount

from settings.microsoft import MicrosoftSettings
from simulators.bot_service import BotServiceSimulator
from simulators.configuration import toml
from simulators.entra import EntraSimulator
from simulators.faults import Faults
from simulators.graph import GraphSimulator
from simulators.organization import OrganizationSimulator
from simulators.power_platform import RESOURCE, PowerPlatformSimulator, SimulatedEnvironment

CONNECTOR = "https://api.botframework.com"
"""The resource of the tokens with which agents speak to Omnichannel."""
CONTOSO, FABRIKAM, BARE = "contoso", "fabrikam", "bare"


class MicrosoftSimulator:
    """Three organisations, of which the first has Omnichannel, and two more environments without any that answers."""

    kind = "microsoft"

    def __init__(self) -> None:
        self.faults = Faults()
        """Of all services; each operation has a name of its own."""
        self.entra = EntraSimulator(self.faults, set())
        self.graph = GraphSimulator(self.faults, self.entra)
        self.power_platform = PowerPlatformSimulator(self.faults, self.entra)
        self.bot_service = BotServiceSimulator(self.faults, self.entra)
        self.organizations = {
            name: OrganizationSimulator(name, self.faults, self.entra, self.graph.service_principals)
            for name in (CONTOSO, FABRIKAM, BARE)
        }
        self.organizations[FABRIKAM].without_omnichannel()
        self.organizations[BARE].without_customer_service()
        self.bot_service.bots["contoso-bot"] = {}
        self._url = ""

    @property
    def contoso(self) -> OrganizationSimulator:
        """The organisation with Omnichannel."""
        return self.organizations[CONTOSO]

    @property
    def url(self) -> str:
        """Where it is served; whoever serves it sets this, and each service has its address below it."""
        return self._url

    @url.setter
    def url(self, url: str) -> None:
        self._url = url
        self.entra.url = f"{url}/login"
        self.graph.url = f"{url}/graph"
        self.power_platform.url = f"{url}/power-platform"
        self.bot_service.url = f"{url}/azure"
        for name, organization in self.organizations.items():
            organization.url = f"{url}/organizations/{name}"
        own = {self.graph.url, self.bot_service.url, RESOURCE, CONNECTOR}
        self.entra.resources = own | {organization.url for organization in self.organizations.values()}
        self.power_platform.environments = self._environments()

    def app(self) -> Starlette:
        """All of them."""
        organizations = [
            Mount(f"/organizations/{name}", routes=organization.routes())
            for name, organization in self.organizations.items()
        ]
        services = [
            Mount("/login", routes=self.entra.routes()),
            Mount("/graph", routes=self.graph.routes()),
            Mount("/power-platform", routes=self.power_platform.routes()),
            Mount("/azure", routes=self.bot_service.routes()),
        ]
        return Starlette(routes=[*services, *organizations])

    def settings(self) -> dict[str, Any]:
        """What `[microsoft]` needs, to reach it."""
        return {
            "tenant": self.entra.tenant,
            "client_id": self.entra.client_id,
            "client_secret": "env:MICROSOFT_SECRET",
            "login_url": self.entra.url,
            "graph_url": self.graph.url,
            "power_platform_url": self.power_platform.url,
            "azure_url": self.bot_service.url,
            "subscription": self.bot_service.subscription,
            "resource_group": self.bot_service.group,
            "bots": {"contoso": "contoso-bot"},
        }

    def parsed_settings(self, **changes: Any) -> MicrosoftSettings:
        """The same as Baton reads it."""
        return MicrosoftSettings.model_validate({**self.settings(), **changes})

    @property
    def secrets(self) -> dict[str, str]:
        """By the names that `settings` refers to, its secrets, which are none."""
        return {"MICROSOFT_SECRET": self.entra.client_secret}

    def resolve(self, reference: str) -> str:
        """The secret that `settings` refers to."""
        return self.secrets[reference.removeprefix("env:")]

    def configuration(self) -> str:
        """`baton.toml`'s part, and the environment, as somebody copies them."""
        exports = [f"# export {name}={value}" for name, value in self.secrets.items()]
        ids = [
            f"# Omnichannel is in {self.contoso.url}: queue {self.contoso.queue}, workstream {self.contoso.workstream}"
        ]
        return "\n".join([*toml("microsoft", self.settings()), *exports, *ids])

    def _environments(self) -> list[SimulatedEnvironment]:
        with_dataverse = [
            SimulatedEnvironment(name.capitalize(), organization.url)
            for name, organization in self.organizations.items()
        ]
        return [
            *with_dataverse,
            SimulatedEnvironment("Default", kind="Default"),
            SimulatedEnvironment("Moving", f"{self.url}/organizations/moving", instance_state="Preparing"),
        ]
