"""What only Salesforce does to a conversation: its stream breaks, its tokens expire, and its sessions are handed on."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.testing import WorkflowEnvironment

from hubs.salesforce_guests import GuestSession
from hubs.salesforce_history import conversation_of
from protocol.conversation import Phase
from simulators.faults import Fault
from simulators.salesforce import SalesforceSimulator
from tests.scenarios.stage import Stage, stage
from tests.support.waiting import eventually


@pytest.fixture
async def story(temporal: WorkflowEnvironment, tmp_path: Path) -> AsyncIterator[Stage]:
    """A conversation that can be handed to Salesforce."""
    async with stage(temporal, SalesforceSimulator(), tmp_path) as begun:
        yield begun


def _org(story: Stage) -> SalesforceSimulator:
    assert isinstance(story.hub, SalesforceSimulator)
    return story.hub


async def _heard(story: Stage, texts: list[str]) -> bool:
    return await story.read("agent") == texts


async def test_a_guest_is_kept_before_anything_is_opened(story: Stage) -> None:
    """In the history of the conversation, and of two tries the second's: what is opened, is opened by a known guest."""
    key = await story.escalate()
    kept = await story.conversations.kept(story.id)
    guest = _org(story).org.guest(GuestSession.parsed(kept.session).token)
    assert guest is _org(story).org.conversations[conversation_of(key)].guest
    status = await story.conversations.status(story.id)
    assert status.handoffs[0].hub_id == conversation_of(key)


async def test_tokens_expire_and_streams_break_while_both_talk(story: Stage) -> None:
    """Every word once and in order; the conversation keeps the token that is good."""
    key = await story.escalate()
    await story.hub.join(key, "Pat")
    before = (await story.conversations.kept(story.id)).session
    mine, theirs = [], []
    for number in range(9):
        mine.append(f"question {number}")
        theirs.append(f"answer {number}")
        if number % 3 == 1:
            assert story.hub.expire_tokens()
        if number % 3 == 2:
            _org(story).cut_streams(key)
        await story.say(mine[-1])
        await story.hub.say(key, theirs[-1])
    await story.hub_has(key, mine)
    await eventually(lambda: _heard(story, theirs))

    async def renewed() -> bool:
        return (await story.conversations.kept(story.id)).session != before

    await eventually(renewed)
    token = GuestSession.parsed((await story.conversations.kept(story.id)).session).token
    assert _org(story).org.guest(token) is not None
    await story.hub.end(key)
    await story.reaches(Phase.ENDED)
    assert _org(story).org.conversations[conversation_of(key)].sessions == 1


async def test_a_session_that_is_handed_on_is_no_end(story: Stage) -> None:
    """The customer waits again, and then somebody else is there."""
    key = await story.escalate()
    await story.hub.join(key, "Pat")
    await story.reaches(Phase.LIVE)
    await story.hub.transfer(key, "second level")
    await story.reaches(Phase.QUEUED)
    await story.hub.join(key, "Kim")
    await story.reaches(Phase.LIVE)
    await story.hub.say(key, "I am Kim")
    await eventually(lambda: _heard(story, ["I am Kim"]))


async def test_an_opening_whose_outcome_nobody_learned_leaves_no_orphan(story: Stage) -> None:
    """The conversation was created, the answer was lost, and looking fails for a while; meanwhile the customer goes."""
    story.hub.faults.plan("conversation", Fault(status=500, after_doing=True))
    story.hub.faults.plan("routing", *[Fault(status=503)] * 4)
    await story.say("Speak to agent")
    await eventually(lambda: bool(story.hub.opened()))
    await story.leave()
    key = story.hub.opened()[0]
    await eventually(lambda: not story.hub.is_open(key))
    assert len(story.hub.opened()) == 1
