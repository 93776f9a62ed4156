"""An agent is disconnected while its conversations are with representatives."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.testing import WorkflowEnvironment

from protocol.connection import ConnectionPhase, Step
from protocol.conversation import Phase
from protocol.hub_events import HubEventKind
from simulators.faults import Fault
from tests.support.connecting import Tenancy, tenancy
from tests.support.waiting import eventually
from workflows import agent_connections
from workflows.agent_connections import WishRefusedError


@pytest.fixture
async def tenant(temporal: WorkflowEnvironment, tmp_path: Path) -> AsyncIterator[Tenancy]:
    """A tenant, and an agent that is connected."""
    async with tenancy(temporal, tmp_path) as found:
        await found.connect()
        yield found


async def waits(tenant: Tenancy) -> None:
    """Wait until a disconnect waits for a conversation."""

    async def counted() -> bool:
        steps = (await tenant.connections.state(tenant.agent)).operation.steps
        return any(step.step is Step.HANDOFFS and step.detail == "1 open" for step in steps)

    await eventually(counted)


async def test_a_live_conversation_is_finished_first(tenant: Tenancy) -> None:
    """Until then the application user stays enabled, for the representative's answers come by it."""
    conversation = await tenant.conversing()
    begun = await tenant.begin_to_disconnect()
    await waits(tenant)
    assert tenant.is_whole
    assert not await tenant.connections.is_connected(tenant.agent)
    await conversation.hub_says(HubEventKind.ENDED)
    await tenant.let_pass(timedelta(seconds=16))
    state = await tenant.over(begun)
    assert state.phase is ConnectionPhase.DISCONNECTED
    assert tenant.is_undone


async def test_now_moves_it(tenant: Tenancy) -> None:
    """It goes to its next route, with its history, and the agent is disconnected."""
    conversation = await tenant.conversing()
    begun = await tenant.begin_to_disconnect(now=True)
    await eventually(lambda: len(tenant.desk.handoffs) == 1)
    await conversation.until(Phase.QUEUED)
    await tenant.let_pass(timedelta(seconds=16))
    state = await tenant.over(begun)
    assert state.phase is ConnectionPhase.DISCONNECTED
    handoffs = next(step for step in state.operation.steps if step.step is Step.HANDOFFS)
    assert handoffs.detail == "1 moved"
    assert tenant.is_undone


async def test_who_waits_can_hurry(tenant: Tenancy) -> None:
    """A second disconnect with --now moves what the first waits for; without it, it hears that one is under way."""
    await tenant.conversing()
    begun = await tenant.begin_to_disconnect()
    await waits(tenant)
    with pytest.raises(WishRefusedError, match="being disconnected now"):
        await tenant.begin_to_disconnect()
    with pytest.raises(WishRefusedError, match="is being disconnected now"):
        await tenant.begin()
    await tenant.begin_to_disconnect(now=True)
    await eventually(lambda: len(tenant.desk.handoffs) == 1)
    await tenant.let_pass(timedelta(seconds=16))
    assert (await tenant.over(begun)).phase is ConnectionPhase.DISCONNECTED


async def test_nobody_is_waited_for_for_ever(tenant: Tenancy) -> None:
    """After the configured time what is still open is moved."""
    tenant.configure(finish_minutes=10)
    await tenant.conversing()
    begun = await tenant.begin_to_disconnect()
    await waits(tenant)
    for _ in range(12):
        await tenant.let_pass(timedelta(minutes=1))
    await eventually(lambda: len(tenant.desk.handoffs) == 1)
    await tenant.let_pass(timedelta(seconds=16))
    assert (await tenant.over(begun)).phase is ConnectionPhase.DISCONNECTED


async def test_a_disconnect_that_fails_is_finished_by_the_next(tenant: Tenancy) -> None:
    """Half done it says so; routes are passed over all the same."""
    tenant.microsoft.faults.plan("change_systemusers", Fault(status=403))
    state = await tenant.disconnect()
    assert state.phase is ConnectionPhase.INCOMPLETE
    assert "403" in state.operation.failure
    assert not tenant.linked
    assert tenant.user
    assert not tenant.user["isdisabled"]
    assert (await tenant.disconnect()).phase is ConnectionPhase.DISCONNECTED
    assert tenant.is_undone


async def test_what_is_half_disconnected_can_be_connected(tenant: Tenancy) -> None:
    """The next connect finishes it as well."""
    tenant.microsoft.faults.plan("change_systemusers", Fault(status=403))
    await tenant.disconnect()
    assert (await tenant.connect(environment="", application="")).phase is ConnectionPhase.CONNECTED
    assert tenant.is_whole


async def test_new_handoffs_pass_over_a_hub_that_is_not_connected(
    tenant: Tenancy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of the disconnected agent go by the next route; connected again, they go there again."""
    monkeypatch.setattr(agent_connections, "FRESH", 0)
    await tenant.disconnect()
    await tenant.escalating()
    await eventually(lambda: len(tenant.desk.handoffs) == 1)
    assert len(tenant.omnichannel.handoffs) == 0
    await tenant.connect(environment="", application="")
    await tenant.escalating()
    await eventually(lambda: len(tenant.omnichannel.handoffs) == 1)
    assert len(tenant.desk.handoffs) == 1
