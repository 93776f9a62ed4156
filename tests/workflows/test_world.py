"""A conversation whose bot asks the world outside."""

import asyncio

import pytest

from protocol.conversation import Deadlines, Operation, Phase
from simulators.faults import Fault
from simulators.world import WorldSimulator
from tests.support.conversing import Conversing
from tests.support.house import House, as_new
from tests.support.waiting import eventually


@pytest.fixture
def world(house: House) -> WorldSimulator:
    """The world as new."""
    house.world.faults.clear()
    for what in (house.world.requests, house.world.answers, house.world.outputs):
        what.clear()
    return house.world


@pytest.fixture
async def conversation(house: House, world: WorldSimulator) -> Conversing:  # noqa: ARG001 - as new
    """A conversation with the agent that asks."""
    as_new(house.first)
    return await house.conversing("asking", deadlines=Deadlines()).begin()


def texts(turn: object) -> list[str]:
    """What a turn brought, the customer's own words left out."""
    activities = getattr(turn, "activities", ())
    return [activity.text for activity in activities if activity.type == "message" and activity.role != "user"]


async def test_the_answer_comes_with_the_turn(conversation: Conversing) -> None:
    """The update that made the bot ask is answered with what came of it."""
    await conversation.say("where is my order")
    assert texts(await conversation.say("4711")) == ["It is shipped."]


async def test_a_flow_is_run_once(conversation: Conversing, world: WorldSimulator) -> None:
    """With the author's inputs, a key of its own, and its outputs in the author's variables."""
    assert texts(await conversation.say("refund please")) == ["Back: Grace"]
    assert [request["body"] for request in world.requests] == [{"name": "Grace"}]
    assert world.requests[0]["headers"]["idempotency-key"] == f"{conversation.id}:1"


async def test_a_flow_that_fails_is_an_error_of_the_topic(conversation: Conversing, world: WorldSimulator) -> None:
    """And nothing is run twice that may have been done."""
    world.faults.plan("flow", Fault(status=500, after_doing=True))
    assert texts(await conversation.say("refund please")) == ["Error FlowActionException."]
    assert len(world.requests) == 1


async def test_an_answer_is_made_of_knowledge(conversation: Conversing, world: WorldSimulator) -> None:
    """A model is asked with what the agent's folder has on it; where that is nothing, nobody is asked."""
    world.answers.append("Thirty days [1].")
    assert texts(await conversation.say("may I return the lamp")) == ["Thirty days [1]."]
    assert texts(await conversation.say("quantum physics")) == ["No idea."]
    assert len(world.requests) == 1


async def test_a_child_agent_talks_until_it_asks_no_more(conversation: Conversing, world: WorldSimulator) -> None:
    """Its model is told its instructions and all that was said; then the topic that went to it goes on."""
    world.answers += ["How high is it?\nWAITING", "Then the long one."]
    assert texts(await conversation.say("which lamp is for me")) == ["How high is it?"]
    assert texts(await conversation.say("five metres")) == ["Then the long one.", "Anything else?"]
    system, *said = world.requests[-1]["body"]["messages"]
    assert "Advise on lamps for the hall." in system["content"]
    assert [line["content"] for line in said] == ["which lamp is for me", "How high is it?", "five metres"]


async def test_a_code_of_the_sign_in_page_is_redeemed(conversation: Conversing, world: WorldSimulator) -> None:
    """By a POST that says for which conversation; the token is the topic's."""
    world.outputs["signin"] = {"token": "a secret token"}
    await conversation.say("sign me in")
    assert texts(await conversation.send("invoke", "signin/verifyState", {"state": "483920"})) == ["true 14"]
    told = {"conversation": conversation.id, "connectionName": "shop", "code": "483920"}
    assert [request["body"] for request in world.requests] == [told]


async def test_a_code_that_is_refused_may_be_typed_again(conversation: Conversing, world: WorldSimulator) -> None:
    """The card is sent once more."""
    world.outputs["signin"] = {"token": "a secret token"}
    world.faults.plan("flow", Fault(status=403))
    await conversation.say("sign me in")
    again = await conversation.say("111111")
    assert [each.attachments is not None for each in again.activities if each.role == "bot"] == [True]
    assert texts(await conversation.say("483920")) == ["true 14"]


async def test_where_codes_become_nothing_the_topic_goes_on_without(
    conversation: Conversing, world: WorldSimulator
) -> None:
    """The customer is not signed in, which its author may ask."""
    world.faults.plan("flow", Fault(status=500))
    await conversation.say("sign me in")
    assert texts(await conversation.say("483920")) == ["false 0"]


async def test_what_takes_long_is_said_to(conversation: Conversing, world: WorldSimulator) -> None:
    """The author's latency message, then the answer."""
    answers = asyncio.Event()
    world.faults.plan("order", Fault(status=503, until=answers))
    await conversation.say("where is my order")
    slow = asyncio.create_task(conversation.say("4711"))
    await conversation.hears("One moment.")
    answers.set()
    assert texts(await slow) == ["One moment.", "It is shipped."]


