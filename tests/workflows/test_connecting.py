"""An agent is connected to Dynamics 365, disconnected, connected again; what is refused; what is undone."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from temporalio.testing import WorkflowEnvironment

from handoff.connecting import CONNECTING
from protocol.connection import ConnectionPhase, Registration, Step, StepState
from simulators.faults import Fault
from tests.support.connecting import Tenancy, tenancy
from tests.support.waiting import eventually
from workflows.agent_connections import WishRefusedError


@pytest.fixture
async def tenant(temporal: WorkflowEnvironment, tmp_path: Path) -> AsyncIterator[Tenancy]:
    """A tenant, and an agent to be connected."""
    async with tenancy(temporal, tmp_path) as found:
        yield found


async def test_an_agent_is_connected(tenant: Tenancy) -> None:
    """User with bot columns and role, queue, workstream, channels: all there, and the link to go on."""
    state = await tenant.connect()
    assert state.operation.failure == ""
    assert state.phase is ConnectionPhase.CONNECTED
    assert tenant.is_whole
    assert tenant.user
    assert tenant.user["msdyn_bothandle"] == tenant.agent
    assert tenant.user["msdyn_botapplicationid"] == tenant.application
    assert state.link == f"{tenant.microsoft.contoso.url}/main.aspx"
    assert [step.step for step in state.operation.steps] == [stage.step for stage in CONNECTING]
    assert {step.state for step in state.operation.steps} == {StepState.DONE}


async def test_to_connect_twice_makes_nothing_twice(tenant: Tenancy) -> None:
    """The second goes through the same steps, and finds everything there; so does a repeated key, without any."""
    wish = {"key": uuid4().hex}
    first = await tenant.connect(**wish)
    tenant.microsoft.faults.calls.clear()
    assert (await tenant.begin(**wish)).operation.number == first.operation.number
    assert tenant.microsoft.faults.calls == []
    second = await tenant.connect()
    assert second.phase is ConnectionPhase.CONNECTED
    assert "create_systemusers" not in tenant.microsoft.faults.calls
    assert tenant.is_whole


async def test_an_agent_is_disconnected_and_connected_again(tenant: Tenancy) -> None:
    """The user is disabled, out of queue and workstream; registration and channels stay. The same user comes back."""
    await tenant.connect()
    before = tenant.user and tenant.user["systemuserid"]
    state = await tenant.disconnect()
    assert state.phase is ConnectionPhase.DISCONNECTED
    assert tenant.user
    assert tenant.user["isdisabled"]
    assert tenant.is_undone
    assert len(tenant.microsoft.bot_service.bots["contoso-bot"]) == 2
    assert (await tenant.disconnect()).phase is ConnectionPhase.DISCONNECTED
    again = await tenant.connect(environment="", application="")
    assert again.phase is ConnectionPhase.CONNECTED
    assert tenant.is_whole
    assert tenant.user["systemuserid"] == before


async def test_who_was_never_connected_cannot_be_disconnected(tenant: Tenancy) -> None:
    """It is told how to connect it."""
    with pytest.raises(WishRefusedError, match=f"is not connected: baton connect {tenant.agent}"):
        await tenant.disconnect()


async def test_only_a_published_agent_is_connected(tenant: Tenancy) -> None:
    """Nothing is asked of Microsoft for another one."""
    state = await tenant.over(await tenant.begin("nobody-published-it"), "nobody-published-it")
    assert "only published agents can be connected" in state.operation.failure
    assert state.phase is ConnectionPhase.NONE
    assert tenant.microsoft.faults.calls == []


async def test_without_a_tenant_it_is_told_what_to_write(tenant: Tenancy, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line, from the worker, whose configuration it is."""
    monkeypatch.setattr(tenant.hands.tenant, "_settings", None)
    assert "baton.toml has no [microsoft]" in (await tenant.connect()).operation.failure


@pytest.mark.parametrize(
    ("environment", "why"),
    [
        ("Fabrikam", "Omnichannel is not provisioned"),
        ("Bare", "Customer Service is not installed"),
        ("Default", "it has no Dataverse"),
        ("Moving", "its Dataverse is Preparing"),
        ("Nowhere", 'there is no environment "Nowhere"'),
    ],
)
async def test_an_environment_without_omnichannel_cannot_be_chosen(tenant: Tenancy, environment: str, why: str) -> None:
    """It is told why, and nothing has been touched."""
    state = await tenant.connect(environment=environment)
    assert why in state.operation.failure
    assert state.phase is ConnectionPhase.NONE
    assert not any(call.startswith(("create", "associate", "upsert", "put")) for call in tenant.microsoft.faults.calls)


