"""The adapter of the custom hub: every answer becomes an outcome, every callback is checked before it is read."""

import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook

from hubs.custom import CustomHub, on_the_wire
from hubs.errors import HandoffGoneError, HubClosedError, HubRefusedError, HubUnavailableError, WebhookError
from hubs.handoffs import Handoff, TakenHandoff
from protocol.activity import MESSAGE, Activity, ChannelAccount
from protocol.hub_events import HubEventKind
from simulators.custom_hub import CustomHubSimulator
from simulators.faults import Fault
from simulators.served import Served
from tests.support.waiting import PATIENCE

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SIMULATOR = CustomHubSimulator()


@pytest.fixture
async def simulator() -> AsyncIterator[CustomHubSimulator]:
    """A hub over a real socket."""
    hub = CustomHubSimulator()
    async with Served(hub.app()) as url:
        hub.url = url
        yield hub


@pytest.fixture
async def adapter(simulator: CustomHubSimulator) -> AsyncIterator[CustomHub]:
    """The adapter, connected to it."""
    hub = CustomHub("support", simulator.url, simulator.token, simulator.webhook_secret, timeout_seconds=PATIENCE)
    yield hub
    await hub.close()


def _handoff(**changes: Any) -> Handoff:
    said = Activity(
        type=MESSAGE, id="c|1", timestamp=NOON, from_=ChannelAccount(id="u", role="user"), text="help", entities=[]
    )
    whole: dict[str, Any] = {
        "key": "c:1",
        "conversation": "c",
        "number": 1,
        "opened_at": NOON,
        "queue": "general",
        "variables": {"va_BotId": "bot", "OrderId": "A-1"},
        "transcript": (said,),
        "callback_url": "http://127.0.0.1:9/webhooks/custom/support?conversation=c",
    }
    return Handoff(**{**whole, **changes})


async def test_a_handoff_is_opened_with_everything(adapter: CustomHub, simulator: CustomHubSimulator) -> None:
    """Under its key, however often; with history, variables and routing."""
    opened = await adapter.open(_handoff())
    assert (await adapter.open(_handoff())).id == opened.id
    body = simulator.newest.opening
    assert body["value"]["OrderId"] == "A-1"
    assert body["channelData"]["queue"] == "general"
    assert simulator.newest.history[0] == {
        "type": "message",
        "id": "c|1",
        "timestamp": "2026-11-24T12:00:00Z",
        "from": {"id": "u", "role": "user"},
        "text": "help",
    }


async def test_a_closed_queue_is_not_asked(adapter: CustomHub, simulator: CustomHubSimulator) -> None:
    """Closed and unknown are told apart; neither opens anything."""
    simulator.closed.add("general")
    with pytest.raises(HubClosedError, match="closed"):
        await adapter.open(_handoff())
    simulator.unknown.add("nowhere")
    with pytest.raises(HubRefusedError, match='has no queue "nowhere"'):
        await adapter.open(_handoff(queue="nowhere"))
    assert simulator.handoffs == {}


@pytest.mark.parametrize("status", [500, 502, 503, 429, 408])
async def test_what_may_work_later_says_when(adapter: CustomHub, simulator: CustomHubSimulator, status: int) -> None:
    """Retry-After is passed on."""
    simulator.fail_next("open", Fault(status=status, retry_after=7))
    with pytest.raises(HubUnavailableError) as unavailable:
        await adapter.open(_handoff())
    assert unavailable.value.retry_after == 7


async def test_a_time_out_may_work_later(simulator: CustomHubSimulator) -> None:
    """As does a hub that is not there at all."""
    simulator.fail_next("queue", Fault(hang_seconds=30))
    hasty = CustomHub("hasty", simulator.url, simulator.token, simulator.webhook_secret, timeout_seconds=1)
    with pytest.raises(HubUnavailableError, match="ReadTimeout"):
        await hasty.open(_handoff())
    await hasty.close()
    nobody = CustomHub("gone", "http://127.0.0.1:9", "t", simulator.webhook_secret)
    with pytest.raises(HubUnavailableError, match="ConnectError"):
        await nobody.open(_handoff())
    await nobody.close()


async def test_refusals_are_final(adapter: CustomHub, simulator: CustomHubSimulator) -> None:
    """A wrong token names its key; another body under the same key is refused."""
    wrong = CustomHub("support", simulator.url, "wrong", simulator.webhook_secret)
    with pytest.raises(HubRefusedError, match=r"\[hubs.support\] token"):
        await wrong.open(_handoff())
    await wrong.close()
    await adapter.open(_handoff())
    with pytest.raises(HubRefusedError, match="409"):
        await adapter.open(_handoff(priority=1))


@pytest.mark.parametrize("body", [b"<html>hello</html>", b"[]", b'{"id": 5}', b"", b"\xff\xfe"])
async def test_nonsense_is_no_answer(adapter: CustomHub, simulator: CustomHubSimulator, body: bytes) -> None:
    """A proxy's page with status 200 is not a handoff."""
    simulator.fail_next("open", Fault(status=200, body=body))
    with pytest.raises(HubUnavailableError, match="not of the contract"):
        await adapter.open(_handoff())


