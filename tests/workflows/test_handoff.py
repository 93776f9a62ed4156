"""A conversation goes from the bot to a representative and back, and everybody gets every word once."""

import pytest

from protocol.activity import MESSAGE
from protocol.conversation import Operation, Phase, RefusalType
from protocol.hub_events import HubEvent, HubEventKind
from simulators.custom_hub import CustomHubSimulator
from simulators.faults import Fault
from tests.support.conversing import Conversing
from tests.support.waiting import eventually
from workflows.client import ConversationRefusedError, ConversationUnknownError


async def test_the_bot_greets_and_answers(conversation: Conversing) -> None:
    """The greeting is there before anybody speaks, and an answer comes in the update itself."""
    turn = await conversation.say("What is the meaning of life?")
    assert [activity.text for activity in turn.activities if activity.role == "bot"] == [
        "You said: What is the meaning of life?"
    ]
    assert (await conversation.heard())[0] == "Hello, how can I help?"


async def test_the_hub_gets_the_whole_history_and_every_variable(
    conversation: Conversing, hub: CustomHubSimulator
) -> None:
    """Original times, senders and order; the private note; the variables of topics and Microsoft's own."""
    await conversation.say("Remember my name")
    await conversation.say("Grace Hopper")
    handoff = await conversation.escalate()
    assert [said.get("text") for said in handoff.history][:6] == [
        "Hello, how can I help?",
        "Remember my name",
        "What is your name?",
        "Grace Hopper",
        "Thank you, Grace Hopper.",
        "Speak to agent",
    ]
    assert [said["from"]["role"] for said in handoff.history][:4] == ["bot", "user", "bot", "user"]
    log = {activity.id: activity for activity in await conversation.log()}
    assert all(log[said["id"]].wire()["timestamp"] == said["timestamp"] for said in handoff.history)
    value = handoff.opening["value"]
    assert value["CustomerName"] == "Grace Hopper"
    assert value["va_AgentMessage"] == "The customer asked for a person."
    assert value["va_LastPhrase"] == "Speak to agent"
    assert value["va_ConversationId"] == conversation.id
    assert handoff.opening["channelData"]["queue"] == "general"
    assert hub.calls.count("open") == 1


async def test_words_are_relayed_both_ways(conversation: Conversing) -> None:
    """The customer's to the hub, the representative's to the customer, in order, and the bot is silent."""
    handoff = await conversation.join()
    for number in range(5):
        await conversation.say(f"question {number}")
        await conversation.representative_says(f"answer {number}")
    await eventually(lambda: len(handoff.said) == 5)
    assert handoff.said == [f"question {number}" for number in range(5)]
    representative = [activity for activity in await conversation.log() if activity.role == "agent"]
    assert [activity.text for activity in representative] == [f"answer {number}" for number in range(5)]
    assert representative[0].from_ is not None
    assert representative[0].from_.name == "Ada"
    assert not any("You said" in text for text in await conversation.heard())


async def test_what_is_said_while_the_hub_is_asked_reaches_it_once(
    conversation: Conversing, hub: CustomHubSimulator
) -> None:
    """Words between the wish for a person and the hub's answer are in the history or relayed behind it, never both."""
    hub.fail_next("open", Fault(status=503), Fault(status=503))
    await conversation.say("Speak to agent")
    await conversation.say("are you there?")
    await conversation.until(Phase.QUEUED)
    handoff = hub.newest
    told = [said.get("text") for said in handoff.history]
    await eventually(lambda: (told + handoff.said).count("are you there?") == 1)
    await conversation.say("hello?")
    await eventually(lambda: handoff.said[-1:] == ["hello?"])
    assert (told + handoff.said).count("are you there?") == 1


async def test_typing_is_shown_and_not_written_down(conversation: Conversing) -> None:
    """A representative's typing reaches whoever watches, and is no part of the log."""
    await conversation.join()
    before = await conversation.log()
    turn = await conversation.representative_types()
    assert [(activity.type, activity.id) for activity in turn.activities] == [("typing", None)]
    assert await conversation.log() == before


async def test_the_customers_typing_reaches_the_representative(conversation: Conversing) -> None:
    """Only while somebody is there to see it."""
    handoff = await conversation.join()
    await conversation.send("typing")
    await eventually(lambda: any(told["type"] == "typing" for told in handoff.activities.values()))


async def test_a_return_resumes_the_topic_with_the_note(conversation: Conversing) -> None:
    """The nodes behind the transfer go on, and know what the representative leaves."""
    await conversation.join()
    await conversation.hub_says(HubEventKind.RETURNED, note="Refund done.")
    assert await conversation.phase() is Phase.AGENT
    assert (await conversation.heard())[-1] == "Welcome back. Refund done."
    await conversation.say("thanks")
    assert (await conversation.heard())[-1] == "You said: thanks"


async def test_a_second_handoff_takes_the_human_stretch_along(conversation: Conversing) -> None:
    """A conversation may have several handoffs; each gets everything that was said before it."""
    await conversation.join()
    await conversation.representative_says("Try turning it off and on.")
    await conversation.say("That helped.")
    await conversation.hub_says(HubEventKind.RETURNED)
    second = await conversation.escalate()
    texts = [said.get("text") for said in second.history]
    assert "Try turning it off and on." in texts
    stretch = second.opening["value"]["HumanStretch"].splitlines()
    assert [line.partition(": ")[2] for line in stretch] == ["Try turning it off and on.", "That helped."]
    assert [handoff.number for handoff in (await conversation.status()).handoffs] == [1, 2]


