"""Talking with an agent behind Direct Line: once each, by its contract, and errors that say what to look at."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from dialog.remote import trimmed, understood, variables_of
from dialog.turn import EndConversation, Transfer
from microsoft.direct_line import (
    DirectLineExpiredError,
    DirectLineGoneError,
    DirectLineRefusedError,
    DirectLineUnavailableError,
)
from microsoft.remote_agent import RemoteAgent
from protocol.activity import Activity
from protocol.remote import RemoteListening, RemoteOpening, RemoteRules, RemoteSession, RemoteTelling
from settings.remote import RemoteSettings
from simulators.copilot_studio import CopilotStudioSimulator
from simulators.faults import Fault
from simulators.served import Served
from tests.scenarios.contract import Contract, Recording
from tests.support.waiting import PATIENCE

OPENING = RemoteOpening(agent="cloud", conversation="c")
HELLO = Activity(type="message", text="hello")


class Line:
    """An agent, and a conversation with it."""

    def __init__(self, studio: CopilotStudioSimulator, agent: RemoteAgent, recording: Recording) -> None:
        self.studio = studio
        self.agent = agent
        self.recording = recording

    async def open(self) -> RemoteSession:
        """Begin."""
        return await self.agent.open(OPENING)

    async def tell(self, session: RemoteSession, *, again: bool = False) -> None:
        """Say hello."""
        await self.agent.tell(RemoteTelling(agent="cloud", session=session, key="k", activity=HELLO), again=again)

    async def texts(self, session: RemoteSession) -> list[str]:
        """What it says next."""
        heard = await self.agent.hear(RemoteListening(agent="cloud", session=session), PATIENCE)
        return [each.text or "" for each in heard.activities]


@pytest.fixture(params=["secret", "token endpoint"])
async def line(request: pytest.FixtureRequest) -> AsyncIterator[Line]:
    """Either way to reach it."""
    studio = CopilotStudioSimulator()
    recording = Recording(studio.app())
    async with AsyncExitStack() as stack:
        studio.url = await stack.enter_async_context(Served(recording))
        told = {"env:SECRET": studio.tokens.secret, "env:ENDPOINT": studio.token_endpoint}
        by_secret = RemoteSettings(secret="env:SECRET", url=studio.url)
        settings = by_secret if request.param == "secret" else RemoteSettings(token_endpoint="env:ENDPOINT")
        agent = RemoteAgent(settings, told.__getitem__)
        stack.push_async_callback(agent.close)
        yield Line(studio, agent, recording)


async def test_every_request_is_of_the_contract(line: Line) -> None:
    """Begin, say, say again, listen, renew."""
    contract = Contract("directline-v3.swagger.json")
    session = await line.open()
    await line.tell(session)
    await line.tell(session, again=True)
    assert await line.texts(session) == ["You said: hello"]
    await line.agent.usable(session.model_copy(update={"renew_at": datetime.now(UTC)}))
    checked = [each for each in line.recording.requests if each[1].startswith("/v3/")]
    for method, path, body in checked:
        contract.check(method, path, body)
    assert len(checked) >= 5


async def test_what_may_have_been_heard_is_looked_for(line: Line) -> None:
    """502 says only that the agent may have heard it."""
    session = await line.open()
    line.studio.faults.plan("post", Fault(status=502, after_doing=True))
    with pytest.raises(DirectLineUnavailableError, match="502"):
        await line.tell(session)
    await line.tell(session, again=True)
    assert line.studio.newest.said() == ["hello"]


async def test_what_is_refused_says_why(line: Line) -> None:
    """By Direct Line's own code, and without a token in it."""
    session = await line.open()
    elsewhere = session.model_copy(update={"conversation": "elsewhere"})
    line.studio.faults.plan("post", Fault(status=400, body=b'{"error":{"code":"BadArgument","message":"no"}}'))
    with pytest.raises(DirectLineRefusedError, match="400 BadArgument"):
        await line.tell(session)
    line.studio.faults.plan("post", Fault(status=404, body=b'{"error":{"code":"ConversationNotFound"}}'))
    with pytest.raises(DirectLineGoneError, match="404 ConversationNotFound"):
        await line.tell(session)
    line.studio.faults.plan("post", Fault(status=429, retry_after=7))
    with pytest.raises(DirectLineUnavailableError) as slower:
        await line.tell(session)
    assert slower.value.retry_after == 7
    with pytest.raises((DirectLineExpiredError, DirectLineGoneError)):
        await line.tell(elsewhere)


