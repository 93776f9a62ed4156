"""A tenant, an agent to be connected to it, and the one worker that does so, which dies."""

import asyncio
import base64
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from temporalio.testing import WorkflowEnvironment

from activities.agent_versions import AgentVersions
from protocol.connection import Connect, ConnectionState, Disconnect, Registration
from settings.connection import AgentConnectionSettings
from settings.model import AgentSettings, RouteSettings, Settings
from simulators.custom_hub import CustomHubSimulator
from simulators.microsoft import MicrosoftSimulator
from simulators.served import Served
from tests.support.agents import write_agent
from tests.support.dying import Dying
from tests.support.forked_worker import ForkedWorker
from tests.support.temporal import KEY
from workflows.agent_connections import AgentConnections, UnansweredError, connection_id

PATIENCE = 120.0
LOOKS_EVERY = 0.05
A_WHILE = timedelta(seconds=5)


@dataclass
class MortalTenant:
    """A tenant, an agent, and a worker that dies."""

    environment: WorkflowEnvironment
    microsoft: MicrosoftSimulator
    connections: AgentConnections
    agent: str
    task_queue: str
    worker: ForkedWorker

    async def connect(self) -> ConnectionState:
        """Connect by a registration of its own, through all deaths."""
        wish = Connect(key=uuid4().hex, environment="Contoso", register_new=Registration(name="Contoso"))
        return await self._over(await _answered(lambda: self.connections.connect(self.agent, wish)))

    async def disconnect(self, *, now: bool = False) -> ConnectionState:
        """Disconnect, through all deaths."""
        wish = Disconnect(key=uuid4().hex, now=now)
        return await self._over(await _answered(lambda: self.connections.disconnect(self.agent, wish)))

    async def _over(self, begun: ConnectionState) -> ConnectionState:
        """The state in which an operation is over. The clock is turned where it waits for a next try or look."""
        handle = self.environment.client.get_workflow_handle(connection_id(self.agent))
        deadline = asyncio.get_running_loop().time() + PATIENCE
        state = begun
        while asyncio.get_running_loop().time() < deadline:
            pending = (await handle.describe()).raw_description.pending_activities
            if not pending:
                state = await _answered(lambda: self.connections.state(self.agent))
                if state.operation.number >= begun.operation.number and state.operation.over:
                    return state
            if not pending or pending[0].HasField("next_attempt_schedule_time"):
                await self.environment.fast_forward(handle, A_WHILE)
            await asyncio.sleep(LOOKS_EVERY)
        raise AssertionError(f"it is not over: {state.operation}")

    @property
    def user(self) -> dict[str, object]:
        """The one application user of the one registration, which has one secret."""
        (made,) = [
            each for each in self.microsoft.graph.applications.values() if each["uniqueName"] == f"baton-{self.agent}"
        ]
        assert len(made["passwordCredentials"]) == 1
        (user,) = self.microsoft.contoso.users(made["appId"])
        return user


async def _answered(ask: Callable[[], Awaitable[ConnectionState]]) -> ConnectionState:
    """Ask again where the worker that was to answer has just died."""
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while True:
        try:
            return await ask()
        except UnansweredError:
            if asyncio.get_running_loop().time() > deadline:
                raise


@asynccontextmanager
async def mortal_tenant(
    environment: WorkflowEnvironment,
    folder: Path,
    microsoft: MicrosoftSimulator,
    dying: Dying | None = None,
    hubs: Mapping[str, CustomHubSimulator] | None = None,
) -> AsyncIterator[MortalTenant]:
    """`microsoft`, and an agent that is not connected. Its connection, as its routes, leads to the first of `hubs`."""
    mark = uuid4().hex[:8]
    agent, task_queue = f"contoso-{mark}", f"baton-{mark}"
    AgentVersions(folder / "agents").publish(agent, write_agent(folder / agent))
    secrets = {
        "TEMPORAL_ADDRESS": environment.client.service_client.config.target_host,
        "BATON_KEY": base64.b64encode(KEY).decode(),
    }
    async with AsyncExitStack() as serving:
        microsoft.url = await serving.enter_async_context(Served(microsoft.app()))
        served = {}
        for number, (name, hub) in enumerate((hubs or {}).items()):
            secrets |= {f"TOKEN_{number}": hub.token, f"SECRET_{number}": hub.webhook_secret}
            url = await serving.enter_async_context(Served(hub.app()))
            keys = {"token": f"env:TOKEN_{number}", "webhook_secret": f"env:SECRET_{number}"}
            served[name] = {"kind": "custom", "url": url, **keys}
        settings = _settings(folder, microsoft, agent, served)
        worker = ForkedWorker(settings, task_queue, {**microsoft.secrets, **secrets}, dying)
        worker.start()
        connections = AgentConnections(environment.client, task_queue)
        yield MortalTenant(environment, microsoft, connections, agent, task_queue, worker)
        worker.kill()


def _settings(
    folder: Path, microsoft: MicrosoftSimulator, agent: str, hubs: Mapping[str, Mapping[str, str]]
) -> Settings:
    organization, names = microsoft.contoso, tuple(hubs)
    connection = AgentConnectionSettings(
        queue=organization.queue, workstream=organization.workstream, hub=names[0] if names else ""
    )
    return Settings.model_validate(
        {
            "data_dir": folder,
            "encryption": {"keys": ["env:BATON_KEY"]},
            "microsoft": microsoft.parsed_settings(bots={agent: "contoso-bot"}),
            "agents": {agent: AgentSettings(path=folder / agent, connection=connection)},
            "hubs": hubs,
            "routes": (RouteSettings(hub=names[0], fallback=names[1:]),) if names else (),
        }
    )
