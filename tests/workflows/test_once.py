"""Every inbound id takes effect once: repeated, at the same time, and across a roll-over."""

import asyncio

from protocol.activity import MESSAGE, Activity
from protocol.conversation import Said
from protocol.hub_events import HubEventKind
from simulators.custom_hub import CustomHubSimulator
from simulators.faults import Fault
from tests.support.conversing import ADA, Conversing
from tests.support.house import House
from tests.support.waiting import eventually


async def test_the_same_activity_thrice_has_one_effect(conversation: Conversing) -> None:
    """And every time the same answer: the id that the first was given."""
    first = await conversation.say("once", key="k")
    again = [await conversation.say("once", key="k") for _ in range(2)]
    assert {turn.id for turn in again} == {first.id}
    assert all(turn.repeated and turn.activities == () for turn in again) or again[0] == first
    assert (await conversation.heard()).count("You said: once") == 1


async def test_two_at_once_have_one_effect(conversation: Conversing) -> None:
    """The second waits for the first, and finds it done."""
    turns = await asyncio.gather(*(conversation.say("both", key="same") for _ in range(2)))
    assert len({turn.id for turn in turns}) == 1
    assert (await conversation.heard()).count("both") == 1


async def test_the_hubs_event_thrice_has_one_effect(conversation: Conversing) -> None:
    """A hub retries its callbacks; the customer reads each message once."""
    await conversation.join()
    for _ in range(3):
        await conversation.representative_says("only once", key="w-1")
    assert (await conversation.heard()).count("only once") == 1


async def test_a_duplicate_across_a_roll_over_has_one_effect(house: House, hub: CustomHubSimulator) -> None:
    """Temporal forgets update ids when a run ends; the conversation does not."""
    conversation = await house.conversing(turns_a_run=2).begin()
    first = await conversation.say("before", key="k1")
    await conversation.say("fill")
    await _rolled_over(conversation)
    again = await conversation.say("before", key="k1")
    assert again.id == first.id
    assert again.repeated
    await conversation.join()
    await conversation.representative_says("hello", key="w")
    for number in range(3):
        await conversation.say(f"more {number}")
    await eventually(lambda: len(hub.newest.said) == 3)
    await _rolled_over(conversation, more_than=1)
    await conversation.representative_says("hello", key="w")
    assert (await conversation.heard()).count("hello") == 1
    assert (await conversation.heard()).count("before") == 1


async def test_steady_traffic_over_many_roll_overs_loses_nothing(house: House) -> None:
    """Five senders at once while the run rolls over every three turns: each message once."""
    conversation = await house.conversing(turns_a_run=3).begin()

    async def sender(name: int) -> None:
        for number in range(8):
            said = Said(key=f"{name}-{number}", activity=Activity(type=MESSAGE, text=f"{name}-{number}"))
            await conversation.conversations.post(conversation.id, said)

    await asyncio.gather(*(sender(name) for name in range(5)))
    heard = [text for text in await conversation.heard() if not text.startswith(("You said", "Hello"))]
    assert sorted(heard) == sorted(f"{name}-{number}" for name in range(5) for number in range(8))
    for name in range(5):
        assert [text for text in heard if text.startswith(f"{name}-")] == [f"{name}-{number}" for number in range(8)]


async def test_a_hub_cut_off_after_it_did_the_work_did_it_once(
    conversation: Conversing, hub: CustomHubSimulator
) -> None:
    """An unclear outcome is asked again with the same id: one handoff, each message once."""
    hub.fail_next("open", Fault(status=500, after_doing=True))
    hub.fail_next("tell", Fault(status=502, after_doing=True), Fault(status=429, retry_after=0))
    handoff = await conversation.escalate()
    await conversation.hub_says(HubEventKind.JOINED, representative=ADA)
    await conversation.say("first")
    await conversation.say("second")
    await eventually(lambda: handoff.said == ["first", "second"])
    assert len(hub.handoffs) == 1
    assert hub.calls.count("open") == 2


async def _rolled_over(conversation: Conversing, more_than: int = 0) -> None:
    client = conversation.conversations.client

    async def continued() -> bool:
        query = f"WorkflowId = '{conversation.id}' AND ExecutionStatus = 'ContinuedAsNew'"
        return len([run async for run in client.list_workflows(query)]) > more_than

    await eventually(continued)
