"""The agent inside Omnichannel: what goes over the connector, bounded and typed, and to whom it goes at all."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from hubs.base import Again
from hubs.dynamics365 import Dynamics365Hub
from hubs.dynamics365_inside import InsideTransport
from hubs.dynamics365_inside_messages import MAX_MESSAGE, end, escalation, to_customer
from hubs.errors import HandoffGoneError, HubRefusedError, HubUnavailableError
from hubs.handoffs import Handoff, WatchedHandoff
from protocol.activity import END_OF_CONVERSATION, MESSAGE, Activity, Attachment, ChannelAccount
from protocol.conversation import ConversationReference
from protocol.hub_events import HubEventKind
from settings.dynamics365 import Dynamics365Settings
from simulators.faults import Fault
from simulators.omnichannel import BOT, OPEN, Held, OmnichannelSimulator
from simulators.omnichannel_messages import Means, context_of, meaning_of
from simulators.served import Served
from workflows.replies import LONGEST, pushed

HELLO = Activity(type=MESSAGE, text="hello")


@pytest.fixture
async def omnichannel() -> AsyncIterator[OmnichannelSimulator]:
    """An Omnichannel."""
    simulator = OmnichannelSimulator()
    async with Served(simulator.app()) as simulator.url:
        yield simulator


def _reference(omnichannel: OmnichannelSimulator, held: Held) -> ConversationReference:
    return ConversationReference(
        connection="inside",
        service_url=omnichannel.service_url,
        conversation=held.id,
        bot=ChannelAccount.model_validate(BOT),
        customer=ChannelAccount(id="29:customer", role="user"),
        record=held.record,
    )


def _handoff(reference: ConversationReference, **variables: Any) -> Handoff:
    return Handoff(
        key="c:1",
        conversation="c",
        number=1,
        opened_at=datetime(2026, 11, 24, tzinfo=UTC),
        variables=variables,
        callback_url="",
        reference=reference,
    )


NOWHERE = ConversationReference(
    service_url="https://smba.trafficmanager.net/",
    conversation="19:x",
    bot=ChannelAccount(id="28:baton", name="Contoso"),
    customer=ChannelAccount(id="29:customer"),
)


def _channel(hub: Dynamics365Hub) -> InsideTransport:
    assert hub.channel is not None
    return hub.channel


def test_a_message_takes_along_what_the_author_made_of_it() -> None:
    """Files, suggested actions, the author's own channelData; what is Baton's own stays here."""
    activity = Activity.model_validate(
        {
            "type": "message",
            "id": "c|0000007",
            "replyToId": "c|0000006",
            "text": "Choose",
            "textFormat": "markdown",
            "attachments": [{"contentType": "image/png", "contentUrl": "https://example.com/a.png", "name": "a.png"}],
            "suggestedActions": {"actions": [{"type": "imBack", "title": "Yes", "value": "Yes"}]},
            "channelData": {"baton": {"notice": "queued"}, "their": "own"},
        }
    )
    sent = to_customer(NOWHERE, activity)
    assert sent["channelData"] == {"deliveryMode": "bridged", "their": "own"}
    assert (sent["text"], sent["textFormat"]) == ("Choose", "markdown")
    assert sent["attachments"][0]["name"] == "a.png"
    assert sent["suggestedActions"]["actions"][0]["title"] == "Yes"
    assert sent["from"] == {"id": "28:baton", "name": "Contoso"}
    assert sent["recipient"] == {"id": "29:customer"}
    assert not {"id", "replyToId", "timestamp"} & sent.keys(), "the channel gives ids, and knows none of ours"


def test_an_escalation_has_strings_and_numbers_that_are_shown() -> None:
    """Whatever a variable is, it is one of the two; the note is what only the representative reads."""
    sent = escalation(
        NOWHERE,
        _handoff(
            NOWHERE,
            va_AgentMessage="be kind",
            Order="CO-1",
            Count=3,
            Price=2.5,
            Vip=True,
            List=[1, 2],
            Deep={"a": "ü"},
            No=None,
        ),
    )
    means, _ = meaning_of(json.dumps(sent).encode(), "19:x")
    assert means is Means.ESCALATE
    assert sent["text"] == "be kind"
    told = context_of(sent)
    assert told["Order"] == "CO-1"
    assert (told["Count"], told["Price"]) == (3, 2.5)
    assert (json.loads(told["Vip"]), json.loads(told["List"]), json.loads(told["Deep"])) == (True, [1, 2], {"a": "ü"})
    assert "No" not in told
    entries = json.loads(sent["channelData"]["tags"])["context"].values()
    assert all(entry["isDisplayable"] is True for entry in entries)


def test_what_the_context_cannot_hold_stands_in_the_note() -> None:
    """A value that is too long, a name that is, and the hundred-and-first."""
    named: dict[str, Any] = {"va_AgentMessage": "note", "Long": "x" * 4_001, "n" * 101: "named"}
    many: dict[str, Any] = {f"Value{number}": number for number in range(105)}
    sent = escalation(NOWHERE, _handoff(NOWHERE, **named, **many))
    told = context_of(sent)
    assert len(told) == 100
    assert told["Value0"] == 0
    assert sent["text"].startswith("note\nLong: xxx")
    assert f"{'n' * 101}: named" in sent["text"]
    assert "Value104: 104" in sent["text"]


@pytest.mark.parametrize("text", ["y" * 3_900, '"\\' * 1_900, "🙂" * 3_000], ids=["plain", "escaped twice", "wide"])
def test_an_escalation_is_never_too_long(text: str) -> None:
    """Whatever the values are made of: the message keeps its bound, and the first of them are told."""
    values: dict[str, Any] = {f"Value{number}": text for number in range(30)}
    sent = escalation(NOWHERE, _handoff(NOWHERE, va_AgentMessage="z" * 9_000, **values))
    body = json.dumps(sent, ensure_ascii=False).encode()
    assert len(body) <= MAX_MESSAGE
    assert "Value0" in context_of(sent)
    assert meaning_of(body, "19:x")[0] is Means.ESCALATE


@pytest.mark.parametrize("shape", ["tags", "command"])
def test_both_ends_are_understood(shape: Any) -> None:
    """Microsoft's pages show two shapes."""
    assert meaning_of(json.dumps(end(NOWHERE, shape)).encode(), "19:x")[0] is Means.END