async def test_a_representatives_close_ends_the_conversation(conversation: Conversing) -> None:
    """The customer is told, and the conversation takes nothing more."""
    await conversation.join()
    await conversation.hub_says(HubEventKind.ENDED)
    log = await conversation.log()
    assert log[-1].type == "endOfConversation"
    with pytest.raises(ConversationRefusedError) as refused:
        await conversation.say("hello?")
    assert refused.value.reason is RefusalType.ENDED


async def test_a_customer_who_stops_waiting_is_back_with_the_bot(
    conversation: Conversing, hub: CustomHubSimulator
) -> None:
    """The hub keeps no orphan."""
    handoff = await conversation.escalate()
    await conversation.send("event", "handoff.cancel")
    assert await conversation.phase() is Phase.AGENT
    await eventually(lambda: handoff.ended)
    assert hub.open_ones == []


async def test_a_customer_who_leaves_is_told_to_the_hub(conversation: Conversing) -> None:
    """The conversation is over only when the hub knows."""
    handoff = await conversation.join()
    await conversation.send("endOfConversation")
    await eventually(lambda: handoff.ended)
    assert (await conversation.status()).ended == "customer left"


async def test_the_bot_can_end_the_conversation(conversation: Conversing) -> None:
    """End conversation tells the channel and closes the workflow."""
    await conversation.say("Goodbye")
    assert (await conversation.log())[-1].type == "endOfConversation"
    assert await conversation.phase() is Phase.ENDED


async def test_a_transfer_inside_the_hub_is_told(conversation: Conversing) -> None:
    """From queue to queue and representative to representative, the customer knows who holds the conversation."""
    await conversation.join()
    await conversation.hub_says(HubEventKind.TRANSFERRED, queue="stores")
    assert await conversation.phase() is Phase.QUEUED
    await conversation.hub_says(HubEventKind.QUEUED, position=3, wait_seconds=120, queue="stores")
    await conversation.hub_says(HubEventKind.JOINED, representative={"id": "bob", "name": "Bob"})
    assert (await conversation.heard())[-1] == "Bob has joined the chat."
    assert await conversation.statuses() == ["waiting", "queued", "accepted", "transferred", "queued", "accepted"]


async def test_a_first_message_says_that_a_representative_joined(conversation: Conversing) -> None:
    """Some hubs never say it otherwise; the event that comes late changes nothing."""
    await conversation.escalate()
    await conversation.representative_says("Hi, Ada here.")
    await conversation.hub_says(HubEventKind.JOINED, representative={"id": "ada", "name": "Ada"})
    assert (await conversation.heard())[-2:] == ["Ada has joined the chat.", "Hi, Ada here."]


async def test_an_operator_ends_returns_and_reroutes(
    conversation: Conversing, hub: CustomHubSimulator, second_hub: CustomHubSimulator
) -> None:
    """What the lifecycle allows an operator, and nothing else."""
    with pytest.raises(ConversationRefusedError, match="means nothing"):
        await conversation.operate(Operation.RETURN)
    await conversation.escalate()
    await conversation.operate(Operation.REROUTE)
    await eventually(lambda: len(second_hub.handoffs) == 1)
    await eventually(lambda: hub.open_ones == [])
    await conversation.until(Phase.QUEUED)
    await conversation.operate(Operation.RETURN)
    assert await conversation.phase() is Phase.AGENT
    await conversation.operate(Operation.END)
    assert (await conversation.status()).ended == "operator ended it"


async def test_an_event_of_a_handoff_that_is_over_is_refused(conversation: Conversing, hub: CustomHubSimulator) -> None:
    """The hub learns that nobody got it, so the representative is told the truth."""
    await conversation.escalate()
    over = hub.newest.id
    await conversation.send("event", "handoff.cancel")
    with pytest.raises(ConversationRefusedError) as refused:
        await conversation.hub_says(HubEventKind.JOINED, handoff=over)
    assert refused.value.reason is RefusalType.UNKNOWN_HANDOFF


async def test_an_unknown_conversation_is_unknown(conversation: Conversing) -> None:
    """And not made by asking for it."""
    with pytest.raises(ConversationUnknownError):
        await conversation.conversations.status("nobody")
    with pytest.raises(ConversationUnknownError):
        await conversation.conversations.hub_event("nobody", _any_event())


async def test_adaptive_input_without_text_is_no_trouble(conversation: Conversing) -> None:
    """A message may have no text at all."""
    turn = await conversation.send(MESSAGE)
    assert turn.id.startswith(conversation.id)


def _any_event() -> HubEvent:
    return HubEvent(key="k", connection="hub", kind=HubEventKind.JOINED, handoff="h")


async def test_words_that_come_too_late_for_the_representative_are_told(
    conversation: Conversing, hub: CustomHubSimulator
) -> None:
    """The representative returned the conversation while the hub was slow to take them: the customer is told."""
    await conversation.join()
    hub.fail_next("tell", Fault(status=503, retry_after=1), Fault(status=503, retry_after=1))
    await conversation.say("first")
    await conversation.say("second")
    await conversation.hub_says(HubEventKind.RETURNED)
    await eventually(lambda: _told(conversation, "could not be delivered"))
    assert await conversation.phase() is Phase.AGENT


async def _told(conversation: Conversing, words: str) -> bool:
    return any(words in said for said in await conversation.heard())
