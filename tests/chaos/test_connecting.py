"""Every step of connecting meets every fault.

Afterwards everything is there once, or nothing is left that gets traffic.
"""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.testing import WorkflowEnvironment

from protocol.connection import ConnectionPhase, ConnectionState, Registration
from simulators.faults import Fault
from simulators.microsoft import MicrosoftSimulator
from tests.support.connecting import Tenancy, tenancy
from tests.support.waiting import eventually

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
DISCONNECTING = (
    "read_msdyn_liveworkstreams",
    "disassociate_msdyn_bot_user",
    "disassociate_queuemembership_association",
    "change_systemusers",
    "find_systemusers",
)
"""And disconnecting."""
PASSING = {
    "too many requests": Fault(status=429, retry_after=1),
    "unavailable": Fault(status=503),
    "the connection breaks off before anything was done": Fault(cut=True),
    "refused as if the token had expired": Fault(status=401),
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
    """Connect by a registration of its own."""
    state = await _over(tenant, await tenant.begin(application="", register_new=Registration(name="Contoso")))
    tenant.application = _once(tenant.microsoft, tenant.agent)
    return state


async def _over(tenant: Tenancy, begun: ConnectionState) -> ConnectionState:
    """The state in which an operation is over, on a clock that is turned while anything is waited for."""

    async def over() -> bool:
        await tenant.let_pass(timedelta(seconds=2))
        return (await tenant.connections.state(tenant.agent)).operation.over

    await eventually(over)
    return await tenant.over(begun)


@pytest.mark.parametrize("fault", PASSING)
async def test_every_call_fails_once_and_everything_is_made_once(tenant: Tenancy, fault: str) -> None:
    """Each is tried again; what took effect though its answer was lost is found, and not made, or undone, twice."""
    for call in CALLS:
        tenant.microsoft.faults.plan(call, PASSING[fault])
    state = await _connected(tenant)
    assert state.operation.failure == ""
    assert not [call for call in CALLS if tenant.microsoft.faults.planned[call]]
    assert tenant.is_whole
    for call in DISCONNECTING:
        tenant.microsoft.faults.plan(call, PASSING[fault])
    state = await _over(tenant, await tenant.begin_to_disconnect())
    assert state.phase is ConnectionPhase.DISCONNECTED
    assert not [call for call in DISCONNECTING if tenant.microsoft.faults.planned[call]]
    assert tenant.is_undone
    assert tenant.user


@pytest.mark.parametrize("call", DISCONNECTING)
async def test_every_call_is_refused_and_the_next_disconnect_finishes(tenant: Tenancy, call: str) -> None:
    """Half done it says so, and what was undone is not undone twice."""
    await tenant.connect()
    tenant.microsoft.faults.plan(call, Fault(status=403))
    state = await tenant.disconnect()
    assert state.phase is ConnectionPhase.INCOMPLETE
    assert "403" in state.operation.failure
    assert (await tenant.disconnect()).phase is ConnectionPhase.DISCONNECTED
    assert tenant.is_undone


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
