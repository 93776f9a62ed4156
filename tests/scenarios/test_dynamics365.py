"""Dynamics 365 from outside, end to end: what only this hub does, over a conversation, a worker and a gateway."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.testing import WorkflowEnvironment

from hubs import signed_tokens
from protocol.activity import MESSAGE
from protocol.conversation import Phase
from simulators.dynamics365 import Dynamics365Simulator
from simulators.faults import Fault
from tests.scenarios.stage import Stage, stage
from tests.support.waiting import eventually


@pytest.fixture
def dynamics() -> Dynamics365Simulator:
    """The organisation."""
    return Dynamics365Simulator()


@pytest.fixture
async def story(dynamics: Dynamics365Simulator, temporal: WorkflowEnvironment, tmp_path: Path) -> AsyncIterator[Stage]:
    """A conversation that can be handed to it."""
    async with stage(temporal, dynamics, tmp_path) as begun:
        yield begun


async def test_a_history_longer_than_the_start_message(story: Stage, dynamics: Dynamics365Simulator) -> None:
    """The newest at once, the rest message by message, over a fault; live messages go beside it, each once."""
    for number in range(40):
        await story.say(f"before {number} " + "x" * 900)
    dynamics.faults.plan("message", *[Fault(200, body=b"{}", after_doing=True)] * 5, Fault(500, after_doing=True))
    key = await story.escalate()
    await dynamics.join(key, "Ada")
    for number in range(3):
        await story.say(f"live {number}")
    await story.hub_has(key, [f"live {number}" for number in range(3)])
    said = [f"You said: before {number} " for number in range(40)]

    def told() -> str:
        return "\n".join(dynamics.history(key))

    await eventually(lambda: all(words in told() for words in said))
    assert [told().find(words) for words in said] == sorted(told().find(words) for words in said)
    assert [told().count(words) for words in said] == [1] * 40
    assert "before 39 " in str(dynamics.variables(key)["summary"])


async def test_a_transfer_an_image_and_new_keys(
    story: Stage, dynamics: Dynamics365Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To another queue and another representative; every token expires, and the callbacks' key is another one."""
    monkeypatch.setattr(signed_tokens, "FETCHED_EVERY", 0)
    key = await story.escalate()
    await dynamics.join(key, "Ada")
    await story.reaches(Phase.LIVE)
    await dynamics.transfer(key, "billing")
    await story.reaches(Phase.QUEUED)
    dynamics.entra.rotate()
    dynamics.expire_tokens()
    # Within the same minute her joining reads like Ada's and counts as told before: then her first message tells it.
    await dynamics.join(key, "Grace")
    dynamics.callback_faults.repeat = 1
    await dynamics.say_image(key, "https://example.com/a.png")
    await story.reaches(Phase.LIVE)
    await story.say("what is that?")
    await story.hub_has(key, ["what is that?"])
    log = (await story.conversations.activities(story.id)).activities
    files = [each.attachments for each in log if each.type == MESSAGE and each.role == "agent"]
    assert [[file.content_url for file in each or ()] for each in files] == [["https://example.com/a.png"]]
    assert {each.from_.name for each in log if each.role == "agent" and each.from_} == {"Grace"}


@pytest.mark.parametrize("by_text_only", [True, False])
async def test_outside_the_hours_the_next_route_is_tried(
    story: Stage, dynamics: Dynamics365Simulator, *, by_text_only: bool
) -> None:
    """There is none, so the bot has the conversation again."""
    dynamics.names_events_by_text_only = by_text_only
    key = await story.escalate()
    await dynamics.fail(key)
    await story.reaches(Phase.AGENT)
