"""Any history written by a released version replays on the current one."""

from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from activities.agent_versions import AgentVersions
from handoff.record import Outbound, Route
from tests.histories.record import AGENTS, FOLDER
from tests.support.temporal import CIPHER
from workflows import library
from workflows.agent_connection import AgentConnection
from workflows.application_claim import ApplicationClaim
from workflows.conversation import Conversation
from workflows.handing_over import HandingOver
from workflows.plugin import BatonPlugin

GOLDEN = sorted(FOLDER.glob("*.json"))


@pytest.fixture(autouse=True)
def _agents_of_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "_library", AgentVersions(AGENTS))


def _replayer(*, sandboxed: bool = True) -> Replayer:
    workflows = [Conversation, AgentConnection, ApplicationClaim]
    return Replayer(workflows=workflows, plugins=[BatonPlugin(CIPHER, sandboxed=sandboxed)])


def _history(path: Path) -> WorkflowHistory:
    return WorkflowHistory.from_json(path.stem, path.read_text(encoding="utf-8"))


def test_there_are_golden_histories() -> None:
    """An empty set would replay anything."""
    assert len(GOLDEN) >= 4


@pytest.mark.parametrize("sandboxed", [True, False], ids=["sandboxed", "as workers run"])
@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
async def test_a_golden_history_replays(path: Path, sandboxed: bool) -> None:  # noqa: FBT001 - a table's column
    """No command differs from the one that was recorded."""
    await _replayer(sandboxed=sandboxed).replay_workflow(_history(path))


async def test_a_changed_order_of_commands_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A workflow that asks the hub before it has chosen a route does not pass for the one that wrote the history."""

    async def hub_first(self: HandingOver, outbound: Outbound) -> None:
        self._life.update_handoff(outbound.handoff, route=Route(hub="hub"))
        await self._ask(outbound.handoff)

    monkeypatch.setattr(HandingOver, "_open", hub_first)
    path = next(path for path in GOLDEN if "there_and_back" in path.stem)
    with pytest.raises(NondeterminismError):
        await _replayer().replay_workflow(_history(path))
