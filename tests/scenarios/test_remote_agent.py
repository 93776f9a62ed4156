"""The agent stays in Copilot Studio: it is relayed to, its handoff is Baton's, and then it goes on."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer

from protocol.conversation import Operate, Operation, Phase
from protocol.remote import RemoteRules
from protocol.status import Status
from simulators.copilot_studio import CopilotStudioSimulator
from simulators.faults import Fault
from tests.scenarios.remote_stage import GREETING, RemoteStage, remote_stage
from tests.scenarios.stage import VARIABLES
from tests.support.temporal import CIPHER
from tests.support.waiting import eventually
from workflows.conversation import Conversation
from workflows.plugin import BatonPlugin

SAMPLE = Path(__file__).parents[3] / "shared" / "contracts" / "copilotstudio_handoff_initiate_activities.json"
REJECTED = json.dumps({"error": {"code": "BotRejectedActivity", "message": "the bot timed out"}}).encode()
FAULTS = {
    "does not answer": Fault(status=503),
    "wants us slower": Fault(status=429, retry_after=0),
    "heard it and timed out": Fault(status=502, after_doing=True, body=REJECTED),
    "did not hear it and timed out": Fault(status=502, body=REJECTED),
}


@pytest.fixture
def studio() -> CopilotStudioSimulator:
    """A Copilot Studio with one agent, as new."""
    return CopilotStudioSimulator()


@pytest.fixture
async def story(
    temporal: WorkflowEnvironment, tmp_path: Path, studio: CopilotStudioSimulator
) -> AsyncIterator[RemoteStage]:
    """A conversation with it, by its token endpoint."""
    async with remote_stage(temporal, tmp_path, studio) as begun:
        yield begun
        await _replays(begun)


async def _replays(story: RemoteStage) -> None:
    """No code of ours decides another thing when the history is read again."""
    history = await story.conversations.client.get_workflow_handle(story.id).fetch_history()
    await Replayer(workflows=[Conversation], plugins=[BatonPlugin(CIPHER, sandboxed=True)]).replay_workflow(history)


async def test_it_greets_and_answers_in_order(story: RemoteStage) -> None:
    """Each message is told once, and each answer read once, however quickly they come."""
    await story.hears(GREETING)
    said = [f"message {number}" for number in range(8)]
    for text in said:
        await story.say(text)
    await story.hears(GREETING, *(f"You said: {text}" for text in said))
    assert story.talk.said() == said


async def test_what_its_channel_adds_is_left_out(story: RemoteStage) -> None:
    """Copilot Studio's traces, and its own ids, are not the customer's."""
    await story.say("hello")
    await story.hears(GREETING, "You said: hello")
    log = (await story.conversations.activities(story.id)).activities
    answer = log[-1]
    assert (answer.role, answer.from_ and answer.from_.name) == ("bot", "Contoso Bot")
    assert answer.channel_data is None
    assert answer.reply_to_id is None
    assert answer.id
    assert answer.id.startswith(story.id)


@pytest.mark.parametrize("operation", ["post", "read", "reconnect", "start", "endpoint", "region"])
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
async def test_a_fault_changes_nothing_but_the_time(
    temporal: WorkflowEnvironment, tmp_path: Path, studio: CopilotStudioSimulator, operation: str, fault: Fault
) -> None:
    """Whatever the agent had heard before its answer was lost, it hears once."""
    studio.faults.plan(operation, fault, fault)
    async with remote_stage(temporal, tmp_path, studio) as story:
        for text in ("one", "two", "three"):
            await story.say(text)
        await story.hears(GREETING, "You said: one", "You said: two", "You said: three")
        assert story.talk.said() == ["one", "two", "three"]
        assert story.talk.told("startConversation") == [None]


async def test_a_socket_that_breaks_or_cannot_be_had_loses_nothing(story: RemoteStage) -> None:
    """What is said meanwhile is read."""
    await story.hears(GREETING)
    await story.studio.streams.drop()
    await story.say("one")
    await story.hears(GREETING, "You said: one")
    story.studio.streams.refuses = True
    await story.studio.streams.drop()
    await story.say("two")
    await story.hears(GREETING, "You said: one", "You said: two")


async def test_what_it_says_of_itself_is_heard(story: RemoteStage) -> None:
    """An agent need not be asked to speak."""
    await story.hears(GREETING)
    await eventually(lambda: story.studio.streams.opened > 0)
    await story.studio.speak(story.talk, {"type": "message", "text": "Are you still there?"})
    await story.hears(GREETING, "Are you still there?")


async def test_its_handoff_goes_to_a_hub_with_everything_it_told(story: RemoteStage) -> None:
    """Its transcript, line by line, its private note, and every variable; the agent hears nothing meanwhile."""
    story.studio.agent.variables = {name: value for name, value in VARIABLES.items() if value != "=Blank()"}
    heard = [GREETING]
    for number in range(10):
        await story.hears(*heard)
        await story.say(f"before {number}")
        heard.append(f"You said: before {number}")
    await story.hears(*heard)
    key = await story.escalates()
    history = "\n".join(story.hub.history(key))
    event = story.talk.activities[-1]
    assert event["name"] == "handoff.initiate"
    lines = [each["text"] for each in event["attachments"][0]["content"]["activities"]]
    assert len(lines) == 23
    places = [history.find(line) for line in lines]
    assert -1 not in places
    assert places == sorted(places)
    told = story.hub.variables(key)
    for name, value in {**event["value"], "va_LastPhrases": "a person please"}.items():
        assert told[name] == value, name
    await story.hub.join(key, "Ada")
    await story.say("are you a human?")
    await story.hub_has(key, ["are you a human?"])
    await story.hub.say(key, "I am")
    await story.customer_has(["I am"])
    assert story.talk.disturbed == []
    await story.hub.end(key)
    await story.reaches(Phase.ENDED)


async def test_after_the_return_it_goes_on(story: RemoteStage) -> None:
    """It hears how the handoff went, answers again, and may hand over again; nothing it said meanwhile is heard."""
    key = await story.escalates()
    await story.hub.join(key, "Ada")
    await story.hub.say(key, "I'll send you back")
    await story.studio.speak(story.talk, {"type": "message", "text": "Are you still there?"})
    await story.hub.give_back(key, "it is solved")
    await story.reaches(Phase.AGENT)
    expected = [GREETING, "I'll get somebody for you.", "Back from the handoff: completed."]
    await story.hears(*expected)
    assert story.talk.told("handoff.status")[0]["message"] == "it is solved"
    await story.say("thanks")
    await story.hears(*expected, "You said: thanks")
    second = await story.escalates("a human again")
    assert second != key
    assert "I'll send you back" in "\n".join(story.hub.history(second))
    assert story.talk.handed_over == 2


async def test_nobody_there_is_told_to_the_agent(story: RemoteStage) -> None:
    """Its author may say what then."""
    story.hub.faults.plan(story.hub.opens, *[Fault(status=422)] * 3)
    await story.hears(GREETING)
    await story.say("a person please")

    async def failed() -> bool:
        return bool(story.talk.told("handoff.status"))

    await eventually(failed)
    assert story.talk.told("handoff.status")[0]["state"] == "failed"
    assert (await story.status()).phase is Phase.AGENT


async def test_a_customer_who_leaves_leaves_nothing_waiting(story: RemoteStage) -> None:
    """Neither the agent nor the hub."""
    key = await story.escalates()
    await story.leave()
    await story.reaches(Phase.ENDED)
    await eventually(lambda: not story.hub.is_open(key))
    await eventually(lambda: story.talk.activities[-1]["type"] == "endOfConversation")


async def test_the_agent_may_end_it(story: RemoteStage) -> None:
    """As a topic here may."""
    await story.say("bye")
    await story.reaches(Phase.ENDED)
    assert (await story.read("bot"))[-1] == "Goodbye!"


async def test_an_operator_takes_it_back_to_the_agent(story: RemoteStage) -> None:
    """As from any handoff."""
    key = await story.escalates()
    await story.conversations.operate(story.id, Operate(key="back", operation=Operation.RETURN))
    await story.reaches(Phase.AGENT)
    await eventually(lambda: not story.hub.is_open(key))
    await story.say("hello again")

    async def answered() -> bool:
        return "You said: hello again" in await story.read("bot")

    await eventually(answered)


async def test_an_event_of_the_authors_own_is_a_handoff(
    temporal: WorkflowEnvironment, tmp_path: Path, studio: CopilotStudioSimulator
) -> None:
    """As in Microsoft's sample for Genesys, where the value is a summary."""
    studio.agent.handoff_event, studio.agent.handoff_value = "GenesysHandoff", "Wants a refund for CO-10443."
    rules = RemoteRules(handoff_events=("handoff.initiate", "GenesysHandoff"))
    async with remote_stage(temporal, tmp_path, studio, remote=rules) as story:
        key = await story.escalates()
        assert story.hub.variables(key)["va_AgentMessage"] == "Wants a refund for CO-10443."


