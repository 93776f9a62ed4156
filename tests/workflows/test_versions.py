"""A conversation keeps its version of the agent, moves when a topic says so, and waits for one that is not there."""

import shutil
from pathlib import Path

from activities.agent_versions import AgentVersions
from protocol.conversation import ConversationStart
from tests.support.agents import FALLBACK, TESTING, write_agent
from tests.support.conversing import Conversing
from tests.support.house import House
from tests.support.waiting import eventually


def edition(word: str) -> dict[str, str]:
    """The testing agent, which echoes with another word."""
    return {**TESTING, "topics/Fallback.mcs.yml": FALLBACK.replace("You said", word)}


def conversing(house: House, agent: str, version: str) -> Conversing:
    """A conversation with this version of an agent."""
    conversation = house.conversing()
    conversation.start = ConversationStart(agent=agent, version=version)
    return conversation


async def test_a_running_conversation_keeps_its_version_until_a_topic_moves_it(house: House, tmp_path: Path) -> None:
    """Publishing changes nothing for it; Reset Conversation does."""
    first = house.versions.publish("moving", write_agent(tmp_path / "one", edition("One"))).version
    conversation = await conversing(house, "moving", first).begin()
    second = house.versions.publish("moving", write_agent(tmp_path / "two", edition("Two"))).version
    await conversation.say("hm")
    assert (await conversation.heard())[-1] == "One: hm"
    await conversation.say("Start from scratch")
    assert (await conversation.heard())[-1] == "A fresh start."
    turn = await conversation.say("hm")
    assert (await conversation.heard())[-1] == "Two: hm"
    assert turn.version == second != first


async def test_a_version_that_the_worker_lacks_is_waited_for(house: House, tmp_path: Path) -> None:
    """The conversation is neither lost nor answered by another version; it goes on when the version has arrived."""
    elsewhere = AgentVersions(tmp_path / "elsewhere")
    version = elsewhere.publish("late", write_agent(tmp_path / "late", edition("Late"))).version
    conversation = await conversing(house, "late", version).begin()
    handle = conversation.conversations.client.get_workflow_handle(conversation.id)

    async def a_task_has_failed() -> bool:
        description = await handle.describe()
        return bool(description.raw_description.pending_workflow_task.attempt > 1)

    await eventually(a_task_has_failed)
    shutil.copytree(tmp_path / "elsewhere" / "late", house.hands.settings.data_dir / "agents" / "late")

    async def greeted() -> bool:
        return await conversation.heard() == ["Hello, how can I help?"]

    await eventually(greeted)
    await conversation.say("hm")
    assert (await conversation.heard())[-1] == "Late: hm"
