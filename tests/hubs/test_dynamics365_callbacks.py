"""What the messaging API's webhook tells: checked, and every event in Baton's words."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hubs.dynamics365 import Dynamics365Hub
from hubs.dynamics365_events import _MEANINGS, events_of
from hubs.errors import WebhookError
from protocol.hub_events import HubEventKind
from settings.dynamics365 import Dynamics365Settings
from simulators.dynamics365 import Dynamics365Simulator

NOW = datetime(2026, 11, 24, 12, 0, 30, tzinfo=UTC)
CONTRACT = Path(__file__).parents[3] / "shared" / "contracts" / "d365_messaging_api.json"
K = HubEventKind


def _activity(**changes: Any) -> bytes:
    sent = {"type": "message", "channelId": "ch", "conversation": {"id": "d1"}, "from": {"id": "a1", "name": "Ada"}}
    return json.dumps({**sent, **changes}).encode()


def _kinds(**changes: Any) -> list[HubEventKind]:
    return [event.kind for event in events_of(_activity(**changes), connection="support", now=NOW)]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("AgentAccepted", K.JOINED),
        ("AgentJoinedCustomerConversation", K.JOINED),
        ("TransferAgentAcceptSession", K.JOINED),
        ("TransferToQueueInitiated", K.TRANSFERRED),
        ("TransferToQueueFailed", K.FAILED),
        ("OutOfOperatingHoursDueToNonWorkingHours", K.FAILED),
        ("OutOfOperatingHoursDueToHoliday", K.FAILED),
        ("ConversationClose", K.ENDED),
        ("ConversationClosed", K.ENDED),
        ("PrimaryAgentEndConversation", K.ENDED),
        ("AgentEndSession", K.ENDED),
        ("AgentClosed", K.ENDED),
        ("SupervisorForceClosedConversation", K.ENDED),
        ("CustomerDisconnected", K.ENDED),
    ],
)
def test_the_name_decides_whatever_the_type(name: str, kind: HubEventKind) -> None:
    """As an event, as a message with the text of the samples, and by that text alone."""
    text = f"EventName: **_{name}_**"
    assert _kinds(type="event", name=name) == _kinds(name=name, text=text) == _kinds(text=text) == [kind]


def test_a_failure_says_why() -> None:
    """For whoever reads the conversation's timeline."""
    for name in ("TransferToQueueFailed", "OutOfOperatingHoursDueToHoliday"):
        (event,) = events_of(_activity(type="event", name=name), connection="support", now=NOW)
        assert event.note


@pytest.mark.parametrize("name", [name for name, meaning in _MEANINGS.items() if meaning is None] + ["NobodyKnows"])
def test_what_changes_nothing_is_let_go(name: str) -> None:
    """Advice among colleagues, transfers that nobody has accepted yet, and what later versions invent."""
    assert _kinds(type="event", name=name) == _kinds(name=name, text="x") == []


def test_every_name_of_the_contract_has_a_row() -> None:
    """Those of the list, and those of the samples."""
    if not CONTRACT.exists():
        pytest.skip("the contract is not at hand")
    contract = json.loads(CONTRACT.read_text(encoding="utf-8"))
    assert {*contract["x-event-names"], *contract["x-event-names-in-samples-only"]} <= set(_MEANINGS)


def test_words_and_files_are_the_representatives() -> None:
    """With who says it; what nobody says, the routing says; what says nothing is nothing."""
    file = {"contentType": "image/jpeg", "contentUrl": "https://example.com/a.jpg", "content": None, "name": "a.jpg"}
    (event,) = events_of(_activity(text="hello", attachments=[file]), connection="support", now=NOW)
    assert (event.kind, event.handoff, event.conversation) == (K.MESSAGE, "d1", "")
    assert event.activity
    assert event.representative
    assert (event.activity.text, event.representative.name) == ("hello", "Ada")
    assert [each.content_url for each in event.activity.attachments or ()] == ["https://example.com/a.jpg"]
    assert _kinds(text="You are number 3.", **{"from": {}}) == _kinds(text="Wait.", **{"from": None}) == [K.SAID]
    assert _kinds(type="typing") == [K.TYPING]
    assert _kinds() == _kinds(text="", attachments=[]) == _kinds(type="event") == []


