"""Salesforce: guests, ids, pace, files, and a session that has ended."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hubs.base import Again
from hubs.errors import HandoffGoneError, HubRefusedError, HubUnavailableError, WebhookError
from hubs.handoffs import Handoff, TakenHandoff
from hubs.salesforce import SalesforceHub
from hubs.salesforce_guests import GuestSession
from hubs.salesforce_history import conversation_of, history, uuid_of
from protocol.activity import END_OF_CONVERSATION, MESSAGE, TYPING, Activity, Attachment, ChannelAccount
from settings.hubs import SalesforceSettings
from simulators.faults import Fault
from simulators.salesforce import SalesforceSimulator
from simulators.salesforce_api import MAX_FILE, MINUTE
from simulators.served import Served

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
USER, BOT = ChannelAccount(id="u", role="user"), ChannelAccount(id="b", name="Contoso", role="bot")


@pytest.fixture
async def hub() -> AsyncIterator[SalesforceSimulator]:
    """A simulated org."""
    simulator = SalesforceSimulator()
    async with Served(simulator.app()) as simulator.url:
        yield simulator


@pytest.fixture
async def adapter(hub: SalesforceSimulator) -> AsyncIterator[SalesforceHub]:
    """The adapter that speaks to it."""
    connected = hub.adapter("support")
    yield connected
    await connected.close()


def _said(number: int, text: str, sender: ChannelAccount = USER) -> Activity:
    return Activity(type=MESSAGE, id=f"c|{number:07d}", timestamp=NOON, from_=sender, text=text)


def _handoff(messages: int = 4, session: str = "", words: int = 1) -> Handoff:
    return Handoff(
        key="c:1",
        conversation="c",
        number=1,
        opened_at=NOON,
        queue="billing",
        variables={"va_AgentMessage": "be kind", "OrderNumber": 10443, "Long": "x" * 9_000, "Deep": {"a": [1]}},
        transcript=tuple(
            _said(number, f"said {number} " * words, BOT if number % 2 else USER) for number in range(messages)
        ),
        callback_url="http://127.0.0.1:9/webhooks",
        session=session,
    )


async def _opened(adapter: SalesforceHub, messages: int = 4, words: int = 1) -> tuple[Handoff, TakenHandoff]:
    prepared = await adapter.prepare(_handoff())
    handoff = _handoff(messages, prepared.session, words)
    opened = await adapter.open(handoff)
    assert opened.id == prepared.known_as == conversation_of("c:1")
    return handoff, TakenHandoff(id=opened.id, key="c:1", session=prepared.session)


def test_ids_are_shaped_as_salesforce_wants_them() -> None:
    """Version 4, the variant of RFC 4122, lower case, and the same at every try: a vector, and a thousand more."""
    assert uuid_of("c:1") == "7c9d3005-5291-4f7b-84cd-c4577fa871f8"
    made = [uuid_of("c:1", str(number)) for number in range(1_000)]
    assert len(set(made)) == 1_000
    assert all(UUID(each).version == 4 and UUID(each).variant == "specified in RFC 4122" for each in made)
    assert all(each == each.lower() for each in made)


async def test_only_parameters_that_were_made_are_sent(hub: SalesforceSimulator, adapter: SalesforceHub) -> None:
    """As strings, no longer than the administrator allows; everything else is in the summary's text."""
    await _opened(adapter)
    attributes = hub.variables("c:1")
    told = "\n".join(hub.history("c:1"))
    assert attributes["Order_Number"] == "10443"
    assert attributes["Queue"] == "billing"
    assert attributes["Summary"].startswith("be kind")
    assert len(attributes["Summary"]) == 255
    assert "x" * 3_000 in told
    assert "'a': [1]" in told


async def test_what_was_done_is_not_done_again(hub: SalesforceSimulator, adapter: SalesforceHub) -> None:
    """The org refuses ids that it has, so whatever is tried again must have looked; with and without being told so."""
    handoff, taken = await _opened(adapter)
    await adapter.send(taken, _said(70, "hello"))
    assert (await adapter.open(handoff, again=Again())).id == taken.id
    assert (await adapter.open(handoff)).id == taken.id
    await adapter.send(taken, _said(70, "hello"), again=Again())
    assert hub.said("c:1") == ["hello"]
    assert len(hub.history("c:1")) == len(history(handoff, 4_000)[0])


