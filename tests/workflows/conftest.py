"""A worker with a small agent, and a simulated hub that it hands over to."""

from collections.abc import AsyncIterator

import pytest
from temporalio.testing import WorkflowEnvironment

from protocol.conversation import Deadlines
from simulators.custom_hub import CustomHubSimulator
from tests.support.conversing import Conversing
from tests.support.house import House, as_new, open_house
from tests.support.ticketing import TicketingSimulator


@pytest.fixture(scope="session")
async def house(temporal: WorkflowEnvironment, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A worker, an agent, and two hubs: the second is the first's fallback."""
    async with open_house(temporal, tmp_path_factory.mktemp("house")) as opened:
        yield opened


@pytest.fixture
def hub(house: House) -> CustomHubSimulator:
    """The first hub, as new."""
    as_new(house.first)
    return house.first


@pytest.fixture
def second_hub(house: House) -> TicketingSimulator:
    """The second hub, as new."""
    as_new(house.second)
    return house.second


@pytest.fixture
async def conversation(house: House, hub: CustomHubSimulator, second_hub: CustomHubSimulator) -> Conversing:  # noqa: ARG001
    """A conversation that has just begun, with the deadlines that `baton.toml` has by default."""
    return await house.conversing(deadlines=Deadlines()).begin()
