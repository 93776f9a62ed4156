"""What is ServiceNow's own in a handoff: a 200 that nothing follows, nobody there, and callbacks that are lost."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.testing import WorkflowEnvironment

from protocol.conversation import Phase
from simulators.faults import Fault
from simulators.servicenow import ServiceNowSimulator
from tests.scenarios.stage import Stage, stage
from tests.support.waiting import eventually


class Impatient(ServiceNowSimulator):
    """Connected so that nobody waits long for its callbacks."""

    def settings(self) -> dict[str, object]:
        """With waits of moments."""
        return {**super().settings(), "callback_within_seconds": 1, "asks_again_after_seconds": 0.2}


@pytest.fixture
async def story(temporal: WorkflowEnvironment, tmp_path: Path) -> AsyncIterator[Stage]:
    """A conversation that can be handed to an impatiently connected instance."""
    async with stage(temporal, Impatient(), tmp_path) as begun:
        yield begun


def _instance(story: Stage) -> ServiceNowSimulator:
    assert isinstance(story.hub, ServiceNowSimulator)
    return story.hub


async def test_a_200_that_nothing_follows_has_failed(story: Stage) -> None:
    """Long before the queue's deadline, back to the topic with the reason."""
    _instance(story).silent = True
    await story.say("Speak to agent")
    await eventually(lambda: _told(story, "Nobody could take it: rejected."))
    assert (await story.conversations.status(story.id)).phase is Phase.AGENT


async def test_nobody_there_is_told_as_closed(story: Stage) -> None:
    """The customer is not told of a queue that never was."""
    _instance(story).agents_available = False
    await story.say("Speak to agent")
    await eventually(lambda: _told(story, "Nobody could take it: closed."))
    assert story.hub.opened() == []


async def test_the_second_time_of_asking(story: Stage) -> None:
    """An instance whose Virtual Agent talks first transfers once."""
    _instance(story).transfers_at_second = True
    key = await story.escalate()
    await story.say("hello")
    await story.hub_has(key, ["hello"])


async def test_an_end_that_was_lost_shows_by_the_next_message(story: Stage) -> None:
    """What reached no representative is taken along, to whoever is next."""
    key = await story.escalate()
    await story.hub.join(key, "Ada")
    await story.reaches(Phase.LIVE)
    story.hub.callback_faults.lose = 2
    await story.hub.end(key)
    await story.say("are you still there?")
    await story.reaches(Phase.AGENT)
    assert (await story.conversations.status(story.id)).handoffs[-1].state == "failed"


async def test_without_deduplication_an_unclear_transfer_is_one_all_the_same(story: Stage) -> None:
    """The callback is what shows that it was taken."""
    _instance(story).ignores_duplicates = False
    story.hub.faults.plan("open", Fault(status=500, after_doing=True), Fault(status=500, after_doing=True))
    key = await story.escalate()
    assert story.hub.opened() == [key]


async def test_nothing_is_asked_while_another_request_is_worked_on(story: Stage) -> None:
    """What the customer writes while the transfer is under way waits for it, and is not lost."""
    await story.say("Speak to agent")
    for number in range(5):
        await story.say(f"message {number}")
    await story.reaches(Phase.QUEUED, Phase.LIVE)
    (key,) = story.hub.opened()
    await eventually(lambda: "message 4" in [*story.hub.history(key), *story.hub.said(key)])
    told = [text for text in (*story.hub.history(key), *story.hub.said(key)) if text.startswith("message")]
    assert told == [f"message {number}" for number in range(5)]
    assert _instance(story).lost == []


async def _told(story: Stage, words: str) -> bool:
    return any(words in (each.text or "") for each in (await story.conversations.activities(story.id)).activities)
