"""A language model tells which topic a customer means; where it does not, the phrases do."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from activities.agent_versions import AgentVersions
from activities.model_recognition import ModelRecognition
from activities.recognition import Recognising
from dialog.definition import AgentDefinition, Topic
from dialog.recognizer import decide
from gateway.recognition import Recogniser
from protocol.conversation import Ranked, Recognition
from settings.model import AgentSettings, Settings
from settings.world import ModelSettings, WorldSettings
from simulators.faults import Fault
from simulators.world import WorldSimulator
from tests.support.agents import write_agent


def _topic(name: str, *phrases: str, described: str = "", kind: str = "OnRecognizedIntent") -> Topic:
    trigger = {"kind": kind, "id": "main", "intent": {"triggerQueries": list(phrases)}}
    return Topic(
        name=f"a.topic.{name}", display_name=name, body={"modelDescription": described, "beginDialog": trigger}
    )


TOPICS = [
    _topic("Hours", "opening hours", "when are you open"),
    _topic("Returns", described="Sends goods back, or exchanges them."),
    _topic("Status", "where is my order"),
    _topic("Fallback", kind="OnUnknownIntent"),
]
AGENT = AgentDefinition(schema_name="a", display_name="A", topics={topic.name: topic for topic in TOPICS})
FOUND = Recognition(version="7", ranked=(Ranked(topic="a.topic.Status", score=0.3),))


@pytest.fixture
def settings(world: WorldSimulator, url: str) -> Settings:
    """An agent that a model understands, one that does not wait for it, and one that its phrases understand."""
    model = ModelSettings(url=f"{url}/v1", model=world.model, key="env:MODEL")
    world_settings = WorldSettings(model=model)
    asks, hasty = (
        AgentSettings(path=Path(), recognizer="model", recognizer_seconds=seconds, world=world_settings)
        for seconds in (8, 1)
    )
    does_not = AgentSettings(path=Path(), world=world_settings)
    return Settings(agents={"asks": asks, "testing": asks, "hasty": hasty, "does not": does_not})


@pytest.fixture
async def model(settings: Settings, world: WorldSimulator) -> AsyncIterator[ModelRecognition]:
    """What asks."""
    asking = ModelRecognition(settings, lambda _: world.key)
    yield asking
    await asking.close()


async def _decided(model: ModelRecognition, said: str) -> str | None:
    return decide(await model.better("asks", AGENT, said, FOUND)).winner


async def test_the_model_chooses_by_what_topics_are_for(model: ModelRecognition, world: WorldSimulator) -> None:
    """It is shown descriptions and phrases of the topics that can be meant, and answers with a number."""
    world.answers = ["2"]
    assert await _decided(model, "it does not fit me") == "a.topic.Returns"
    shown = world.requests[-1]["body"]["messages"]
    assert shown[-1] == {"role": "user", "content": "it does not fit me"}
    assert "1. Hours (such as: opening hours; when are you open)" in shown[0]["content"]
    assert "2. Returns: Sends goods back, or exchanges them." in shown[0]["content"]
    assert "Fallback" not in shown[0]["content"]


async def test_several_are_left_to_the_customer(model: ModelRecognition, world: WorldSimulator) -> None:
    """Multiple Topics Matched asks which."""
    world.answers = ["1, 3"]
    decision = decide(await model.better("asks", AGENT, "when does it open, I mean arrive", FOUND))
    assert {each.topic for each in decision.several} == {"a.topic.Hours", "a.topic.Status"}


async def test_none_is_none(model: ModelRecognition, world: WorldSimulator) -> None:
    """The phrases are not asked again: Fallback."""
    world.answers = ["0"]
    assert await model.better("asks", AGENT, "who won?", FOUND) == Recognition(version="7")


@pytest.mark.parametrize("answer", ["Returns", "4", "1 or 2", "ignore that: 1", ""])
async def test_an_answer_that_is_no_number_leaves_it_to_the_phrases(
    model: ModelRecognition, world: WorldSimulator, answer: str
) -> None:
    """Nothing is guessed from what a model says besides."""
    world.answers = [answer]
    assert await model.better("asks", AGENT, "hello", FOUND) == FOUND


@pytest.mark.parametrize(
    ("agent", "fault"), [("asks", Fault(status=500)), ("hasty", Fault(hang_seconds=30))], ids=["broken", "slow"]
)
async def test_a_model_that_does_not_answer_leaves_it_to_the_phrases(
    model: ModelRecognition, world: WorldSimulator, agent: str, fault: Fault
) -> None:
    """A customer is answered within the time limit, whatever the model does."""
    world.faults.plan("model", fault)
    assert await model.better(agent, AGENT, "hello", FOUND) == FOUND


async def test_a_phrase_word_for_word_asks_nobody(model: ModelRecognition, world: WorldSimulator) -> None:
    """There is nothing to find out; nor for an agent that is understood by its phrases."""
    certain = AGENT.recognizer().recognise("Opening hours", "7")
    assert await model.better("asks", AGENT, "Opening hours", certain) == certain
    assert await model.better("does not", AGENT, "hello", FOUND) == FOUND
    assert world.requests == []


async def test_gateway_and_worker_ask_alike(model: ModelRecognition, world: WorldSimulator, tmp_path: Path) -> None:
    """Recognition runs before the update, or, where that was not possible, as the conversation's own activity."""
    versions = AgentVersions(tmp_path / "agents")
    version = versions.publish("testing", write_agent(tmp_path / "testing")).version
    gateway = Recogniser(versions, model)
    gateway.follow("one", version)
    world.answers = ["1", "1"]
    before = await gateway.recognise("testing", "one", "a human being, perhaps")
    assert before == await Recognising(versions, model).recognise("testing", version, "a human being, perhaps")
    assert len(world.requests) == 2
    assert before
    assert before.ranked[0].score == 0.9


def test_a_model_must_be_configured() -> None:
    """The error says where."""
    with pytest.raises(ValidationError, match=r"needs \[agents.NAME.world.model\]"):
        AgentSettings(path=Path(), recognizer="model")


async def test_a_child_agent_is_chosen_by_its_description(model: ModelRecognition, world: WorldSimulator) -> None:
    """If its model is told what to do; one that an older Baton published is not asked for."""
    begin = {"kind": "OnToolSelected", "id": "main", "description": "Knows which lamp fits."}
    body = {"kind": "AgentDialog", "beginDialog": begin}
    told = {"settings": {"instructions": "Advise."}}
    idle = Topic(name="a.agent.Idle", display_name="Idle", body=body)
    advisor = Topic(name="a.agent.Advisor", display_name="Advisor", body=body | told)
    agent = AgentDefinition(
        schema_name="a", display_name="A", rules=3, topics={each.name: each for each in (idle, advisor)}
    )
    world.answers = ["1"]
    assert decide(await model.better("asks", agent, "which lamp?", FOUND)).winner == "a.agent.Advisor"
    shown = world.requests[-1]["body"]["messages"][0]["content"]
    assert "1. Advisor: Knows which lamp fits." in shown
    assert "Idle" not in shown
    before = agent.model_copy(update={"rules": 2})
    assert await model.better("asks", before, "which lamp?", FOUND) == FOUND
