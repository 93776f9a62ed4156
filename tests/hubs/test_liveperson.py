"""LivePerson's adapter against its simulator: domains, tokens, pace, limits, and what follows an unclear outcome."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hubs.base import Again
from hubs.errors import HandoffGoneError, HubClosedError, HubRefusedError, HubUnavailableError
from hubs.handoffs import Handoff, TakenHandoff
from hubs.liveperson import AT_ONCE, LivePersonHub
from protocol.activity import END_OF_CONVERSATION, MESSAGE, TYPING, Activity, Attachment, ChannelAccount
from protocol.hub_events import HubEventKind
from settings.hubs import LivePersonSettings
from simulators.faults import Fault
from simulators.liveperson import LivePersonSimulator
from simulators.served import Served
from tests.support.patient import patient_client
from tests.support.waiting import eventually

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
USER = ChannelAccount(id="u", name="Ada Lovelace", role="user")
DID_IT_AND_BROKE = Fault(status=500, after_doing=True)


@dataclass
class Line:
    """The adapter, its hub, and the marks that came by webhook."""

    hub: LivePersonSimulator
    adapter: LivePersonHub
    marks: list[str] = field(default_factory=list)

    @property
    def again(self) -> Again:
        """What a second try is given."""

        async def echoed() -> Sequence[str]:
            return tuple(self.marks)

        return Again(echoed)

    def with_settings(self, shift_token: str | None = None, **changes: Any) -> LivePersonHub:
        """Another adapter on the same hub."""
        settings = LivePersonSettings.model_validate({**self.hub.settings(), "echo_seconds": 0.5, **changes})
        return LivePersonHub("support", settings, self.hub.client_secret, shift_token)

    async def hear(self, request: Request) -> Response:
        """A webhook."""
        events = self.adapter.receive(request.headers, await request.body(), NOON)
        self.marks += [event.note for event in events if event.kind is HubEventKind.ECHOED and event.note]
        return Response(status_code=200)


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    """Both over real sockets, with webhooks."""
    hub = LivePersonSimulator()
    async with Served(hub.app()) as hub.url:
        made = Line(hub, hub.adapter("support"))
        made.adapter = made.with_settings()
        async with Served(Starlette(routes=[Route("/", made.hear, methods=["POST"])])) as hub.callback:
            yield made
        await made.adapter.close()


def _handoff(**changes: Any) -> Handoff:
    whole: dict[str, Any] = {
        "key": "c:1",
        "conversation": "c",
        "number": 1,
        "opened_at": NOON,
        "queue": "general",
        "variables": {"va_AgentMessage": "be kind", "OrderNumber": "CO-1"},
        "transcript": (_said("help"),),
        "callback_url": "http://127.0.0.1:9/webhooks",
        "customer": USER,
    }
    return Handoff(**{**whole, **changes})


def _said(text: str, number: int = 1) -> Activity:
    return Activity(type=MESSAGE, id=f"c|{number:07d}", timestamp=NOON, from_=USER, text=text)


async def _opened(line: Line, **changes: Any) -> TakenHandoff:
    handoff = _handoff(**changes)
    prepared = await line.adapter.prepare(handoff)
    opened = await line.adapter.open(handoff.model_copy(update={"session": prepared.session}))
    return TakenHandoff(id=opened.id, key=handoff.key, session=prepared.session)


async def test_a_handoff_is_prepared_with_a_consumer_of_its_own(line: Line) -> None:
    """The same consumer whenever asked, another for another handoff; callbacks name it."""
    first, second = await line.adapter.prepare(_handoff()), await line.adapter.prepare(_handoff())
    assert first.known_as == second.known_as
    assert first.session != second.session
    assert (await line.adapter.prepare(_handoff(key="c:2"))).known_as != first.known_as


async def test_domains_are_looked_up_once(line: Line) -> None:
    """By many at once, too."""
    await asyncio.gather(*(line.adapter.prepare(_handoff(key=f"c:{number}")) for number in range(10)))
    await _opened(line)
    assert sorted(line.hub.services.looked_up) == ["asyncMessagingEnt", "idp", "sentinel"]
    assert line.hub.faults.calls.count("token") == 1


async def test_an_address_that_is_configured_is_not_looked_up(line: Line) -> None:
    """Every service may be elsewhere."""
    services = dict.fromkeys(("sentinel", "idp", "asyncMessagingEnt"), line.hub.url)
    adapter = line.with_settings(services=services)
    await adapter.open(_handoff())
    assert line.hub.services.looked_up == []
    await adapter.close()


async def test_expired_tokens_are_renewed_once_by_all(line: Line) -> None:
    """Ten calls meet 40102, then 40103: one AppJWT and one ConsumerJWS are fetched, and each call arrives once."""
    taken = await _opened(line)
    line.hub.faults.clear()
    line.hub.expire_tokens()
    await asyncio.gather(*(line.adapter.send(taken, _said(f"m{number}", number)) for number in range(10)))
    assert sorted(line.hub.said("c:1")) == [f"m{number}" for number in range(10)]
    assert (line.hub.faults.calls.count("token"), line.hub.faults.calls.count("consumer")) == (1, 1)


async def test_another_process_goes_on_with_the_session(line: Line) -> None:
    """The ConsumerJWS that was kept is used; no consumer is fetched while it is good."""
    taken = await _opened(line)
    line.hub.faults.clear()
    other = line.with_settings()
    await other.send(taken, _said("hello"))
    assert line.hub.faults.calls.count("consumer") == 0
    await other.close()


async def test_wrong_credentials_name_their_keys(line: Line) -> None:
    """And are not tried for ever."""
    wrong = LivePersonHub("support", LivePersonSettings.model_validate(line.hub.settings()), "guessed")
    with pytest.raises(HubRefusedError, match=r"\[hubs.support\] account, client_id and client_secret"):
        await wrong.prepare(_handoff())
    await wrong.close()
    nobody = line.with_settings(account="other")
    with pytest.raises(HubRefusedError, match=r"\[hubs.support\] account"):
        await nobody.prepare(_handoff())
    await nobody.close()


async def test_everything_goes_along(line: Line) -> None:
    """Note, variables and transcript as text, name and ids as attributes, the queue as its skill."""
    await _opened(line, priority=1)
    told = "\n".join(line.hub.history("c:1"))
    for words in ("be kind", "OrderNumber: CO-1", "12:00 Ada Lovelace: help"):
        assert words in told
    profile = line.hub.variables("c:1")["profile"]
    assert profile[0]["info"]["socialId"] == "c:1"
    assert profile[1]["personal"] == {"firstname": "Ada", "lastname": "Lovelace"}
    assert next(iter(line.hub.services.held.values())).skill == "101"


async def test_a_long_history_is_told_in_parts_of_which_the_rest_follows(line: Line) -> None:
    """Nothing is lost, nothing is too long; the beginning and the newest part stand there before anything live."""
    transcript = tuple(_said(f"line {number} " + "words " * 100, number) for number in range(60))
    handoff = _handoff(transcript=transcript)
    opened = await line.adapter.open(handoff)
    assert opened.rest
    first = line.hub.history("c:1")
    assert len(first) == AT_ONCE
    assert "be kind" in first[0]
    assert "line 59 " in first[-1]
    taken = TakenHandoff(id=opened.id, key="c:1")
    await asyncio.gather(line.adapter.tell_rest(handoff, taken), line.adapter.send(taken, _said("now")))
    told = line.hub.history("c:1")
    assert max(map(len, told)) <= 4_000
    assert all(any(f"line {number} " in part for part in told) for number in range(60))
    assert line.hub.said("c:1") == ["now"]


async def test_the_rest_is_told_once_over_a_break(line: Line) -> None:
    """The echoes show how far it got."""
    handoff = _handoff(transcript=tuple(_said("words " * 600, number) for number in range(8)))
    opened = await line.adapter.open(handoff)
    taken = TakenHandoff(id=opened.id, key="c:1")
    line.hub.faults.plan("message", DID_IT_AND_BROKE)
    with pytest.raises(HubUnavailableError):
        await line.adapter.tell_rest(handoff, taken)
    await line.adapter.tell_rest(handoff, taken, again=line.again)
    told = line.hub.history("c:1")
    assert len(told) == len(set(told))
    assert f"part {len(told)} of {len(told)}:" in told[AT_ONCE - 1]


async def test_a_creation_that_broke_is_found_by_its_callback(line: Line) -> None:
    """No second conversation, which LivePerson would refuse."""
    line.hub.faults.plan("conversation", DID_IT_AND_BROKE)
    with pytest.raises(HubUnavailableError):
        await line.adapter.open(_handoff())
    opened = await line.adapter.open(_handoff(), again=line.again)
    assert line.hub.opened() == ["c:1"]
    assert line.hub.faults.calls.count("conversation") == 1
    assert len(line.hub.history("c:1")) == 2
    assert opened.id in line.hub.services.held


async def test_a_creation_whose_callback_is_late_is_asked_for_again_later(line: Line) -> None:
    """The consumer has a conversation and we do not know which: that is no refusal, for the callback will tell."""
    await line.adapter.open(_handoff())
    with pytest.raises(HubUnavailableError, match="did not begin"):
        await line.adapter.open(_handoff(), again=Again())


async def test_one_item_of_a_creation_may_fail(line: Line) -> None:
    """200 with a second answer that says no: refused, with what to look at."""
    adapter = line.with_settings(skills={"general": "999"})
    with pytest.raises(HubRefusedError, match="skills"):
        await adapter.open(_handoff())
    await adapter.close()
    assert line.hub.opened() == []


async def test_an_identical_message_is_told_apart(line: Line) -> None:
    """The customer says yes twice, and each time the answer is lost: two are there, and not one, or three."""
    taken = await _opened(line)
    for number in range(2):
        line.hub.faults.plan("message", DID_IT_AND_BROKE)
        with pytest.raises(HubUnavailableError):
            await line.adapter.send(taken, _said("yes", number))
        mark = await line.adapter.send(taken, _said("yes", number), again=line.again)
        taken = taken.model_copy(update={"mark": mark})
    assert line.hub.said("c:1") == ["yes", "yes"]


async def test_what_did_not_arrive_is_sent_again(line: Line) -> None:
    """An earlier message with the same words is not taken for it."""
    taken = await _opened(line)
    taken = taken.model_copy(update={"mark": await line.adapter.send(taken, _said("yes", 1))})
    line.hub.faults.plan("message", Fault(status=503))
    with pytest.raises(HubUnavailableError):
        await line.adapter.send(taken, _said("yes", 2))
    await line.adapter.send(taken, _said("yes", 2), again=line.again)
    assert line.hub.said("c:1") == ["yes", "yes"]


async def test_of_a_message_in_parts_only_the_missing_ones_are_sent(line: Line) -> None:
    """The second part's answer is lost; the third is yet to be said."""
    taken, whole = await _opened(line), "a" * 10_000
    line.hub.faults.plan("message", Fault(status=200, body=b'{"code": "OK"}', after_doing=True), DID_IT_AND_BROKE)
    with pytest.raises(HubUnavailableError):
        await line.adapter.send(taken, _said(whole))
    await line.adapter.send(taken, _said(whole), again=line.again)
    assert list(map(len, line.hub.said("c:1"))) == [4_000, 4_000, 2_000]


