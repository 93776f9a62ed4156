"""The agent inside Omnichannel: what the customer reads there, and who they are with, from the greeting to the end."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import jsonschema
import pytest
from temporalio.testing import WorkflowEnvironment

from protocol.activity import EVENT, MESSAGE, Activity
from protocol.conversation import Operate, Operation, Phase, Said
from simulators.faults import Fault
from tests.scenarios.contract import CONTRACTS
from tests.scenarios.inside_stage import Inside, inside_stage
from tests.support.waiting import eventually
from workflows.client import ConversationRefusedError

TRANSFERRING = "I'm connecting you with a member of our team."
BEFORE_DOING = [Fault(status=503), Fault(status=429, retry_after=0), Fault(status=502)]


@pytest.fixture
async def inside(temporal: WorkflowEnvironment, tmp_path: Path) -> AsyncIterator[Inside]:
    """An Omnichannel whose records may be read through Dataverse."""
    async with inside_stage(temporal, tmp_path) as begun:
        yield begun


@pytest.fixture
async def unseen(temporal: WorkflowEnvironment, tmp_path: Path) -> AsyncIterator[Inside]:
    """An Omnichannel whose records we cannot read."""
    async with inside_stage(temporal, tmp_path, dataverse=False) as begun:
        yield begun


async def test_every_reply_is_bridged_in_order(inside: Inside) -> None:
    """The greeting knows the context; ten turns, some posted twice, each answered once and in its place."""
    await inside.arrive()
    for number in range(10):
        await inside.omnichannel.say(inside.held, f"turn {number}", times=1 + number % 3)
        await inside.reads(f"You said: turn {number}")
    turns = [text for number in range(10) for text in (f"turn {number}", f"You said: turn {number}")]
    assert inside.held.shown == ["Hello, gold customer.", *turns]
    assert inside.held.hidden == []


async def test_faults_before_the_work_is_done_change_nothing_but_the_time(inside: Inside) -> None:
    """Busy, slower, broken gateway: each reply once, in order; the customer's turn waits for none of it."""
    await inside.arrive()
    inside.omnichannel.faults.plan("activities", *BEFORE_DOING * 2)
    await inside.say("count to three")
    await inside.say("and then")
    await inside.reads("You said: and then")
    said = [text for text in inside.held.shown[1:] if text not in {"count to three", "and then"}]
    assert said == ["one", "two", "three", "You said: and then"]


async def test_after_an_unclear_outcome_nothing_is_lost_or_out_of_order(inside: Inside) -> None:
    """The connector did it and broke: the reply may be read twice, never not at all."""
    await inside.arrive()
    inside.omnichannel.faults.plan("activities", Fault(status=500, after_doing=True))
    await inside.say("count to three")
    await inside.reads("three")
    assert inside.held.shown[1:] == ["count to three", "one", "one", "two", "three"]


async def test_an_expired_token_is_renewed(inside: Inside) -> None:
    """The customer notices nothing."""
    await inside.arrive()
    inside.omnichannel.entra.expire()
    await inside.say("hello")
    await inside.reads("You said: hello")


async def test_the_handoff_is_made_in_place(inside: Inside) -> None:
    """After all replies one escalation, with note and variables; the representative talks there; the bot is silent."""
    await inside.arrive(OrderNumber="CO-10443", Verified="yes")
    await inside.say("Remember my name")
    await inside.reads("What is your name?")
    await inside.say("Grace")
    await inside.reads("Thank you, Grace.")
    inside.omnichannel.faults.plan("activities", *BEFORE_DOING)
    await inside.say("Speak to agent")
    await inside.reaches(Phase.QUEUED)
    assert inside.held.shown[-1] == TRANSFERRING
    assert inside.held.shown_before_escalation == len(inside.held.shown)
    assert len(inside.held.escalations) == 1
    assert inside.held.note.startswith("The customer asked for a person.")
    context = inside.held.context
    assert (context["CustomerName"], context["OrderNumber"], context["Tier"]) == ("Grace", "CO-10443", "gold")
    assert "Verified" not in context, "the agent does not let itself be told that from outside"
    assert context["va_LastTopic"] == "Escalate"
    assert json.loads(context["va_Phrases"])[0] == "Remember my name"

    inside.omnichannel.join(inside.held, "Ada")
    await inside.reaches(Phase.LIVE)
    assert (await inside.status()).handoffs[-1].representative == "Ada"
    inside.omnichannel.representative_says(inside.held, "Hello, Ada here")
    await inside.say("can you hear me?")
    inside.omnichannel.close(inside.held)
    await inside.reaches(Phase.ENDED)
    assert inside.held.shown[-2:] == ["Hello, Ada here", "can you hear me?"]
    assert not inside.held.ended_by_bot
    assert inside.held.hidden == []
    assert inside.beside.opened() == []


