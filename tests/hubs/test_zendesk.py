"""What is Zendesk's own: tokens signed by the key, control that comes and goes, tickets, limits."""

import json
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from hubs.base import Again
from hubs.errors import HubClosedError, HubRefusedError, WebhookError
from hubs.handoffs import Handoff, TakenHandoff, Ticket
from hubs.zendesk import ZendeskHub
from hubs.zendesk_messages import EARLIER
from protocol.activity import MESSAGE, Activity, Attachment, ChannelAccount
from protocol.hub_events import HubEventKind
from settings.hubs import ZendeskSettings
from simulators.faults import Fault
from simulators.served import Served
from simulators.zendesk import ZendeskSimulator
from simulators.zendesk_api import SUPPORT_TOKEN

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
USER, BOT = ChannelAccount(id="u", role="user"), ChannelAccount(id="b", name="Contoso", role="bot")


def _handoff(texts: Sequence[str] = ("hello",), **changes: Any) -> Handoff:
    said = [
        Activity(type=MESSAGE, id=f"c|{number}", timestamp=NOON, from_=BOT if number % 2 else USER, text=text)
        for number, text in enumerate(texts)
    ]
    whole = {"key": "c:1", "conversation": "c", "number": 1, "opened_at": NOON, "callback_url": "http://127.0.0.1:9/"}
    return Handoff.model_validate({**whole, "transcript": tuple(said), **changes})


@pytest.fixture
async def hub() -> AsyncIterator[ZendeskSimulator]:
    """A simulated app."""
    simulator = ZendeskSimulator()
    async with Served(simulator.app()) as simulator.url:
        yield simulator


@pytest.fixture
async def adapter(hub: ZendeskSimulator) -> AsyncIterator[ZendeskHub]:
    """Connected to it."""
    connected = hub.adapter("support")
    yield connected
    await connected.close()


def _with(hub: ZendeskSimulator, secret: str = ZendeskSimulator.key_secret, **settings: Any) -> ZendeskHub:
    whole = ZendeskSettings.model_validate({**hub.settings(), **settings})
    return ZendeskHub("support", whole, secret, hub.webhook_secret, SUPPORT_TOKEN)


@pytest.mark.parametrize("auth", ["basic", "jwt"])
async def test_both_ways_to_use_the_key(hub: ZendeskSimulator, auth: str) -> None:
    """As it is, and to sign tokens with; a wrong one says where to look."""
    adapter = _with(hub, auth=auth)
    await adapter.open(_handoff())
    await adapter.close()
    wrong = _with(hub, "a wrong secret that is long enough, too", auth=auth)
    with pytest.raises(HubRefusedError, match="key_secret"):
        await wrong.open(_handoff(key="c:2"))
    await wrong.close()


async def test_the_history_stands_as_it_was_said(hub: ZendeskSimulator, adapter: ZendeskHub) -> None:
    """The newest twenty with their authors, what is older as text; the agent's view begins with the summary."""
    texts = [f"words {number}" for number in range(50)]
    opened = await adapter.open(_handoff(texts, variables={"OrderNumber": "CO-1", "va_AgentMessage": "be kind"}))
    assert not opened.rest
    told = hub.history("c:1")
    assert told[0] == "be kind\nOrderNumber: CO-1"
    assert told[1].count("words") == 30
    assert told[2:] == texts[30:]
    held = hub.api.of("c:1")
    assert [each["author"]["type"] for each in held.messages[2:4]] == ["user", "business"]
    assert held.passed["first_message_id"] == held.messages[0]["id"]
    assert held.passed["dataCapture.ticketField.360023540498"] == "CO-1"


async def test_what_is_too_long_follows(hub: ZendeskSimulator, adapter: ZendeskHub) -> None:
    """Ten texts of what is older before control is passed, what is still older after it, each once."""
    handoff = _handoff([f"{number}: {'words ' * 100}" for number in range(150)])
    opened = await adapter.open(handoff)
    assert opened.rest
    before = len(hub.history("c:1"))
    taken = TakenHandoff(id=opened.id, key="c:1")
    hub.faults.plan("message", Fault(status=500, after_doing=True))
    with pytest.raises(Exception, match="500"):
        await adapter.tell_rest(handoff, taken)
    await adapter.tell_rest(handoff, taken, again=Again())
    whole = hub.history("c:1")
    assert whole[before] == EARLIER
    everything = " ".join(whole)
    assert [everything.count(f" {number}: words") for number in range(150)] == [1] * 150


async def test_files_go_and_come(hub: ZendeskSimulator, adapter: ZendeskHub) -> None:
    """An image as an image, anything else as a file; and after an unclear outcome each once."""
    opened = await adapter.open(_handoff())
    taken = TakenHandoff(id=opened.id, key="c:1")
    files = (
        Attachment(content_type="image/png", content_url="https://example.com/a.png", name="a.png"),
        Attachment(content_type="application/pdf", content_url="https://example.com/b.pdf", name="b" * 300),
    )
    said = Activity(type=MESSAGE, id="c|9", timestamp=NOON, from_=USER, text="look", attachments=files)
    await adapter.send(taken, said)
    await adapter.send(taken, said, again=Again())
    assert hub.said("c:1") == ["look"]
    assert hub.files("c:1") == ["https://example.com/a.png", "https://example.com/b.pdf"]
    kinds = [each["content"]["type"] for each in hub.api.of("c:1").messages[-2:]]
    assert kinds == ["image", "file"]


