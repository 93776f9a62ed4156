"""What only LivePerson does: it tells how a conversation stands, numbers what happens in it, and insists on 200."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.testing import WorkflowEnvironment

from protocol.conversation import Operate, Operation, Phase
from simulators.faults import Fault
from simulators.liveperson import LivePersonSimulator
from tests.scenarios.stage import Stage, stage
from tests.support.waiting import eventually


@pytest.fixture
async def hub() -> LivePersonSimulator:
    """The simulated account."""
    return LivePersonSimulator()


@pytest.fixture
async def story(hub: LivePersonSimulator, temporal: WorkflowEnvironment, tmp_path: Path) -> AsyncIterator[Stage]:
    """A conversation that can be handed to it."""
    async with stage(temporal, hub, tmp_path) as begun:
        yield begun


async def _notices(story: Stage) -> list[str]:
    log = (await story.conversations.activities(story.id)).activities
    return [str(each.channel_data["baton"]["notice"]) for each in log if "baton" in (each.channel_data or {})]


async def _read(story: Stage, texts: list[str]) -> bool:
    return await story.read("agent") == texts


async def test_who_comes_goes_and_hands_on_is_told(story: Stage, hub: LivePersonSimulator) -> None:
    """From the same whole state again and again: joined, left, joined by another, handed on, joined."""
    key = await story.escalate()
    await hub.join(key, "Ada")
    await story.reaches(Phase.LIVE)
    await hub.join(key, "Ada")
    await hub.leave(key)
    await story.reaches(Phase.QUEUED)
    await hub.join(key, "Ben")
    await story.reaches(Phase.LIVE)
    await hub.transfer(key, "billing")
    await story.reaches(Phase.QUEUED)
    assert (await story.conversations.status(story.id)).handoffs[-1].queue == "billing"
    await hub.join(key, "Cleo")
    await story.reaches(Phase.LIVE)
    told = await _notices(story)
    assert told[told.index("joined") :] == ["joined", "left", "joined", "transferred", "joined"]


async def test_how_it_stood_before_is_no_news(story: Stage, hub: LivePersonSimulator) -> None:
    """A change that was overtaken by the next one changes nothing any more."""
    key = await story.escalate()
    await hub.join(key, "Ada")
    await story.reaches(Phase.LIVE)
    hub.callback_faults.overtake = 1
    await hub.leave(key)
    await hub.join(key, "Ben")
    hub.callback_faults.repeat = 1
    await hub.say(key, "Ben here")
    await eventually(lambda: _read(story, ["Ben here"]))
    assert (await story.conversations.status(story.id)).phase is Phase.LIVE
    assert "left" not in await _notices(story)


async def test_words_that_were_overtaken_are_put_in_order(story: Stage, hub: LivePersonSimulator) -> None:
    """By their numbers; a note for colleagues has one and is not read; one that is lost holds nobody up."""
    key = await story.escalate()
    await hub.join(key, "Ada")
    hub.callback_faults.overtake = 1
    await hub.say(key, "first")
    await hub.say(key, "second")
    await hub.note(key, "the customer is cross")
    await hub.say(key, "third")
    hub.callback_faults.lose = 1
    await hub.type(key)
    hub.callback_faults.lose = 1
    await hub.say(key, "lost")
    await hub.say(key, "fourth")
    await eventually(lambda: _read(story, ["first", "second", "third", "fourth"]))


async def test_an_automatic_text_joins_nobody(story: Stage, hub: LivePersonSimulator) -> None:
    """The customer reads it, and still waits."""
    key = await story.escalate()
    await hub.says_by_itself(key, "You are number one.")

    async def read() -> bool:
        return "You are number one." in await story.read("bot")

    await eventually(read)
    assert (await story.conversations.status(story.id)).phase is Phase.QUEUED


async def test_a_delay_is_told(story: Stage, hub: LivePersonSimulator) -> None:
    """It is night: when somebody comes back is shown."""
    key = await story.escalate()
    await hub.delay(key, "NIGHT", 3600)

    async def told() -> bool:
        wait = (await story.conversations.status(story.id)).handoffs[-1].wait_seconds
        return wait is not None and 3500 < wait <= 3600

    await eventually(told)


async def test_expired_tokens_are_met_by_everything(story: Stage, hub: LivePersonSimulator) -> None:
    """Between any two messages."""
    key = await story.escalate()
    for text in ("one", "two"):
        hub.expire_tokens()
        await story.say(text)
        await story.hub_has(key, ["one", "two"][: ["one", "two"].index(text) + 1])
    hub.expire_tokens()
    await story.leave()
    await eventually(lambda: not hub.is_open(key))


async def test_identical_words_are_each_said_once(story: Stage, hub: LivePersonSimulator) -> None:
    """Every answer is lost after the message has arrived, or before."""
    key = await story.escalate()
    hub.faults.plan("message", Fault(status=500, after_doing=True), Fault(status=503))
    hub.faults.plan("message", Fault(status=500, after_doing=True))
    for _ in range(3):
        await story.say("yes")
    await story.hub_has(key, ["yes"] * 3)


async def test_what_comes_too_late_is_taken(story: Stage, hub: LivePersonSimulator) -> None:
    """The survey after the end, and what is told of a handoff that was taken back: it would be repeated for days."""
    first = await story.escalate()
    await hub.join(first, "Ada")
    await story.reaches(Phase.LIVE)
    await story.conversations.operate(story.id, Operate(key="back", operation=Operation.RETURN))
    await eventually(lambda: not hub.is_open(first))
    await hub.say(first, "too late")
    second = await story.escalate()
    await hub.join(second, "Ben")
    await story.reaches(Phase.LIVE)
    await hub.end(second)
    await story.reaches(Phase.ENDED)
    await hub.says_by_itself(second, "Goodbye")
    assert set(hub.callbacks) == {200}
    assert await story.read("agent") == []


async def test_a_handoff_that_never_learned_its_id_is_found_and_closed(story: Stage, hub: LivePersonSimulator) -> None:
    """It was begun and every answer was lost until the deadline: by its callback it is found, and closed."""
    hub.faults.plan("conversation", Fault(status=500, after_doing=True))
    hub.faults.plan("message", *[Fault(status=503)] * 12)
    await story.say("Speak to agent")
    await eventually(lambda: bool(hub.opened()))
    await story.say("never mind")
    await story.conversations.operate(story.id, Operate(key="back", operation=Operation.RETURN))
    hub.faults.clear()
    await eventually(lambda: not hub.is_open(hub.opened()[0]))
    assert len(hub.opened()) == 1
