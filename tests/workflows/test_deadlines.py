"""No wait without a deadline, and no deadline without a next step. No real time passes."""

from protocol.conversation import Phase
from protocol.hub_events import HubEventKind
from simulators.custom_hub import CustomHubSimulator
from simulators.faults import Fault
from tests.support.conversing import Conversing
from tests.support.waiting import eventually


async def test_a_wait_in_the_queue_ends_in_the_next_route(
    conversation: Conversing, hub: CustomHubSimulator, second_hub: CustomHubSimulator
) -> None:
    """Nobody accepts within ten minutes, so the next route is asked, the customer is told, no orphan stays."""
    await conversation.escalate()
    await conversation.let_pass(minutes=10, seconds=1)
    await eventually(lambda: len(second_hub.handoffs) == 1)
    assert "still looking" in " ".join(await conversation.heard())
    await eventually(lambda: hub.open_ones == [])
    await conversation.until(Phase.QUEUED)


async def test_no_representative_anywhere_ends_with_the_bot(
    conversation: Conversing, second_hub: CustomHubSimulator
) -> None:
    """When every route has been waited for in vain, the topic goes on and knows why."""
    await conversation.escalate()
    await conversation.let_pass(minutes=10, seconds=1)
    await eventually(lambda: len(second_hub.handoffs) == 1)
    await conversation.until(Phase.QUEUED)
    await conversation.let_pass(minutes=10, seconds=1)
    await conversation.until(Phase.AGENT)
    assert (await conversation.heard())[-2:] == [
        "I'm sorry, no representative has become free.",
        "Nobody could take it: no_representative.",
    ]


async def test_waiting_in_the_queue_is_not_prolonged_by_talking(
    conversation: Conversing, second_hub: CustomHubSimulator
) -> None:
    """A customer who writes every three minutes is not kept waiting for ever."""
    await conversation.escalate()
    for _ in range(3):
        await conversation.let_pass(minutes=3)
        await conversation.say("still there?")
    await conversation.let_pass(minutes=1, seconds=5)
    await eventually(lambda: len(second_hub.handoffs) == 1)
    assert "still there?" in [said.get("text") for said in second_hub.newest.history]


async def test_a_silent_representative_is_reminded_then_replaced(
    conversation: Conversing, hub: CustomHubSimulator, second_hub: CustomHubSimulator
) -> None:
    """After five minutes the customer is told, after ten the next route is asked."""
    await conversation.join()
    await conversation.say("My order is lost")
    await conversation.let_pass(minutes=5, seconds=1)
    assert "has your message" in (await conversation.heard())[-1]
    assert await conversation.phase() is Phase.LIVE
    await conversation.let_pass(minutes=5, seconds=1)
    await eventually(lambda: len(second_hub.handoffs) == 1)
    await eventually(lambda: hub.open_ones == [])


async def test_a_representative_who_answers_is_not_replaced(conversation: Conversing) -> None:
    """The deadline moves with the talk."""
    await conversation.join()
    for number in range(4):
        await conversation.say(f"and {number}?")
        await conversation.let_pass(minutes=4)
        await conversation.representative_says(f"yes {number}")
    assert await conversation.phase() is Phase.LIVE


async def test_a_silent_customer_ends_the_handoff(conversation: Conversing) -> None:
    """Half an hour after the representative's last word the conversation is closed as abandoned, at the hub too."""
    handoff = await conversation.join()
    await conversation.representative_says("Are you still there?")
    await conversation.let_pass(minutes=31)
    await eventually(lambda: handoff.ended)
    assert (await conversation.handoff()).state == "abandoned"
    assert (await conversation.log())[-1].code == "timeout"


async def test_a_conversation_that_nobody_goes_on_with_ends(conversation: Conversing) -> None:
    """A day after the customer's last word to the bot."""
    await conversation.say("hello")
    await conversation.let_pass(hours=23)
    assert await conversation.phase() is Phase.AGENT
    await conversation.let_pass(hours=2)
    await conversation.until(Phase.ENDED)


async def test_a_closed_hub_goes_to_the_next_route(
    conversation: Conversing, hub: CustomHubSimulator, second_hub: CustomHubSimulator
) -> None:
    """A queue that is closed is not asked to take anybody."""
    hub.closed.add("general")
    await conversation.say("Speak to agent")
    await eventually(lambda: len(second_hub.handoffs) == 1)
    assert hub.handoffs == {}


async def test_all_closed_is_told_as_closed(
    conversation: Conversing, hub: CustomHubSimulator, second_hub: CustomHubSimulator
) -> None:
    """The customer hears why, and the topic can branch on it."""
    hub.closed.add("general")
    second_hub.closed.add("general")
    second_hub.fail_next("open", Fault(status=422))
    await conversation.say("Speak to agent")
    await conversation.until(Phase.AGENT)
    assert (await conversation.heard())[-1] in {
        "Nobody could take it: closed.",
        "Nobody could take it: rejected.",
    }


async def test_a_hub_that_does_not_answer_is_given_up(
    conversation: Conversing, hub: CustomHubSimulator, second_hub: CustomHubSimulator
) -> None:
    """After half a minute of 503 the next hub has it; the first is told to keep nothing."""
    hub.fail_next("queue", *[Fault(status=503)] * 200)
    await conversation.say("Speak to agent")
    await conversation.let_pass(seconds=40)
    await eventually(lambda: len(second_hub.handoffs) == 1)
    hub.faults.clear()
    await eventually(lambda: len(hub.handoffs) == 1 and hub.open_ones == [])


async def test_a_hub_that_loses_the_handoff_is_replaced(
    conversation: Conversing, hub: CustomHubSimulator, second_hub: CustomHubSimulator
) -> None:
    """What the customer says to a handoff that is gone goes with the history to the next hub."""
    handoff = await conversation.join()
    handoff.ended = True
    await conversation.say("Hello? Anybody?")
    await eventually(lambda: len(second_hub.handoffs) == 1)
    assert "Hello? Anybody?" in [said.get("text") for said in second_hub.newest.history]
    assert hub.open_ones == []


async def test_a_hub_that_says_it_failed_is_replaced(conversation: Conversing, second_hub: CustomHubSimulator) -> None:
    """A `failed` of the hub's is believed at once."""
    await conversation.escalate()
    await conversation.hub_says(HubEventKind.FAILED, note="no agents")
    await eventually(lambda: len(second_hub.handoffs) == 1)
