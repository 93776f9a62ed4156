"""A connect that is under way is called off: what it has done is undone, and the next one finds nothing in its way."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.testing import WorkflowEnvironment

from protocol.connection import ConnectionPhase, ConnectionState, Step, StepState
from simulators.faults import Fault
from tests.support.connecting import Tenancy, tenancy
from tests.support.waiting import eventually
from workflows.agent_connections import WishRefusedError
from workflows.connection_steps import CALLED_OFF


@pytest.fixture
async def tenant(temporal: WorkflowEnvironment, tmp_path: Path) -> AsyncIterator[Tenancy]:
    """A tenant, and an agent to be connected."""
    async with tenancy(temporal, tmp_path) as found:
        yield found


async def _called_off(tenant: Tenancy, begun: ConnectionState) -> ConnectionState:
    await tenant.connections.call_off(tenant.agent)
    state = await tenant.over(begun)
    assert (state.operation.failure, state.operation.failure_type) == ("it was called off", CALLED_OFF)
    assert state.operation.left == ()
    return state


async def test_while_a_step_is_tried_again(tenant: Tenancy) -> None:
    """Nobody waits until its time is over."""
    tenant.microsoft.faults.plan("associate_queuemembership_association", *[Fault(status=503)] * 200)
    begun = await tenant.begin()
    await eventually(lambda: "associate_queuemembership_association" in tenant.microsoft.faults.calls)
    state = await _called_off(tenant, begun)
    assert state.phase is ConnectionPhase.NONE
    assert tenant.is_undone
    undone = {step.step for step in state.operation.steps if step.state is StepState.UNDONE}
    assert {Step.QUEUE, Step.ENABLED} <= undone
    tenant.microsoft.faults.clear()
    assert (await tenant.connect()).phase is ConnectionPhase.CONNECTED
    assert tenant.is_whole


async def test_while_a_call_that_takes_effect_is_under_way(tenant: Tenancy) -> None:
    """The user is there, and Baton has not been told: it is found, and disabled."""
    answers = asyncio.Event()
    tenant.microsoft.faults.plan("create_systemusers", Fault(after_doing=True, until=answers))
    begun = await tenant.begin()
    await eventually(lambda: tenant.user is not None)
    await _called_off(tenant, begun)
    answers.set()
    assert tenant.user
    assert tenant.user["isdisabled"]


async def test_before_its_first_step(tenant: Tenancy) -> None:
    """At once, by two who have just seen what was mistyped; the application id is free for another agent."""
    answers = asyncio.Event()
    tenant.microsoft.faults.plan("environments", Fault(until=answers))
    begun = await tenant.begin()
    both = [tenant.connections.call_off(tenant.agent) for _ in range(2)]
    assert [state.operation.called_off for state in await asyncio.gather(*both)] == [True, True]
    state = await tenant.over(begun)
    answers.set()
    assert (state.phase, state.operation.failure_type) == (ConnectionPhase.NONE, CALLED_OFF)
    assert tenant.user is None
    assert (await tenant.connect(tenant.other)).phase is ConnectionPhase.CONNECTED


async def test_an_agent_that_was_connected_stays_so(tenant: Tenancy) -> None:
    """What held before is not undone."""
    await tenant.connect()
    answers = asyncio.Event()
    tenant.microsoft.faults.plan("find_systemusers", Fault(until=answers))
    begun = await tenant.begin()
    await eventually(lambda: not tenant.microsoft.faults.planned["find_systemusers"])
    state = await _called_off(tenant, begun)
    answers.set()
    assert state.phase is ConnectionPhase.CONNECTED
    assert tenant.is_whole


async def test_what_is_not_being_connected_is_not_called_off(tenant: Tenancy) -> None:
    """Before, after, and while it is disconnected; nothing begins by it."""
    with pytest.raises(WishRefusedError, match="is not being connected now: there is nothing to call off"):
        await tenant.connections.call_off(tenant.agent)
    assert (await tenant.connections.state(tenant.agent)).operation.number == 0
    await tenant.connect()
    with pytest.raises(WishRefusedError, match="is not being connected now"):
        await tenant.connections.call_off(tenant.agent)
    await tenant.conversing()
    await tenant.begin_to_disconnect()
    with pytest.raises(WishRefusedError, match="is being disconnected now"):
        await tenant.connections.call_off(tenant.agent)
