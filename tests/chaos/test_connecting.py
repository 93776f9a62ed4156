"""Every step of connecting meets every fault, and the worker is killed at every step.

Afterwards everything is there once, or nothing is left that gets traffic.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from starlette.requests import Request
from starlette.responses import Response
from temporalio.testing import WorkflowEnvironment

from activities.app_registration import SecretFile
from protocol.connection import Connect, ConnectionPhase, ConnectionState, Registration
from settings.load import SAMPLE_AGENT
from simulators.faults import Endpoint, Fault, Faults
from simulators.microsoft import MicrosoftSimulator
from simulators.served import Served
from tests.support.connecting import Tenancy, tenancy
from tests.support.installation import Installation, installation
from tests.support.waiting import eventually
from workflows.agent_connections import AgentConnectionError, AgentConnections
from workflows.plugin import connect as connect_temporal

CALLS = (
    "environments",
    "application",
    "upsert_application",
    "add_password",
    "upsert_service_principal",
    "setting",
    "find_systemusers",
    "create_systemusers",
    "read_systemusers",
    "find_roles",
    "associate_systemuserroles_association",
    "associate_queuemembership_association",
    "read_msdyn_liveworkstreams",
    "change_msdyn_liveworkstreams",
    "channel",
    "put_channel",
)
"""Everything that connecting asks of Microsoft, as the simulated services name it."""
PASSING = {
    "too many requests": Fault(status=429, retry_after=1),
    "unavailable": Fault(status=503),
    "unavailable after it was done": Fault(status=503, after_doing=True),
    "the answer breaks off after it was done": Fault(cut=True, after_doing=True),
}
NO_FAILURE = {"setting", "find_roles"}
"""Refused when the environment is looked at, they make it unknown: whoever chose it knows better."""


@pytest.fixture
async def tenant(temporal: WorkflowEnvironment, tmp_path: Path) -> AsyncIterator[Tenancy]:
    """A tenant, and an agent to be connected."""
    async with tenancy(temporal, tmp_path) as found:
        yield found


def _once(microsoft: MicrosoftSimulator, agent: str) -> str:
    """The application that was made for an agent. There is one of it, with one secret, and one user at most."""
    named = [each for each in microsoft.graph.applications.values() if each["uniqueName"] == f"baton-{agent}"]
    assert len(named) <= 1
    if not named:
        return ""
    assert len(named[0]["passwordCredentials"]) <= 1
    assert len(microsoft.contoso.users(named[0]["appId"])) <= 1
    return str(named[0]["appId"])


async def _connected(tenant: Tenancy) -> ConnectionState:
    """Connect by a registration of its own, on a clock that is turned while anything is waited for."""
    begun = await tenant.begin(application="", register_new=Registration(name="Contoso"))

    async def over() -> bool:
        await tenant.let_pass(timedelta(seconds=2))
        return (await tenant.connections.state(tenant.agent)).operation.over

    await eventually(over, 60)
    state = await tenant.over(begun)
    tenant.application = _once(tenant.microsoft, tenant.agent)
    return state


@pytest.mark.parametrize("fault", PASSING)
async def test_every_call_fails_once_and_everything_is_made_once(tenant: Tenancy, fault: str) -> None:
    """Each is tried again; what took effect though its answer was lost is found, and not made twice."""
    for call in CALLS:
        tenant.microsoft.faults.plan(call, PASSING[fault])
    state = await _connected(tenant)
    assert state.operation.failure == ""
    assert not [call for call in CALLS if tenant.microsoft.faults.planned[call]]
    assert tenant.is_whole


@pytest.mark.parametrize("call", CALLS)
async def test_every_call_is_refused_and_nothing_is_left(tenant: Tenancy, call: str) -> None:
    """What was made is undone, the next connect goes through, and so does a disconnect."""
    tenant.microsoft.faults.plan(call, Fault(status=403))
    state = await _connected(tenant)
    assert call in tenant.microsoft.faults.calls
    if call not in NO_FAILURE:
        assert "403" in state.operation.failure
        assert state.phase is ConnectionPhase.NONE
        assert not tenant.application or tenant.is_undone
        assert (await _connected(tenant)).phase is ConnectionPhase.CONNECTED
    assert tenant.is_whole
    assert (await tenant.disconnect()).phase is ConnectionPhase.DISCONNECTED
    assert tenant.is_undone


class Killing:
    """Kills the worker in the middle of a call: before it takes effect, or after it and before its answer."""

    def __init__(self, faults: Faults) -> None:
        self.armed: str | None = None
        self.after = False
        self.kill: Callable[[], None] = lambda: None
        self.killed: list[str] = []
        self._plain = faults.around
        setattr(faults, "around", self.around)  # noqa: B010 - mypy knows of no methods that are replaced

    def around(self, operation: str, endpoint: Endpoint) -> Endpoint:
        """`endpoint`, in which the worker dies once where it is armed for `operation`."""

        async def deadly(request: Request) -> Response:
            armed = self.armed == operation
            if armed:
                self.armed = None
            if armed and not self.after:
                self._shoot(operation)
            answer = await endpoint(request)
            if armed and self.after:
                self._shoot(operation)
            return answer

        return self._plain(operation, deadly)

    def _shoot(self, operation: str) -> None:
        self.kill()
        self.killed.append(operation)


@dataclass
class House:
    """Everything up, with a worker in a process of its own."""

    running: Installation
    microsoft: MicrosoftSimulator
    deadly: Killing
    connections: AgentConnections

    async def over(self, begun: ConnectionState) -> ConnectionState:
        """The state in which an operation is over, however often nobody answers meanwhile."""
        number = begun.operation.number

        async def ended() -> bool:
            try:
                state = await self.connections.state(begun.agent)
            except AgentConnectionError:
                return False
            return state.operation.number >= number and state.operation.over

        await eventually(ended, 60)
        return await self.connections.state(begun.agent)


@asynccontextmanager
async def _house(folder: Path) -> AsyncIterator[House]:
    microsoft = MicrosoftSimulator()
    deadly = Killing(microsoft.faults)
    with pytest.MonkeyPatch.context() as patched:
        for name, secret in microsoft.secrets.items():
            patched.setenv(name, secret)
        async with Served(microsoft.app()) as microsoft.url:
            organization = microsoft.contoso
            own = f'queue = "{organization.queue}"\nworkstream = "{organization.workstream}"\n'
            agent = f'[agents.contoso]\npath = "{SAMPLE_AGENT}"\n[agents.contoso.connection]\n{own}'
            async with installation(folder, f"{microsoft.configuration()}\n{agent}") as running:
                deadly.kill = lambda: running.kill("worker")
                client = await connect_temporal(running.settings)
                yield House(running, microsoft, deadly, AgentConnections(client))


DEADLY = (
    "upsert_application",
    "add_password",
    "upsert_service_principal",
    "create_systemusers",
    "associate_systemuserroles_association",
    "associate_queuemembership_association",
    "change_msdyn_liveworkstreams",
    "put_channel",
)


@pytest.mark.timeout(300)
async def test_the_worker_is_killed_at_every_step(tmp_path: Path) -> None:
    """SIGKILL in the middle of each call that changes something, before and after it took effect; nothing twice."""
    async with _house(tmp_path) as house:
        for number, call in enumerate(DEADLY):
            house.deadly.armed, house.deadly.after = call, number % 2 == 1
            state = await _again(house, Connect(key=uuid4().hex, environment="Contoso", register_new=_wanted(call)))
            assert state.phase is ConnectionPhase.CONNECTED, state.operation.failure
        assert house.deadly.killed == list(DEADLY)
        application = _once(house.microsoft, "contoso")
        (user,) = house.microsoft.contoso.users(application)
        assert not user["isdisabled"]


def _wanted(call: str) -> Registration:
    return Registration(name=f"Contoso {call}")


async def _again(house: House, wish: Connect) -> ConnectionState:
    """Take back what is there of the connection, so that every step has something to do, and connect."""
    organization = house.microsoft.contoso
    organization.tables.rows["systemusers"].clear()
    SecretFile(house.running.settings.data_dir, "contoso").path.unlink(missing_ok=True)
    organization.members.clear()
    organization.tables.change("msdyn_liveworkstreams", organization.workstream, {"_msdyn_bot_user_value": None})
    for channels in house.microsoft.bot_service.bots.values():
        channels.clear()
    return await house.over(await house.connections.connect("contoso", wish))