def test_a_long_message_goes_out_in_parts() -> None:
    """Nothing of it is lost; what stands under the words stands under the last of them."""
    file = Attachment(content_type="image/png", content_url="https://example.com/a.png")
    text = "".join(chr(97 + number % 26) for number in range(2 * LONGEST + 10))
    parts = list(pushed(Activity(type=MESSAGE, text=text, attachments=(file,))))
    assert "".join(part.text or "" for part in parts) == text
    assert max(len(part.text or "") for part in parts) <= LONGEST
    assert [bool(part.attachments) for part in parts] == [False] * (len(parts) - 1) + [True]
    for part in parts:
        body = json.dumps(to_customer(NOWHERE, part.model_copy(update={"text": "🙂" * len(part.text or "")})))
        assert len(json.loads(body)["text"].encode()) < MAX_MESSAGE


def test_only_what_a_channel_carries_goes_out() -> None:
    """No events; and no end that the customer made."""
    assert list(pushed(Activity(type="event", name="handoff.status"))) == []
    assert list(pushed(Activity(type=END_OF_CONVERSATION, code="userCancelled"))) == []
    assert [part.type for part in pushed(Activity(type=END_OF_CONVERSATION))] == [END_OF_CONVERSATION]
    assert len(list(pushed(Activity(type=MESSAGE, attachments=(Attachment(content_type="image/png"),))))) == 1


TRUSTED = ("*.botframework.com", "smba.trafficmanager.net", "http://127.0.0.1:9")
SERVICES = {
    "https://smba.trafficmanager.net/emea/": True,
    "https://europe.directline.botframework.com/": True,
    "https://botframework.com.example/": False,
    "https://evilbotframework.com/": False,
    "https://smba.trafficmanager.net.example/": False,
    "https://smba.trafficmanager.net@example.com/": False,
    "http://smba.trafficmanager.net/": False,
    "http://127.0.0.1:9/": True,
    "http://127.0.0.1:99/": False,
    "file:///etc/passwd": False,
    "": False,
}


@pytest.mark.parametrize(("service", "trusted"), SERVICES.items())
async def test_replies_go_to_trusted_hosts_only(omnichannel: OmnichannelSimulator, service: str, trusted: bool) -> None:  # noqa: FBT001 - a table's column
    """By https, or as the whole origin is written down."""
    known = omnichannel.settings("contoso")
    settings = Dynamics365Settings.model_validate({**known, "inside": {**known["inside"], "service_hosts": TRUSTED}})
    hub = Dynamics365Hub("inside", settings, omnichannel.entra.client_secret)
    assert _channel(hub)._trusts(service) is trusted
    if not trusted:
        with pytest.raises(HubRefusedError, match="service_hosts"):
            await _channel(hub).deliver(NOWHERE.model_copy(update={"service_url": service}), HELLO)
    await hub.close()


