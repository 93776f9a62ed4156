"""A worker with a small agent, and a simulated hub that it hands over to."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from temporalio.testing import WorkflowEnvironment

from activities.agent_versions import AgentVersions
from activities.transcript_pages import TranscriptStore
from hubs.custom import CustomHub
from protocol.conversation import ConversationStart, Deadlines
from settings.model import RouteSettings, Settings
from simulators.custom_hub import CustomHubSimulator, Served
from tests.support.agents import write_agent
from tests.support.conversing import Conversing
from tests.support.temporal import CIPHER, working
from worker import Hands
from workflows.client import Conversations

TASK_QUEUE = "baton-tests"


@dataclass
class House:
    """Everything a conversation runs in."""

    environment: WorkflowEnvironment
    versions: AgentVersions
    hands: Hands
    first: CustomHubSimulator
    second: CustomHubSimulator
    agent_folder: Path

    def conversing(self, **start: object) -> Conversing:
        """A conversation that has not begun."""
        begin = ConversationStart(agent="testing", version=self.versions.current("testing"), **start)  # type: ignore[arg-type]  # a test names fields
        conversations = Conversations(self.environment.client, TASK_QUEUE)
        return Conversing(self.environment, conversations, self.first, begin)


@pytest.fixture(scope="session")
async def house(temporal: WorkflowEnvironment, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A worker, an agent, and two hubs: the second is the first's fallback."""
    root = tmp_path_factory.mktemp("house")
    versions = AgentVersions(root / "agents")
    folder = write_agent(root / "testing")
    versions.publish("testing", folder)
    first, second = CustomHubSimulator(), CustomHubSimulator()
    async with Served(first.app()) as first_url, Served(second.app()) as second_url:
        hubs = {
            name: CustomHub(name, url, simulator.token, simulator.webhook_secret, timeout_seconds=5)
            for name, url, simulator in (("hub", first_url, first), ("second", second_url, second))
        }
        settings = Settings(data_dir=root, routes=(RouteSettings(hub="hub", queue="general", fallback=("second",)),))
        hands = Hands(settings, versions, TranscriptStore(root / "transcripts", CIPHER), dict(hubs))
        async with working(temporal.client, hands, TASK_QUEUE):
            yield House(temporal, versions, hands, first, second, folder)


@pytest.fixture
def hub(house: House) -> CustomHubSimulator:
    """The first hub, as new."""
    _as_new(house.first)
    return house.first


@pytest.fixture
def second_hub(house: House) -> CustomHubSimulator:
    """The second hub, as new."""
    _as_new(house.second)
    return house.second


@pytest.fixture
async def conversation(house: House, hub: CustomHubSimulator, second_hub: CustomHubSimulator) -> Conversing:  # noqa: ARG001
    """A conversation that has just begun, with the deadlines that `baton.toml` has by default."""
    return await house.conversing(deadlines=Deadlines()).begin()


def _as_new(simulator: CustomHubSimulator) -> None:
    for what in (simulator.handoffs, simulator.closed, simulator.unknown, simulator.faults, simulator.calls):
        what.clear()
    simulator.accepts_at_once = False