async def test_a_handoff_that_is_over_is_gone(adapter: CustomHub, simulator: CustomHubSimulator) -> None:
    """404 and 410 mean the same to a conversation."""
    activity = Activity(type=MESSAGE, id="c|2", timestamp=NOON, from_=ChannelAccount(id="u"), text="hello?")
    with pytest.raises(HandoffGoneError):
        await adapter.send(TakenHandoff(id="nobody", key="c:1"), activity)
    opened = await adapter.open(_handoff())
    simulator.newest.ended = True
    with pytest.raises(HandoffGoneError):
        await adapter.send(TakenHandoff(id=opened.id, key="c:1"), activity)


def test_only_the_contracts_fields_leave() -> None:
    """What Direct Line brought along stays at home, and a text fits."""
    activity = Activity.model_validate(
        {"type": "message", "id": "1", "timestamp": NOON, "text": "x" * 30_000, "inputHint": "x", "zzz": 1}
    )
    sent = on_the_wire(activity)
    assert set(sent) == {"type", "id", "timestamp", "text", "from"}
    assert len(sent["text"]) == 28_000


def _signed(body: bytes, key: str = "w1", at: datetime | None = None) -> dict[str, str]:
    at = at or datetime.now(UTC)
    signature = Webhook(SIMULATOR.webhook_secret).sign(key, at, body.decode())
    return {"webhook-id": key, "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signature}


@pytest.fixture
async def receiver() -> AsyncIterator[Callable[..., Any]]:
    """Hands a callback to the adapter."""
    hub = CustomHub("support", "http://127.0.0.1:9", "t", SIMULATOR.webhook_secret)

    def receive(body: Any, headers: dict[str, str] | None = None) -> Any:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return hub.receive(headers if headers is not None else _signed(raw), raw, datetime.now(UTC))

    yield receive
    await hub.close()


def _said(**changes: Any) -> dict[str, Any]:
    return {"type": "message", "id": "m1", "timestamp": NOON.isoformat(), "conversation": {"id": "h1"}, **changes}


async def test_a_message_is_an_event(receiver: Callable[..., Any]) -> None:
    """With the representative who wrote it, under the callback's own id."""
    (event,) = receiver(_said(text="hi", **{"from": {"id": "ada", "name": "Ada"}}))
    assert (event.kind, event.key, event.handoff) == (HubEventKind.MESSAGE, "w1", "h1")
    assert event.activity.text == "hi"
    assert event.representative.name == "Ada"


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("queued", HubEventKind.QUEUED),
        ("accepted", HubEventKind.JOINED),
        ("transferred", HubEventKind.TRANSFERRED),
        ("returned", HubEventKind.RETURNED),
        ("failed", HubEventKind.FAILED),
        ("completed", HubEventKind.ENDED),
    ],
)
async def test_every_status_is_an_event(receiver: Callable[..., Any], state: str, kind: HubEventKind) -> None:
    """All states of the contract."""
    value = {"state": state, "position": 2, "estimatedWaitSeconds": 60, "agent": {"id": "a"}, "message": "why"}
    (event,) = receiver(_said(type="event", name="handoff.status", value=value))
    assert event.kind is kind
    assert event.position == 2
    assert event.note == "why"


async def test_a_forged_callback_is_refused(receiver: Callable[..., Any]) -> None:
    """Not signed, signed for another body, malformed, or too old: 401 before anything is read."""
    body = json.dumps(_said(text="hi")).encode()
    old = _signed(body, at=datetime.now(UTC) - timedelta(minutes=6))
    malformed = {**_signed(body), "webhook-signature": "nonsense"}
    for headers in ({}, _signed(b"{}"), old, malformed):
        with pytest.raises(WebhookError) as refused:
            receiver(body, headers)
        assert refused.value.status == 401


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b'"text"',
        json.dumps(_said(conversation={})).encode(),
        json.dumps(_said(text="x" * 28_001)).encode(),
        json.dumps(_said(type="event", name="handoff.status", value={"state": "odd"})).encode(),
        json.dumps(
            _said(type="event", name="handoff.status", value={"state": "accepted", "agent": {"id": 5}})
        ).encode(),
        json.dumps(_said(attachments="none")).encode(),
        json.dumps(_said(attachments=[{"name": "x"}])).encode(),
    ],
)
async def test_a_callback_that_is_not_of_the_contract_is_refused(receiver: Callable[..., Any], body: bytes) -> None:
    """400, and never a crash."""
    with pytest.raises(WebhookError) as refused:
        receiver(body)
    assert refused.value.status == 400


async def test_what_baton_has_no_use_for_is_taken(receiver: Callable[..., Any]) -> None:
    """An event of the hub's own is no reason to refuse the callback."""
    assert receiver(_said(type="event", name="wrapup")) == []