async def test_a_conversation_that_is_full_is_refused(hub: ZendeskSimulator, adapter: ZendeskHub) -> None:
    """423 after 30,000 messages: trying again is in vain."""
    opened = await adapter.open(_handoff())
    hub.api.max_messages = 1
    said = Activity(type=MESSAGE, id="c|9", timestamp=NOON, from_=USER, text="more")
    with pytest.raises(HubRefusedError, match="423"):
        await adapter.send(TakenHandoff(id=opened.id, key="c:1"), said)


async def test_a_ticket_is_left_once(hub: ZendeskSimulator, adapter: ZendeskHub) -> None:
    """The same key gives the same ticket."""
    contact = {"name": "Ada", "email": "ada@example.com"}
    ticket = Ticket(key="c:ticket:1", conversation="c", subject="Refund", description="help", contact=contact)
    ticket = ticket.model_copy(update={"variables": {"OrderNumber": "CO-1", "va_Scope": "bot"}, "priority": 1})
    left = await adapter.leave_ticket(ticket)
    assert (await adapter.leave_ticket(ticket, again=Again())).id == left.id
    (made,) = hub.tickets()
    assert left.url == f"{hub.url}/hc/requests/{left.id}"
    assert made["comment"]["body"] == "help\nOrderNumber: CO-1"
    assert made["priority"] == "urgent"
    assert made["requester"]["email"] == "ada@example.com"
    assert made["custom_fields"] == [{"id": 360023540498, "value": "CO-1"}]


async def test_without_the_support_api_there_are_no_tickets(hub: ZendeskSimulator) -> None:
    """The refusal names the keys of baton.toml; and nothing is known of who is online."""
    adapter = _with(hub, support_url="")
    ticket = Ticket(key="c:ticket:1", conversation="c", subject="Refund", description="help")
    with pytest.raises(HubRefusedError, match="support_url"):
        await adapter.leave_ticket(ticket)
    assert (await adapter.availability(None)).representatives is None
    await adapter.close()


async def test_who_is_online(hub: ZendeskSimulator, adapter: ZendeskHub) -> None:
    """A conversation can always wait; who wants to be asked first is told that nobody is there."""
    assert (await adapter.availability("general")).representatives == 1
    hub.api.online = 0
    await adapter.open(_handoff())
    careful = _with(hub, asks_first=True)
    with pytest.raises(HubClosedError):
        await careful.open(_handoff(key="c:2"))
    await careful.close()


async def test_the_check_finds_a_switchboard_that_would_not_tell_us(hub: ZendeskSimulator, adapter: ZendeskHub) -> None:
    """`deliverStandbyEvents`, without which nothing that an agent says would reach Baton."""
    assert len([line async for line in adapter.check()]) == 3
    hub.api.delivers_standby_events = False
    with pytest.raises(HubRefusedError, match="deliverStandbyEvents"):
        _ = [line async for line in adapter.check()]
    wrong = _with(hub, app_id="another")
    with pytest.raises(HubRefusedError, match="app_id"):
        _ = [line async for line in wrong.check()]
    await wrong.close()


def _callback(**payload: Any) -> bytes:
    conversation = {"id": "z1", "metadata": {"baton": "c:1"}}
    event = {"id": "e1", "type": "conversation:message", "payload": {"conversation": conversation, **payload}}
    return json.dumps({"app": {"id": "a"}, "webhook": {"id": "w"}, "events": [event, {**event, "id": "e2"}]}).encode()


@pytest.mark.parametrize("kind", ["ticket:closed", "ticket:transfer:email", "conversation:endedByUser"])
@pytest.mark.parametrize("where", ["activity", "content"])
def test_an_activity_among_the_messages_is_the_end(kind: str, where: str) -> None:
    """Whether it stands in the message's activity or in its content."""
    hub = ZendeskSimulator()
    hub.url = "http://127.0.0.1:9"
    message = {"id": "m", "author": {"type": "business", "subtypes": ["activity"]}, where: {"type": kind}}
    key = {"x-api-key": hub.webhook_secret}
    events = hub.adapter("support").receive(key, _callback(message=message), NOON)
    assert [(event.kind, event.key) for event in events] == [(HubEventKind.ENDED, "e1"), (HubEventKind.ENDED, "e2")]
    assert events[0].note == kind


def test_a_callback_with_another_secret_is_refused() -> None:
    """The secret is all that there is to tell a forgery by."""
    hub = ZendeskSimulator()
    hub.url = "http://127.0.0.1:9"
    with pytest.raises(WebhookError):
        hub.adapter("support").receive({"x-api-key": hub.webhook_secret + "x"}, _callback(), NOON)
