"""The worker is killed at every call of connecting and of disconnecting: before it takes effect, and after it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import pytest
from starlette.requests import Request
from starlette.responses import Response
from temporalio.testing import WorkflowEnvironment

from activities.agent_versions import AgentVersions
from protocol.connection import ConnectionPhase, Step, StepState
from protocol.conversation import ConversationStart, Phase
from simulators.custom_hub import CustomHubSimulator
from simulators.faults import Endpoint, Faults
from simulators.microsoft import MicrosoftSimulator
from tests.chaos.mortal_tenant import MortalTenant, mortal_tenant
from tests.support.conversing import Conversing
from tests.support.dying import BEGUN, DONE, Dying
from tests.support.waiting import eventually
from workflows.client import Conversations

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
STEPS = {"survey", "claim_application", "verify_connected", "verify_disabled", "open_handoffs", "move_handoffs"}
"""Temporal activities in which the calls above kill nobody, or only as they begin: what looks, claims, and moves."""
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


@pytest.mark.parametrize("after", [False, True], ids=["before it takes effect", "after it took effect"])
async def test_the_worker_is_killed_at_every_call(
    temporal: WorkflowEnvironment, tmp_path: Path, *, after: bool
) -> None:
    """Of connecting, and of disconnecting: each ends as if nobody had died, and nothing is there twice."""
    microsoft = MicrosoftSimulator()
    deadly = Killing(microsoft.faults)
    async with mortal_tenant(temporal, tmp_path, microsoft) as tenant:
        deadly.kill = tenant.worker.replace
        deadly.arm(after=after)
        state = await tenant.connect()
        assert state.phase is ConnectionPhase.CONNECTED, state.operation.failure
        assert set(deadly.killed) >= (CHANGES if after else CHANGES | READS)
        done = {step.step for step in state.operation.steps if step.state is StepState.DONE}
        assert done == {step.step for step in state.operation.steps}
        assert not tenant.user["isdisabled"]
        deadly.arm(after=after)
        state = await tenant.disconnect()
        assert state.phase is ConnectionPhase.DISCONNECTED, state.operation.failure
        assert set(deadly.killed) >= (UNDOES if after else UNDOES | {"find_systemusers"})
        assert tenant.user["isdisabled"]
        assert Step.HANDOFFS in {step.step for step in state.operation.steps}


async def test_the_worker_dies_in_every_other_step(temporal: WorkflowEnvironment, tmp_path: Path) -> None:
    """As the step begins, and when its work is done and nobody has been told: each ends as if nobody had died.

    A conversation that is with a representative when its agent is disconnected is moved, once.
    """
    marks, mark = tmp_path / "marks", uuid4().hex[:8]
    marks.mkdir()
    dying = Dying(frozenset(STEPS), marks)
    omnichannel, desk = CustomHubSimulator(), CustomHubSimulator()
    hubs = {f"omnichannel-{mark}": omnichannel, f"desk-{mark}": desk}
    async with mortal_tenant(temporal, tmp_path, MicrosoftSimulator(), dying, hubs) as tenant, tenant.worker.revived():
        assert (await tenant.connect()).phase is ConnectionPhase.CONNECTED
        conversation = await _joined(tenant, tmp_path, omnichannel, f"omnichannel-{mark}")
        assert (await tenant.disconnect(now=True)).phase is ConnectionPhase.DISCONNECTED
        assert tenant.user["isdisabled"]
        assert dying.deaths() == {f"{step} {when}" for step in STEPS for when in (BEGUN, DONE)}
        await conversation.until(Phase.QUEUED)
        await eventually(lambda: omnichannel.open_ones == [])
        assert (len(omnichannel.handoffs), len(desk.handoffs)) == (1, 1)


async def _joined(tenant: MortalTenant, folder: Path, hub: CustomHubSimulator, name: str) -> Conversing:
    """A conversation that is with a representative."""
    start = ConversationStart(agent=tenant.agent, version=AgentVersions(folder / "agents").current(tenant.agent))
    conversations = Conversations(tenant.environment.client, tenant.task_queue)
    conversation = await Conversing(tenant.environment, conversations, hub, start, hub_name=name).begin()
    await conversation.join()
    return conversation
