"""Dynamics 365 by the messaging API: what it is given, what is tried again, and what its errors mean."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from hubs.base import Again
from hubs.dynamics365 import Dynamics365Hub
from hubs.dynamics365_errors import _ADVICE, code_of, meaning
from hubs.errors import HandoffGoneError, HubRefusedError, HubUnavailableError
from hubs.handoffs import Handoff, TakenHandoff
from hubs.registry import connect
from protocol.activity import END_OF_CONVERSATION, MESSAGE, TYPING, Activity, Attachment, ChannelAccount
from protocol.conversation import ConversationReference
from settings.dynamics365 import Dynamics365Settings
from settings.load import load_settings
from simulators.dynamics365 import Dynamics365Simulator
from simulators.faults import Fault

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ADA, BOT = ChannelAccount(id="u", name="Ada", role="user"), ChannelAccount(id="b", name="Contoso", role="bot")


def _said(number: int, text: str, sender: ChannelAccount = ADA) -> Activity:
    return Activity(type=MESSAGE, id=f"c|{number:07d}", timestamp=NOON, from_=sender, text=text)


def _handoff(**changes: Any) -> Handoff:
    known = {"key": "c:1", "conversation": "c", "number": 1, "opened_at": NOON, "callback_url": "http://127.0.0.1:9"}
    return Handoff.model_validate({**known, **changes})


def _long() -> Handoff:
    """60 KB of history, in which things are said more than once."""
    said = [_said(number, f"{number % 40} " + "words " * 100, BOT if number % 2 else ADA) for number in range(100)]
    return _handoff(transcript=(*said, _said(101, "x" * 13_000), _said(102, "the newest", BOT)))


async def test_variables_are_typed_and_bounded_and_nothing_is_lost(
    hub: Dynamics365Hub, dynamics: Dynamics365Simulator
) -> None:
    """Strings and numbers in the context, a hundred at most; what does not fit stands in the start message."""
    odd = {"Flag": True, "Ratio": 0.5, "Endless": float("inf"), "Deep": {"a": [1, "ä"]}, "Nothing": None, "Empty": ""}
    big = {"Long": "y" * 4_001, "n" * 101: "long name", "va_Long": "z" * 4_001}
    many = {f"Value{number}": number for number in range(120)}
    await hub.open(
        _handoff(variables={**odd, **big, **many, "va_AgentMessage": "be kind"}, queue="billing", skills=("a", "b"))
    )
    told = dynamics.variables("c:1")
    assert len(told) == 101
    assert {name: told[name] for name in ("Flag", "Ratio", "Endless", "Deep")} == {
        "Flag": "true",
        "Ratio": 0.5,
        "Endless": "Infinity",
        "Deep": '{"a": [1, "ä"]}',
    }
    assert (told["baton_Queue"], told["baton_Skills"], told["baton_Priority"]) == ("billing", "a,b", 3)
    assert not {"Long", "n" * 101, "va_Long", "Nothing", "Empty"} & set(told)
    for piece in ("be kind", "y" * 4_001, "long name", "z" * 4_001, "Value119: 119"):
        assert piece in told["summary"]


async def test_the_customer_is_the_handoffs(hub: Dynamics365Hub, dynamics: Dynamics365Simulator) -> None:
    """Asked again it is the same conversation, with one start message; another handoff is another one."""
    first = await hub.open(_handoff(variables={"Email": "ada@example.com"}))
    assert await hub.open(_handoff(), again=Again()) == first
    assert (await hub.open(_handoff(key="c:2", number=2))).id != first.id
    assert dynamics.opened() == ["c:1", "c:2"]


async def test_a_long_history_is_told_whole_and_in_order(hub: Dynamics365Hub, dynamics: Dynamics365Simulator) -> None:
    """The newest at once, what is older as messages of who said it; live messages are not held up."""
    handoff = _long()
    opened = await hub.open(handoff)
    taken = TakenHandoff(id=opened.id, key="c:1")
    assert opened.rest
    assert "the newest" in dynamics.variables("c:1")["summary"]
    telling = asyncio.create_task(hub.tell_rest(handoff, taken))
    await hub.send(taken, _said(200, "and now?"))
    await telling
    _whole(dynamics)
    assert dynamics.said("c:1") == ["and now?"]
    automated = [each for each in _history(dynamics) if "messagingapi-oc" in each["channelData"]]
    assert {each["from"]["name"] for each in automated} == {"Contoso"}


@pytest.mark.parametrize("shows", [True, False])
@pytest.mark.parametrize("after_doing", [True, False])
async def test_what_broke_goes_on_where_it_was(
    hub: Dynamics365Hub, dynamics: Dynamics365Simulator, *, shows: bool, after_doing: bool
) -> None:
    """By our ids, and where reading does not show them, by what was said; also what was said twice."""
    dynamics.messaging.shows_channel_data = shows
    handoff = _long()
    taken = TakenHandoff(id=(await hub.open(handoff)).id, key="c:1")
    dynamics.faults.plan(
        "message", *[Fault(200, body=b"{}", after_doing=True)] * 30, Fault(500, after_doing=after_doing)
    )
    with pytest.raises(HubUnavailableError):
        await hub.tell_rest(handoff, taken)
    await hub.tell_rest(handoff, taken, again=Again())
    _whole(dynamics)
    dynamics.faults.plan("message", Fault(500, after_doing=after_doing))
    long = Activity(type=MESSAGE, id="c|9", timestamp=datetime.now(UTC), from_=ADA, text="a" * 6_000 + "b" * 6_000)
    with pytest.raises(HubUnavailableError):
        await hub.send(taken, long)
    await hub.send(taken, long, again=Again())
    await hub.send(taken, _said(300, "after"))
    assert dynamics.said("c:1") == ["a" * 6_000, "b" * 6_000, "after"]


async def test_files_go_with_the_words(hub: Dynamics365Hub, dynamics: Dynamics365Simulator) -> None:
    """By their address; what has none, and no words, is nothing to send."""
    taken = TakenHandoff(id=(await hub.open(_handoff())).id, key="c:1")
    file = Attachment(content_type="image/png", content_url="https://example.com/a.png", name="a.png")
    card = Attachment(content_type="application/vnd.microsoft.card.adaptive", content={})
    await hub.send(taken, _said(1, "look").model_copy(update={"attachments": (file, card)}))
    await hub.send(taken, _said(2, "").model_copy(update={"attachments": (card,)}))
    await hub.send(taken, Activity(type=TYPING, from_=ADA))
    assert (dynamics.said("c:1"), dynamics.files("c:1"), dynamics.typed("c:1")) == (["look"], ["a.png"], 1)


async def test_the_end_is_done_once(hub: Dynamics365Hub, dynamics: Dynamics365Simulator) -> None:
    """404 says that it is over; a message then has nowhere to go."""
    taken = TakenHandoff(id=(await hub.open(_handoff())).id, key="c:1")
    for _ in range(2):
        await hub.send(taken, Activity(type=END_OF_CONVERSATION))
    assert not dynamics.is_open("c:1")
    with pytest.raises(HandoffGoneError, match="30013"):
        await hub.send(taken, _said(1, "hello?"))


async def test_an_expired_token_is_renewed_once(hub: Dynamics365Hub, dynamics: Dynamics365Simulator) -> None:
    """By ten calls at a time."""
    taken = TakenHandoff(id=(await hub.open(_handoff())).id, key="c:1")
    assert dynamics.expire_tokens()
    await asyncio.gather(*(hub.send(taken, _said(number, f"{number}")) for number in range(10)))
    assert dynamics.faults.calls.count("token") == 2
    assert len(dynamics.said("c:1")) == 10


def _answer(status: int, body: Any) -> httpx.Response:
    return httpx.Response(status, json=body)


@pytest.mark.parametrize("code", range(30001, 30017))
def test_every_error_code_has_its_class_and_advice(code: int) -> None:
    """Wherever in the body it stands."""
    bodies = ({"code": str(code)}, {"errorCode": code}, {"detail": f"Error {code}: no"}, {"error": {"code": str(code)}})
    classes = {30013: HandoffGoneError, 30015: HubUnavailableError}
    for body in bodies:
        answer = _answer(400, body)
        error = meaning("support")(answer, "it said no")
        assert code_of(answer) == code
        assert type(error) is classes.get(code, HubRefusedError)
        assert _ADVICE.get(code, "") in str(error)


def test_what_names_no_code_has_none() -> None:
    """Numbers elsewhere, other numbers, no JSON."""
    assert code_of(_answer(400, {"traceId": "30004", "status": 400, "detail": "130004"})) is None
    assert code_of(_answer(400, ["30004"])) is None
    assert code_of(httpx.Response(503, text="down")) is None
    assert meaning("support")(_answer(500, {}), "it said no") is None


@pytest.mark.parametrize("in_detail", [True, False])
async def test_a_channel_that_is_not_linked(dynamics: Dynamics365Simulator, *, in_detail: bool) -> None:
    """What an administrator does about it stands in the error."""
    dynamics.messaging.linked, dynamics.messaging.tells_code_in_detail = False, in_detail
    hub = dynamics.adapter("support")
    with pytest.raises(HubRefusedError, match=r"30014.*link the custom messaging channel to a workstream"):
        await hub.open(_handoff())
    await hub.close()


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        ("organization", "none", "messaging.organization is not"),
        ("organization", "00000000-0000-4000-8000-000000000000", "scope"),
        ("channel", "none", "messaging.channel is no id"),
        ("channel", "00000000-0000-4000-8000-000000000000", "create the custom messaging channel"),
    ],
)
async def test_a_wrong_setting_is_told(dynamics: Dynamics365Simulator, key: str, value: str, why: str) -> None:
    """By `check`, in one line, before any customer meets it."""
    settings = dynamics.settings()
    settings["messaging"] = {**settings["messaging"], "scope": f"{_resource()}/.default", key: value}
    if value.startswith("0") and key == "organization":
        del settings["messaging"]["scope"]
    hub = Dynamics365Hub("support", Dynamics365Settings.model_validate(settings), dynamics.entra.client_secret)
    with pytest.raises(HubRefusedError, match=why):
        [_ async for _ in hub.check()]
    await hub.close()


async def test_the_check_walks_the_whole_way(hub: Dynamics365Hub, dynamics: Dynamics365Simulator) -> None:
    """The API, the callbacks' keys, Dataverse; nobody is bothered."""
    assert len([holds async for holds in hub.check()]) == 4
    assert dynamics.opened() == []


