"""What tests share: one Temporal server for all of them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.testing import WorkflowEnvironment

from tests.support.temporal import temporal_server

LONGEST = (
    "chaos/test_kills.py",
    "scenarios/test_every_hub.py",
    "commandline/test_up.py",
    "chaos/test_killed_while_connecting.py",
    "workflows/test_long.py",
    "scenarios/test_remote_agent.py",
)
"""Files that take a minute and more: they begin first, lest everything wait for one of them at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first; the others stay in their order."""
    items.sort(key=lambda item: _place(item.path))


def _place(path: Path) -> int:
    here = path.relative_to(Path(__file__).parent).as_posix()
    return LONGEST.index(here) if here in LONGEST else len(LONGEST)


@pytest.fixture(scope="session")
async def temporal() -> AsyncIterator[WorkflowEnvironment]:
    """A real Temporal server whose clocks can be turned."""
    async with temporal_server() as environment:
        yield environment