async def test_what_was_handed_over_cannot_be_taken_back(inside: Inside) -> None:
    """An operator may let Baton forget it, and neither return nor reroute it; the customer reads nothing of that."""
    await inside.arrive()
    await inside.say("Speak to agent")
    await inside.reaches(Phase.QUEUED)
    read = list(inside.held.shown)
    for operation in (Operation.RETURN, Operation.REROUTE):
        with pytest.raises(ConversationRefusedError):
            await inside.conversations.operate(inside.id, Operate(key=operation, operation=operation))
    await inside.conversations.operate(inside.id, Operate(key="end", operation=Operation.END))
    await inside.reaches(Phase.ENDED)
    assert inside.held.shown == read
    assert not inside.held.ended_by_bot


async def test_what_is_never_heard_of_again_ends(inside: Inside, temporal: WorkflowEnvironment) -> None:
    """No representative's deadline is ours: only after a day without news Baton lets go, and says nothing."""
    await inside.arrive()
    await inside.say("Speak to agent")
    await inside.reaches(Phase.QUEUED)
    read = list(inside.held.shown)
    handle = inside.conversations.client.get_workflow_handle(inside.id)
    await temporal.fast_forward(handle, timedelta(hours=23))
    assert (await inside.status()).phase is Phase.QUEUED
    await temporal.fast_forward(handle, timedelta(hours=2))
    await inside.reaches(Phase.ENDED)
    assert (await inside.status()).ended == "nothing more heard of it"
    assert inside.held.shown == read
    assert not inside.held.ended_by_bot


async def test_without_records_it_ends_for_us_when_it_is_escalated(unseen: Inside) -> None:
    """The customer is with Omnichannel; what they still write is acknowledged, and not answered."""
    await unseen.arrive()
    await unseen.say("Speak to agent")
    await unseen.reaches(Phase.ENDED)
    assert (await unseen.status()).ended == "hub took it over"
    assert len(unseen.held.escalations) == 1
    await unseen.say("hello?")
    assert unseen.held.shown[-2:] == [TRANSFERRING, "hello?"]
    assert not unseen.held.ended_by_bot


@pytest.mark.parametrize("dataverse", [True, False], ids=["seen", "unseen"])
async def test_an_unclear_escalation_is_made_once(
    temporal: WorkflowEnvironment,
    tmp_path: Path,
    dataverse: bool,  # noqa: FBT001 - a table's column
) -> None:
    """It was taken, and the answer lost: looking, or being told that the bot is out of it, says so."""
    async with inside_stage(temporal, tmp_path, dataverse=dataverse) as inside:
        await inside.arrive()
        inside.omnichannel.escalation_faults = 1
        await inside.say("Speak to agent")
        await inside.reaches(Phase.QUEUED if dataverse else Phase.ENDED)
        assert len(inside.held.escalations) == 1
        assert inside.beside.opened() == []


async def test_a_refused_escalation_goes_to_the_next_hub(inside: Inside) -> None:
    """A relayed handoff: everything goes along, both are heard through the connector, and its end ends it there."""
    inside.omnichannel.escalates = False
    await inside.arrive(OrderNumber="CO-10443")
    await inside.say("I own a red bicycle")
    await inside.say("Speak to agent")
    await inside.reaches(Phase.QUEUED)
    (key,) = inside.beside.opened()
    history = "\n".join(inside.beside.history(key))
    assert "I own a red bicycle" in history
    assert "You said: I own a red bicycle" in history
    assert inside.beside.variables(key)["OrderNumber"] == "CO-10443"
    await inside.beside.join(key, "Ada")
    await inside.beside.say(key, "I have found your bicycle")
    await inside.reads("I have found your bicycle")
    await inside.say("wonderful")
    await eventually(lambda: inside.beside.said(key) == ["wonderful"])
    await inside.beside.end(key)
    await inside.reaches(Phase.ENDED)
    assert inside.held.ended_by_bot
    assert inside.held.hidden == []


