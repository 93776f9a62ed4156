"""Dynamics 365 Customer Service on a socket."""

from collections.abc import AsyncIterator

import pytest

from hubs.dynamics365 import Dynamics365Hub
from simulators.dynamics365 import Dynamics365Simulator
from simulators.served import Served


@pytest.fixture
async def dynamics() -> AsyncIterator[Dynamics365Simulator]:
    """One organisation."""
    simulated = Dynamics365Simulator()
    async with Served(simulated.app()) as simulated.url:
        yield simulated


@pytest.fixture
async def hub(dynamics: Dynamics365Simulator) -> AsyncIterator[Dynamics365Hub]:
    """Its adapter; other hubs' tests have their own."""
    adapter = dynamics.adapter("support")
    yield adapter
    await adapter.close()
