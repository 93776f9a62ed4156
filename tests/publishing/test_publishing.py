"""Published versions are immutable, named by their content, and one of them is current."""

from pathlib import Path

import pytest

from activities.agent_versions import AgentVersions, NotPublishableError, VersionMissingError
from dialog.definition import AgentDefinition
from tests.support.agents import TESTING, write_agent


@pytest.fixture
def versions(tmp_path: Path) -> AgentVersions:
    """An empty store."""
    return AgentVersions(tmp_path / "store")


def test_the_same_folder_is_the_same_version(versions: AgentVersions, tmp_path: Path) -> None:
    """Publishing twice changes nothing."""
    folder = write_agent(tmp_path / "agent")
    first, second = versions.publish("a", folder), versions.publish("a", folder)
    assert (first.version, first.new, second.new) == (second.version, True, False)
    assert len(versions.versions("a")) == 1


def test_a_change_is_another_version_and_the_old_one_stays(versions: AgentVersions, tmp_path: Path) -> None:
    """Running conversations keep theirs; new ones get the newest; going back is publishing again."""
    old = versions.publish("a", write_agent(tmp_path / "old")).version
    changed = {**TESTING, "topics/Fallback.mcs.yml": TESTING["topics/Fallback.mcs.yml"].replace("You said", "I heard")}
    new = versions.publish("a", write_agent(tmp_path / "new", changed)).version
    assert new != old
    assert versions.current("a") == new
    assert versions.load("a", old) != versions.load("a", new)
    versions.publish("a", tmp_path / "old")
    assert versions.current("a") == old


def test_what_the_phrases_teach_is_published_with_them(versions: AgentVersions, tmp_path: Path) -> None:
    """Learning from the phrases takes its time; whoever loads the agent need not do it again."""
    version = versions.publish("a", write_agent(tmp_path / "agent")).version
    loaded = versions.load("a", version)
    assert loaded.learnt == loaded.recognizer().learnt != ()
    anew = AgentDefinition.model_validate(loaded.model_dump() | {"learnt": ()})
    assert anew.recognizer().learnt == loaded.learnt


def test_a_folder_with_mistakes_is_not_published(versions: AgentVersions, tmp_path: Path) -> None:
    """All mistakes are named, and nothing changes."""
    broken = {
        **TESTING,
        "topics/Goodbye.mcs.yml": TESTING["topics/Goodbye.mcs.yml"]
        + "    - kind: BeginDialog\n      id: x\n      dialog: testing.topic.Escalat\n",
        "topics/Name.mcs.yml": "kind: AdaptiveDialog\nbeginDialog: [",
    }
    with pytest.raises(NotPublishableError) as refused:
        versions.publish("a", write_agent(tmp_path / "agent", broken))
    said = str(refused.value)
    assert 'topics/Goodbye.mcs.yml:20:15: BeginDialog goes to "testing.topic.Escalat"' in said
    assert 'did you mean "testing.topic.Escalate"?' in said
    assert "topics/Name.mcs.yml:2:" in said
    assert versions.names() == []


def test_a_version_that_is_not_here_is_named(versions: AgentVersions) -> None:
    """The error says what to do."""
    with pytest.raises(VersionMissingError, match="publish it, or copy it"):
        versions.load("a", "0123456789abcdef")
    with pytest.raises(VersionMissingError, match="baton publish"):
        versions.current("a")
