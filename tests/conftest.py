"""What tests share: one Temporal server for all of them."""

from collections.abc import AsyncIterator

import pytest
from temporalio.testing import WorkflowEnvironment

from tests.support.temporal import temporal_server


@pytest.fixture(scope="session")
async def temporal() -> AsyncIterator[WorkflowEnvironment]:
    """A real Temporal server whose clocks can be turned."""
    async with temporal_server() as environment:
        yield environment
