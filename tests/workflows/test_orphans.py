"""While a hub is asked anything may happen to the conversation: at the end nothing is open that nobody waits for."""

import asyncio
from uuid import uuid4

import pytest

from handoff.record import HandoffRecord, Outbound, Route
from handoff.tickets import TicketRecord
from protocol.conversation import ConversationStart, Deadlines, Operation, Phase
from simulators.custom_hub import CustomHubSimulator
from simulators.faults import Fault
from tests.support.conversing import Conversing
from tests.support.house import TASK_QUEUE, House
from tests.support.ticketing import TicketingSimulator
from tests.support.waiting import PATIENCE, eventually
from workflows.state import ConversationState


async def _while_asked(conversation: Conversing, hub: CustomHubSimulator) -> asyncio.Event:
    """The hub has taken it, and has not said so; when what is returned is set, it says something else."""
    answers = asyncio.Event()
    hub.fail_next("open", Fault(status=503, after_doing=True, until=answers))
    await conversation.say("Speak to agent")
    await eventually(lambda: len(hub.handoffs) == 1)
    assert await conversation.phase() is Phase.TRANSFERRING
    return answers


async def test_a_customer_who_stops_waiting_while_the_hub_is_asked(
    conversation: Conversing, hub: CustomHubSimulator, second_hub: TicketingSimulator
) -> None:
    """The hub's answer comes to nobody, and what it opened is ended."""
    answers = await _while_asked(conversation, hub)
    await conversation.send("event", "handoff.cancel")
    assert await conversation.phase() is Phase.AGENT
    answers.set()
    await eventually(lambda: hub.open_ones == [])
    assert (len(hub.handoffs), second_hub.handoffs) == (1, {})


async def test_a_customer_who_leaves_while_the_hub_is_asked(conversation: Conversing, hub: CustomHubSimulator) -> None:
    """The conversation is over when the hub knows it."""
    answers = await _while_asked(conversation, hub)
    await conversation.send("endOfConversation")
    answers.set()
    handle = conversation.conversations.client.get_workflow_handle(conversation.id)
    assert await asyncio.wait_for(handle.result(), PATIENCE) == "customer left"
    assert (len(hub.handoffs), hub.open_ones) == (1, [])


@pytest.mark.parametrize("operation", [Operation.RETURN, Operation.END])
async def test_an_operator_who_takes_it_while_the_hub_is_asked(
    conversation: Conversing, hub: CustomHubSimulator, operation: Operation
) -> None:
    """Back to the bot, or over: the hub keeps nothing."""
    answers = await _while_asked(conversation, hub)
    await conversation.operate(operation)
    answers.set()
    await eventually(lambda: hub.open_ones == [])
    assert len(hub.handoffs) == 1


async def test_an_operator_who_reroutes_while_the_hub_is_asked(
    conversation: Conversing, hub: CustomHubSimulator, second_hub: TicketingSimulator
) -> None:
    """The second hub has it at once; the first lets go when it answers."""
    answers = await _while_asked(conversation, hub)
    await conversation.operate(Operation.REROUTE)
    await conversation.until(Phase.QUEUED)
    assert len(second_hub.open_ones) == 1
    answers.set()
    await eventually(lambda: hub.open_ones == [])
    assert len(hub.handoffs) == 1


async def test_a_queue_that_closes_behind_an_unclear_try(
    conversation: Conversing, hub: CustomHubSimulator, second_hub: TicketingSimulator
) -> None:
    """Five o'clock struck between the two tries: what the first one opened is ended."""
    answers = await _while_asked(conversation, hub)
    hub.closed.add("general")
    answers.set()
    await eventually(lambda: len(second_hub.open_ones) == 1)
    await eventually(lambda: hub.open_ones == [])
    assert len(hub.handoffs) == 1


async def test_a_refusal_behind_an_unclear_try(
    conversation: Conversing, hub: CustomHubSimulator, second_hub: TicketingSimulator
) -> None:
    """A hub that said no to the second try may have taken the first."""
    hub.fail_next("open", Fault(status=500, after_doing=True), Fault(status=422))
    await conversation.say("Speak to agent")
    await eventually(lambda: len(second_hub.open_ones) == 1)
    await eventually(lambda: hub.open_ones == [])
    assert len(hub.handoffs) == 1


async def test_a_hub_that_is_cut_off_in_the_midst_of_the_last_try(
    house: House, hub: CustomHubSimulator, second_hub: TicketingSimulator
) -> None:
    """Its call is still under way when we give it up: it is looked for when that must be over."""
    hub.fail_next("open", Fault(status=503, after_doing=True, hang_seconds=4))
    conversation = await house.conversing(deadlines=Deadlines(hub_answer=2)).begin()
    await conversation.say("Speak to agent")
    await eventually(lambda: len(second_hub.open_ones) == 1)
    await eventually(lambda: hub.open_ones == [])
    assert len(hub.handoffs) == 1


async def _gone_on(house: House, carried: ConversationState) -> Conversing:
    """A run that begins where another stopped in the midst of it."""
    start = ConversationStart(agent="testing", version=carried.version)
    name = f"gone-on-{uuid4().hex[:8]}"
    await house.environment.client.start_workflow("Conversation", args=[start, carried], id=name, task_queue=TASK_QUEUE)
    conversation = house.conversing()
    conversation.id = name
    return conversation


def _carried(house: House, outbound: Outbound, **more: object) -> ConversationState:
    now = next(iter(house.versions.versions("testing"))).published_at
    version = house.versions.current("testing")
    return ConversationState.model_validate(
        {"started": now, "version": version, "outbox": (outbound,), "outbound_count": 1, **more}
    )


@pytest.mark.parametrize("fault", [None, Fault(status=422)], ids=["it takes it", "it says no"])
async def test_a_run_that_rolled_over_while_the_hub_was_asked(
    house: House, hub: CustomHubSimulator, second_hub: TicketingSimulator, fault: Fault | None
) -> None:
    """The same hub is asked the same thing, and no other before that is settled."""
    opening = Outbound(id="o", handoff=1, kind="open", begun=True)
    bare = _carried(house, opening)
    record = HandoffRecord(number=1, opened_at=bare.started, route=Route(hub="hub", queue="general"))
    if fault:
        hub.fail_next("open", fault)
    carried = _carried(house, opening, phase="transferring", handoffs=(record,), tried=("hub/general",))
    conversation = await _gone_on(house, carried)
    await conversation.until(Phase.QUEUED)
    assert (await conversation.handoff()).hub == ("second" if fault else "hub")
    open_there = (0, 1) if fault else (1, 0)
    await eventually(lambda: (len(hub.open_ones), len(second_hub.open_ones)) == open_there)


async def test_a_run_that_rolled_over_while_a_ticket_was_left(
    house: House, hub: CustomHubSimulator, second_hub: TicketingSimulator
) -> None:
    """The same hub is asked under the same key."""
    ticket = TicketRecord(number=1, subject="s", description="d", asked=Route(hub="second"))
    outbound = Outbound(id="t", handoff=1, kind="ticket", lane="ticket:1", begun=True)
    hub.closed.add("general")
    conversation = await _gone_on(house, _carried(house, outbound, tickets=(ticket,)))
    await eventually(lambda: list(second_hub.tickets) == [f"{conversation.id}:ticket:1"])

    async def told() -> bool:
        return "Its number is T-1." in " ".join(await conversation.heard())

    await eventually(told)
