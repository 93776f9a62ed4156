"""Generic handoff: the client is told by Microsoft's own event, and what it answers is what happens."""

import json
from itertools import count
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from activities.transcript_pages import TranscriptStore
from protocol.activity import EVENT, Activity, ChannelAccount
from protocol.conversation import Deadlines, Operation, Phase, Said
from settings.model import AgentSettings
from simulators.custom_hub import CustomHubSimulator
from tests.gateway.serving import Customer, make_gateway, serving
from tests.scenarios.contract import CONTRACTS
from tests.support.conversing import Conversing
from tests.support.house import TASK_QUEUE, House
from tests.support.patient import patient_client
from tests.support.waiting import eventually
from workflows.client import ConversationRefusedError, Conversations

SERVICE = "http://127.0.0.1:8080"
_KEYS = count(1)


@pytest.fixture
async def conversation(house: House, hub: CustomHubSimulator) -> Conversing:  # noqa: ARG001
    """A conversation whose client is itself a hub's adapter."""
    customer = ChannelAccount(id="c2", name="C2 User", role="user")
    return await house.conversing(generic_handoff=True, service_url=SERVICE, customer=customer).begin()


async def escalated(conversation: Conversing) -> dict[str, Any]:
    """The customer asks for a person, and the client gets the event: as it stands on the wire."""
    before = len(await initiations(conversation))
    await conversation.say("Speak to agent")
    await conversation.until(Phase.QUEUED)
    events = await initiations(conversation)
    assert len(events) == before + 1
    return events[-1].wire()


async def initiations(conversation: Conversing) -> list[Activity]:
    """All `handoff.initiate` that the workflow still keeps."""
    return [activity for activity in await conversation.log() if activity.name == "handoff.initiate"]


async def tells(conversation: Conversing, state: Any, message: str | None = None, key: str = "") -> None:
    """The client tells how the handoff stands."""
    value = {"state": state} | ({"message": message} if message else {})
    status = Activity(type=EVENT, name="handoff.status", value=value)
    await conversation.conversations.post(conversation.id, Said(key=key or f"status {next(_KEYS)}", activity=status))


def texts(event: dict[str, Any]) -> list[str | None]:
    """What the history of an event says."""
    return [each.get("text") for each in event["attachments"][0]["content"]["activities"]]


def check(event: dict[str, Any]) -> None:
    """The event is of Microsoft's form, with every field of Microsoft's own sample."""
    schema, sample = (
        _contract("generic-handoff-events.schema.json"),
        _contract("copilotstudio_handoff_initiate_activities.json")["activities"][0],
    )
    jsonschema.Draft202012Validator(schema).validate(event)
    assert not set(sample) - set(event)
    assert not set(sample["relatesTo"]) - set(event["relatesTo"])
    assert not set(sample["value"]) - set(event["value"])
    assert [set(event["attachments"][0])] == [set(sample["attachments"][0])]
    theirs = sample["attachments"][0]["content"]["activities"]
    always = set(theirs[0]) & set(theirs[1]) - {"channelData"}
    assert all(not always - set(each) for each in event["attachments"][0]["content"]["activities"])


def _contract(name: str) -> Any:
    path: Path = CONTRACTS / name
    if not path.exists():
        pytest.skip(f"the contract {name} is not at hand")
    return json.loads(path.read_text(encoding="utf-8"))


async def test_the_client_gets_the_whole_history_and_every_variable(
    conversation: Conversing, hub: CustomHubSimulator
) -> None:
    """In one event of the bot's; no hub is asked, and no notice stands around it."""
    await conversation.say("Remember my name")
    await conversation.say("Grace Hopper")
    event = await escalated(conversation)
    assert texts(event) == [
        "Hello, how can I help?",
        "Remember my name",
        "What is your name?",
        "Grace Hopper",
        "Thank you, Grace Hopper.",
        "Speak to agent",
    ]
    assert event["value"]["CustomerName"] == "Grace Hopper"
    assert event["value"]["va_AgentMessage"] == "The customer asked for a person."
    asked = event["attachments"][0]["content"]["activities"][-1]
    assert event["replyToId"] == event["relatesTo"]["activityId"] == asked["id"]
    assert event["relatesTo"]["user"] == asked["from"] == {"id": "c2", "name": "C2 User", "role": "user"}
    assert event["relatesTo"]["serviceUrl"] == SERVICE
    assert event["from"] == event["relatesTo"]["bot"] == asked["recipient"]
    assert not hub.handoffs
    assert (await conversation.log())[-1].id == event["id"]
    assert await conversation.statuses() == []


