"""The world outside, simulated, over a socket."""

from collections.abc import AsyncIterator

import pytest

from simulators.served import Served
from simulators.world import WorldSimulator


@pytest.fixture
def world() -> WorldSimulator:
    """A world as new."""
    return WorldSimulator()


@pytest.fixture
async def url(world: WorldSimulator) -> AsyncIterator[str]:
    """Its address."""
    async with Served(world.app()) as address:
        yield address