async def test_a_late_echo_is_waited_for(line: Line) -> None:
    """The first look shows nothing yet."""
    taken = await _opened(line)
    await line.adapter.send(taken, _said("hello"))
    await eventually(lambda: any(mark.startswith("2:") for mark in line.marks))
    looks: list[int] = []

    async def late() -> Sequence[str]:
        looks.append(1)
        return tuple(line.marks) if len(looks) > 1 else ()

    await line.adapter.send(taken, _said("hello"), again=Again(late))
    assert line.hub.said("c:1") == ["hello"]


async def test_typing_ends_with_the_message(line: Line) -> None:
    """LivePerson shows it until it is told that it is over."""
    taken = await _opened(line)
    await line.adapter.send(taken, Activity(type=TYPING, id="t", timestamp=NOON, from_=USER))
    await line.adapter.send(taken, _said("there"))
    await line.adapter.send(taken, _said("you are", 2))
    assert line.hub.typed("c:1") == 1
    assert line.hub.faults.calls.count("typing") == 2


async def test_a_file_goes_by_its_address(line: Line) -> None:
    """In the text, for its upload is another API."""
    taken = await _opened(line)
    file = Attachment(content_type="image/png", content_url="https://example.com/a.png", name="a.png")
    await line.adapter.send(taken, _said("look").model_copy(update={"attachments": (file,)}))
    assert line.hub.said("c:1") == ["look", "a.png: https://example.com/a.png"]


