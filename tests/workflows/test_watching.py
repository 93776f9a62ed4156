"""A connection is looked at every few hours: what has drifted is told, and mended where that is wanted."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.testing import WorkflowEnvironment

from protocol.connection import Check, ConnectionPhase, ConnectionStart, ConnectionState, OperationKind, Step
from simulators.faults import Fault
from tests.support.connecting import Tenancy, tenancy
from tests.support.waiting import eventually

HOURS = timedelta(hours=6, seconds=5)


@pytest.fixture
async def tenant(temporal: WorkflowEnvironment, tmp_path: Path) -> AsyncIterator[Tenancy]:
    """A tenant, and an agent that is connected."""
    async with tenancy(temporal, tmp_path) as found:
        await found.connect()
        yield found


async def looked(tenant: Tenancy, after: ConnectionState, kind: OperationKind = OperationKind.CHECK) -> ConnectionState:
    """The state after the next scheduled look."""
    await tenant.let_pass(HOURS)

    async def over() -> bool:
        operation = (await tenant.connections.state(tenant.agent)).operation
        return operation.number > after.operation.number and operation.kind is kind and operation.over

    await eventually(over)
    return await tenant.connections.state(tenant.agent)


def _disabled(tenant: Tenancy) -> None:
    assert tenant.user
    tenant.user["isdisabled"] = True


def _without_role(tenant: Tenancy) -> None:
    tenant.roles.clear()


def _out_of_queue(tenant: Tenancy) -> None:
    tenant.microsoft.contoso.of("queuemembership_association", tenant.microsoft.contoso.queue).clear()


def _unlinked(tenant: Tenancy) -> None:
    organization = tenant.microsoft.contoso
    organization.tables.change("msdyn_liveworkstreams", organization.workstream, {"_msdyn_bot_user_value": None})


def _without_teams(tenant: Tenancy) -> None:
    del tenant.microsoft.bot_service.bots["contoso-bot"]["MsTeamsChannel"]


def _without_bot_columns(tenant: Tenancy) -> None:
    assert tenant.user
    tenant.user["msdyn_botapplicationid"] = None


DRIFTS: list[tuple[Callable[[Tenancy], None], Step]] = [
    (_disabled, Step.ENABLED),
    (_without_role, Step.ROLE),
    (_out_of_queue, Step.QUEUE),
    (_unlinked, Step.WORKSTREAM),
    (_without_teams, Step.TEAMS),
    (_without_bot_columns, Step.USER),
]


@pytest.mark.parametrize(("drifts", "step"), DRIFTS, ids=[step for _, step in DRIFTS])
async def test_drift_is_told_and_mended_where_wanted(
    tenant: Tenancy, drifts: Callable[[Tenancy], None], step: Step
) -> None:
    """First it is only told; once `mend` is configured the next look sets it right."""
    state = await tenant.connections.state(tenant.agent)
    drifts(tenant)
    state = await looked(tenant, state)
    assert state.phase is ConnectionPhase.CONNECTED
    assert [drift.step for drift in state.drift] == [step]
    assert any(milestone.what == f"drifted: {step}" for milestone in state.timeline)
    tenant.configure(mend=True)
    state = await looked(tenant, state, OperationKind.MEND)
    assert state.drift == ()
    assert tenant.is_whole


async def test_provisioning_that_ends_is_drift_that_nobody_mends(tenant: Tenancy) -> None:
    """Omnichannel can't be put back by us: it is told."""
    tenant.configure(mend=True)
    tenant.microsoft.contoso.without_omnichannel()
    state = await looked(tenant, await tenant.connections.state(tenant.agent))
    assert [drift.step for drift in state.drift] == [Step.ENVIRONMENT]
    assert state.operation.kind is OperationKind.CHECK


async def test_another_agents_mark_is_not_mended_away(tenant: Tenancy) -> None:
    """Somebody has given the user to another agent: it is told, and left."""
    tenant.configure(mend=True)
    assert tenant.user
    tenant.user["msdyn_bothandle"] = "another"
    state = await looked(tenant, await tenant.connections.state(tenant.agent))
    assert [drift.step for drift in state.drift] == [Step.USER]
    assert tenant.user["msdyn_bothandle"] == "another"


async def test_a_secret_that_gives_no_token_is_told(tenant: Tenancy, tmp_path: Path) -> None:
    """The agent's own, where it is configured."""
    secret = tmp_path / "secret"
    secret.write_text("wrong", encoding="utf-8")
    tenant.configure(client_secret=f"file:{secret}", mend=True)
    state = await tenant.check()
    assert [drift.step for drift in state.drift] == [Step.APPLICATION]
    assert "wrong" not in str(state.drift[0].what).replace("is wrong", "")


async def test_a_look_that_fails_is_no_drift(tenant: Tenancy) -> None:
    """What can't be read is tried again, then told; the next look is planned all the same."""
    tenant.microsoft.faults.plan("environment", Fault(status=403))
    state = await tenant.check()
    assert "403" in state.operation.failure
    assert state.drift == ()
    assert state.next_check
    assert (await tenant.check()).operation.failure == ""


async def test_a_disconnected_agent_is_not_looked_at(tenant: Tenancy) -> None:
    """There is nothing that it should be."""
    state = await tenant.disconnect()
    assert state.next_check is None
    await tenant.let_pass(HOURS)
    assert (await tenant.connections.state(tenant.agent)).operation == state.operation


async def test_runs_roll_over_and_forget_nothing(temporal: WorkflowEnvironment, tmp_path: Path) -> None:
    """After so many operations another run goes on, with the phase, the target and the next look."""
    async with tenancy(temporal, tmp_path) as tenant:
        start = ConnectionStart(agent=tenant.agent, operations_a_run=2)
        id_ = f"connection/{tenant.agent}"
        first = await temporal.client.start_workflow("AgentConnection", start, id=id_, task_queue=tenant.task_queue)
        connected = await tenant.connect(key="once")
        state = connected
        for _ in range(4):
            state = await tenant.check()

        async def rolled() -> bool:
            described = await temporal.client.get_workflow_handle(id_).describe()
            return described.run_id != first.result_run_id

        await eventually(rolled)
        state = await tenant.connections.state(tenant.agent)
        assert (state.phase, state.target) == (ConnectionPhase.CONNECTED, connected.target)
        assert state.operation.number == 5
        assert (await tenant.begin(key="once")).operation.number == 5
        await looked(tenant, state)
        assert (await tenant.connections.check(tenant.agent, Check(key="k"))).operation.number > 5
