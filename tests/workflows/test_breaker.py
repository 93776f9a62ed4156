"""A hub that is down costs one customer a wait, not all of them; what one worker finds, every worker knows."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from temporalio.client import WorkflowExecutionStatus
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer

from handoff.breaker import Breaker, BreakerRules, BreakerState
from protocol.conversation import Deadlines, Phase
from simulators.custom_hub import CustomHubSimulator
from simulators.faults import Fault
from tests.support.house import House, open_house
from tests.support.temporal import CIPHER
from tests.support.ticketing import TicketingSimulator
from tests.support.waiting import eventually
from workflows.breakers import HubBreakers
from workflows.hub_breaker import BreakerStart, HubBreaker
from workflows.plugin import BatonPlugin

RULES = BreakerRules(for_seconds=0, cool_down_seconds=1)
SHAKY = "shaky"
SOON = Deadlines(hub_answer=4)
"""Whoever finds out that the hub is still down shall not wait for long."""
DOWN = [Fault(status=503)] * 300


@pytest.fixture(scope="module")
async def house(temporal: WorkflowEnvironment, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A house of these tests' own, whose hubs are soon given up."""
    async with open_house(temporal, tmp_path_factory.mktemp("shaky"), SHAKY, RULES) as opened:
        yield opened


@pytest.fixture
def breakers(house: House) -> HubBreakers:
    """The breakers, as another process would read them."""
    return HubBreakers(house.environment.client, RULES, house.task_queue)


async def test_a_hub_that_is_down_is_not_asked_again_until_it_may_work(
    house: House, hub: CustomHubSimulator, second_hub: TicketingSimulator, breakers: HubBreakers
) -> None:
    """One customer waits in vain, the next goes to the fallback at once; the first after the outage finds out."""
    hub.fail_next("queue", *DOWN)
    waits = await house.conversing(deadlines=SOON).begin()
    await waits.say("Speak to agent")
    await eventually(lambda: _is(breakers, SHAKY, BreakerState.OPEN, BreakerState.HALF_OPEN))
    await eventually(lambda: len(second_hub.handoffs) == 1)
    await breakers.failed(SHAKY, 5)
    await eventually(lambda: _routed_past(house, second_hub))
    hub.faults.clear()
    await eventually(lambda: _reaches(house))
    await eventually(lambda: _is(breakers, SHAKY, BreakerState.CLOSED))


async def _is(breakers: HubBreakers, hub: str, *states: BreakerState) -> bool:
    return (await breakers.now(hub)).state in states


async def _routed_past(house: House, second: CustomHubSimulator) -> bool:
    """Whether a customer gets to the second hub without the first's being asked."""
    conversation = await house.conversing(deadlines=SOON).begin()
    taken = len(second.handoffs)
    await conversation.say("Speak to agent")
    await conversation.until(Phase.QUEUED)
    timeline = [milestone.detail for milestone in (await conversation.status()).timeline]
    return len(second.handoffs) == taken + 1 and f"{SHAKY}/general" not in timeline


async def _reaches(house: House) -> bool:
    conversation = await house.conversing(deadlines=SOON).begin()
    await conversation.say("Speak to agent")
    await conversation.until(Phase.QUEUED)
    return (await conversation.handoff()).hub == SHAKY


async def test_one_handoff_at_a_time_finds_out(breakers: HubBreakers) -> None:
    """The breaker is one workflow: two workers cannot both send one."""
    await breakers.failed("flaky", 5)
    await eventually(lambda: _is(breakers, "flaky", BreakerState.HALF_OPEN))
    asked = await asyncio.gather(*(breakers.probe("flaky", key) for key in ("a", "b", "c")))
    assert sorted(asked) == [False, False, True]
    await breakers.worked("flaky")
    await eventually(lambda: _is(breakers, "flaky", BreakerState.CLOSED))


async def test_a_drained_hub_keeps_its_live_conversations_and_gets_no_new_ones(
    house: House,
    hub: CustomHubSimulator,  # noqa: ARG001 - as new
    second_hub: TicketingSimulator,
    breakers: HubBreakers,
) -> None:
    """Until it is let go, by whichever machine's operator."""
    live = await house.conversing().begin()
    handoff = await live.join()
    await breakers.drain(SHAKY, drained=True)

    async def goes_elsewhere() -> bool:
        return not await _reaches(house)

    await eventually(goes_elsewhere)
    assert len(second_hub.handoffs) >= 1
    await live.say("still here")
    await eventually(lambda: handoff.said == ["still here"])
    await breakers.drain(SHAKY, drained=False)
    await eventually(lambda: _reaches(house))


async def test_a_breaker_of_which_there_is_nothing_to_tell_ends(house: House, breakers: HubBreakers) -> None:
    """It is read as closed, begins anew when there is something, and its history replays."""
    await breakers.failed("quiet", 2)
    handle = house.environment.client.get_workflow_handle("breaker/quiet")
    await house.environment.fast_forward(handle, timedelta(hours=2, minutes=1))

    async def over() -> bool:
        return (await handle.describe()).status is WorkflowExecutionStatus.COMPLETED

    await eventually(over)
    history = await handle.fetch_history()
    await Replayer(workflows=[HubBreaker], plugins=[BatonPlugin(CIPHER, sandboxed=True)]).replay_workflow(history)
    assert (await HubBreakers(house.environment.client, RULES, house.task_queue).now("quiet")).untouched
    await breakers.failed("quiet", 5)
    await eventually(lambda: _is(breakers, "quiet", BreakerState.OPEN, BreakerState.HALF_OPEN))


async def test_a_drained_breaker_lasts(house: House, breakers: HubBreakers) -> None:
    """Over any time, and over a history that is begun anew lest it grow."""
    start = BreakerStart(connection="long", heard_a_run=5)
    handle = await house.environment.client.start_workflow(
        "HubBreaker", start, id="breaker/long", task_queue=house.task_queue
    )
    await breakers.drain("long", drained=True)
    await house.environment.fast_forward(handle, timedelta(hours=3))
    for _ in range(7):
        await breakers.failed("long", 1)

    async def rolled_over() -> bool:
        return (await handle.describe()).run_id != handle.first_execution_run_id

    await eventually(rolled_over)
    read = await breakers.now("long")
    assert read.drained
    assert read.failures == 7


async def test_what_no_worker_can_tell_is_thought_to_work(house: House) -> None:
    """A customer is not kept from a hub because its breaker cannot be read."""
    nobody = HubBreakers(house.environment.client, RULES, "a queue without a worker")
    await nobody.failed("unheard", 9)
    assert await nobody.now("unheard") == Breaker()
    assert await nobody.probe("unheard", "key")
