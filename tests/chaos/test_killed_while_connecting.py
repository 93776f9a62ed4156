"""The worker is killed at every call of connecting and of disconnecting: before it takes effect, and after it."""

import asyncio
import base64
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from starlette.requests import Request
from starlette.responses import Response
from temporalio.testing import WorkflowEnvironment

from activities.agent_versions import AgentVersions
from protocol.connection import Connect, ConnectionPhase, ConnectionState, Disconnect, Registration, Step, StepState
from settings.connection import AgentConnectionSettings
from settings.model import AgentSettings, Settings
from simulators.faults import Endpoint, Faults
from simulators.microsoft import MicrosoftSimulator
from simulators.served import Served
from tests.support.agents import write_agent
from tests.support.dying import BEGUN, DONE, Dying
from tests.support.forked_worker import ForkedWorker
from tests.support.temporal import KEY
from workflows.agent_connections import AgentConnections, UnansweredError, connection_id

PATIENCE = 120.0
LOOKS_EVERY = 0.05
A_WHILE = timedelta(seconds=5)
CHANGES = {
    "upsert_application",
    "add_password",
    "upsert_service_principal",
    "create_systemusers",
    "change_systemusers",
    "associate_systemuserroles_association",
    "associate_queuemembership_association",
    "change_msdyn_liveworkstreams",
    "put_channel",
}
"""What connecting changes, as the simulated services name it."""
READS = {"environments", "application", "find_systemusers", "read_queues"}
"""One call of each step that changes nothing: choosing, registering, looking at what is there, looking once more."""
STEPS = {"survey", "claim_application", "verify_connected", "verify_disabled"}
"""Temporal activities in which the calls above kill nobody, or only as they begin: what looks and what claims."""
UNDOES = {"disassociate_msdyn_bot_user", "disassociate_queuemembership_association", "change_systemusers"}


@dataclass
class Killing:
    """Kills the worker at each of these calls, once: the call is lost, or takes effect and its answer is lost."""

    faults: Faults
    after: bool = False
    armed: bool = False
    kill: Callable[[], None] = lambda: None
    killed: list[str] = field(default_factory=list)
    _known: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._plain = self.faults.around
        setattr(self.faults, "around", self._around)  # noqa: B010 - mypy knows of no methods that are replaced

    def arm(self, *, after: bool) -> None:
        """From now on, at every call that is another one than those before."""
        self.armed, self.after = True, after
        self._known.clear()
        self.killed.clear()

    def _around(self, operation: str, endpoint: Endpoint) -> Endpoint:
        async def deadly(request: Request) -> Response:
            changed = (await request.body()).decode() if request.method == "PATCH" else ""
            call = f"{operation} {request.url.path} {changed}"
            # What only reads has nothing that may have taken effect.
            deadly_calls = CHANGES | UNDOES if self.after else CHANGES | UNDOES | READS
            dies = self.armed and call not in self._known and operation in deadly_calls
            self._known.add(call)
            if dies and not self.after:
                return self._shot(operation)
            answer = await endpoint(request)
            return self._shot(operation) if dies else answer

        return self._plain(operation, deadly)

    def _shot(self, operation: str) -> Response:
        """Nobody is there to read this answer."""
        self.kill()
        self.killed.append(operation)
        return Response(status_code=503)