async def test_what_is_over_is_gone(line: Line) -> None:
    """Closing again is fine; saying something is not."""
    taken = await _opened(line)
    end = Activity(type=END_OF_CONVERSATION, id="e", timestamp=NOON, from_=USER)
    await line.adapter.send(taken, end)
    await line.adapter.send(taken, end, again=line.again)
    assert not line.hub.is_open("c:1")
    with pytest.raises(HandoffGoneError):
        await line.adapter.send(taken, _said("hello?"))


@pytest.mark.parametrize(("fault", "after"), [(Fault(status=429, retry_after=2), 2), (Fault(status=429), None)])
async def test_too_fast_may_work_later(line: Line, fault: Fault, after: float | None) -> None:
    """As LivePerson says when, where it does."""
    taken = await _opened(line)
    line.hub.faults.plan("message", fault)
    with pytest.raises(HubUnavailableError) as unavailable:
        await line.adapter.send(taken, _said("hello"))
    assert unavailable.value.retry_after == after


async def test_the_accounts_pace_is_kept(line: Line) -> None:
    """Six conversations at once, at five calls a second altogether."""
    adapter = line.with_settings(sends_per_second=20)
    loop = asyncio.get_running_loop()
    begun = loop.time()
    await asyncio.gather(*(adapter.open(_handoff(key=f"c:{number}")) for number in range(4)))
    assert loop.time() - begun >= (4 * 3 - 1) / 20
    await adapter.close()