async def test_tokens_are_renewed_by_one_call_at_a_time(omnichannel: OmnichannelSimulator) -> None:
    """Twenty replies at once need one token, and after it expired one more."""
    hub = omnichannel.adapter("inside", "contoso")
    where = [_reference(omnichannel, omnichannel.begin()) for _ in range(20)]
    await asyncio.gather(*(_channel(hub).deliver(each, HELLO) for each in where))
    assert omnichannel.faults.calls.count("token") == 1
    omnichannel.entra.expire()
    await asyncio.gather(*(_channel(hub).deliver(each, HELLO) for each in where))
    assert omnichannel.faults.calls.count("token") == 2
    await hub.close()


CLASSES: dict[str, tuple[Fault, type[Exception]]] = {
    "400": (Fault(status=400), HubRefusedError),
    "403 of other reasons": (Fault(status=403), HubUnavailableError),
    "404": (Fault(status=404), HandoffGoneError),
    "429": (Fault(status=429, retry_after=7), HubUnavailableError),
    "500": (Fault(status=500), HubUnavailableError),
    "out of the roster": (
        Fault(status=403, body=b'{"error":{"code":"BotNotInConversationRoster"}}'),
        HandoffGoneError,
    ),
}


@pytest.mark.parametrize(("fault", "error"), CLASSES.values(), ids=CLASSES)
async def test_what_the_connector_says_is_understood(
    omnichannel: OmnichannelSimulator, fault: Fault, error: type[Exception]
) -> None:
    """Refused, closed, or later; credentials that are wrong may be put right."""
    hub = omnichannel.adapter("inside", "contoso")
    omnichannel.faults.plan("activities", fault)
    with pytest.raises(error) as raised:
        await _channel(hub).deliver(_reference(omnichannel, omnichannel.begin()), HELLO)
    assert type(raised.value) is error
    if isinstance(raised.value, HubUnavailableError):
        assert raised.value.retry_after == fault.retry_after
    await hub.close()


async def test_wrong_credentials_are_told_and_tried_again(omnichannel: OmnichannelSimulator) -> None:
    """`check` says what to do; a reply waits until it is done."""
    settings = Dynamics365Settings.model_validate(omnichannel.settings("contoso"))
    hub = Dynamics365Hub("inside", settings, "wrong")
    with pytest.raises(HubUnavailableError, match="client_secret"):
        await _channel(hub).deliver(_reference(omnichannel, omnichannel.begin()), HELLO)
    with pytest.raises(HubRefusedError, match="client_secret"):
        [found async for found in hub.channel.check()] if hub.channel else []
    await hub.close()


async def test_check_walks_the_whole_way(omnichannel: OmnichannelSimulator) -> None:
    """Token, keys, records; nobody is bothered."""
    hub = omnichannel.adapter("inside", "contoso")
    assert len([found async for found in _channel(hub).check()]) == 3
    assert "activities" not in omnichannel.faults.calls
    await hub.close()


async def test_escalating_again_looks_first(omnichannel: OmnichannelSimulator) -> None:
    """Still with the agent: sent. With a queue or a representative: not again. Closed: gone."""
    hub, held = omnichannel.adapter("inside", "contoso"), omnichannel.begin()
    reference = _reference(omnichannel, held)
    await hub.open(_handoff(reference), again=Again())
    assert len(held.escalations) == 1
    opened = await hub.open(_handoff(reference), again=Again())
    assert (opened.id, opened.over) == (f"in-place:{held.record}", False)
    omnichannel.join(held, "Ada")
    await hub.open(_handoff(reference), again=Again())
    assert len(held.escalations) == 1
    omnichannel.close(held)
    with pytest.raises(HandoffGoneError):
        await hub.open(_handoff(reference), again=Again())
    await hub.close()


async def test_what_becomes_of_it_is_seen(omnichannel: OmnichannelSimulator) -> None:
    """Nothing while it waits, the representative by name, and its end; under the same key at every look."""
    hub, held = omnichannel.adapter("inside", "contoso"), omnichannel.begin()
    watched = WatchedHandoff(conversation="c", id=f"in-place:{held.record}")
    look = _channel(hub).look
    assert await look(watched) == ()
    held.status, held.active_agent = OPEN, None
    assert await look(watched) == ()
    omnichannel.join(held, "Ada")
    (joined,) = await look(watched)
    assert joined.kind is HubEventKind.JOINED
    assert joined.representative is not None
    assert joined.representative.name == "Ada"
    assert await look(watched) == (joined,)
    omnichannel.close(held)
    assert [event.kind for event in await look(watched)] == [HubEventKind.ENDED]
    gone = WatchedHandoff(conversation="c", id="in-place:00000000-0000-4000-8000-000000000000")
    assert [event.kind for event in await look(gone)] == [HubEventKind.ENDED]
    assert await look(WatchedHandoff(conversation="c", id="pushed-in-from-outside")) == ()
    await hub.close()