async def test_a_token_that_is_over_is_replaced_where_that_can_be(line: Line) -> None:
    """Only a secret can."""
    session = await line.open()
    over = session.model_copy(
        update={"expires_at": datetime.now(UTC) - timedelta(1), "renew_at": session.renew_at - timedelta(1)}
    )
    line.studio.tokens.expire()
    if session.lasting:
        assert (await line.agent.usable(over)).token != session.token
    else:
        with pytest.raises(DirectLineGoneError, match="expired"):
            await line.agent.usable(over)


async def test_a_silent_agent_is_not_waited_for_for_ever(line: Line) -> None:
    """Nothing heard, and where it stands."""
    session = await line.open()
    await line.tell(session)
    await line.texts(session)
    listening = RemoteListening(agent="cloud", session=session, after="3")
    heard = await line.agent.hear(listening, 0.2)
    assert (heard.activities, heard.watermark) == ((), "3")


async def test_a_secret_that_is_wrong_is_told() -> None:
    """Once, and not retried: the channel's page has the right one."""
    studio = CopilotStudioSimulator()
    async with Served(studio.app()) as studio.url:
        agent = RemoteAgent(RemoteSettings(secret="env:S", url=studio.url), lambda _: "wrong")
        with pytest.raises(DirectLineExpiredError, match="403 BadSecret"):
            await agent.open(OPENING)
        await agent.close()
        studio.tokens.secret_only = True
        agent = RemoteAgent(RemoteSettings(token_endpoint="env:E"), lambda _: studio.token_endpoint)
        with pytest.raises(DirectLineExpiredError, match="wants a secret"):
            await agent.open(OPENING)
        await agent.close()


def test_one_way_to_reach_it_is_configured() -> None:
    """And not two."""
    for given in ({}, {"secret": "env:S", "token_endpoint": "env:T"}):
        with pytest.raises(ValidationError, match="either a secret or a token_endpoint"):
            RemoteSettings.model_validate(given)


def test_what_stands_behind_a_handoff_is_not_told() -> None:
    """The agent does not hold the conversation then; nor behind its end."""
    rules = RemoteRules()
    asked = Activity(type="event", name="handoff.initiate", value={"va_AgentMessage": "note", "Order": 7})
    found = understood([HELLO, asked, HELLO], rules)
    assert found.outgoing == (HELLO,)
    assert found.requests == (Transfer(message="note", variables={"va_AgentMessage": "note", "Order": 7}),)
    over = Activity(type="endOfConversation")
    found = understood([over, HELLO], rules)
    assert (found.outgoing, found.requests) == ((over,), (EndConversation(),))


def test_other_events_are_told_and_typing_is_not() -> None:
    """A page may be waiting for them."""
    event, typing = Activity(type="event", name="show.map", value=1), Activity(type="typing")
    assert understood([typing, event], RemoteRules()).outgoing == (event,)


@pytest.mark.parametrize(
    ("value", "variables"),
    [
        ({"a": 1}, {"a": 1}),
        ("a note", {"va_AgentMessage": "a note"}),
        (None, {}),
        ("", {}),
        (7, {"va_AgentMessage": "7"}),
    ],
)
def test_a_handoff_may_bring_a_record_or_a_text(value: object, variables: dict[str, object]) -> None:
    """As authors write it."""
    assert variables_of(value) == variables


def test_cards_and_choices_are_kept() -> None:
    """Everything that the customer is shown; nothing of the channel's."""
    said = Activity.model_validate(
        {
            "type": "message",
            "id": "theirs|1",
            "text": "Which?",
            "serviceUrl": "https://directline.botframework.com/",
            "from": {"id": "b", "name": "Contoso", "role": "bot"},
            "suggestedActions": {"actions": [{"type": "imBack", "title": "A", "value": "A"}]},
            "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "content": {"a": 1}}],
            "channelData": {"cci_trace_id": "x", "DialogTraceDetail": {}, "mine": 1, "baton": {"forged": True}},
        }
    )
    kept = trimmed(said).wire()
    assert kept["suggestedActions"] == said.suggested_actions
    assert kept["attachments"][0]["content"] == {"a": 1}
    assert kept["channelData"] == {"mine": 1}
    assert "serviceUrl" not in kept
