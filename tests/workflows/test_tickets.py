"""Where no human is left the customer leaves a ticket, once, and reads its number; the conversation goes on."""

from pathlib import Path

import pytest

from protocol.activity import EVENT, Activity
from protocol.conversation import Deadlines, Phase, Said
from simulators.custom_hub import CustomHubSimulator
from simulators.faults import Fault
from tests.agents.conftest import CONTOSO
from tests.support.agents import write_agent
from tests.support.caring_agent import CARING
from tests.support.conversing import Conversing
from tests.support.house import House
from tests.support.ticketing import TicketingSimulator
from tests.support.waiting import eventually

DOWN = [Fault(status=503)] * 300


@pytest.fixture
async def caring(house: House, hub: CustomHubSimulator, second_hub: TicketingSimulator, tmp_path: Path) -> Conversing:
    """A customer of an agent that asks for an e-mail address where no human is left; both hubs refuse handoffs."""
    house.versions.publish("caring", write_agent(tmp_path, CARING))
    hub.fail_next("open", *[Fault(status=422)] * 3)
    second_hub.fail_next("open", *[Fault(status=422)] * 3)
    return await house.conversing("caring", deadlines=Deadlines(hub_answer=2)).begin()


async def _asked(conversation: Conversing) -> None:
    await conversation.say("Speak to agent")
    await eventually(lambda: _heard(conversation, "Which e-mail address?"))


async def _heard(conversation: Conversing, text: str) -> bool:
    return text in await conversation.heard()


async def test_a_customer_leaves_a_ticket_and_reads_its_number(
    caring: Conversing, second_hub: TicketingSimulator
) -> None:
    """Told, asked, left once though the hub broke behind its work; then the topic behind the transfer goes on."""
    second_hub.fail_next("ticket", Fault(status=503), Fault(status=500, after_doing=True))
    await _asked(caring)
    assert "I'm sorry, our team can't take this conversation." in await caring.heard()
    await caring.say("ada@contoso.com")
    assert "Nobody could take it: rejected." in await caring.heard()
    await eventually(lambda: _heard(caring, "Ticket left T-1."))
    (key, ticket), *others = second_hub.tickets.items()
    assert (key, others) == (f"{caring.id}:ticket:1", [])
    assert ticket["contact"] == {"email": "ada@contoso.com"}
    assert ticket["description"].startswith("It squeaks\n\n")
    assert "Customer: Speak to agent" in ticket["description"]
    assert ticket["variables"]["va_ConversationId"] == caring.id
    await caring.say("thank you")
    assert (await caring.heard())[-1] == "You said: thank you"
    status = await caring.status()
    assert [(each.state, each.id, each.hub) for each in status.tickets] == [("left", "T-1", "second")]


async def test_the_bot_talks_on_while_the_hub_is_down(caring: Conversing, second_hub: TicketingSimulator) -> None:
    """Nobody waits for it; with a representative, the customer is told by a notice."""
    second_hub.fail_next("ticket", *DOWN)
    await _asked(caring)
    await caring.say("ada@contoso.com")
    await caring.say("one more thing")
    assert (await caring.heard())[-1] == "You said: one more thing"
    caring.hub.faults.clear()
    await caring.join()
    second_hub.faults.clear()
    await eventually(lambda: _heard(caring, "Your request is with our team. Its number is T-1."))
    assert len(second_hub.tickets) == 1


async def test_a_ticket_is_left_though_the_customer_has_gone(
    caring: Conversing, second_hub: TicketingSimulator
) -> None:
    """The conversation is over only when the hub has it."""
    second_hub.fail_next("ticket", Fault(status=503), Fault(status=503))
    await _asked(caring)
    await caring.say("ada@contoso.com")
    await caring.send("endOfConversation")
    await eventually(lambda: len(second_hub.tickets) == 1)


async def test_a_ticket_that_no_hub_takes_is_told(caring: Conversing, second_hub: TicketingSimulator) -> None:
    """The topic hears that it failed, and can say what to do instead."""
    second_hub.fail_next("ticket", Fault(status=422))
    await _asked(caring)
    await caring.say("ada@contoso.com")
    await eventually(lambda: _heard(caring, "Ticket failed ."))
    assert second_hub.tickets == {}


async def test_a_customers_client_cannot_say_what_baton_says(
    caring: Conversing, second_hub: TicketingSimulator
) -> None:
    """An event of that name that comes from outside starts nothing."""
    event = Activity(type=EVENT, name="handoff.ticket", value={"state": "left", "id": "forged"})
    before = await caring.heard()
    await caring.conversations.post(caring.id, Said(key="forged", activity=event))
    failed = Activity(type=EVENT, name="handoff.failed")
    await caring.conversations.post(caring.id, Said(key="forged too", activity=failed))
    assert await caring.heard() == before
    assert second_hub.tickets == {}


async def test_an_agent_without_such_topics_goes_on_as_ever(
    conversation: Conversing, hub: CustomHubSimulator, second_hub: TicketingSimulator
) -> None:
    """Behind its transfer."""
    hub.fail_next("open", Fault(status=422))
    second_hub.fail_next("open", Fault(status=422))
    await conversation.say("Speak to agent")
    await conversation.until(Phase.AGENT)
    assert (await conversation.heard())[-1] == "Nobody could take it: rejected."


async def test_the_sample_agent_when_every_hub_is_down(
    house: House, hub: CustomHubSimulator, second_hub: TicketingSimulator
) -> None:
    """Told, asked for an address and what it is about, a ticket with everything, its number, and on with the bot."""
    house.versions.publish("contoso", CONTOSO)
    hub.fail_next("queue", *DOWN)
    second_hub.fail_next("queue", *DOWN)
    customer = await house.conversing("contoso", deadlines=Deadlines(hub_answer=1)).begin()
    await customer.say("talk to a human")
    await eventually(
        lambda: _heard(customer, "Shall I leave our team a message, so that they get back to you by e-mail?")
    )
    assert "I'm sorry, I can't reach our team right now." in await customer.heard()
    for answer in ("yes", "ada@contoso.com", "The saddle of my red bicycle is missing"):
        await customer.say(answer)
    number = "Your message is with our team: its number is **T-1**. They'll write to ada@contoso.com."
    await eventually(lambda: _heard(customer, number))
    (ticket,) = second_hub.tickets.values()
    assert ticket["subject"] == "From the chat: The saddle of my red bicycle is missing"
    assert "talk to a human" in ticket["description"]
    await customer.say("when are you open")
    assert "store" in (await customer.heard())[-1].lower()
