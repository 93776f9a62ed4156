"""A hub is given up only by those who have asked it: while no worker is there, the customer keeps their place."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from temporalio.testing import WorkflowEnvironment

from protocol.conversation import Deadlines, Phase
from simulators.faults import Fault
from tests.support.conversing import Conversing
from tests.support.house import House, open_house
from tests.support.waiting import eventually

BRIEF = Deadlines(hub_answer=1)


def _waits_longer(conversation: Conversing, than: timedelta) -> Callable[[], Awaitable[bool]]:
    """Whether a call of this conversation has waited longer for somebody who makes it."""

    async def waits() -> bool:
        handle = conversation.conversations.client.get_workflow_handle(conversation.id)
        pending = (await handle.describe()).raw_description.pending_activities
        return any(datetime.now(UTC) - call.scheduled_time.ToDatetime(UTC) > than for call in pending)

    return waits


async def _asked_while_nobody_works(house: House) -> Conversing:
    conversation = await house.conversing(deadlines=BRIEF).begin()
    await conversation.say("Speak to agent")
    await eventually(_waits_longer(conversation, timedelta(seconds=BRIEF.hub_answer + 0.5)))
    return conversation


async def test_a_handoff_outlives_the_time_in_which_nobody_works(temporal: WorkflowEnvironment, tmp_path: Path) -> None:
    """Longer than the hub has for its answer: it was not asked, so it is not to blame."""
    async with open_house(temporal, tmp_path, "outage", attended=False) as house:
        conversation = await _asked_while_nobody_works(house)
        async with house.attended():
            await conversation.until(Phase.QUEUED)
        assert (len(house.first.handoffs), house.second.handoffs) == (1, {})
        assert "sorry" not in " ".join(await conversation.heard())


async def test_a_hub_that_fails_after_an_outage_is_given_up_at_once(
    temporal: WorkflowEnvironment, tmp_path: Path
) -> None:
    """The time is over already: a hub that then fails is given up at once, and the next one has the customer."""
    async with open_house(temporal, tmp_path, "after", attended=False) as house:
        await _asked_while_nobody_works(house)
        house.first.fail_next("open", *[Fault(status=503)] * 9)
        async with house.attended():
            await eventually(lambda: len(house.second.open_ones) == 1)