@pytest.mark.parametrize("by_secret", [True, False], ids=["secret", "token endpoint"])
async def test_a_token_that_expires_is_no_end(
    temporal: WorkflowEnvironment,
    tmp_path: Path,
    studio: CopilotStudioSimulator,
    by_secret: bool,  # noqa: FBT001 - a table's column
) -> None:
    """With the secret the conversation goes on; without it, another one is begun there, and none here."""
    async with remote_stage(temporal, tmp_path, studio, by_secret=by_secret) as story:
        await story.hears(GREETING)
        studio.tokens.expire()
        await story.say("still there?")
        await story.hears(GREETING, "You said: still there?")
        assert len(studio.talks) == (1 if by_secret else 2)


async def test_a_token_is_renewed_at_half_its_life(
    temporal: WorkflowEnvironment, tmp_path: Path, studio: CopilotStudioSimulator
) -> None:
    """While the agent talks, and while a human does."""
    studio.tokens.seconds = 16
    async with remote_stage(temporal, tmp_path, studio) as story:
        key = await story.escalates()
        renewed = studio.faults.calls.count("refresh")
        await eventually(lambda: studio.faults.calls.count("refresh") >= renewed + 2)
        await story.hub.join(key, "Ada")
        await story.hub.give_back(key, "")
        await story.say("hello")

        async def answered() -> bool:
            return "You said: hello" in await story.read("bot")

        await eventually(answered)
        assert len(studio.talks) == 1


