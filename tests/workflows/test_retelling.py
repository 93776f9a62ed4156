"""What the turns of a conversation did is told again from its history, whenever somebody asks."""

import time
from typing import Any

import pytest

from protocol.hub_events import HubEventKind
from tests.support.conversing import Conversing
from tests.support.house import House
from tests.support.temporal import CIPHER
from workflows.client import ConversationUnknownError
from workflows.retelling import traces_of
from workflows.trace_lines import lines_of
from workflows.turn_traces import TurnTrace


def told(turns: list[TurnTrace], value_type: str) -> list[dict[str, Any]]:
    """The values of all traces of a type, in order."""
    return [each.value for turn in turns for each in turn.activities if getattr(each, "valueType", "") == value_type]


async def test_every_turn_is_told_node_by_node(conversation: Conversing) -> None:
    """What was understood, which nodes ran, which variables were set; and the conversation goes on as ever."""
    await conversation.say("Remember my name")
    await conversation.say("Grace")
    client = conversation.conversations.client
    turns = await traces_of(client, conversation.id, CIPHER)
    assert len(turns) == 3
    nodes = [action["actionId"] for each in told(turns, "DialogTracingInfo") for action in each["actions"]]
    assert nodes == ["hello", "ask", "ask", "thanks"]
    assert told(turns[:1], "ConversationInfo") == [{"isDesignMode": False, "locale": "en-US"}]
    assert next(lines_of(turns[0])).endswith("conversation in en-US")
    answered = told(turns, "DialogTracingInfo")[-1]["actions"][0]
    assert answered["variableState"]["globalState"] == {"CustomerName": "Grace"}
    assert told(turns, "IntentRecognition")[0]["intentId"] == "testing.topic.Name"
    printed = [line for turn in turns for line in lines_of(turn)]
    assert any("Question ask  Global.CustomerName = 'Grace'" in line for line in printed)
    await conversation.say("something else")
    assert (await conversation.heard())[-1] == "You said: something else"


async def test_all_runs_are_told(house: House) -> None:
    """Also of a conversation that rolled over."""
    rolling = await house.conversing(turns_a_run=2).begin()
    for number in range(5):
        await rolling.say(f"nothing known {number}")
    turns = await traces_of(rolling.conversations.client, rolling.id, CIPHER)
    assert [each["userQuery"] for each in told(turns, "UnknownIntent")] == [f"nothing known {n}" for n in range(5)]


async def test_what_came_of_it_is_told_last(conversation: Conversing) -> None:
    """Once it is over; until then there is nothing to tell."""
    client = conversation.conversations.client
    await conversation.escalate()
    assert not told(await traces_of(client, conversation.id, CIPHER), "SessionInfo")
    await conversation.hub_says(HubEventKind.ENDED)
    turns = await traces_of(client, conversation.id, CIPHER)
    (info,) = told(turns[-1:], "SessionInfo")
    assert (info["type"], info["outcome"], info["turnCount"]) == ("Engaged", "Escalated", 1)
    assert info["lastUserIntentId"] == "testing.topic.Escalate"
    assert next(lines_of(turns[-1])).endswith("session Engaged: Escalated, AgentTransferRequestedByUser, 1 turn")


async def test_answers_of_the_world_are_told(house: House) -> None:
    """As the history has them: nothing is asked again."""
    asking = await house.conversing("asking").begin()
    await asking.say("where is my order")
    await asking.say("4711")
    before = len(house.world.requests)
    turns = await traces_of(asking.conversations.client, asking.id, CIPHER)
    results = [action["resultTrace"] for each in told(turns, "DialogTracingInfo") for action in each["actions"]]
    assert {"http": 200} in results
    assert len(house.world.requests) == before


async def test_it_takes_milliseconds(conversation: Conversing) -> None:
    """A conversation of fifty turns is told within a moment of the processor's time."""
    for number in range(50):
        await conversation.say(f"nothing known {number}")
    begun = time.process_time()
    turns = await traces_of(conversation.conversations.client, conversation.id, CIPHER)
    assert len(turns) == 51
    assert time.process_time() - begun < 2


async def test_an_unknown_conversation_is_told_as_one(conversation: Conversing) -> None:
    """As everywhere."""
    with pytest.raises(ConversationUnknownError):
        await traces_of(conversation.conversations.client, "nobody", CIPHER)
