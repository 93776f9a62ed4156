"""What is Genesys' own: who joins and leaves, by notification or by looking; tokens, limits, queues, callbacks."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hubs.base import Again, Ear
from hubs.errors import HubClosedError, HubRefusedError, HubUnavailableError
from hubs.genesys import GenesysHub
from hubs.genesys_events import happened
from hubs.genesys_messages import EARLIER, INTRODUCTION
from hubs.handoffs import Handoff, TakenHandoff, Ticket, WatchedHandoff
from protocol.activity import MESSAGE, Activity, ChannelAccount
from protocol.hub_events import HubEventKind
from settings.hubs import GenesysSettings
from simulators.faults import Fault
from simulators.genesys import GenesysSimulator
from simulators.served import Served
from tests.support.listener import Listener
from tests.support.waiting import eventually

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
USER = ChannelAccount(id="u", role="user")
JOINED, LEFT, TRANSFERRED, ENDED = (
    HubEventKind.JOINED,
    HubEventKind.LEFT,
    HubEventKind.TRANSFERRED,
    HubEventKind.ENDED,
)


def _handoff(texts: Sequence[str] = ("hello",), **changes: Any) -> Handoff:
    said = [
        Activity(type=MESSAGE, id=f"c|{number}", timestamp=NOON, from_=USER, text=text)
        for number, text in enumerate(texts)
    ]
    whole = {"key": "c:1", "conversation": "c", "number": 1, "opened_at": NOON, "callback_url": "http://127.0.0.1:9/"}
    return Handoff.model_validate({**whole, "transcript": tuple(said), **changes})


@pytest.fixture
async def hub() -> AsyncIterator[GenesysSimulator]:
    """A simulated org."""
    simulator = GenesysSimulator()
    async with Served(simulator.app()) as simulator.url:
        yield simulator


@pytest.fixture
async def adapter(hub: GenesysSimulator) -> AsyncIterator[GenesysHub]:
    """Connected to it."""
    connected = hub.adapter("support")
    yield connected
    await connected.close()


def _with(hub: GenesysSimulator, **settings: Any) -> GenesysHub:
    whole = GenesysSettings.model_validate({**hub.settings(), **settings})
    return GenesysHub("support", whole, hub.client_secret, hub.webhook_secret)


@asynccontextmanager
async def _listening(adapter: GenesysHub, ear: Ear) -> AsyncIterator[None]:
    task = asyncio.create_task(adapter.listen(ear))
    try:
        yield
    finally:
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


def _person(number: int, purpose: str, state: str, why: str | None = None) -> dict[str, Any]:
    here = {"connectedTime": "2026-11-24T12:00:00Z"} if state in {"connected", "left"} else {}
    known = {"id": f"p{number}", "purpose": purpose, "state": "disconnected" if state == "left" else state}
    return {**known, **here, **({"disconnectType": why} if why else {})}


@pytest.mark.parametrize(
    ("participants", "kinds"),
    [
        ([], []),
        ([("customer", "connected")], []),
        ([("customer", "connected"), ("workflow", "left")], []),
        ([("customer", "connected"), ("acd", "connected")], []),
        ([("customer", "connected"), ("acd", "left"), ("agent", "alerting")], []),
        ([("customer", "connected"), ("acd", "connected"), ("agent", "disconnected", "transfer.noanswer")], []),
        ([("customer", "connected"), ("acd", "left"), ("agent", "connected")], [JOINED]),
        ([("customer", "connected"), ("agent", "left", "client"), ("acd", "connected")], [JOINED, LEFT]),
        ([("customer", "connected"), ("agent", "left", "transfer")], [JOINED, TRANSFERRED]),
        (
            [("customer", "connected"), ("agent", "left", "transfer"), ("acd", "left"), ("agent", "connected")],
            [JOINED, TRANSFERRED, JOINED],
        ),
        ([("customer", "connected"), ("agent", "left", "client")], [JOINED, ENDED]),
        ([("customer", "left"), ("acd", "left")], [ENDED]),
        ([("customer", "left"), ("agent", "left", "transfer")], [JOINED, ENDED]),
    ],
)
def test_what_a_look_tells(participants: list[tuple[str, ...]], kinds: list[HubEventKind]) -> None:
    """Who is only called has not joined; a transfer is no end; nobody has it for a moment between flow and queue."""
    people = [_person(number, *each) for number, each in enumerate(participants)]
    content = json.dumps({"id": "g1", "participants": people}).encode()
    handoff = WatchedHandoff(conversation="c", id="g1")
    events = happened(content, handoff, "support")
    assert [event.kind for event in events] == kinds
    assert len({event.key for event in events}) == len(events)
    assert happened(content, handoff, "support") == events


def test_a_notification_knows_of_a_transfer_that_the_conversation_does_not_tell() -> None:
    """`user.end` says *TRANSFER; the participant may say nothing."""
    people = [_person(0, "customer", "connected"), _person(1, "agent", "left")]
    content = json.dumps({"id": "g1", "participants": people}).encode()
    events = happened(content, WatchedHandoff(conversation="c", id="g1"), "support", {"p1"})
    assert [event.kind for event in events] == [JOINED, TRANSFERRED]


@pytest.mark.parametrize("content", [b"", b"[]", b'{"participants": 5}'])
def test_what_is_no_conversation_may_be_one_later(content: bytes) -> None:
    """An error page of something between is no reason to give a conversation up."""
    with pytest.raises(HubUnavailableError):
        happened(content, WatchedHandoff(conversation="c", id="g1"), "support")


async def test_the_socket_tells_who_joins_hands_on_and_ends(hub: GenesysSimulator, adapter: GenesysHub) -> None:
    """One channel, one subscription, and nothing told twice."""
    adapter.notifications.looks_every = 60
    opened = await adapter.open(_handoff())
    ear = Listener([WatchedHandoff(conversation="c", id=opened.id)])
    async with _listening(adapter, ear):
        await eventually(lambda: hub.api.channels.subscribed(opened.id))
        await hub.join("c:1", "Ada")
        await ear.hears(JOINED)
        await hub.transfer("c:1", "billing")
        await ear.hears(JOINED, TRANSFERRED)
        await hub.join("c:1", "Bob")
        await ear.hears(JOINED, TRANSFERRED, JOINED)
        await hub.end("c:1")
        await ear.hears(JOINED, TRANSFERRED, JOINED, ENDED)
    assert hub.api.channels.made == 1
    assert [event.representative.name for event in ear.told if event.representative] == ["Ada", "Bob"]
    reads = hub.faults.calls.count("read")
    assert reads <= 6, "one look after subscribing, and one at each notification"


async def test_who_joined_before_the_subscription_is_found(hub: GenesysSimulator, adapter: GenesysHub) -> None:
    """One GET after subscribing; and a listener that goes on where another stopped tells nothing again."""
    adapter.notifications.looks_every = 60
    opened = await adapter.open(_handoff())
    await hub.join("c:1", "Ada")
    ear = Listener([WatchedHandoff(conversation="c", id=opened.id)])
    async with _listening(adapter, ear):
        await ear.hears(JOINED)
    async with _listening(adapter, ear):
        await hub.end("c:1")
        await ear.hears(JOINED, ENDED)


async def test_a_notification_that_is_lost_is_made_up_for(hub: GenesysSimulator, adapter: GenesysHub) -> None:
    """A conversation of which nothing is heard is looked at now and then."""
    adapter.notifications.looks_every = 0.2
    opened = await adapter.open(_handoff())
    ear = Listener([WatchedHandoff(conversation="c", id=opened.id)])
    async with _listening(adapter, ear):
        await eventually(lambda: hub.api.channels.subscribed(opened.id))
        hub.callback_faults.lose = 1
        await hub.join("c:1", "Ada")
        await ear.hears(JOINED)


@pytest.mark.parametrize("why", ["closing", "expiry"])
async def test_a_channel_that_ends_is_followed_by_another(hub: GenesysSimulator, adapter: GenesysHub, why: str) -> None:
    """`v2.system.socket_closing`, and before `expires`: everything is subscribed to anew."""
    opened = await adapter.open(_handoff())
    ear = Listener([WatchedHandoff(conversation="c", id=opened.id)])
    if why == "expiry":
        hub.api.channels.lives = timedelta(seconds=1)
    async with _listening(adapter, ear):
        await eventually(lambda: hub.api.channels.subscribed(opened.id))
        hub.api.channels.lives = timedelta(days=1)
        if why == "closing":
            await hub.api.channels.close_all()
        await eventually(lambda: hub.api.channels.made >= 2 and hub.api.channels.subscribed(opened.id))
        await hub.join("c:1", "Ada")
        await ear.hears(JOINED)


async def test_where_there_are_no_notifications_it_looks(hub: GenesysSimulator, adapter: GenesysHub) -> None:
    """403, or anything else that breaks the socket; and it is tried again after a while."""
    hub.faults.plan("channel", Fault(status=403))
    adapter.polls_for = 0.5
    opened = await adapter.open(_handoff())
    await hub.join("c:1", "Ada")
    ear = Listener([WatchedHandoff(conversation="c", id=opened.id)])
    # As activities.hub_listening does: whoever called listens again.
    await adapter.listen(ear)
    assert ear.kinds() == [JOINED]
    async with _listening(adapter, ear):
        await eventually(lambda: hub.api.channels.subscribed(opened.id))


async def test_polling_needs_no_socket(hub: GenesysSimulator) -> None:
    """`notifications = "polling"`."""
    adapter = _with(hub, notifications="polling")
    adapter.looks_every = 0.05
    opened = await adapter.open(_handoff())
    ear = Listener([WatchedHandoff(conversation="c", id=opened.id)])
    async with _listening(adapter, ear):
        await hub.join("c:1", "Ada")
        await ear.hears(JOINED)
        await hub.end("c:1")
        await ear.hears(JOINED, ENDED)
    assert hub.api.channels.made == 0
    await adapter.close()


async def test_many_calls_at_once_need_one_token(hub: GenesysSimulator, adapter: GenesysHub) -> None:
    """At the beginning, and when it has expired."""
    await asyncio.gather(*(adapter.availability("general") for _ in range(10)))
    assert hub.api.tokens_given == 1
    hub.expire_tokens()
    await asyncio.gather(*(adapter.availability("general") for _ in range(10)))
    assert hub.api.tokens_given == 2


async def test_wrong_credentials_say_where_to_look(hub: GenesysSimulator) -> None:
    """The connection's name, and the key of baton.toml; no secret."""
    adapter = GenesysHub("support", GenesysSettings.model_validate(hub.settings()), "guessed", hub.webhook_secret)
    with pytest.raises(HubRefusedError, match="support"):
        await adapter.open(_handoff())
    await adapter.close()