async def test_an_environment_that_cannot_tell_is_chosen_by_hand_only(tenant: Tenancy) -> None:
    """Where the setting cannot be read, whoever knows that Omnichannel is there chooses it, and is warned."""
    tenant.microsoft.contoso.settings.clear()
    state = await tenant.connect()
    assert state.phase is ConnectionPhase.CONNECTED
    assert "has Omnichannel is unknown" in state.warnings[0]


async def test_the_agents_own_environment_is_found_without_asking(tenant: Tenancy) -> None:
    """Where Customer Service is provisioned in it."""
    own = next(each for each in tenant.microsoft.power_platform.environments if each.name == "Contoso")
    tenant.configure(environment=own.id)
    state = await tenant.connect(environment="")
    assert state.phase is ConnectionPhase.CONNECTED
    assert tenant.is_whole


async def test_without_an_own_environment_one_is_to_be_chosen(tenant: Tenancy) -> None:
    """It is told where the list is."""
    state = await tenant.connect(environment="")
    assert "choose an environment: baton environments lists them" in state.operation.failure


async def test_an_agent_has_one_instance(tenant: Tenancy) -> None:
    """To be connected elsewhere it has to be disconnected first."""
    await tenant.connect()
    with pytest.raises(WishRefusedError, match="an agent has one Dynamics 365 instance"):
        await tenant.connect(environment="Fabrikam")
    assert tenant.is_whole


async def test_an_application_id_has_one_agent(tenant: Tenancy) -> None:
    """Another agent is refused by name, and what the first has stays."""
    await tenant.connect()
    refused = await tenant.connect(tenant.other)
    assert refused.operation.failure_type == "DuplicateBotAppId"
    assert f'that of agent "{tenant.agent}"' in refused.operation.failure
    assert tenant.is_whole


async def test_an_application_id_of_a_disabled_user_is_taken(tenant: Tenancy) -> None:
    """A user that another agent left, from elsewhere: it still holds the id."""
    tenant.microsoft.contoso.add_user(
        tenant.application, isdisabled=True, msdyn_bothandle="another", msdyn_botapplicationid=tenant.application
    )
    state = await tenant.connect()
    assert state.operation.failure_type == "DuplicateBotAppId"
    assert 'of the agent "another"' in state.operation.failure
    assert "disabled and still holds it" in state.operation.failure
    assert tenant.user
    assert tenant.user["isdisabled"]
    # The claim was given back: whoever that user is of may have it.
    tenant.user["msdyn_bothandle"] = tenant.other
    assert (await tenant.connect(tenant.other)).phase is ConnectionPhase.CONNECTED


async def test_a_claim_outlives_a_disconnect(tenant: Tenancy) -> None:
    """A disabled user still holds the application id."""
    await tenant.connect()
    await tenant.disconnect()
    assert (await tenant.connect(tenant.other)).operation.failure_type == "DuplicateBotAppId"


@pytest.mark.parametrize("connected", [False, True])
async def test_two_connects_and_a_disconnect_at_once(tenant: Tenancy, *, connected: bool) -> None:
    """One wins; the others hear who is at work, and wait or are told to."""
    await tenant.connect()
    if not connected:
        await tenant.disconnect()
    answers = await asyncio.gather(
        tenant.begin(), tenant.begin(environment="Contoso"), tenant.disconnect(), return_exceptions=True
    )
    refused = [each for each in answers if isinstance(each, WishRefusedError)]
    assert len(refused) == 2
    assert all("wait until that is over" in str(each) for each in refused)
    state = await tenant.connections.state(tenant.agent)
    state = await tenant.over(state)
    assert tenant.is_whole if state.phase is ConnectionPhase.CONNECTED else tenant.is_undone


async def test_two_agents_that_connect_by_one_application_at_once(tenant: Tenancy) -> None:
    """The claim lets one through."""
    both = await asyncio.gather(tenant.connect(), tenant.connect(tenant.other))
    phases = sorted(str(state.phase) for state in both)
    assert phases == ["connected", "not connected"]
    assert [state.operation.failure_type for state in both if state.operation.failure] == ["DuplicateBotAppId"]
    assert tenant.user


async def test_a_registration_is_made_on_the_way(tenant: Tenancy) -> None:
    """Its secret is in a file, and nowhere in the history."""
    registration = Registration(name="Contoso assistant", account_types="AzureADMyOrg")
    state = await tenant.connect(application="", register_new=registration)
    assert state.phase is ConnectionPhase.CONNECTED
    file = tenant.hands.settings.data_dir / "keys" / "applications" / f"{tenant.agent}.secret"
    assert file.stat().st_mode & 0o077 == 0
    made = tenant.microsoft.graph._find(name=f"baton-{tenant.agent}")
    assert made
    assert len(made["passwordCredentials"]) == 1
    secret = file.read_text(encoding="utf-8")
    assert secret in tenant.microsoft.entra.applications[made["appId"]].secrets
    handle = tenant.environment.client.get_workflow_handle(f"connection/{tenant.agent}")
    payloads = [event async for event in handle.fetch_history_events()]
    codec = tenant.environment.client.data_converter.payload_codec
    assert codec
    for event in payloads:
        found = event.activity_task_completed_event_attributes.result.payloads
        for payload in await codec.decode(list(found)):
            assert secret.encode() not in payload.data


