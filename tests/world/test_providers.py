"""Generative answers: from a folder of texts, through a model, or none."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from activities.knowledge import Knowledge, read_folder
from activities.providers import NoProvider, OpenAICompatible
from activities.web import Web
from dialog.calls import AgentCall, Answer, KnowledgeCall, Line
from dialog.errors import MODEL_BUSY, MODEL_FAILED, MODEL_TIMED_OUT
from settings.world import ModelSettings
from simulators.faults import Fault
from simulators.world import WorldSimulator
from tests.support.waiting import PATIENCE

RETURNS = "# Returns\n\nYou may return a lamp within thirty days.\n\nBulbs are not returned."
HOURS = "Our shops open at nine."


@pytest.fixture
def knowledge(tmp_path: Path) -> Knowledge:
    """Two texts, and what is none."""
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "Returns.md").write_text(RETURNS, encoding="utf-8")
    (tmp_path / "hours.txt").write_text(HOURS, encoding="utf-8")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG returns returns")
    return read_folder(tmp_path)


@pytest.fixture
async def provider(url: str, world: WorldSimulator, knowledge: Knowledge) -> AsyncIterator[OpenAICompatible]:
    """A model with that knowledge."""
    web = Web(100_000)
    yield OpenAICompatible(web, ModelSettings(url=f"{url}/v1/", model=world.model), world.key, knowledge)
    await web.close()


def test_the_text_that_fits_best_is_found(knowledge: Knowledge) -> None:
    """By the words in common, whatever their ending; nothing in common finds nothing."""
    assert [passage.title for passage in knowledge.search("Can I return lamps?")] == ["shop/Returns.md"]
    assert knowledge.search("quantum physics") == []
    assert knowledge.search("returned lamps", ["shop.knowledge.hours"]) == []
    assert len(knowledge.search("returned lamps", ["shop.knowledge.Returns"])) == 1


def test_a_folder_that_is_not_there_knows_nothing(tmp_path: Path) -> None:
    """And breaks nothing."""
    assert read_folder(tmp_path / "nowhere").search("returns") == []


async def test_an_agent_without_a_model_answers_nothing(knowledge: Knowledge) -> None:
    """But finds what its knowledge has, and searches by the customer's own words."""
    provider = NoProvider(knowledge)
    assert (await provider.ask(KnowledgeCall(text="return a lamp"), 5)).value is None
    assert (await provider.ask(KnowledgeCall(text="return", wants="results"), 5)).value[0]["Title"] == "shop/Returns.md"
    assert (await provider.ask(KnowledgeCall(text="return", wants="query"), 5)).value == "return"


async def test_a_model_answers_from_what_was_found(provider: OpenAICompatible, world: WorldSimulator) -> None:
    """It is given the passages, the author's instructions and what was said before."""
    world.answers.append("Within thirty days [1].")
    call = KnowledgeCall(text="May I return a lamp?", instructions="Be brief.", history=("I have a lamp",))
    answer = await provider.ask(call, PATIENCE)
    assert answer.value["text"] == "Within thirty days [1]."
    assert answer.value["sources"][0]["Title"] == "shop/Returns.md"
    system, before, question = world.requests[0]["body"]["messages"]
    assert "within thirty days" in system["content"]
    assert "Be brief." in system["content"]
    assert (before["content"], question["content"]) == ("I have a lamp", "May I return a lamp?")


async def test_a_child_agent_speaks_as_its_instructions_want(provider: OpenAICompatible, world: WorldSimulator) -> None:
    """Its model is given them, what was said by whom, and what the agent's texts have on the last words."""
    world.answers.append("Which lamp is it?\n\nWAITING")
    said = (Line(text="hello"), Line(text="How can I help?", by_model=True), Line(text="May I return a lamp?"))
    answer = await provider.speak(AgentCall(name="a", instructions="Be kind.", said=said), PATIENCE)
    assert answer.value == {"text": "Which lamp is it?", "asks": True}
    system, *lines = world.requests[0]["body"]["messages"]
    assert "Be kind." in system["content"]
    assert "within thirty days" in system["content"]
    assert [(line["role"], line["content"]) for line in lines] == [
        ("user", "hello"),
        ("assistant", "How can I help?"),
        ("user", "May I return a lamp?"),
    ]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("Gladly.", {"text": "Gladly.", "asks": False}),
        ("I am WAITING", {"text": "I am WAITING", "asks": False}),
        ("Which?\n**WAITING**", {"text": "Which?", "asks": True}),
        ("NOTHING.", None),
        ("WAITING", None),
        ("", None),
    ],
)
async def test_what_a_child_agents_model_may_write(
    provider: OpenAICompatible, world: WorldSimulator, written: str, value: object
) -> None:
    """The mark at the end is taken off; nothing to say is no answer. One that speaks first has something to go on."""
    world.answers.append(written)
    assert (await provider.speak(AgentCall(name="a", instructions="Be kind."), PATIENCE)).value == value
    assert world.requests[0]["body"]["messages"][1]["role"] == "user"