async def test_a_long_history_is_told_in_two_parts(hub: GenesysSimulator) -> None:
    """The summary and the newest go along; what is older follows under a heading; each once, whoever asks again."""
    adapter = _with(hub, max_text=100)
    handoff = _handoff([f"{number} {'words ' * 10}" for number in range(20)], variables={"OrderNumber": "CO-1"})
    opened = await adapter.open(handoff)
    assert opened.rest
    at_once = hub.history("c:1")
    assert at_once[0] == INTRODUCTION
    assert "CO-1" in at_once[1]
    assert at_once[-1].split(": ")[1].startswith("19 ")
    assert len(at_once) < 10
    taken = TakenHandoff(id=opened.id, key=handoff.key)
    await adapter.tell_rest(handoff, taken)
    await adapter.tell_rest(handoff, taken, again=Again())
    whole = hub.history("c:1")
    assert whole.count(EARLIER) == 1
    later = "\n".join(whole[whole.index(EARLIER) :])
    told = ["\n".join(whole).count(f": {number} words") for number in range(20)]
    assert told == [1] * 20
    assert later.index(": 0 words") < later.index(": 5 words")
    await adapter.close()


async def test_attributes_are_bounded_and_the_text_has_what_did_not_fit(hub: GenesysSimulator) -> None:
    """Routing first; a value that is too long leaves room for the next one."""
    adapter = _with(hub, max_attributes=6, max_attribute_bytes=200)
    variables = {"Long": "x" * 500, "A": 1, "B": [1, 2], "C": "c"}
    await adapter.open(_handoff(queue="general", skills=("billing", "german"), variables=variables))
    found = hub.variables("c:1")
    assert found["handoff.queue"] == "general"
    assert found["handoff.skill"] == "billing,german"
    assert (found["A"], found["B"]) == ("1", "[1, 2]")
    assert "C" not in found
    assert "Long" not in found
    assert "x" * 500 in found["summary"]
    assert "C: c" in found["summary"]
    await adapter.close()


