import asyncio
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from gateway import streams
from gateway.context import Gateway
from gateway.nudge import Nudges
from protocol.activity import MESSAGE, TYPING, Activity, ChannelAccount
from protocol.conversation import News, Turn
from tests.gateway.fake_conversations import FakeConversations
from tests.gateway.serving import Customer, make_gateway, serving
from tests.support.patient import patient_client
from tests.support.waiting import eventually


async def test_a_stream_replays_and_then_goes_on(customer: Customer) -> None:
    """The greeting, said before the stream was open, comes first; then every turn at once, with its watermark."""
    async with customer.stream() as ear:
        first = await ear.frame()
        assert [each["text"] for each in first["activities"]] == ["Hello!"]
        assert first["watermark"] == "1"
        await customer.say("hi")
        second = await ear.frame()
        assert [each["text"] for each in second["activities"]] == ["hi", "You said: hi"]
        assert second["watermark"] == "3"


async def test_reconnecting_continues_after_the_watermark(customer: Customer) -> None:
    """What was said between two streams is replayed once, from the client's watermark on."""
    async with customer.stream() as ear:
        await ear.frame()
    await customer.say("while away")
    again = (await customer.call("GET", f"conversations/{customer.conversation}?watermark=1")).json()
    assert again["token"]
    async with customer.stream(again["streamUrl"]) as ear:
        assert await ear.texts(2) == ["while away", "You said: while away"]
        await customer.say("back")
        assert await ear.texts(2) == ["back", "You said: back"]


async def test_many_sockets_hear_the_same(customer: Customer) -> None:
    """Two tabs of one conversation both hear everything."""
    async with customer.stream() as one, customer.stream() as other:
        await one.frame()
        await other.frame()
        await customer.say("hi")
        assert await one.texts(2) == await other.texts(2) == ["hi", "You said: hi"]


async def test_typing_is_shown_without_moving_the_watermark(customer: Customer) -> None:
    """A frame with only typing has no watermark, so a client does not lose its place."""
    async with customer.stream() as ear:
        await ear.frame()
        await customer.post({"type": "typing"})
        typing = await ear.frame()
    assert [each["type"] for each in typing["activities"]] == ["typing"]
    assert "watermark" not in typing


async def test_a_quiet_stream_shows_signs_of_life(customer: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty frame, as Direct Line sends it, when there is nothing to say."""
    monkeypatch.setattr(streams, "KEEP_ALIVE_SECONDS", 0.05)
    async with customer.stream() as ear:
        await ear.frame()
        assert await ear.socket.recv() == ""
        await ear.socket.send("")
        assert await ear.socket.recv() == ""


async def test_a_stream_ends_with_its_token(conversations: FakeConversations, tmp_path: Path) -> None:
    """When the token's life is over the stream closes with a code, so that the client refreshes and comes again."""
    gateway = make_gateway(conversations, tmp_path, token_seconds=2)
    async with serving(gateway) as address, patient_client(address) as http:
        customer = await Customer(http).begin()
        async with customer.stream() as ear:
            await ear.frame()
            with pytest.raises(ConnectionClosed) as closed:
                await ear.frame()
    assert closed.value.rcvd is not None
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (4401, "TokenExpired")


async def test_refreshing_keeps_the_stream(customer: Customer, gateway: Gateway) -> None:
    """A client that refreshes in time keeps its stream over the first token's end."""
    async with customer.stream() as ear:
        await ear.frame()
        (socket,) = gateway.streams._sockets[customer.conversation]
        before, socket.until = socket.until, socket.until - 1000
        await customer.call("POST", "tokens/refresh")
        assert socket.until >= before


@pytest.mark.parametrize(
    ("query", "code"), [("t=forged", 4403), ("", 4403), ("t={token}&watermark=x", 4400), ("t={other}", 4403)]
)
async def test_a_stream_that_may_not_be_opened_closes_with_why(
    customer: Customer, http: httpx.AsyncClient, query: str, code: int
) -> None:
    """A forged ticket, none, another conversation's, or a bad watermark: each closes with its code."""
    other = await Customer(http).begin()
    base = customer.stream_url.partition("?")[0]
    url = f"{base}?{query.format(token=customer.token, other=other.token)}"
    async with customer.stream(url) as ear:
        with pytest.raises(ConnectionClosed) as closed:
            await ear.frame()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == code


async def test_news_out_of_order_are_heard_in_order(
    customer: Customer, gateway: Gateway, conversations: FakeConversations, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where news do not continue what a socket has heard, it reads what is between; what it has heard it skips."""
    async with customer.stream() as ear:
        await ear.frame()
        late: list[Turn | News] = []
        publish = gateway.streams.publish
        monkeypatch.setattr(gateway.streams, "publish", lambda _conversation, turn: late.append(turn))
        for text in ("one", "two", "three"):
            await customer.say(text)
        for turn in reversed(late):
            publish(customer.conversation, turn)
        heard = await ear.texts(6)
    assert heard == ["one", "You said: one", "two", "You said: two", "three", "You said: three"]
    assert conversations.reads == 2


async def test_a_conversation_is_watched_while_somebody_listens(
    customer: Customer, gateway: Gateway, conversations: FakeConversations, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first socket begins the watch and the last one's leaving ends it; a quick return keeps it."""
    monkeypatch.setattr(streams, "LINGER_SECONDS", 0.1)
    watchers = conversations.talks[customer.conversation].watchers
    async with customer.stream() as ear:
        await ear.frame()
        assert watchers == {gateway.queue}
    async with customer.stream() as ear:
        await ear.frame()
        assert watchers == {gateway.queue}
    await eventually(lambda: not watchers)


async def test_after_an_outage_every_watch_is_renewed(
    customer: Customer, gateway: Gateway, conversations: FakeConversations
) -> None:
    """A gateway that was struck off while out of reach hears what it missed, and is told again from then on."""
    async with customer.stream() as ear:
        await ear.frame()
        talk = conversations.talks[customer.conversation]
        talk.watchers.clear()
        conversations._add(customer.conversation, Activity(type=MESSAGE, text="missed"), ChannelAccount(id="ada"))
        await gateway.streams.watch_again()
        assert await ear.texts(1) == ["missed"]
        assert talk.watchers == {gateway.queue}


async def test_another_gateways_turn_reaches_this_ones_socket(
    customer: Customer, gateway: Gateway, conversations: FakeConversations, tmp_path: Path
) -> None:
    """What is posted at one gateway is heard at another at once, without a read in between."""
    conversations.gateways[gateway.queue] = Nudges(gateway.streams)
    async with customer.stream() as ear:
        await ear.frame()
        reads = conversations.reads
        other = make_gateway(conversations, tmp_path)
        async with serving(other) as address, patient_client(address) as http:
            elsewhere = Customer(http, customer.conversation, customer.token)
            await elsewhere.say("from there")
        assert await ear.texts(2) == ["from there", "You said: from there"]
        assert conversations.reads == reads


async def test_a_socket_that_does_not_keep_up_is_closed(gateway: Gateway, customer: Customer) -> None:
    """News are not piled up for a client that does not read; it comes again and catches up by its watermark."""
    socket = streams.Socket(customer.conversation, 0, None, 0)
    news = News(conversation=customer.conversation, activities=(Activity(type=TYPING),), watermark=1)
    await gateway.streams.open(socket)
    for _ in range(streams.INBOX + 1):
        gateway.streams.publish(customer.conversation, news)
    frames = gateway.streams.frames(socket)
    await anext(frames)
    with pytest.raises(streams.SlowSocketError):
        await anext(frames)
    gateway.streams.close(socket)
    await asyncio.sleep(0)