async def test_a_child_agent_without_a_model_says_nothing(knowledge: Knowledge) -> None:
    """It is no error."""
    assert await NoProvider(knowledge).speak(AgentCall(name="a", instructions="Be kind."), PATIENCE) == Answer()


async def test_nothing_found_is_not_even_asked(provider: OpenAICompatible, world: WorldSimulator) -> None:
    """Unless the author lets the model say what it knows itself."""
    assert (await provider.ask(KnowledgeCall(text="quantum physics"), PATIENCE)).value is None
    assert world.requests == []
    world.answers.append("It is strange.")
    assert (await provider.ask(KnowledgeCall(text="quantum physics", own_knowledge=True), PATIENCE)).value["text"]


async def test_a_model_that_finds_no_answer_gives_none(provider: OpenAICompatible, world: WorldSimulator) -> None:
    """One word says so."""
    world.answers.append("NOTHING.")
    assert (await provider.ask(KnowledgeCall(text="return of the king"), PATIENCE)).value is None


async def test_what_a_topic_has_found_is_used(provider: OpenAICompatible, world: WorldSimulator) -> None:
    """An OnKnowledgeRequested topic's results come before the agent's own knowledge."""
    world.answers.append("Blue [1].")
    found = ({"Content": "The sky is blue.", "Title": "Sky"},)
    answer = await provider.ask(KnowledgeCall(text="Which colour?", found=found), PATIENCE)
    assert answer.value["sources"] == [{"Title": "Sky", "Text": "The sky is blue."}]


@pytest.mark.parametrize(
    ("fault", "seconds", "code"),
    [
        (Fault(status=500), PATIENCE, MODEL_FAILED),
        (Fault(status=200, body=b'{"choices": []}'), PATIENCE, MODEL_FAILED),
        (Fault(status=200, body=b"<html>"), PATIENCE, MODEL_FAILED),
        (Fault(hang_seconds=2), 0.5, MODEL_TIMED_OUT),
    ],
)
async def test_a_model_that_fails_is_an_error(
    provider: OpenAICompatible, world: WorldSimulator, fault: Fault, seconds: float, code: str
) -> None:
    """With Copilot Studio's code for it."""
    world.faults.plan("model", fault)
    answer = await provider.ask(KnowledgeCall(text="hello", wants="answer", own_knowledge=True), seconds)
    assert answer.code == code


async def test_a_model_that_is_busy_is_tried_again(provider: OpenAICompatible, world: WorldSimulator) -> None:
    """And in the end it is an error of its own."""
    world.faults.plan("model", *[Fault(status=429, retry_after=0)] * 4)
    call = KnowledgeCall(text="hello", wants="answer", own_knowledge=True)
    assert (await provider.ask(call, PATIENCE)).code == MODEL_BUSY
    assert (await provider.ask(call, PATIENCE)).value["text"] == "hello"


async def test_a_wrong_key_is_told_without_the_key(url: str, world: WorldSimulator) -> None:
    """The endpoint refuses it as OpenAI does."""
    web = Web(100_000)
    wrong = OpenAICompatible(web, ModelSettings(url=f"{url}/v1", model=world.model), "not the key")
    answer = await wrong.ask(KnowledgeCall(text="hello", wants="answer", own_knowledge=True), PATIENCE)
    await web.close()
    assert (answer.code, answer.status) == (MODEL_FAILED, 401)
    assert "not the key" not in answer.message
