"""Listening to Salesforce: what is heard is told once and in order, whatever happens to the stream."""

from collections.abc import AsyncIterator

import pytest

from hubs.errors import HandoffGoneError
from hubs.salesforce_guests import GuestSession
from protocol.activity import MESSAGE, Activity
from protocol.hub_events import HubEventKind
from simulators.faults import Fault
from simulators.salesforce_org import Event
from tests.support.salesforce import KEY, Ear, Scene, listening, playing
from tests.support.waiting import eventually

K = HubEventKind


@pytest.fixture(params=[True, False], ids=["streams", "looks"])
async def scene(request: pytest.FixtureRequest) -> AsyncIterator[Scene]:
    """With streams, and with the entries read again and again."""
    async with playing(stream=request.param, looks_every_seconds=0.1) as begun:
        yield begun


@pytest.fixture
async def streamed() -> AsyncIterator[Scene]:
    """With streams."""
    async with playing() as begun:
        yield begun


async def test_a_conversation_is_heard(scene: Scene) -> None:
    """From joining to the end; our own words come back and are not heard."""
    taken = await scene.open()
    await scene.adapter.send(taken, Activity(type=MESSAGE, id="c|1", text="hello"))
    await scene.org.join(KEY, "Pat")
    await scene.org.say(KEY, "hi", times=2)
    await scene.org.says_by_itself(KEY, "We record this.")
    await scene.org.say_image(KEY, "https://example.com/a.png")
    await scene.org.end(KEY)
    wanted = [K.JOINED, K.MESSAGE, K.SAID, K.MESSAGE, K.ENDED]
    await eventually(lambda: scene.ear.kinds()[:5] == wanted)
    joined, said, _, image, _ = scene.ear.told[:5]
    assert joined.representative
    assert said.representative
    assert joined.representative.id == said.representative.id
    assert image.activity
    assert image.activity.attachments
    assert image.activity.attachments[0].content_url == "https://example.com/a.png"


async def test_what_was_said_before_anybody_listened_is_heard(streamed: Scene) -> None:
    """The guest's events are read from where the guest began."""
    taken = await streamed.open()
    watched = streamed.ear.open.pop(taken.id)
    await streamed.org.join(KEY, "Pat")
    await streamed.org.say(KEY, "are you there?")
    streamed.ear.open[taken.id] = watched
    await eventually(lambda: streamed.ear.kinds() == [K.JOINED, K.MESSAGE])


async def test_a_handoff_is_listened_to_within_a_second_and_no_longer_than_it_is_open(streamed: Scene) -> None:
    """Twenty of them, each with a stream of its own."""
    keys = [f"many:{number}" for number in range(1, 21)]
    taken = [await streamed.open(key) for key in keys]
    await eventually(lambda: all(streamed.streams(key) == 1 for key in keys))
    for key in keys:
        await streamed.org.join(key, "Pat")
        await streamed.org.say(key, f"hello {key}")
    await eventually(lambda: len(streamed.ear.said()) == 20)
    for each in taken[:10]:
        del streamed.ear.open[each.id]
    await eventually(lambda: sum(map(streamed.streams, keys)) == 10)
    assert all(streamed.streams(key) == 1 for key in keys[10:])


async def test_a_stream_that_is_cut_in_the_middle_of_an_event_loses_nothing(streamed: Scene) -> None:
    """Half a frame is no event; the next stream begins after the last whole one."""
    await streamed.open()
    await streamed.org.join(KEY, "Pat")
    for number in range(6):
        if number % 2:
            streamed.org.cut_streams(KEY)
        await streamed.org.say(KEY, f"part {number}")
    await eventually(lambda: len(streamed.ear.said()) == 6)
    assert streamed.ear.said() == [f"part {number}" for number in range(6)]


async def test_what_could_not_be_told_is_told_later(scene: Scene) -> None:
    """It is remembered only when the conversation has it; what came behind it waits."""
    await scene.open()
    await scene.org.join(KEY, "Pat")
    await eventually(lambda: scene.ear.kinds() == [K.JOINED])
    scene.ear.deaf = 2
    await scene.org.say(KEY, "one")
    await scene.org.say(KEY, "two")
    await eventually(lambda: scene.ear.said() == ["one", "two"])


async def test_an_expired_token_is_renewed_and_kept(scene: Scene) -> None:
    """The conversation is told the new one, which is the same guest's; the old one opens no stream again."""
    taken = await scene.open()
    await scene.org.join(KEY, "Pat")
    await eventually(lambda: K.JOINED in scene.ear.kinds())
    scene.org.expire_tokens()
    await scene.adapter.send(taken, Activity(type=MESSAGE, id="c|1", text="still me"))
    await scene.org.say(KEY, "still here")
    await eventually(lambda: scene.ear.said() == ["still here"] and K.RENEWED in scene.ear.kinds())
    renewed = next(each for each in scene.ear.told if each.kind is K.RENEWED)
    old, new = GuestSession.parsed(taken.session), GuestSession.parsed(renewed.session)
    assert old.token != new.token
    assert old.last_event_id == new.last_event_id
    guest = scene.org.org.conversations[taken.id].guest
    assert scene.org.org.guest(new.token) is guest
    assert scene.org.org.renewals == 1
    assert scene.org.said(KEY) == ["still me"]


