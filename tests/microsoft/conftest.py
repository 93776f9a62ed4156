"""A tenant with three organisations on a socket, and Baton's clients of it."""

from collections.abc import AsyncIterator

import pytest

from microsoft.application_user import ApplicationUsers, Bot
from microsoft.dataverse import Dataverse
from microsoft.graph import Application, SignInAudience
from microsoft.tenant import Tenant
from simulators.microsoft import MicrosoftSimulator
from simulators.served import Served
from tests.scenarios.contract import Recording


@pytest.fixture
async def microsoft() -> AsyncIterator[MicrosoftSimulator]:
    """The tenant."""
    simulated = MicrosoftSimulator()
    async with Served(simulated.app()) as simulated.url:
        yield simulated


@pytest.fixture
async def tenant(microsoft: MicrosoftSimulator) -> AsyncIterator[Tenant]:
    """Its clients."""
    clients = Tenant(microsoft.parsed_settings(), microsoft.resolve)
    yield clients
    await clients.close()


@pytest.fixture
def dataverse(tenant: Tenant, microsoft: MicrosoftSimulator) -> Dataverse:
    """The organisation with Omnichannel."""
    return tenant.dataverse_at(microsoft.contoso.url)


@pytest.fixture
def users(dataverse: Dataverse) -> ApplicationUsers:
    """Its application users."""
    return ApplicationUsers(dataverse)


@pytest.fixture
async def application(tenant: Tenant) -> Application:
    """An application with a service principal."""
    made = await tenant.graph.ensure_application("baton-contoso", "Contoso", SignInAudience.SINGLE_TENANT)
    await tenant.graph.ensure_service_principal(made.app_id)
    return made


@pytest.fixture
def bot(application: Application) -> Bot:
    """An agent of that application."""
    return Bot(application_id=application.app_id, handle="baton-contoso", name="Contoso")


@pytest.fixture
def recording() -> Recording:
    """Whatever a tenant of one's own is asked."""
    return Recording(MicrosoftSimulator().app())