@pytest.mark.parametrize("shape", ["tags", "command"])
async def test_the_bot_ends_it(temporal: WorkflowEnvironment, tmp_path: Path, shape: str) -> None:
    """After its last words, in either of the shapes that Microsoft shows."""
    async with inside_stage(temporal, tmp_path, end_shape=shape) as inside:
        await inside.arrive()
        await inside.say("Goodbye")
        await inside.reaches(Phase.ENDED)
        assert inside.held.shown[-1] == "Goodbye!"
        assert inside.held.ended_by_bot


async def test_a_customer_who_leaves_is_not_talked_to(inside: Inside) -> None:
    """Omnichannel says so: the conversation is over, and nothing more is sent."""
    await inside.arrive()
    await inside.omnichannel.leave(inside.held)
    await inside.reaches(Phase.ENDED)
    assert (await inside.status()).ended == "customer left"
    assert not inside.held.ended_by_bot


@pytest.mark.parametrize("status", [403, 404])
async def test_what_omnichannel_has_closed_is_over(inside: Inside, status: int) -> None:
    """It closes after 30 idle minutes, and says nothing: the next reply finds out."""
    inside.omnichannel.closed_status = status
    await inside.arrive()
    inside.omnichannel.close(inside.held)
    inside.held.active_agent = None
    await inside.say("still there?")
    await inside.reaches(Phase.ENDED)
    assert (await inside.status()).ended == "customer left"


async def test_a_conversation_that_rolls_over_knows_where_its_customer_is(inside: Inside) -> None:
    """And what the channel told late: the record by which its handoff is looked at."""
    inside.held = inside.omnichannel.begin()
    await inside.conversations.start(inside.id, inside.start(turns_a_run=2))
    reference = inside.reference.model_copy(update={"record": inside.held.record})
    told = Activity(type=EVENT, name="omnichannelSetContext")
    await inside.conversations.post(
        inside.id, Said(key="context", activity=told, variables={"Tier": "late"}, reference=reference)
    )
    for number in range(5):
        said = Activity(type=MESSAGE, text=f"turn {number}")
        await inside.conversations.post(inside.id, Said(key=uuid4().hex, activity=said))
    await inside.reads("You said: turn 4")
    await inside.conversations.post(inside.id, Said(key="x", activity=Activity(type=MESSAGE, text="Speak to agent")))
    await inside.reaches(Phase.QUEUED)
    assert inside.held.shown == ["Hello,  customer.", *(f"You said: turn {n}" for n in range(5)), TRANSFERRING]
    assert inside.held.context["Tier"] == "late"
    assert (await inside.status()).handoffs[-1].hub_id == f"in-place:{UUID(inside.held.record)}"
    inside.omnichannel.join(inside.held, "Ada")
    await inside.reaches(Phase.LIVE)


async def test_every_request_is_of_the_contract(inside: Inside) -> None:
    """What the connector gets is what its published specification takes."""
    path = CONTRACTS / "botconnector-v3.swagger.json"
    if not path.exists():
        pytest.skip("the contract is not at hand")
    definitions = json.loads(path.read_text(encoding="utf-8"))["definitions"]
    activity = jsonschema.Draft4Validator({"$ref": "#/definitions/Activity", "definitions": definitions})
    await inside.arrive()
    await inside.say("count to three")
    await inside.say("Speak to agent")
    await inside.reaches(Phase.QUEUED)
    sent = [body for _, address, body in inside.recording.requests if address.startswith("/connector/v3/")]
    assert len(sent) > 5
    for body in sent:
        activity.validate(json.loads(body))
    with pytest.raises(jsonschema.ValidationError):
        activity.validate({"type": "message", "channelData": "bridged"})
