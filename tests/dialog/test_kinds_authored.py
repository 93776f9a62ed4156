"""An agent with every kind of node that public agents lack, as authoring tools write it: it loads, and it runs."""

from pathlib import Path

import pytest

from activities.agent_versions import read_folder
from benchmarks.rehearsal import Rehearsal
from dialog.definition import AgentDefinition
from dialog.kinds import ACTIONS
from dialog.loader import load_agent
from dialog.nodes import NODES
from dialog.program import walk
from tests.support.talking import Customer

FOLDER = Path(__file__).parent / "kinds"
NAMES = sorted(path.name.removesuffix(".mcs.yml") for path in (FOLDER / "topics").iterdir())
SEEN_IN_PUBLIC = frozenset(
    """
    SendActivity SetVariable ConditionGroup BeginDialog Question CancelAllDialogs EndDialog ParseValue
    AdaptiveCardPrompt SearchAndSummarizeContent ReplaceDialog EndConversation LogCustomTelemetryEvent
    EditTable ClearAllVariables SetTextVariable GotoAction AnswerQuestionWithAI InvokeFlowAction
    HttpRequestAction InvokeAIBuilderModelAction InvokeConnectorAction CreateSearchQuery
    """.split()  # noqa: SIM905 - a list of names reads better as prose
)
"""Kinds of which the public agents have examples enough."""


@pytest.fixture(scope="module")
def agent() -> AgentDefinition:
    """The agent."""
    loaded = load_agent(read_folder(FOLDER))
    assert loaded.definition is not None
    assert not loaded.errors, loaded.errors
    return loaded.definition


def kinds_of(agent: AgentDefinition, name: str) -> set[str]:
    """The kinds of node in a topic."""
    return {str(action["kind"]) for action, _ in walk(agent.topics[f"kinds.topic.{name}"].trigger.get("actions"))}


def test_no_kind_is_left_out(agent: AgentDefinition) -> None:
    """What public agents do not show is shown here."""
    shown = {kind for name in NAMES for kind in kinds_of(agent, name)}
    shown |= {step.kind for topic in agent.topics.values() for step in topic.program.steps.values()}
    assert shown >= ACTIONS - SEEN_IN_PUBLIC


@pytest.mark.parametrize("answers", [True, False], ids=["answered", "misunderstood"])
@pytest.mark.parametrize("name", NAMES)
def test_it_runs_to_its_end(agent: AgentDefinition, name: str, answers: bool) -> None:  # noqa: FBT001 - a table's column
    """With a customer who answers, and with one who does not; kinds that this version does not run say so."""
    missing = kinds_of(agent, name) - set(NODES)
    played = Rehearsal(agent, agent.topics[f"kinds.topic.{name}"], answers).play()
    assert played.ended or any(kind in played.error for kind in missing), played


def test_the_transfer_carries_what_was_said_and_comes_back(agent: AgentDefinition) -> None:
    """The note has the answer in it, the variables are all there, and the topic goes on behind the human."""
    talker = Customer(agent)
    assert talker.says("show me transfer conversation v2") == ["Which colour?"]
    talker.says("crimson")
    assert talker.transfer.message == "The customer likes Red."
    assert talker.transfer.variables["Colour"] == "Red"
    assert talker.comes_back("returned", note="All done.") == ["Welcome back. All done."]


def test_the_transfers_context_may_be_a_formula(agent: AgentDefinition) -> None:
    """Then it is that and nothing else."""
    talker = Customer(agent)
    talker.says("show me transfer with expression")
    assert talker.transfer.variables == {"va_Department": "billing", "Amount": 3}


def test_a_child_agent_advises_and_its_caller_notes_it(agent: AgentDefinition) -> None:
    """Its instructions read its input, and what it has said is its output."""
    talker = Customer(agent)
    talker.says("show me child agent")
    assert "it may be the hall." in talker.asked.instructions
    assert talker.is_told({"text": "Red.", "asks": False}) == ["Red.", "We note: Red."]


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("show me repeat dialog", ["Second time."]),
        ("show me cancel dialog", ["nothing came back"]),
        ("show me set multiple variables", ["1 2"]),
        ("show me edit table v2", ["3"]),
    ],
)
def test_what_it_does_is_heard(agent: AgentDefinition, said: str, heard: list[str]) -> None:
    """Each kind by what the customer notices of it."""
    assert Customer(agent).says(said) == heard
