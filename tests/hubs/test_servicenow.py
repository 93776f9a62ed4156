"""ServiceNow's adapter: opened when a callback says so, every failure told apart, nothing asked twice."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from hubs.errors import HubClosedError, HubPendingError, HubRefusedError, HubUnavailableError
from hubs.handoffs import Handoff, TakenHandoff
from hubs.servicenow import ServiceNowHub
from hubs.servicenow_asked import MOST, SETTLES_WITHIN, Asked
from hubs.servicenow_auth import ServiceNowSecrets
from protocol.activity import END_OF_CONVERSATION, MESSAGE, TYPING, Activity, Attachment, ChannelAccount
from protocol.hub_events import HubEventKind
from settings.hubs import ServiceNowSettings
from simulators.faults import Fault
from simulators.served import Served
from simulators.servicenow import ServiceNowSimulator
from tests.support.echoing import Told, told_by
from tests.support.waiting import eventually

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
USER = ChannelAccount(id="u", role="user")
TAKEN = TakenHandoff(id="c:1", key="c:1")
HANDOFF = Handoff(
    key="c:1",
    conversation="c",
    number=1,
    opened_at=NOON,
    queue="general",
    skills=("billing", "french"),
    variables={"va_AgentMessage": "be kind", "Deep": {"a": [1, "ä"]}, "Nothing": None, "Sure": True},
    transcript=(
        Activity(type=MESSAGE, id="1", timestamp=NOON, from_=USER, text="my bill"),
        Activity(type=MESSAGE, id="2", timestamp=NOON, from_=ChannelAccount(id="b", role="bot"), text="one moment"),
        Activity(type=MESSAGE, id="3", from_=ChannelAccount(id="a", name="Ada", role="agent"), text="hello"),
    ),
    callback_url="http://127.0.0.1:9/webhooks",
)


@pytest.fixture
async def simulator() -> AsyncIterator[ServiceNowSimulator]:
    """An instance with Agent Chat."""
    hub = ServiceNowSimulator()
    async with Served(hub.app()) as hub.url:
        yield hub


@asynccontextmanager
async def _connected(simulator: ServiceNowSimulator, **changes: object) -> AsyncIterator[Told]:
    """The adapter, and whoever is called back."""
    settings = ServiceNowSettings.model_validate({**simulator.settings(), **changes})
    door = simulator.door
    secrets = ServiceNowSecrets(simulator.callback_secret, door.password, door.client_secret)
    adapter = ServiceNowHub("support", settings, secrets)
    try:
        async with told_by(simulator, adapter) as told:
            yield told
    finally:
        await adapter.close()


def _said(number: int, text: str) -> Activity:
    return Activity(type=MESSAGE, id=f"c|{number}", timestamp=NOON, from_=USER, text=text)


async def test_everything_goes_along(simulator: ServiceNowSimulator) -> None:
    """History with its senders and times, every variable as a string, and the routing."""
    async with _connected(simulator) as told:
        assert (await told.open(HANDOFF)).id == "c:1"
        variables = simulator.variables("c:1")
        assert variables["Deep"] == '{"a": [1, "ä"]}'
        assert (variables["Nothing"], variables["Sure"]) == ("", "true")
        assert (variables["liveagent_queue"], variables["LiveAgent_mandatory_skills"]) == ("general", "billing,french")
        assert variables["b2b_category"] == "support"
        assert "Deep: " in variables["summary"]
        assert simulator.history("c:1")[1:] == ["my bill", "one moment", "hello"]
        assert told.kinds() == [HubEventKind.QUEUED, HubEventKind.QUEUED]
        assert [event.wait_seconds for event in told.events.values()][-1] == 8


async def test_it_is_open_when_a_callback_says_so(simulator: ServiceNowSimulator) -> None:
    """An answer of 200 is not enough; asked again, it is not asked for a second time."""
    async with _connected(simulator) as told:
        with pytest.raises(HubPendingError):
            await told.adapter.open(HANDOFF)
        with pytest.raises(HubPendingError):
            await told.adapter.open(HANDOFF)
        assert simulator.faults.calls.count("open") == 1
        assert await told.open(HANDOFF)
        assert simulator.opened() == ["c:1"]
        assert simulator.lost == []


async def test_silence_is_a_failure_and_leaves_nothing_behind(simulator: ServiceNowSimulator) -> None:
    """Only the callbacks are lost: the session is there, and is ended before the next route is asked."""
    simulator.callback_faults.lose = 100
    async with _connected(simulator, callback_within_seconds=0.2) as told:
        with pytest.raises(HubRefusedError, match="never called back"):
            await told.open(HANDOFF)
        await eventually(lambda: not simulator.is_open("c:1"))
        assert simulator.opened() == ["c:1"]


async def test_nobody_there_is_closed(simulator: ServiceNowSimulator) -> None:
    """The Virtual Agent gives control back before anybody was asked."""
    simulator.agents_available = False
    async with _connected(simulator) as told:
        with pytest.raises(HubClosedError):
            await told.open(HANDOFF)
        await eventually(lambda: told.kinds() == [HubEventKind.FAILED])
        (failed,) = [event for event in told.events.values() if event.kind is HubEventKind.FAILED]
        assert failed.note == "There are no agents available at this time."


async def test_a_virtual_agent_that_talks_first_is_asked_twice(simulator: ServiceNowSimulator) -> None:
    """Once more, after it had its time to go on by itself; what it says is for nobody."""
    simulator.transfers_at_second = True
    async with _connected(simulator, asks_again_after_seconds=0.2) as told:
        assert await told.open(HANDOFF)
        assert simulator.faults.calls.count("open") == 2
        assert simulator.opened() == ["c:1"]
        assert HubEventKind.SAID not in told.kinds()


@pytest.mark.parametrize("ignores", [True, False])
async def test_an_unclear_transfer_is_looked_for_first(simulator: ServiceNowSimulator, *, ignores: bool) -> None:
    """It was done and the answer was lost: the callback shows it, whether or not duplicates are ignored."""
    simulator.ignores_duplicates = ignores
    simulator.faults.plan("open", Fault(status=500, after_doing=True))
    async with _connected(simulator) as told:
        with pytest.raises(HubUnavailableError):
            await told.adapter.open(HANDOFF)
        assert await told.open(HANDOFF)
        assert simulator.opened() == ["c:1"]
        assert simulator.faults.calls.count("open") == 1


async def test_an_unclear_message_has_the_same_request_id(simulator: ServiceNowSimulator) -> None:
    """Duplicates ignored: once. Not ignored: twice, unless an agent's answer has echoed it meanwhile."""
    async with _connected(simulator) as told:
        await told.open(HANDOFF)
        simulator.faults.plan("message", Fault(status=500, after_doing=True))
        with pytest.raises(HubUnavailableError):
            await told.adapter.send(TAKEN, _said(1, "one"))
        await told.adapter.send(TAKEN, _said(1, "one"), again=told.again)
        assert simulator.said("c:1") == ["one"]
        simulator.ignores_duplicates = False
        await told.adapter.send(TAKEN, _said(1, "one"), again=told.again)
        assert simulator.said("c:1") == ["one", "one"]
        await simulator.say("c:1", "I see")
        await told.adapter.send(TAKEN, _said(1, "one"), again=told.again)
        assert simulator.said("c:1") == ["one", "one"]
    assert not ServiceNowHub.capabilities.idempotent