async def test_the_event_is_exactly_microsofts(conversation: Conversing) -> None:
    """Against the schema, and beside Microsoft's published sample."""
    await conversation.say("What is the meaning of life?")
    check(await escalated(conversation))


async def test_the_bot_is_silent_and_nothing_is_relayed(conversation: Conversing, hub: CustomHubSimulator) -> None:
    """What the client still posts is written down, before and after a representative has joined."""
    await escalated(conversation)
    for state in ("accepted", "accepted"):
        await conversation.say("hello?")
        assert (await conversation.log())[-1].text == "hello?"
        await tells(conversation, state)
        assert await conversation.phase() is Phase.LIVE
    assert (await conversation.handoff()).state == "live"
    assert not hub.handoffs
    with pytest.raises(ConversationRefusedError, match="means nothing"):
        await conversation.operate(Operation.REROUTE)


async def test_completed_resumes_the_topic_with_the_message(conversation: Conversing) -> None:
    """And the bot hears the customer again."""
    await escalated(conversation)
    await tells(conversation, "accepted")
    await tells(conversation, "completed", "Refund done.")
    assert await conversation.phase() is Phase.AGENT
    assert (await conversation.handoff()).state == "returned"
    assert (await conversation.heard())[-1] == "Welcome back. Refund done."
    await conversation.say("thanks")
    assert (await conversation.heard())[-1] == "You said: thanks"


@pytest.mark.parametrize("accepted", [False, True])
async def test_failed_takes_the_topics_failed_branch(
    conversation: Conversing,
    accepted: bool,  # noqa: FBT001 - a table's column
) -> None:
    """Before anybody has joined, and after; the client, not Baton, has told the customer."""
    await escalated(conversation)
    if accepted:
        await tells(conversation, "accepted")
    await tells(conversation, "failed", "no agents")
    assert await conversation.phase() is Phase.AGENT
    assert (await conversation.heard())[-2:] == ["Speak to agent", "Nobody could take it: rejected."]
    assert (await conversation.handoff()).state == "failed"


async def test_a_second_escalation_includes_everything(conversation: Conversing) -> None:
    """What was posted meanwhile, too, and nothing of the first handoff's own events."""
    await escalated(conversation)
    await tells(conversation, "accepted")
    await conversation.say("My till is broken")
    await tells(conversation, "completed")
    event = await escalated(conversation)
    assert texts(event) == [
        "Hello, how can I help?",
        "Speak to agent",
        "My till is broken",
        "Welcome back. ",
        "Speak to agent",
    ]
    check(event)


async def test_a_repeated_status_changes_nothing(conversation: Conversing) -> None:
    """Its id makes it take effect once, even when a second handoff is under way."""
    await escalated(conversation)
    await tells(conversation, "completed", key="once")
    await escalated(conversation)
    before = await conversation.status()
    await tells(conversation, "completed", key="once")
    assert await conversation.status() == before


@pytest.mark.parametrize("state", ["queued", 7, None, ["accepted"]])
async def test_an_unknown_state_is_ignored(conversation: Conversing, state: Any) -> None:
    """The timeline tells of it."""
    await escalated(conversation)
    await tells(conversation, state)
    status = await conversation.status()
    assert status.phase is Phase.QUEUED
    assert status.timeline[-1].what == "client's status ignored"


async def test_a_status_without_a_handoff_is_ignored(conversation: Conversing) -> None:
    """Nor does the bot hear it."""
    await tells(conversation, "completed")
    assert await conversation.phase() is Phase.AGENT
    assert await conversation.heard() == ["Hello, how can I help?"]


async def test_nobody_answers_in_time(conversation: Conversing) -> None:
    """The customer's words do not prolong the wait; what the client tells too late changes nothing."""
    await escalated(conversation)
    await conversation.let_pass(seconds=400)
    await conversation.say("anybody?")
    await conversation.let_pass(seconds=201)
    await conversation.until(Phase.AGENT)
    assert (await conversation.heard())[-1] == "Nobody could take it: no_representative."
    await tells(conversation, "accepted")
    assert await conversation.phase() is Phase.AGENT