async def test_a_long_history_is_paced_and_nobody_waits_behind_it(
    hub: SalesforceSimulator, adapter: SalesforceHub
) -> None:
    """Summary and newest part first; forty more parts behind what the customer says meanwhile; never too many."""
    handoff, taken = await _opened(adapter, 200, 100)
    at_once = hub.history("c:1")
    assert at_once[0].startswith("be kind")
    assert "said 199" in at_once[-1]
    rest = asyncio.create_task(adapter.tell_rest(handoff, taken))
    for number in range(8):
        await adapter.send(taken, _said(300 + number, f"live {number}"))
    assert not rest.done()
    assert hub.said("c:1") == [f"live {number}" for number in range(8)]
    await rest
    told = "\n".join(hub.history("c:1"))
    places = [told.find(f"said {number} ") for number in range(200)]
    assert -1 not in places
    assert places == sorted(places)
    assert len(hub.history("c:1")) > 40
    assert len(hub.history("c:1")) == sum(map(len, history(handoff, 4_000)))


async def test_the_rest_goes_on_where_it_was_broken_off(hub: SalesforceSimulator, adapter: SalesforceHub) -> None:
    """What is there is read first, however many pages of it there are."""
    handoff, taken = await _opened(adapter, 300, 100)
    hub.faults.plan("message", *[Fault(status=503, after_doing=True)] * 2)
    for _ in range(2):
        with pytest.raises(HubUnavailableError):
            await adapter.tell_rest(handoff, taken, again=Again())
    await adapter.tell_rest(handoff, taken, again=Again())
    assert len(hub.history("c:1")) == sum(map(len, history(handoff, 4_000))) > 60


async def test_too_many_holds_the_conversation_back(hub: SalesforceSimulator, adapter: SalesforceHub) -> None:
    """`Retry-After` is for whatever else the conversation is told, too."""
    _, taken = await _opened(adapter)
    hub.faults.plan("message", Fault(status=429, retry_after=1))
    with pytest.raises(HubUnavailableError) as refused:
        await adapter.send(taken, _said(1, "a"))
    assert refused.value.retry_after == 1
    before = asyncio.get_running_loop().time()
    await adapter.send(taken, _said(1, "a"), again=Again())
    assert asyncio.get_running_loop().time() - before > 0.9
    assert hub.said("c:1") == ["a"]


async def test_a_message_that_is_long_is_cut_and_one_that_is_typed_is_shown(
    hub: SalesforceSimulator, adapter: SalesforceHub
) -> None:
    """Nothing is lost of it."""
    _, taken = await _opened(adapter)
    text = "".join(f"{number:05d}" for number in range(2_000))
    await adapter.send(taken, _said(1, text))
    await adapter.send(taken, Activity(type=TYPING, id="t", timestamp=NOON, from_=USER))
    assert "".join(hub.said("c:1")) == text
    assert len(hub.said("c:1")) == 3
    assert hub.typed("c:1") == 1


async def test_one_renewal_for_everybody_and_the_guest_stays(hub: SalesforceSimulator, adapter: SalesforceHub) -> None:
    """Ten calls meet an expired token at once."""
    _, taken = await _opened(adapter)
    hub.expire_tokens()
    typing = [Activity(type=TYPING, id=f"t{number}", timestamp=NOON, from_=USER) for number in range(10)]
    await asyncio.gather(*(adapter.send(taken, each) for each in typing))
    assert hub.typed("c:1") == 10
    assert hub.org.renewals == 1


async def test_a_token_that_another_process_renewed_is_taken(hub: SalesforceSimulator, adapter: SalesforceHub) -> None:
    """It comes with the handoff's session."""
    _, taken = await _opened(adapter)
    hub.expire_tokens()
    elsewhere = hub.adapter("support")
    await elsewhere.send(taken, _said(1, "there"))
    (newer,) = elsewhere._guests._guests._values.values()
    session = GuestSession(token=await newer.token()).model_dump_json()
    await adapter.send(taken.model_copy(update={"session": session}), _said(2, "here"))
    await elsewhere.close()
    assert hub.org.renewals == 1
    assert hub.said("c:1") == ["there", "here"]