async def test_a_roll_over_loses_nothing(
    temporal: WorkflowEnvironment, tmp_path: Path, studio: CopilotStudioSimulator
) -> None:
    """The next run listens on from where the last was."""
    async with remote_stage(temporal, tmp_path, studio, turns_a_run=3) as story:
        said = [f"message {number}" for number in range(10)]
        for text in said:
            await story.say(text)
        await story.hears(GREETING, *(f"You said: {text}" for text in said))
        assert story.talk.said() == said


@pytest.mark.skipif(not SAMPLE.exists(), reason="the contracts are not here")
async def test_a_real_handoff_is_taken(story: RemoteStage) -> None:
    """The event as Copilot Studio sent it to somebody else."""
    await story.hears(GREETING)
    [event] = json.loads(SAMPLE.read_text(encoding="utf-8"))["activities"]
    await story.studio.speak(story.talk, {name: event[name] for name in ("type", "name", "value", "attachments")})
    await story.reaches(Phase.QUEUED)
    told: dict[str, Any] = story.hub.variables(f"{story.id}:1")
    assert {name: told[name] for name in event["value"]} == event["value"]


async def test_it_is_seen_that_it_runs_elsewhere(story: RemoteStage) -> None:
    """By operators."""
    status: Status = await story.status()
    assert (status.agent, status.version) == ("cloud", "remote")
