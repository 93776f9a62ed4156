"""Any history written by a released version replays on the current one."""

from collections.abc import Callable
from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from activities.agent_versions import AgentVersions
from dialog.calls import Answer, Ask
from handoff.record import Outbound, Route
from handoff.tickets import TicketRecord
from tests.histories.record import AGENTS, FOLDER
from tests.support.temporal import CIPHER
from workflows import library
from workflows.agent_connection import AgentConnection
from workflows.application_claim import ApplicationClaim
from workflows.conversation import Conversation
from workflows.handing_over import HandingOver
from workflows.plugin import BatonPlugin
from workflows.replies import Replies
from workflows.tickets import Tickets
from workflows.world import World

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


async def _hub_first(self: HandingOver, outbound: Outbound) -> None:
    """Ask the hub before a route is chosen."""
    self._life.handoffs.update(outbound.handoff, route=Route(hub="hub"))
    await self._ask(outbound.handoff)


async def _patience_first(self: World, ask: Ask) -> Answer | None:
    """Wait before the world is asked."""
    await workflow.sleep(1)
    return await _answered(self, ask)


async def _said_twice(self: Replies, outbound: Outbound) -> None:
    """Push every reply twice."""
    await _replied(self, outbound)
    await _replied(self, outbound)


async def _no_choice(self: Tickets, record: TicketRecord) -> list[Route]:  # noqa: ARG001 - in the place of one
    """Leave a ticket at a hub that nobody has chosen."""
    return [Route(hub="second")]


_answered, _replied = World._answer, Replies.deliver
CHANGES = [
    ("there_and_back", HandingOver, "_open", _hub_first),
    ("world_asked", World, "_answer", _patience_first),
    ("handed_over_in_place", Replies, "deliver", _said_twice),
    ("ticket_left", Tickets, "_routes", _no_choice),
]


@pytest.mark.parametrize(("story", "part", "method", "changed"), CHANGES, ids=[change[0] for change in CHANGES])
async def test_a_changed_order_of_commands_is_found(
    monkeypatch: pytest.MonkeyPatch, story: str, part: type, method: str, changed: Callable[..., object]
) -> None:
    """A workflow that does other things, or in another order, does not pass for the one that wrote the history."""
    monkeypatch.setattr(part, method, changed)
    path = next(path for path in GOLDEN if story in path.stem)
    with pytest.raises(NondeterminismError):
        await _replayer().replay_workflow(_history(path))