def test_what_is_told_twice_has_one_key() -> None:
    """By its id or time where it has one."""

    def key(now: datetime = NOW, **changes: Any) -> str:
        (event,) = events_of(_activity(**{"text": "ok", **changes}), connection="support", now=now)
        return event.key

    next_minute = NOW + timedelta(minutes=1)
    assert len({key(), key(text="okay"), key(conversation={"id": "d2"})}) == 3
    assert key(id="m1") == key(next_minute, id="m1", text="edited") == "d1:m1"
    assert key(timestamp="2026-11-24T12:00:00Z") == key(next_minute, timestamp="2026-11-24T12:00:00Z")


@pytest.mark.parametrize("second", range(0, 60, 7))
def test_what_names_neither_id_nor_time_is_known_by_when_it_came(second: int) -> None:
    """Whatever the clock says: within Omnichannel's four tries it is the same, a minute later it is news."""

    def ids(now: datetime) -> tuple[str, ...]:
        (event,) = events_of(_activity(text="ok"), connection="support", now=now)
        return event.ids

    first = NOW.replace(second=second)
    remembered = ids(first)[0]
    assert all(remembered in ids(first + timedelta(seconds=after)) for after in (0, 1, 10, 20, 30, 39))
    assert all(remembered not in ids(first + timedelta(seconds=after)) for after in (60, 61, 90))


@pytest.mark.parametrize("body", [b"", b"[]", b'{"type": "message"}', b'{"conversation": {"id": "d1"}}', b"\xff"])
def test_what_is_no_activity_is_refused(body: bytes) -> None:
    """With where it is wrong."""
    with pytest.raises(WebhookError) as refused:
        events_of(body, connection="support", now=NOW)
    assert refused.value.status == 400


async def _receive(hub: Dynamics365Hub, token: str, body: bytes) -> int:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    await hub.ready(headers)
    return len(hub.receive(headers, body, datetime.now(UTC)))


async def test_only_our_applications_tokens_hold(dynamics: Dynamics365Simulator) -> None:
    """Of this tenant, for us by either name, from us by either claim; checked before the body is read."""
    hub, entra = dynamics.adapter("support"), dynamics.entra
    us = entra.client_id
    for token in (
        entra.sign(us),
        entra.sign(f"api://{us}"),
        entra.sign(us, appid=None, azp=us),
        entra.sign(us, iss=f"https://sts.windows.net/{entra.tenant}/"),
    ):
        assert await _receive(hub, token, _activity(text="hello")) == 1
    wrong = (
        "",
        entra.sign("another"),
        entra.sign(us, appid="another"),
        entra.sign(us, appid=None),
        entra.sign(us, tid="another"),
        entra.sign(us, exp=1_000_000_000),
    )
    for token in wrong:
        with pytest.raises(WebhookError) as refused:
            await _receive(hub, token, b"no activity")
        assert refused.value.status == 401
    await hub.close()


async def test_the_audience_is_a_setting(dynamics: Dynamics365Simulator) -> None:
    """No documentation names it."""
    settings = dynamics.settings()
    settings["messaging"] = {**settings["messaging"], "webhook_audiences": ("theirs",)}
    hub = Dynamics365Hub("support", Dynamics365Settings.model_validate(settings), "secret")
    assert await _receive(hub, dynamics.entra.sign("theirs"), _activity(text="hello")) == 1
    with pytest.raises(WebhookError):
        await _receive(hub, dynamics.entra.sign(dynamics.entra.client_id), _activity(text="hello"))
    await hub.close()