async def test_a_refusal_on_the_way_is_undone(tenant: Tenancy) -> None:
    """A workstream that another bot has: queue and user go back, and the words say what to do."""
    organization = tenant.microsoft.contoso
    other = organization.add_user(tenant.register("other"))
    organization.tables.change("msdyn_liveworkstreams", organization.workstream, {"_msdyn_bot_user_value": other})
    state = await tenant.connect()
    assert state.phase is ConnectionPhase.NONE
    assert "has another bot: remove that one" in state.operation.failure
    assert tenant.is_undone
    undone = {step.step for step in state.operation.steps if step.state is StepState.UNDONE}
    assert {Step.QUEUE, Step.ENABLED} <= undone
    organization.tables.change("msdyn_liveworkstreams", organization.workstream, {"_msdyn_bot_user_value": None})
    assert (await tenant.connect()).phase is ConnectionPhase.CONNECTED
    assert tenant.is_whole


async def test_what_held_before_is_not_undone(tenant: Tenancy) -> None:
    """A connected agent that is connected again, and fails, is as connected as it was."""
    await tenant.connect()
    tenant.microsoft.contoso.of("systemuserroles_association", (tenant.user or {})["systemuserid"]).clear()
    tenant.microsoft.contoso.tables.rows["roles"].clear()
    state = await tenant.connect(environment="")
    assert state.operation.failure
    assert state.phase is ConnectionPhase.CONNECTED
    assert tenant.user
    assert not tenant.user["isdisabled"]
    assert tenant.in_queue
    assert tenant.linked


async def test_what_takes_its_time_to_arrive_is_waited_for(tenant: Tenancy) -> None:
    """Users, roles, channels and the directory lag; retries and clock are Temporal's."""
    for lag in (tenant.microsoft.contoso.lag, tenant.microsoft.bot_service.lag):
        lag.reads = 3
    begun = await tenant.begin()

    async def over() -> bool:
        await tenant.let_pass(timedelta(seconds=20))
        return (await tenant.connections.state(tenant.agent)).operation.over

    await eventually(over)
    state = await tenant.over(begun)
    assert state.operation.failure == ""
    assert tenant.is_whole


async def test_a_service_that_is_down_for_long_fails_the_connect_and_is_finished_by_the_next(tenant: Tenancy) -> None:
    """After its time a step is given up and undone; nothing is left, and the next connect goes through."""
    tenant.microsoft.faults.plan("associate_queuemembership_association", *[Fault(status=503)] * 200)
    begun = await tenant.begin()

    async def over() -> bool:
        await tenant.let_pass(timedelta(minutes=1))
        return (await tenant.connections.state(tenant.agent)).operation.over

    await eventually(over)
    state = await tenant.over(begun)
    assert "503" in state.operation.failure
    assert state.phase is ConnectionPhase.NONE
    assert tenant.is_undone
    tenant.microsoft.faults.clear()
    assert (await tenant.connect()).phase is ConnectionPhase.CONNECTED
    assert tenant.is_whole


async def test_another_region_is_warned_of(tenant: Tenancy) -> None:
    """An agent's environment and its Customer Service are best in one."""
    own = next(each for each in tenant.microsoft.power_platform.environments if each.name == "Default")
    own.region = "unitedstates"
    tenant.configure(environment=own.id)
    state = await tenant.connect()
    assert state.phase is ConnectionPhase.CONNECTED
    assert state.warnings == ("the agent's environment is in unitedstates, and this one in europe",)


@pytest.mark.parametrize(
    ("published", "why"), [(None, "is not published: publish it in Copilot Studio"), ("2026-11-25T00:00:00Z", "")]
)
async def test_an_agent_of_copilot_studio_is_published_there(tenant: Tenancy, published: str | None, why: str) -> None:
    """Its own environment says so."""
    own = next(each for each in tenant.microsoft.power_platform.environments if each.name == "Contoso")
    row = {"name": "Contoso", "schemaname": "contoso_agent", "publishedon": published}
    tenant.microsoft.contoso.tables.add("bots", row)
    tenant.configure(environment=own.id, copilot="contoso_agent")
    state = await tenant.connect(environment="")
    assert why in state.operation.failure
    assert (state.phase is ConnectionPhase.CONNECTED) == (not why)