async def test_what_is_said_meanwhile_waits_its_turn(conversation: Conversing, world: WorldSimulator) -> None:
    """It is written down at once, and heard when the answer is there; each once and in order."""
    answers = asyncio.Event()
    world.faults.plan("order", Fault(status=503, until=answers))
    await conversation.say("where is my order")
    slow = asyncio.create_task(conversation.say("4711"))
    await eventually(lambda: "order" in world.faults.calls)
    hours = asyncio.create_task(conversation.say("opening hours", key="k"))
    again = asyncio.create_task(conversation.say("opening hours", key="k"))
    await conversation.hears("opening hours")
    assert "It is shipped." not in await conversation.heard()
    answers.set()
    await asyncio.gather(slow, hours, again)
    said = [text for text in await conversation.heard() if text != "One moment."]
    assert said[-4:] == ["4711", "opening hours", "It is shipped.", "Nine to five."]


async def test_an_operator_ends_it_while_the_world_is_asked(conversation: Conversing, world: WorldSimulator) -> None:
    """Nobody waits for the answer any more, and what it would have led to is not said."""
    world.faults.plan("order", Fault(hang_seconds=25))
    await conversation.say("where is my order")
    slow = asyncio.create_task(conversation.say("4711"))
    await eventually(lambda: "order" in world.faults.calls)
    await conversation.operate(Operation.END)
    handle = conversation.conversations.client.get_workflow_handle(conversation.id)
    assert await asyncio.wait_for(handle.result(), 20) == "operator ended it"
    await slow
    assert "It is shipped." not in await conversation.heard()


async def test_a_human_is_asked_for_behind_the_answer(conversation: Conversing, world: WorldSimulator) -> None:
    """Words that ask for a person while the world is asked escalate when it has answered."""
    answers = asyncio.Event()
    world.faults.plan("order", Fault(status=503, until=answers))
    await conversation.say("where is my order")
    slow = asyncio.create_task(conversation.say("4711"))
    await eventually(lambda: "order" in world.faults.calls)
    wish = asyncio.create_task(conversation.say("Speak to agent"))
    await conversation.hears("Speak to agent")
    answers.set()
    await asyncio.gather(slow, wish)
    await conversation.until(Phase.QUEUED)
    assert "It is shipped." in await conversation.heard()


async def test_a_conversation_rolls_over_behind_the_answer(house: House, world: WorldSimulator) -> None:
    """Not while the world is asked; nothing is asked twice, and the next run goes on."""
    conversation = await house.conversing("asking", turns_a_run=2).begin()
    answers = asyncio.Event()
    world.faults.plan("order", Fault(status=503, until=answers))
    await conversation.say("where is my order")
    slow = asyncio.create_task(conversation.say("4711"))
    await conversation.hears("One moment.")
    answers.set()
    assert texts(await slow) == ["One moment.", "It is shipped."]
    assert texts(await conversation.say("opening hours")) == ["Nine to five."]
    assert len([request for request in world.requests if request["path"].startswith("/orders")]) == 1


async def test_a_worker_that_does_not_ask_is_an_answer_too(conversation: Conversing, world: WorldSimulator) -> None:
    """The time limit ends the wait; the next message is heard."""
    world.faults.plan("order", *[Fault(hang_seconds=60)] * 5)
    await conversation.say("where is my order")
    slow = asyncio.create_task(conversation.say("4711"))
    await eventually(lambda: "order" in world.faults.calls)
    await conversation.let_pass(seconds=31)
    await slow
    await conversation.hears("Error HttpRequestFailed.")
    assert texts(await conversation.say("opening hours")) == ["Nine to five."]


async def test_topics_speak_up_when_the_customer_is_silent(conversation: Conversing) -> None:
    """Each length of silence once, counted from the customer's last word; then the conversation ends as ever."""
    await conversation.say("opening hours")
    await conversation.let_pass(minutes=16)
    assert (await conversation.heard())[-1] == "Are you still there?"
    await conversation.let_pass(minutes=16)
    assert (await conversation.heard())[-2:] == ["Are you still there?", "Hello?"]
    await conversation.let_pass(hours=20)
    assert (await conversation.heard())[-1] == "Hello?"
    assert await conversation.phase() is Phase.AGENT
    await conversation.let_pass(hours=4)
    await conversation.until(Phase.ENDED)


async def test_a_customer_who_speaks_starts_the_silence_anew(conversation: Conversing) -> None:
    """The deadline moves."""
    await conversation.say("opening hours")
    await conversation.let_pass(minutes=10)
    await conversation.say("opening hours")
    await conversation.let_pass(minutes=10)
    assert (await conversation.heard())[-1] == "Nine to five."
    await conversation.let_pass(minutes=6)
    assert (await conversation.heard())[-1] == "Are you still there?"


async def test_an_activity_that_is_no_message_reaches_its_topics(conversation: Conversing) -> None:
    """It is not written down; what no topic is for is not heard."""
    assert texts(await conversation.send("invoke")) == ["Invoked."]
    assert texts(await conversation.send("messageReaction")) == []