async def test_who_is_on_shift_is_asked_where_it_can_be(line: Line) -> None:
    """A skill, the whole account, or nobody; a token that is wrong is named, and keeps nobody from a person."""
    asking = line.with_settings(line.hub.shift_token)
    assert (await asking.availability("general")).open
    line.hub.services.on_shift = False
    closed = await asking.availability(None)
    assert not closed.open
    assert closed.opens_at is not None
    with pytest.raises(HubClosedError):
        await asking.open(_handoff())
    line.hub.faults.plan("shift", Fault(status=503))
    await asking.open(_handoff())
    await asking.close()
    assert (await line.adapter.availability("general")).open
    wrong = line.with_settings("guessed")
    with pytest.raises(HubRefusedError, match="shift_token"):
        await wrong.availability(None)
    await wrong.close()


async def test_the_check_walks_the_way_and_begins_nothing(line: Line) -> None:
    """Directory, tokens, shifts; a wrong secret is the first thing that is not as it should be."""
    asking = line.with_settings(line.hub.shift_token)
    found = [each async for each in asking.check()]
    await asking.close()
    assert len(found) == 4
    assert line.hub.opened() == []


async def test_the_simulator_keeps_the_contract(line: Line) -> None:
    """Without a token 40105 or 40104; an unknown field, a missing version or an unknown attribute: 400."""
    path = f"{line.hub.url}/api/account/{line.hub.account}/messaging/consumer/conversation"
    app = line.hub.services.tokens.app()["access_token"]
    both = {"Authorization": app, "X-LP-ON-BEHALF": line.hub.services.tokens.consumer("c:9")}

    async def refusal(headers: dict[str, str], body: Any, version: str = "3") -> tuple[int, int]:
        answer = await http.post(path, json=body, headers=headers, params={"v": version})
        return answer.status_code, answer.json()["body"]["errorCode"]

    async with patient_client() as http:
        assert await refusal({}, []) == (401, 40105)
        assert await refusal({"Authorization": app}, []) == (401, 40104)
        assert await refusal({"Authorization": "x"}, []) == (401, 40102)
        assert await refusal({**both, "X-LP-ON-BEHALF": app}, []) == (401, 40103)
        assert await refusal(both, []) == (400, 40001)
        profile = {"kind": "req", "id": "1", "type": "userprofile.SetUserProfile"}
        wanted = {"kind": "req", "id": "2", "type": "cm.ConsumerRequestConversation", "body": {"brandId": "x"}}
        for sde in ({"type": "cart"}, {"type": "ctmrinfo", "info": {"OrderNumber": "1"}}):
            body = {"authenticatedData": {"lp_sdes": [sde]}}
            assert await refusal(both, [{**profile, "body": body}, wanted]) == (400, 40001)
        fine = [{**profile, "body": {"authenticatedData": {"lp_sdes": []}}}, wanted]
        assert await refusal(both, fine, version="2") == (400, 40001)
        answer = await http.post(path, json=fine, headers=both, params={"v": "3"})
        assert [each["code"] for each in answer.json()] == ["OK", "OK"]
        answer = await http.post(path, json=fine, headers=both, params={"v": "3"})
        assert [each["code"] for each in answer.json()] == ["OK", "ERROR"]
