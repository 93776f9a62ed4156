"""Power Platform's environments: all of the tenant's, each with whether its Dataverse can be used now.

Sources: Microsoft's Power Platform documentation, "List environments", and the Power Platform provider for Terraform.
"""

from enum import StrEnum

from pydantic import Field

from microsoft.access import Access
from microsoft.errors import ForbiddenError, MicrosoftError
from microsoft.line import Line, Refusal
from microsoft.tokens import TokenProvider
from protocol.models import Foreign, Owned

URL = "https://api.bap.microsoft.com"
RESOURCE = "https://service.powerapps.com"
PATH = "/providers/Microsoft.BusinessAppPlatform/scopes/admin/environments"
VERSION = {"api-version": "2020-10-01"}


class EnvironmentState(StrEnum):
    """Whether there is a Dataverse that answers."""

    READY = "ready"
    NOT_READY = "not ready"
    WITHOUT_DATAVERSE = "without Dataverse"


class Environment(Owned):
    """One environment."""

    id: str
    name: str
    """As people see it."""
    region: str
    """Such as `europe`; an agent and its Customer Service are best in one."""
    kind: str
    """Production, Sandbox, Trial, Developer, Default, …"""
    is_default: bool = False
    state: EnvironmentState
    reason: str
    """Why the state is this, in words."""
    organization_id: str | None = None
    url: str | None = None
    """Of the organisation, without a slash at its end."""
    api_url: str | None = None

    @property
    def omnichannel_link(self) -> str | None:
        """Where queues and workstreams are set, for people to go to; no deeper address is documented."""
        return f"{self.url}/main.aspx" if self.url else None


class Environments:
    """The environments of one tenant."""

    def __init__(self, tokens: TokenProvider, *, url: str = URL, resource: str = RESOURCE, timeout: float = 30) -> None:
        self._url = url.rstrip("/")
        self._line = Line(
            "Power Platform",
            self._url,
            Access(tokens, f"{resource.rstrip('/')}/.default"),
            request_id="x-ms-client-request-id",
            permission="give Baton's application access to the tenant's environments",
            advice=_advice,
            timeout=timeout,
        )

    async def all(self) -> tuple[Environment, ...]:
        """GET …/scopes/admin/environments, over all its pages, by name.

        Raises:
            ForbiddenError: our application is not registered as a management application.
        """
        found: list[Environment] = []
        path, params = PATH, VERSION
        while True:
            page = self._line.parsed(_Page, await self._line.call("GET", path, params=params))
            found.extend(each.known() for each in page.value)
            if not page.next_link:
                return tuple(sorted(found, key=lambda each: each.name.casefold()))
            path, params = page.next_link, {}

    async def one(self, environment_id: str) -> Environment:
        """GET …/scopes/admin/environments/{id}.

        Raises:
            MissingError: there is none.
        """
        answer = await self._line.call("GET", f"{PATH}/{environment_id}", params=VERSION)
        return self._line.parsed(_Environment, answer).known()

    async def close(self) -> None:
        """Close the pooled connections."""
        await self._line.close()


class _Linked(Foreign):
    resource_id: str | None = None
    instance_url: str | None = None
    instance_api_url: str | None = None
    instance_state: str = "Ready"


class _State(Foreign):
    id: str | None = None


class _States(Foreign):
    runtime: _State | None = None


class _Properties(Foreign):
    display_name: str = ""
    azure_region: str | None = None
    environment_sku: str = ""
    is_default: bool = False
    provisioning_state: str | None = None
    linked_environment_metadata: _Linked | None = None
    states: _States | None = None


class _Environment(Foreign):
    name: str
    location: str = ""
    properties: _Properties

    def known(self) -> Environment:
        told = self.properties
        linked = told.linked_environment_metadata or _Linked()
        state, reason = _state(told)
        return Environment(
            id=self.name,
            name=told.display_name or self.name,
            region=self.location or told.azure_region or "",
            kind=told.environment_sku,
            is_default=told.is_default,
            state=state,
            reason=reason,
            organization_id=linked.resource_id,
            url=linked.instance_url.rstrip("/") if linked.instance_url else None,
            api_url=linked.instance_api_url.rstrip("/") if linked.instance_api_url else None,
        )


class _Page(Foreign):
    value: tuple[_Environment, ...] = ()
    next_link: str | None = Field(default=None)


def _state(told: _Properties) -> tuple[EnvironmentState, str]:
    linked = told.linked_environment_metadata
    if linked is None or not linked.instance_url:
        return EnvironmentState.WITHOUT_DATAVERSE, "it has no Dataverse: add one in the Power Platform admin center"
    if linked.instance_state != "Ready":
        return (
            EnvironmentState.NOT_READY,
            f"its Dataverse is {linked.instance_state}: wait, or look in the admin center",
        )
    runtime = told.states.runtime.id if told.states and told.states.runtime else None
    if runtime not in {None, "Enabled"}:
        return EnvironmentState.NOT_READY, f"it is {runtime}: turn it on in the Power Platform admin center"
    return EnvironmentState.READY, "its Dataverse is ready"


def _advice(refusal: Refusal) -> MicrosoftError | None:
    if refusal.status == 403 and "does not have permission to access the path" in refusal.text:
        what = "a tenant administrator has to register Baton's application as a management application"
        how = "New-PowerAppManagementApp -ApplicationId CLIENT-ID"
        return ForbiddenError(f"{refusal.said}: {what} ({how}); it cannot register itself", refusal.code)
    return None
