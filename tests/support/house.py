"""A worker, a small agent and two simulated hubs: everything that a conversation runs in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from temporalio.testing import WorkflowEnvironment

from activities.agent_versions import AgentVersions
from activities.hands import Hands
from activities.transcript_pages import TranscriptStore
from handoff.breaker import BreakerRules
from hubs.base import Hub
from hubs.custom import CustomHub
from protocol.conversation import ConversationStart
from settings.model import AgentSettings, RouteSettings, Settings
from settings.signing_in import SignInSettings
from simulators.custom_hub import CustomHubSimulator
from simulators.served import Served
from simulators.world import WorldSimulator
from tests.support.agents import write_agent
from tests.support.asking_agent import asking, world_of
from tests.support.conversing import Conversing
from tests.support.temporal import CIPHER, working
from tests.support.ticketing import TicketingHub, TicketingSimulator
from tests.support.waiting import PATIENCE
from worker import hub_worker
from workflows.breakers import HubBreakers
from workflows.client import Conversations

TASK_QUEUE = "baton-tests"
PATIENT = BreakerRules(failures=1_000)
"""What one test does to a hub must not keep the next test's conversation from it."""


@dataclass
class House:
    """Everything a conversation runs in."""

    environment: WorkflowEnvironment
    versions: AgentVersions
    hands: Hands
    first: CustomHubSimulator
    second: TicketingSimulator
    agent_folder: Path
    world: WorldSimulator
    task_queue: str

    def conversing(self, agent: str = "testing", **start: Any) -> Conversing:
        """A conversation that has not begun."""
        begin = ConversationStart(agent=agent, version=self.versions.current(agent), **start)
        conversations = Conversations(self.environment.client, self.task_queue)
        return Conversing(self.environment, conversations, self.first, begin, hub_name=next(iter(self.hands.hubs)))

    @asynccontextmanager
    async def attended(self) -> AsyncIterator[None]:
        """The worker of the first hub of a house that was opened without one, for as long as the `async with` lasts."""
        client, name = self.environment.client, next(iter(self.hands.hubs))
        conversations = Conversations(client, self.task_queue)
        async with hub_worker(client, self.hands, name, conversations, HubBreakers(client, PATIENT, self.task_queue)):
            yield


@asynccontextmanager
async def open_house(
    environment: WorkflowEnvironment,
    root: Path,
    name: str = "hub",
    rules: BreakerRules = PATIENT,
    *,
    attended: bool = True,
) -> AsyncIterator[House]:
    """A worker, two agents, the world that one asks, and two hubs: the second is the fallback, and takes tickets.

    `name` is the first hub's. Two houses on one Temporal must not call their hubs alike: a hub's task queue and its
    breaker go by its name. Where it is not `attended`, nobody works for the first
    hub but in `House.attended`.
    """
    task_queue, second_name = (TASK_QUEUE, "second") if name == "hub" else (f"{TASK_QUEUE}-{name}", f"{name}-second")
    versions = AgentVersions(root / "agents")
    folder = write_agent(root / "testing")
    versions.publish("testing", folder)
    first, second, world = CustomHubSimulator(), TicketingSimulator(), WorldSimulator()
    async with (
        Served(first.app()) as first_url,
        Served(second.app()) as second_url,
        Served(world.app()) as world_url,
    ):
        versions.publish("asking", write_agent(root / "asking", asking(world_url)))
        hub = CustomHub(name, first_url, first.token, first.webhook_secret, timeout_seconds=PATIENCE)
        hubs: dict[str, Hub] = {name: hub, second_name: TicketingHub(second_name, second_url, second)}
        settings = Settings(
            data_dir=root,
            agents={
                "asking": AgentSettings(
                    path=root / "asking",
                    world=world_of(world_url, world, root),
                    signin=SignInSettings(redeem=f"file:{root / 'redeem'}"),
                )
            },
            routes=(RouteSettings(hub=name, queue="general", fallback=(second_name,)),),
            breaker=rules,
        )
        hands = Hands(settings, versions, TranscriptStore(root / "transcripts", CIPHER), hubs)
        begun = hands if attended else replace(hands, hubs={second_name: hubs[second_name]})
        async with working(environment.client, begun, task_queue):
            try:
                yield House(environment, versions, hands, first, second, folder, world, task_queue)
            finally:
                # Where nobody works for it, nobody closes it either.
                await hub.close()


def as_new(simulator: CustomHubSimulator) -> None:
    """Let a simulated hub forget everything."""
    for what in (simulator.handoffs, simulator.closed, simulator.unknown, simulator.faults, simulator.calls):
        what.clear()
    simulator.accepts_at_once = False
    if isinstance(simulator, TicketingSimulator):
        simulator.tickets.clear()
