"""The story: a long history, a handoff, a conversation both ways, every way to end it, and what goes wrong between."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.testing import WorkflowEnvironment

from protocol.conversation import Operate, Operation, Phase
from simulators.custom import CustomStorySimulator
from simulators.dynamics365 import Dynamics365Simulator
from simulators.faults import Fault
from simulators.genesys import GenesysSimulator
from simulators.hub import HubSimulator
from simulators.liveperson import LivePersonSimulator
from simulators.salesforce import SalesforceSimulator
from simulators.servicenow import ServiceNowSimulator
from simulators.zendesk import ZendeskSimulator
from tests.scenarios.stage import Stage, stage
from tests.support.waiting import eventually

HUBS: list[type[HubSimulator]] = [
    CustomStorySimulator,
    Dynamics365Simulator,
    GenesysSimulator,
    ServiceNowSimulator,
    LivePersonSimulator,
    SalesforceSimulator,
    ZendeskSimulator,
]
FAULTS = {
    "does not answer": Fault(status=503),
    "wants us slower": Fault(status=429, retry_after=0),
    "did it and broke": Fault(status=500, after_doing=True),
}


@pytest.fixture(params=HUBS, ids=lambda simulator: simulator.kind)
async def story(request: pytest.FixtureRequest, temporal: WorkflowEnvironment, tmp_path: Path) -> AsyncIterator[Stage]:
    """A conversation that can be handed to this hub."""
    async with stage(temporal, request.param(), tmp_path) as begun:
        yield begun


async def test_everything_goes_along_and_both_are_heard(story: Stage) -> None:
    """60 messages and 25 variables at the hub; 30 messages each way, with typing between, once and in order."""
    await story.say("fill everything")
    for number in range(30):
        await story.say(f"before {number}")
    key = await story.escalate()
    history = "\n".join(story.hub.history(key))
    places = [history.find(f"You said: before {number}") for number in range(30)]
    assert -1 not in places
    assert places == sorted(places)
    told = str(story.hub.variables(key))
    assert "CO-10443" in told
    assert "The customer asked for a person." in told + history
    await story.hub.join(key, "Ada")
    mine, theirs = [], []
    for number in range(30):
        mine.append(f"question {number}")
        theirs.append(f"answer {number}")
        await story.say(mine[-1])
        await story.hub.type(key)
        await story.hub.say(key, theirs[-1])
    await story.hub_has(key, mine)
    await eventually(lambda: _said(story, theirs))
    await story.hub.end(key)
    await story.reaches(Phase.ENDED)
    assert not story.hub.is_open(key)


async def test_what_the_hub_says_twice_is_read_once(story: Stage) -> None:
    """Every hub tells its callbacks again when it is not sure."""
    key = await story.escalate()
    await story.hub.join(key, "Ada")
    await story.hub.say(key, "only once", times=3)
    await story.hub.say(key, "and then this")
    await eventually(lambda: _said(story, ["only once", "and then this"]))


async def test_a_customer_who_leaves_leaves_nothing_open(story: Stage) -> None:
    """The hub holds no orphan."""
    key = await story.escalate()
    await story.hub.join(key, "Ada")
    await story.hub.say(key, "hello?")
    await story.leave()
    await eventually(lambda: not story.hub.is_open(key), 40)


async def test_the_second_handoff_takes_the_first_along(story: Stage) -> None:
    """The customer stops waiting, and asks again: another handoff, with everything that was said."""
    first = await story.escalate()
    await story.say("are you there?")
    await story.hub_has(first, ["are you there?"])
    await story.conversations.operate(story.id, Operate(key="back", operation=Operation.RETURN))
    await story.reaches(Phase.AGENT)
    await eventually(lambda: not story.hub.is_open(first), 40)
    second = await story.escalate()
    assert second != first
    assert "are you there?" in "\n".join(story.hub.history(second))


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("step", ["opens", "relays"])
async def test_a_fault_changes_nothing_but_the_time(story: Stage, step: str, fault: Fault) -> None:
    """Each message once, in order, and one handoff; whatever the hub had done before it broke."""
    operation = getattr(story.hub, step)
    if step == "opens":
        story.hub.faults.plan(operation, fault, fault)
    key = await story.escalate()
    if step == "relays":
        story.hub.faults.plan(operation, fault, fault)
    for number in range(3):
        await story.say(f"message {number}")
    await story.hub_has(key, [f"message {number}" for number in range(3)])
    assert story.hub.opened().count(key) == 1
    await story.hub.end(key)
    await story.reaches(Phase.ENDED)


async def _said(story: Stage, texts: list[str]) -> bool:
    return await story.read("agent") == texts