@dataclass
class House:
    """A tenant, an agent, and a worker that dies."""

    environment: WorkflowEnvironment
    microsoft: MicrosoftSimulator
    deadly: Killing
    connections: AgentConnections
    agent: str
    worker: ForkedWorker

    async def connect(self) -> ConnectionState:
        """Connect by a registration of its own, through all deaths."""
        wish = Connect(key=uuid4().hex, environment="Contoso", register_new=Registration(name="Contoso"))
        return await self._over(await _answered(lambda: self.connections.connect(self.agent, wish)))

    async def disconnect(self) -> ConnectionState:
        """Disconnect, through all deaths."""
        wish = Disconnect(key=uuid4().hex)
        return await self._over(await _answered(lambda: self.connections.disconnect(self.agent, wish)))

    async def _over(self, begun: ConnectionState) -> ConnectionState:
        """The state in which an operation is over. The clock is turned where a step waits to be tried again."""
        handle = self.environment.client.get_workflow_handle(connection_id(self.agent))
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while asyncio.get_running_loop().time() < deadline:
            pending = (await handle.describe()).raw_description.pending_activities
            if not pending:
                state = await _answered(lambda: self.connections.state(self.agent))
                if state.operation.number >= begun.operation.number and state.operation.over:
                    return state
            elif pending[0].HasField("next_attempt_schedule_time"):
                await self.environment.fast_forward(handle, A_WHILE)
            await asyncio.sleep(LOOKS_EVERY)
        raise AssertionError(f"it is not over; the worker was killed at {self.deadly.killed}")

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
async def _house(environment: WorkflowEnvironment, folder: Path, dying: Dying | None = None) -> AsyncIterator[House]:
    mark = uuid4().hex[:8]
    agent, task_queue, microsoft = f"contoso-{mark}", f"baton-{mark}", MicrosoftSimulator()
    AgentVersions(folder / "agents").publish(agent, write_agent(folder / agent))
    deadly = Killing(microsoft.faults)
    async with Served(microsoft.app()) as microsoft.url:
        temporal = {"TEMPORAL_ADDRESS": environment.client.service_client.config.target_host}
        key = {"BATON_KEY": base64.b64encode(KEY).decode()}
        secrets = {**microsoft.secrets, **temporal, **key}
        worker = ForkedWorker(_settings(folder, microsoft, agent), task_queue, secrets, dying)

        def kill() -> None:
            worker.kill()
            worker.start()

        deadly.kill = kill
        worker.start()
        yield House(environment, microsoft, deadly, AgentConnections(environment.client, task_queue), agent, worker)
        worker.kill()


def _settings(folder: Path, microsoft: MicrosoftSimulator, agent: str) -> Settings:
    organization = microsoft.contoso
    connection = AgentConnectionSettings(queue=organization.queue, workstream=organization.workstream)
    return Settings.model_validate(
        {
            "data_dir": folder,
            "encryption": {"keys": ["env:BATON_KEY"]},
            "microsoft": microsoft.parsed_settings(bots={agent: "contoso-bot"}),
            "agents": {agent: AgentSettings(path=folder / agent, connection=connection)},
        }
    )


@pytest.fixture
async def house(temporal: WorkflowEnvironment, tmp_path: Path) -> AsyncIterator[House]:
    """An agent that is not connected."""
    async with _house(temporal, tmp_path) as found:
        yield found


@pytest.mark.parametrize("after", [False, True], ids=["before it takes effect", "after it took effect"])
async def test_the_worker_is_killed_at_every_call(house: House, *, after: bool) -> None:
    """Of connecting, and of disconnecting: each ends as if nobody had died, and nothing is there twice."""
    house.deadly.arm(after=after)
    state = await house.connect()
    assert state.phase is ConnectionPhase.CONNECTED, state.operation.failure
    assert set(house.deadly.killed) >= (CHANGES if after else CHANGES | READS)
    done = {step.step for step in state.operation.steps if step.state is StepState.DONE}
    assert done == {step.step for step in state.operation.steps}
    assert not house.user["isdisabled"]
    house.deadly.arm(after=after)
    state = await house.disconnect()
    assert state.phase is ConnectionPhase.DISCONNECTED, state.operation.failure
    assert set(house.deadly.killed) >= (UNDOES if after else UNDOES | {"find_systemusers"})
    assert house.user["isdisabled"]
    assert Step.HANDOFFS in {step.step for step in state.operation.steps}


async def test_the_worker_dies_in_every_step_that_only_looks(temporal: WorkflowEnvironment, tmp_path: Path) -> None:
    """As the step begins, and when its work is done and nobody has been told: each ends as if nobody had died."""
    marks = tmp_path / "marks"
    marks.mkdir()
    dying = Dying(frozenset(STEPS), marks)
    async with _house(temporal, tmp_path, dying) as house:
        reviving = asyncio.create_task(house.worker.revive())
        try:
            assert (await house.connect()).phase is ConnectionPhase.CONNECTED
            assert (await house.disconnect()).phase is ConnectionPhase.DISCONNECTED
        finally:
            reviving.cancel()
        assert house.user["isdisabled"]
        assert dying.deaths() == {f"{step} {when}" for step in STEPS for when in (BEGUN, DONE)}
