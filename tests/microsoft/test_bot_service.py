"""Azure's channels of a bot: turned on where they are off, and nothing of what others set is lost."""

import pytest

from microsoft.bot_service import VERSION, BotResource, Channel
from microsoft.errors import ForbiddenError, MissingError, UnavailableError
from microsoft.tenant import Tenant
from simulators.faults import Fault
from simulators.microsoft import MicrosoftSimulator
from tests.support.patient import patient_client


@pytest.fixture
def resource(tenant: Tenant) -> BotResource:
    """The agent's Azure Bot, as [microsoft.bots] names it."""
    named = tenant.bot_of("contoso")
    assert named
    assert tenant.bot_of("another") is None
    return named


@pytest.mark.parametrize("channel", Channel)
async def test_a_channel_is_turned_on_once(
    tenant: Tenant, microsoft: MicrosoftSimulator, resource: BotResource, channel: Channel
) -> None:
    """Where it is on, nothing is written."""
    assert await tenant.bot_service.channel(resource, channel) is None
    for _ in range(2):
        assert (await tenant.bot_service.ensure_channel(resource, channel)).works
    assert microsoft.faults.calls.count("put_channel") == 1
    assert await tenant.bot_service.channel(resource, channel)


async def test_what_somebody_set_of_it_stays(
    tenant: Tenant, microsoft: MicrosoftSimulator, resource: BotResource
) -> None:
    """A Teams channel with calling that was turned off is turned on, with calling."""
    inner = {"isEnabled": False, "enableCalling": True, "callingWebhook": "https://calls.example"}
    there = {"channelName": "MsTeamsChannel", "location": "global", "properties": inner}
    microsoft.bot_service.bots["contoso-bot"]["MsTeamsChannel"] = there
    state = await tenant.bot_service.channel(resource, Channel.TEAMS)
    assert state
    assert not state.enabled
    assert (await tenant.bot_service.ensure_channel(resource, Channel.TEAMS)).works
    told = microsoft.bot_service.bots["contoso-bot"]["MsTeamsChannel"]["properties"]
    assert told["isEnabled"] is True
    assert (told["enableCalling"], told["callingWebhook"]) == (True, "https://calls.example")


async def test_a_channel_takes_its_time(tenant: Tenant, microsoft: MicrosoftSimulator, resource: BotResource) -> None:
    """It is on, and does not work yet."""
    microsoft.bot_service.lag.reads = 1
    made = await tenant.bot_service.ensure_channel(resource, Channel.TEAMS)
    assert (made.enabled, made.provisioning, made.works) == (True, "Creating", False)
    seen = [await tenant.bot_service.channel(resource, Channel.TEAMS) for _ in range(2)]
    assert [each and each.works for each in seen] == [False, True]


async def test_another_operation_is_waited_for(
    tenant: Tenant, microsoft: MicrosoftSimulator, resource: BotResource
) -> None:
    """409 may be tried again, after as long as Azure says."""
    microsoft.faults.plan("put_channel", Fault(409, 5))
    with pytest.raises(UnavailableError, match="another operation") as failed:
        await tenant.bot_service.ensure_channel(resource, Channel.TEAMS)
    assert failed.value.retry_after == 5


async def test_what_is_missing_is_named(tenant: Tenant, microsoft: MicrosoftSimulator, resource: BotResource) -> None:
    """A bot that there is not, a role that we have not."""
    elsewhere = resource.model_copy(update={"name": "nothing"})
    with pytest.raises(MissingError, match=r"\[microsoft.bots\]"):
        await tenant.bot_service.ensure_channel(elsewhere, Channel.TEAMS)
    microsoft.bot_service.contributors.clear()
    with pytest.raises(ForbiddenError, match="Contributor"):
        await tenant.bot_service.channel(resource, Channel.TEAMS)


async def test_the_simulator_takes_channels_away(
    tenant: Tenant, microsoft: MicrosoftSimulator, resource: BotResource
) -> None:
    """As Azure does: 200, then 204; and it insists on a version."""
    await tenant.bot_service.ensure_channel(resource, Channel.TEAMS)
    token = await tenant.tokens.token(f"{microsoft.bot_service.url}/.default")
    address = f"{microsoft.bot_service.url}{resource.path}/channels/MsTeamsChannel"
    async with patient_client(headers={"Authorization": f"Bearer {token}"}) as http:
        assert [(await http.delete(address, params=VERSION)).status_code for _ in range(3)] == [200, 204, 204]
        assert (await http.get(address)).status_code == 400
