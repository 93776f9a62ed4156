"""The environments' list: all of them, and for each whether it can be chosen, and why."""

import pytest

from microsoft.environments import EnvironmentState
from microsoft.errors import ForbiddenError, MissingError, UnavailableError
from microsoft.provisioning import Provisioned, SurveyedEnvironment, provisioning_of, survey
from microsoft.tenant import Tenant
from simulators.dataverse_rules import busy
from simulators.faults import Fault
from simulators.microsoft import MicrosoftSimulator


async def _surveyed(tenant: Tenant) -> dict[str, SurveyedEnvironment]:
    found = await survey(await tenant.environments.all(), tenant.dataverse)
    return {each.environment.name: each for each in found}


async def test_all_are_listed_over_all_pages(tenant: Tenant, microsoft: MicrosoftSimulator) -> None:
    """Those without a Dataverse, too; one can be asked for by its id."""
    found = await tenant.environments.all()
    assert [each.name for each in found] == ["Bare", "Contoso", "Default", "Fabrikam", "Moving"]
    assert microsoft.faults.calls.count("environments") == 3
    states = {each.name: each.state for each in found}
    assert states["Default"] is EnvironmentState.WITHOUT_DATAVERSE
    assert states["Moving"] is EnvironmentState.NOT_READY
    contoso = found[1]
    assert (contoso.url, contoso.api_url) == (microsoft.contoso.url, microsoft.contoso.url)
    assert contoso.omnichannel_link == f"{microsoft.contoso.url}/main.aspx"
    assert found[2].omnichannel_link is None
    assert await tenant.environments.one(contoso.id) == contoso
    with pytest.raises(MissingError):
        await tenant.environments.one("5c1e7b02-0000-4000-8000-000000000000")


async def test_which_can_be_chosen_and_why(tenant: Tenant) -> None:
    """Only where Omnichannel is provisioned: what is preinstalled proves nothing."""
    found = await _surveyed(tenant)
    chosen = {name for name, each in found.items() if each.can_be_chosen}
    assert chosen == {"Contoso"}
    said = {name: (each.provisioning.provisioned, " ".join(each.provisioning.reasons)) for name, each in found.items()}
    assert said["Fabrikam"][0] is Provisioned.NO
    assert "Customer Service 9.0.24103.10003 is installed" in said["Fabrikam"][1]
    assert "Omnichannel is not provisioned" in said["Fabrikam"][1]
    assert said["Bare"] == (
        Provisioned.NO,
        "Dynamics 365 Customer Service is not installed Omnichannel's tables are missing",
    )
    assert said["Default"][0] is Provisioned.NO
    assert "has no Dataverse" in said["Default"][1]
    assert said["Moving"][0] is Provisioned.UNKNOWN
    assert "its Dataverse is Preparing" in said["Moving"][1]


async def test_what_can_not_be_told_is_unknown_and_not_no(tenant: Tenant, microsoft: MicrosoftSimulator) -> None:
    """A setting that cannot be read, a role that is missing, no way in, a service that is busy or down."""
    contoso = microsoft.contoso
    environment = next(each for each in await tenant.environments.all() if each.name == "Contoso")
    dataverse = tenant.dataverse(environment)

    async def reasons() -> str:
        found = await provisioning_of(environment, dataverse)
        assert found.provisioned is Provisioned.UNKNOWN
        return " ".join(found.reasons)

    setting = contoso.settings.pop("msdyn_IsCCaaSProvisioned")
    assert "can't be told" in await reasons()
    contoso.settings["msdyn_IsCCaaSProvisioned"] = setting
    roles = contoso.tables.rows["roles"]
    contoso.tables.rows["roles"] = {}
    assert 'the role "Omnichannel agent" is missing' in await reasons()
    contoso.tables.rows["roles"] = roles
    microsoft.faults.plan("who", busy("requests", 30), Fault(503))
    assert "6,000 requests" in await reasons()
    assert "answered 503" in await reasons()
    contoso.callers[microsoft.entra.client_id] = False
    assert "own application user is disabled" in await reasons()
    contoso.callers.clear()
    assert "make Baton's application an application user" in await reasons()


async def test_whoever_is_not_registered_is_told_how(tenant: Tenant, microsoft: MicrosoftSimulator) -> None:
    """An application cannot register itself."""
    microsoft.power_platform.management_applications.clear()
    with pytest.raises(ForbiddenError, match=r"New-PowerAppManagementApp.*cannot register itself"):
        await tenant.environments.all()


@pytest.mark.parametrize(("seconds", "wait"), [(7, 7.0), (100_000, 600.0)])
async def test_how_long_power_platform_wants_to_be_left_alone(
    tenant: Tenant, microsoft: MicrosoftSimulator, seconds: int, wait: float
) -> None:
    """Up to a bound."""
    microsoft.faults.plan("environments", Fault(429, seconds))
    with pytest.raises(UnavailableError) as failed:
        await tenant.environments.all()
    assert failed.value.retry_after == wait
    assert len(await tenant.environments.all()) == 5
