"""Whatever a hub has done before it fell silent: in the end it holds nothing of which we know nothing."""

from pathlib import Path

import pytest
from temporalio.testing import WorkflowEnvironment

from protocol.conversation import Deadlines, Phase
from simulators.faults import Fault
from simulators.hub import HubSimulator
from simulators.registry import SIMULATORS
from tests.scenarios.stage import stage
from tests.support.waiting import eventually


@pytest.mark.parametrize("simulator", SIMULATORS.values(), ids=list(SIMULATORS))
async def test_a_handoff_that_was_given_up_is_found_and_ended(
    simulator: type[HubSimulator], temporal: WorkflowEnvironment, tmp_path: Path
) -> None:
    """It opens it and breaks at every try, until we give it up: what is there is ended, and no second one is made."""
    async with stage(temporal, simulator(), tmp_path, Deadlines(hub_answer=3)) as story:
        if not story.hub.adapter("asked").capabilities.idempotent:
            pytest.skip("what this hub has cannot be found")
        story.hub.faults.plan(story.hub.opens, *[Fault(status=500, after_doing=True)] * 50)
        await story.say("Speak to agent")
        await story.reaches(Phase.AGENT, Phase.QUEUED)
        story.hub.faults.planned.clear()
        if (await story.conversations.status(story.id)).phase is Phase.QUEUED:
            # Its second try looked, and found what the first had done.
            await story.leave()
        await eventually(lambda: bool(story.hub.opened()) and not any(map(story.hub.is_open, story.hub.opened())))
        assert story.hub.opened() == [f"{story.id}:1"]