async def test_a_guest_who_is_forgotten_is_gone(hub: SalesforceSimulator, adapter: SalesforceHub) -> None:
    """Nobody can speak in their conversation any more: the handoff is lost, not only the message."""
    _, taken = await _opened(adapter)
    hub.org.forget()
    with pytest.raises(HandoffGoneError, match="no longer knows the guest"):
        await adapter.send(taken, _said(1, "a"))


async def test_without_a_guest_nothing_is_opened(adapter: SalesforceHub) -> None:
    """It was not prepared."""
    with pytest.raises(HubRefusedError, match="not prepared"):
        await adapter.open(_handoff())


@pytest.mark.parametrize("tells_session", [True, False])
async def test_after_the_end_nothing_is_sent(
    hub: SalesforceSimulator,
    adapter: SalesforceHub,
    tells_session: bool,  # noqa: FBT001 - a row
) -> None:
    """A message would begin another session, which nobody would answer; neither would history that is still told."""
    handoff, taken = await _opened(adapter, 200, 100)
    await hub.join("c:1", "Pat")
    await adapter.send(taken, _said(1, "a"))
    await hub.end("c:1", tells_session=tells_session)
    with pytest.raises(HandoffGoneError):
        await adapter.send(taken, _said(2, "b"))
    with pytest.raises(HandoffGoneError):
        await adapter.tell_rest(handoff, taken)
    held = hub.org.conversations[taken.id]
    assert held.sessions == 1
    assert not held.in_session


async def test_our_end_ends_the_session_then_the_conversation(hub: SalesforceSimulator, adapter: SalesforceHub) -> None:
    """And ending it again is as good."""
    _, taken = await _opened(adapter)
    end = Activity(type=END_OF_CONVERSATION, id="e", timestamp=NOON, from_=USER)
    hub.faults.calls.clear()
    await adapter.send(taken, end)
    await adapter.send(taken, end)
    assert hub.faults.calls == ["end", "close", "end", "close"]
    assert not hub.is_open("c:1")


async def test_files_go_along_where_they_may(hub: SalesforceSimulator) -> None:
    """As files, where they are from us and not too large; else as what they are called and where they are."""

    async def file(request: Request) -> Response:
        name = request.path_params["name"]
        sizes = {"big.png": MAX_FILE + 1, "gone.png": 0}
        return Response(b"x" * sizes.get(name, 100), 404 if name == "gone.png" else 200)

    async with Served(Starlette(routes=[Route("/uploads/{name}", file)])) as ours:
        settings = {**hub.settings(), "files_from": [f"{ours}/uploads"]}
        adapter = SalesforceHub("support", SalesforceSettings.model_validate(settings))
        adapter.minute = MINUTE
        _, taken = await _opened(adapter)
        names = ["small.png", "big.png", "gone.png", "odd.bin"]
        addresses = [*(f"{ours}/uploads/{name}" for name in names), f"{ours}/other/a.png", "data:image/png;base64,AA=="]
        kinds = ["application/x-odd" if name.endswith("bin") else "image/png" for name in addresses]
        files = tuple(
            Attachment(content_type=kind, content_url=address, name=address[-7:])
            for kind, address in zip(kinds, addresses, strict=True)
        )
        await adapter.send(taken, _said(1, "look").model_copy(update={"attachments": files}))
        await adapter.send(taken, _said(1, "look").model_copy(update={"attachments": files}), again=Again())
        await adapter.close()
    assert hub.files("c:1") == ["all.png"]
    said = [text for text in hub.said("c:1") if text]
    assert said[0] == "look"
    assert said[1:] == [*(f"[{each[-7:]}] {each}" for each in addresses[1:5]), f"[{addresses[5][-7:]}]"]


async def test_a_hub_that_is_not_there_may_come_back(hub: SalesforceSimulator) -> None:
    """No connection."""
    settings = SalesforceSettings.model_validate({**hub.settings(), "url": "http://127.0.0.1:9"})
    adapter = SalesforceHub("support", settings)
    with pytest.raises(HubUnavailableError):
        await adapter.prepare(_handoff())
    await adapter.close()


def test_there_are_no_callbacks(hub: SalesforceSimulator) -> None:
    """404, and why."""
    with pytest.raises(WebhookError, match="no callbacks") as refused:
        hub.adapter("support").receive({}, b"{}", NOON)
    assert refused.value.status == 404