async def test_a_representative_of_whom_nothing_is_heard(conversation: Conversing) -> None:
    """It ends as any conversation that a hub has in place: after a day."""
    await escalated(conversation)
    await tells(conversation, "accepted")
    await conversation.let_pass(hours=23)
    assert await conversation.phase() is Phase.LIVE
    await conversation.let_pass(hours=2)
    await conversation.until(Phase.ENDED)
    assert (await conversation.log())[-1].type == "endOfConversation"


async def test_a_run_that_rolls_over_keeps_the_handoff(house: House) -> None:
    """The next run knows that the client has the conversation."""
    conversation = await house.conversing(generic_handoff=True, turns_a_run=2).begin()
    await escalated(conversation)
    for text in ("one", "two", "three"):
        await conversation.say(text)
    await tells(conversation, "accepted")
    await tells(conversation, "completed")
    assert (await conversation.heard())[-4:] == ["one", "two", "three", "Welcome back. "]
    handle = conversation.conversations.client.get_workflow_handle(conversation.id)
    described = await handle.describe()
    assert described.run_id != described.raw_description.workflow_execution_info.first_run_id


async def test_older_pages_go_along(conversation: Conversing) -> None:
    """What has left the workflow's state is read for the client."""
    for number in range(110):
        await conversation.say(f"number {number}")
    event = await escalated(conversation)
    said = texts(event)
    assert said[0] == "Hello, how can I help?"
    assert [text for text in said if text and text.startswith("number")] == [f"number {at}" for at in range(110)]
    check(event)


async def test_pages_that_cannot_be_read_hold_nothing_up(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client gets what the workflow has itself, and the timeline says what is missing."""

    def lost(self: TranscriptStore, name: str) -> tuple[Activity, ...]:
        raise FileNotFoundError(name, self)

    conversation = await house.conversing(generic_handoff=True, deadlines=Deadlines(hub_answer=1)).begin()
    for number in range(110):
        await conversation.say(f"number {number}")
    monkeypatch.setattr(TranscriptStore, "read", lost)
    said = texts(await escalated(conversation))
    assert said[-2:] == ["You said: number 109", "Speak to agent"]
    assert "number 0" not in said
    assert "history incomplete" in [each.what for each in (await conversation.status()).timeline]


async def test_a_history_that_is_too_long_goes_with_its_newest_part(conversation: Conversing) -> None:
    """The timeline says that something was left out."""
    for number in range(6):
        await conversation.say(f"{number} {'long ' * 5_000}")
    event = await escalated(conversation)
    assert texts(event)[-1] == "Speak to agent"
    assert len(json.dumps(event["attachments"])) < 260_000
    assert "history shortened" in [each.what for each in (await conversation.status()).timeline]


@pytest.mark.parametrize("generic", [True, False])
async def test_over_direct_line(
    house: House,
    hub: CustomHubSimulator,
    tmp_path: Path,
    generic: bool,  # noqa: FBT001 - a table's column
) -> None:
    """As the client meets it, over HTTP; the client of any other agent can tell nothing of a handoff."""
    house.versions.publish("contoso", house.agent_folder)
    gateway = make_gateway(Conversations(house.environment.client, TASK_QUEUE), tmp_path, versions=house.versions)
    agents = {"contoso": AgentSettings(path=house.agent_folder, generic_handoff=generic)}
    gateway.settings = gateway.settings.model_copy(update={"agents": agents})
    async with serving(gateway) as address, patient_client(address) as http:
        customer = await Customer(http).begin(user={"id": "dl_c2", "name": "C2 User"})
        await customer.say("Speak to agent")
        await eventually(lambda: _is_given_away(customer, hub))
        events = [each for each in (await customer.read())["activities"] if each.get("name") == "handoff.initiate"]
        assert bool(events) is generic
        assert bool(hub.handoffs) is not generic
        for _ in range(2):
            status = {"type": "event", "name": "handoff.status", "id": "s1", "value": {"state": "completed"}}
            assert (await customer.post(status)).status_code == 200
        log = (await customer.read())["activities"]
        assert [each.get("text") for each in log].count("Welcome back. ") == int(generic)
        told = [each for each in log if each.get("name") == "handoff.status" and each["from"]["role"] == "user"]
        assert len(told) == int(generic)
    for event in events:
        check(event)


async def _is_given_away(customer: Customer, hub: CustomHubSimulator) -> bool:
    names = [each.get("name") for each in (await customer.read())["activities"]]
    return "handoff.initiate" in names or bool(hub.handoffs)