async def test_files_typing_and_the_end(simulator: ServiceNowSimulator) -> None:
    """A file by its address; nothing for what has neither words nor files."""
    file = Attachment(content_type="image/png", content_url="https://example.com/a.png", name="a.png")
    inline = Attachment(content_type="image/png", content_url="data:image/png;base64,AA==", name="b.png")
    async with _connected(simulator) as told:
        await told.open(HANDOFF)
        await told.adapter.send(TAKEN, _said(1, "look").model_copy(update={"attachments": (file, inline)}))
        await told.adapter.send(TAKEN, _said(2, ""))
        await told.adapter.send(TAKEN, Activity(type=TYPING, id="t", from_=USER))
        assert simulator.said("c:1") == ["look\nhttps://example.com/a.png\n[b.png]"]
        assert simulator.files("c:1") == ["https://example.com/a.png"]
        assert simulator.typed("c:1") == 1
        await simulator.say_image("c:1", "https://example.com/c.png")
        await told.adapter.send(TAKEN, Activity(type=END_OF_CONVERSATION, id="e", from_=USER))
        await eventually(lambda: HubEventKind.ENDED in told.kinds())
        (shown,) = [event.activity for event in told.events.values() if event.kind is HubEventKind.MESSAGE]
        assert shown
        assert [each.content_url for each in shown.attachments or ()] == ["https://example.com/c.png"]


