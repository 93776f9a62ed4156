"""Public agents, as they are: every topic loads, and nearly all run to their end."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.corpus import CorpusFigures, agents_below, measure

CORPUS = Path(__file__).parents[3] / "shared" / "corpora" / "agents"
needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason="the public agents are not on this machine")
ENDED = 0.96
"""The share of the topics that run to their end. What does not is wrong in itself: a redirect to what the files lack, a
name that nothing has, a template's `<placeholder>`, kinds that somebody invented."""


@pytest.fixture(scope="module")
def figures() -> CorpusFigures:
    """How all public agents do."""
    return measure([CORPUS])


@needs_corpus
def test_every_topic_loads(figures: CorpusFigures) -> None:
    """But for the one file that is broken on purpose."""
    assert figures.topics > 200
    assert figures.loaded == figures.topics
    broken = [told for agent in figures.agents for told in agent.broken]
    assert [told.partition(":")[0] for told in broken if "topics/" in told] == ["topics/SyntaxError.mcs.yml"]


@needs_corpus
def test_nearly_every_topic_runs_to_its_end(figures: CorpusFigures) -> None:
    """Whether the customer answers or does not understand a word."""
    assert figures.ended / figures.topics >= ENDED, [played for agent in figures.agents for played in agent.errors]


@needs_corpus
def test_no_function_is_missing(figures: CorpusFigures) -> None:
    """Whatever formulas public agents have."""
    assert {name for agent in figures.agents for name in agent.functions} == set()


def test_the_command_prints_the_same_as_json(tmp_path: Path) -> None:
    """For machines: the figures of each agent."""
    kinds = Path(__file__).parent / "kinds"
    command = [sys.executable, "-m", "benchmarks.corpus", str(kinds), "--json"]
    printed = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    (agent,) = json.loads(printed)["agents"]
    assert (agent["agent"], agent["topics"]) == ("kinds", agent["loaded"])
    assert agents_below(kinds.parent) == [kinds]
    assert agents_below(tmp_path) == []