async def test_a_listener_elsewhere_goes_on_where_this_one_was(streamed: Scene) -> None:
    """By the cursor, with the session as it was kept last."""
    taken = await streamed.open()
    await streamed.org.join(KEY, "Pat")
    await streamed.org.say(KEY, "one")
    await eventually(lambda: streamed.ear.said() == ["one"])
    other = Ear(open=dict(streamed.ear.open), cursors=dict(streamed.ear.cursors))
    streamed.ear.open.clear()
    await eventually(lambda: streamed.streams() == 0)
    await streamed.org.say(KEY, "two")
    elsewhere = streamed.org.adapter("sf")
    async with listening(elsewhere, other):
        await eventually(lambda: other.said() == ["two"])
    await elsewhere.close()
    assert other.kinds() == [K.MESSAGE]
    assert taken.id in other.cursors


async def test_a_transfer_and_who_joins_then(scene: Scene) -> None:
    """Left for another queue is no end."""
    await scene.open()
    await scene.org.join(KEY, "Pat")
    await eventually(lambda: scene.ear.kinds() == [K.JOINED])
    await scene.org.transfer(KEY, "second level")
    await eventually(lambda: K.TRANSFERRED in scene.ear.kinds())
    await scene.org.join(KEY, "Kim")
    await eventually(lambda: scene.ear.kinds()[-1] is K.JOINED)
    assert set(scene.ear.kinds()[1:-1]) == {K.TRANSFERRED}


async def test_an_end_that_only_the_routing_tells(scene: Scene) -> None:
    """The representative is gone, and the conversation needs routing: so it is in orgs that tell no more."""
    taken = await scene.open()
    await scene.org.join(KEY, "Pat")
    await scene.org.end(KEY, tells_session=False)
    await eventually(lambda: scene.ear.kinds() == [K.JOINED, K.ENDED])
    with pytest.raises(HandoffGoneError):
        await scene.adapter.send(taken, Activity(type=MESSAGE, id="c|1", text="too late"))
    assert scene.org.org.conversations[taken.id].sessions == 1


async def test_routing_that_fails_leaves_nothing_open(scene: Scene) -> None:
    """Nobody takes it: that is told, with the reason, and nobody gets it later."""
    await scene.open()
    await scene.org.fail(KEY, "No agents are available.")
    await eventually(lambda: scene.ear.kinds() == [K.FAILED])
    assert scene.ear.told[0].note == "No agents are available."
    await eventually(lambda: not scene.org.is_open(KEY))


async def test_the_place_in_the_queue_and_typing(streamed: Scene) -> None:
    """Until somebody is there, and then their typing."""
    await streamed.open()
    await streamed.org.moves(KEY, 4)
    await eventually(lambda: streamed.ear.kinds() == [K.QUEUED])
    assert streamed.ear.told[0].position == 4
    await streamed.org.join(KEY, "Pat")
    await streamed.org.type(KEY)
    await streamed.org.moves(KEY, 1)
    await streamed.org.say(KEY, "hi")
    await eventually(lambda: streamed.ear.kinds() == [K.QUEUED, K.JOINED, K.TYPING, K.MESSAGE])


async def test_an_event_that_is_none_keeps_nothing_back(streamed: Scene) -> None:
    """Of another format, of another conversation, of a kind that is not known."""
    taken = await streamed.open()
    held = streamed.org.org.conversations[taken.id]
    entry = streamed.org.org.entry("Message", {"abstractMessage": {"staticContent": {"text": "not ours"}}}, "Agent")
    other = {"conversationId": "another", "conversationEntry": entry}
    for name, data in (("CONVERSATION_MESSAGE", {"a": 1}), ("CONVERSATION_MESSAGE", other), ("NEWS", {})):
        held.guest.tell(Event(int(streamed.org.org.newest), name, data))
    await streamed.org.join(KEY, "Pat")
    await eventually(lambda: streamed.ear.kinds() == [K.JOINED])


async def test_a_router_that_is_down_is_asked_again_more_and_more_slowly(streamed: Scene) -> None:
    """503 and 429, then it is back; one handoff's broken stream is nothing to another's."""
    streamed.org.faults.plan("stream", *[Fault(status=503), Fault(status=429, retry_after=0)] * 2)
    await streamed.open()
    await streamed.org.join(KEY, "Pat")
    await eventually(lambda: streamed.ear.kinds() == [K.JOINED])
    assert streamed.org.faults.calls.count("stream") == 5


async def test_a_stream_that_falls_silent_is_opened_anew() -> None:
    """Not even a ping comes: whatever is between has forgotten us."""
    async with playing(silent_seconds=0.1) as scene:
        await scene.open()
        await eventually(lambda: scene.org.faults.calls.count("stream") > 2)
        await scene.org.join(KEY, "Pat")
        await eventually(lambda: scene.ear.kinds() == [K.JOINED])


async def test_delivery_is_acknowledged_where_it_is_wanted() -> None:
    """Of the representative's messages, once they are told; and where that fails, nobody is the worse for it."""
    async with playing(acknowledges=True) as scene:
        taken = await scene.open()
        await scene.org.join(KEY, "Pat")
        scene.org.faults.plan("acknowledge", Fault(status=503))
        await scene.org.say(KEY, "one")
        await scene.org.say(KEY, "two")
        await eventually(lambda: len(scene.org.org.conversations[taken.id].acknowledged) == 1)
        assert scene.ear.said() == ["one", "two"]