async def test_a_message_that_the_virtual_agent_answers_has_reached_nobody(simulator: ServiceNowSimulator) -> None:
    """The callback with the end was lost: the next message shows it."""
    async with _connected(simulator) as told:
        await told.open(HANDOFF)
        await simulator.join("c:1", "Ada")
        simulator.callback_faults.lose = 2
        await simulator.end("c:1")
        assert HubEventKind.ENDED not in told.kinds()
        await told.adapter.send(TAKEN, _said(1, "still there?"))
        await eventually(lambda: told.kinds()[-1] is HubEventKind.FAILED)


@pytest.mark.parametrize(
    ("fault", "raised", "says"),
    [
        (Fault(status=404), HubRefusedError, "installed there"),
        (Fault(status=400), HubRefusedError, "400"),
        (Fault(status=401), HubRefusedError, r"\[hubs.support\] client_id, client_secret, username, password"),
        (Fault(status=405), HubRefusedError, "switched off"),
        (Fault(status=200, body=b'{"status":"failure"}'), HubRefusedError, "System Logs"),
        (Fault(status=200, body=b"<html>"), HubUnavailableError, "contract"),
        (Fault(status=503), HubUnavailableError, "503"),
    ],
)
async def test_failures_are_told_apart(
    simulator: ServiceNowSimulator, fault: Fault, raised: type[Exception], says: str
) -> None:
    """What will never work, and what may later."""
    simulator.faults.plan("open", fault, fault)
    async with _connected(simulator) as told:
        with pytest.raises(raised, match=says):
            await told.adapter.open(HANDOFF)


async def test_the_rate_rule_is_waited_for(simulator: ServiceNowSimulator) -> None:
    """429 says for how long."""
    simulator.door.requests_left = 0
    async with _connected(simulator) as told:
        with pytest.raises(HubUnavailableError) as slower:
            await told.adapter.open(HANDOFF)
        assert slower.value.retry_after == 1


@pytest.mark.parametrize("prepare", [lambda hub: setattr(hub, "switched_off", True), lambda hub: hub.door.revoke()])
async def test_the_check_bothers_nobody(
    simulator: ServiceNowSimulator, prepare: Callable[[ServiceNowSimulator], None]
) -> None:
    """Every step of it is told; what is wrong, too, with what to do."""
    async with _connected(simulator) as told:
        assert len([line async for line in told.adapter.check()]) == 2
        assert (simulator.opened(), simulator.tickets()) == ([], [])
        prepare(simulator)
        simulator.door.password = "changed"
        with pytest.raises(HubRefusedError, match=r"switched off|\[hubs.support\]"):
            assert [line async for line in told.adapter.check()] == []


def test_an_old_request_is_forgotten() -> None:
    """What may have been taken is given its time; memory has an end."""
    now = [0.0]
    asked = Asked(lambda: now[0])
    with pytest.raises(HubUnavailableError), asked.asking("r"):
        raise HubUnavailableError("broke")
    assert (asked.waited("r"), asked.may_be_there("r")) == (None, True)
    now[0] += SETTLES_WITHIN
    assert not asked.may_be_there("r")
    for number in range(MOST + 1):
        with asked.asking(f"r{number}"):
            now[0] += 1
    assert (asked.waited("r0"), asked.waited("r1")) == (None, MOST - 1)