async def test_what_the_simulator_prints_reaches_it(dynamics: Dynamics365Simulator, tmp_path: Path) -> None:
    """Its tables within tables, as somebody copies them."""
    (tmp_path / "baton.toml").write_text(dynamics.configuration(), encoding="utf-8")
    settings = load_settings(tmp_path / "baton.toml", environ={})
    hub = connect("simulated", settings.hubs["simulated"], lambda secret: dynamics.secrets[secret.removeprefix("env:")])
    assert len([holds async for holds in hub.check()]) == 4
    await hub.close()


async def test_a_way_that_is_not_configured_is_refused(dynamics: Dynamics365Simulator) -> None:
    """With the table that is missing; so is a conversation in place that is not this connection's."""
    settings = {name: value for name, value in dynamics.settings().items() if name not in {"messaging", "dataverse"}}
    hub = Dynamics365Hub("support", Dynamics365Settings.model_validate(settings), dynamics.entra.client_secret)
    reference = ConversationReference(connection="elsewhere", service_url="u", conversation="c", bot=BOT, customer=ADA)
    with pytest.raises(HubRefusedError, match=r"\[hubs.support.messaging\] is missing"):
        await hub.open(_handoff(reference=reference))
    assert (await hub.availability(None)).open
    await hub.close()


def _resource() -> str:
    host = Dynamics365Simulator().messaging._resource
    assert host.endswith("-c.crm.dynamics.com")
    return host


def _history(dynamics: Dynamics365Simulator) -> list[dict[str, Any]]:
    (held,) = dynamics.messaging.held.values()
    return [each for each in held.messages if each["id"].startswith("c:1:h")]


def _whole(dynamics: Dynamics365Simulator) -> None:
    """Every line of the long history stands once, in order, somewhere."""
    told = "\n".join(dynamics.history("c:1"))
    expected = [f"{number % 40} words" for number in range(100)]
    spoken = [line.split(": ", 1)[1] for line in told.splitlines() if line.startswith("12:00 ")]
    assert [words[: len(begin)] for words, begin in zip(spoken, expected, strict=False)] == expected
    assert told.replace("\n", "").count("x") == 13_000
    assert told.count("the newest") == 1
    assert len(_history(dynamics)) == len({each["id"] for each in _history(dynamics)})
