"""What tests share: one Temporal server for all of them."""

from collections.abc import AsyncIterator

import pytest
from temporalio.testing import WorkflowEnvironment

from tests.support.temporal import temporal_server


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that share what their file sets up run in one process; of the story, each hub's for itself."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_together(item)))


def _together(item: pytest.Item) -> str:
    parameters = getattr(getattr(item, "callspec", None), "params", {})
    hub = parameters.get("theatre")
    return f"{item.path.stem} of {hub.kind}" if hub else str(item.path)


@pytest.fixture(scope="session")
async def temporal() -> AsyncIterator[WorkflowEnvironment]:
    """A real Temporal server whose clocks can be turned."""
    async with temporal_server() as environment:
        yield environment