async def test_a_queue_says_who_is_on_it(hub: GenesysSimulator, adapter: GenesysHub) -> None:
    """Only where its id is configured."""
    found = await adapter.availability("general")
    assert (found.open, found.representatives, found.waiting, found.wait_seconds) == (True, 2, 0, 120)
    assert (await adapter.open(_handoff(queue="general"))).wait_seconds == 120
    hub.api.on_queue = 0
    assert not (await adapter.availability("general")).open
    assert (await adapter.availability("another")).representatives is None
    careful = _with(hub, asks_first=True)
    with pytest.raises(HubClosedError):
        await careful.open(_handoff(queue="general", key="c:2"))
    assert hub.opened() == ["c:1"]
    await careful.close()


async def test_a_wait_that_nobody_can_tell_is_no_reason_to_open_twice(
    hub: GenesysSimulator, adapter: GenesysHub
) -> None:
    """It is only nice to know."""
    hub.faults.plan("wait", Fault(status=503))
    assert (await adapter.open(_handoff(queue="general"))).wait_seconds is None


async def test_a_callback_is_asked_for(hub: GenesysSimulator, adapter: GenesysHub) -> None:
    """With the queue, the number, and everything that is known; without a number there is no calling back."""
    ticket = Ticket(key="c:ticket:1", conversation="c", subject="Refund", description="Ada: help", queue="general")
    with pytest.raises(HubRefusedError, match="number"):
        await adapter.leave_ticket(ticket)
    contact = {"name": "Ada", "phone": "+4930123456"}
    left = await adapter.leave_ticket(ticket.model_copy(update={"contact": contact, "variables": {"Order": 5}}))
    (asked,) = hub.tickets()
    assert left.id
    assert asked["callbackNumbers"] == ["+4930123456"]
    assert asked["data"] == {"Order": "5", "subject": "Refund", "description": "Ada: help", "baton": "c:ticket:1"}


async def test_the_check_walks_the_whole_way(hub: GenesysSimulator, adapter: GenesysHub) -> None:
    """Credentials, the integration, a channel, the queues; and nobody was bothered."""
    said = [line async for line in adapter.check()]
    assert len(said) == 3
    assert hub.opened() == []
    wrong = _with(hub, integration="another")
    with pytest.raises(HubRefusedError, match="integration"):
        _ = [line async for line in wrong.check()]
    await wrong.close()


async def test_the_rate_is_kept(hub: GenesysSimulator) -> None:
    """Its token may do so many calls a minute: Baton waits before it is told to."""
    adapter = _with(hub, calls_per_minute=20)
    hub.api._allowed = 20
    looks = [asyncio.create_task(adapter.availability("general")) for _ in range(30)]
    await eventually(lambda: len(hub.faults.calls) >= 3)
    for look in looks:
        look.cancel()
    await asyncio.gather(*looks, return_exceptions=True)
    assert len(hub.faults.calls) <= 3, "a tenth of twenty at once, and one more in the seconds since"
    await adapter.close()
