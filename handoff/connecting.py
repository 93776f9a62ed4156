"""Connecting an agent to Dynamics 365, and disconnecting it, as tables: each step, what undoes it, what is said of it.

The rules are here too: what is refused, with the reason, before anything is touched. The workflow only carries out.
"""

from collections.abc import Collection

from protocol.connection import Connect, ConnectionPhase, ConnectionState, OperationKind, Step, StepState, Target
from protocol.connection_steps import Survey
from protocol.models import Owned

MINUTE = 60.0


class Stage(Owned):
    """One row: the Temporal activity that does a step, and the one that undoes it."""

    step: Step
    does: str
    says: str
    undone_by: str = ""
    unless_held: Step | None = None
    """It is undone only where this did not hold before the step was begun: what others had set up stays."""
    tried_for: float = 5 * MINUTE
    """Seconds. What was just made takes its time to arrive everywhere."""
    needs: str = ""
    """The target's field without which there is nothing to do."""


FINDING: tuple[Stage, ...] = (
    Stage(step=Step.AGENT, does="check_agent", says="the agent is published", tried_for=MINUTE),
    Stage(step=Step.ENVIRONMENT, does="find_environment", says="the environment has Customer Service"),
    Stage(step=Step.APPLICATION, does="find_application", says="the app registration", tried_for=3 * MINUTE),
    Stage(step=Step.CLAIM, does="claim_application", says="no other agent has the application id there"),
)
"""What is found out before the organisation is looked at. The claim is given back where nothing comes of it."""

MAKING: tuple[Stage, ...] = (
    Stage(
        step=Step.PRINCIPAL,
        does="ensure_service_principal",
        says="the application in this tenant",
        tried_for=10 * MINUTE,
    ),
    Stage(
        step=Step.USER,
        does="ensure_application_user",
        says="the application user, with its bot columns",
        undone_by="disable_user",
        unless_held=Step.ENABLED,
        tried_for=15 * MINUTE,
    ),
    Stage(
        step=Step.ENABLED,
        does="enable_user",
        says="the application user is enabled",
        undone_by="disable_user",
        unless_held=Step.ENABLED,
    ),
    Stage(step=Step.ROLE, does="ensure_role", says='the role "Omnichannel agent"'),
    Stage(
        step=Step.QUEUE,
        does="join_queue",
        says="the agent in its queue",
        undone_by="leave_queue",
        unless_held=Step.QUEUE,
        needs="queue",
    ),
    Stage(
        step=Step.WORKSTREAM,
        does="link_workstream",
        says="the agent as its workstream's bot",
        undone_by="unlink_workstream",
        unless_held=Step.WORKSTREAM,
        needs="workstream",
    ),
    Stage(
        step=Step.TEAMS, does="ensure_teams_channel", says="the Teams channel, which carries the traffic", needs="bot"
    ),
    Stage(step=Step.OMNICHANNEL, does="ensure_omnichannel_channel", says="the Omnichannel channel", needs="bot"),
    Stage(step=Step.VERIFY, does="verify_connected", says="everything looked at once more"),
)
"""What is made. Registration, service principal and channels stay where it fails: they do no harm."""

LOOK = Stage(step=Step.LOOK, does="survey", says="what is there already")
CONNECTING: tuple[Stage, ...] = (*FINDING, LOOK, *MAKING)

DISCONNECTING: tuple[Stage, ...] = (
    Stage(step=Step.HANDOFFS, does="open_handoffs", says="conversations with representatives are finished, or moved"),
    Stage(step=Step.WORKSTREAM, does="unlink_workstream", says="the workstream without the agent", needs="workstream"),
    Stage(step=Step.QUEUE, does="leave_queue", says="the queue without the agent", needs="queue"),
    Stage(step=Step.ENABLED, does="disable_user", says="the application user is disabled"),
    Stage(step=Step.VERIFY, does="verify_disabled", says="everything looked at once more"),
)
"""In this order, for a disabled user can be neither unlinked nor taken out of its queue in every version."""

CHECKING: tuple[Stage, ...] = (
    Stage(step=Step.LOOK, does="check_connection", says="the connection is looked at", tried_for=15 * MINUTE),
)
BUSY = {
    OperationKind.CONNECT: "being connected",
    OperationKind.DISCONNECT: "being disconnected",
    OperationKind.CHECK: "being checked",
    OperationKind.MEND: "being mended",
}


def stages_of(kind: OperationKind) -> tuple[Stage, ...]:
    """The table of an operation."""
    match kind:
        case OperationKind.CONNECT:
            return CONNECTING
        case OperationKind.DISCONNECT:
            return DISCONNECTING
        case OperationKind.MEND:
            return MAKING
        case OperationKind.CHECK:
            return CHECKING


def is_needed(stage: Stage, target: Target) -> bool:
    """Whether there is anything to do."""
    return not stage.needs or bool(getattr(target, stage.needs))


def undoing(begun: Collection[Step], before: Survey) -> tuple[Stage, ...]:
    """What undoes the steps that were begun, the last first, each once; what held before they were is left alone.

    A step that was begun counts though it failed: whether its call took effect nobody knows.
    """
    found: dict[str, Stage] = {}
    for stage in reversed(MAKING):
        if stage.step in begun and stage.undone_by and not (stage.unless_held and before.holds(stage.unless_held)):
            found.setdefault(stage.undone_by, stage)
    return tuple(found.values())


def keeps_claim(begun: Collection[Step], before: Survey | None) -> bool:
    """Whether a connect that failed keeps the application id for its agent: a user holds it, even a disabled one."""
    return Step.USER in begun or bool(before and before.user and before.ours)


def busy(state: ConnectionState) -> str:
    """Why another operation has to wait; empty where it has not."""
    if state.operation.over:
        return ""
    doing = next((step.says for step in state.operation.steps if step.state is StepState.DOING), "it begins")
    kind, agent = state.operation.kind, state.agent
    off = f", or call it off (baton connect {agent} --call-off)" if kind is OperationKind.CONNECT else ""
    return f'agent "{agent}" is {BUSY[kind]} now ({doing}): wait until that is over (baton connection {agent}){off}'


def refusal_to_connect(state: ConnectionState, wish: Connect) -> str:
    """Why an agent cannot be connected, as far as its own state tells; empty where it can."""
    if why := busy(state):
        return why
    target = state.target
    if state.phase in {ConnectionPhase.NONE, ConnectionPhase.DISCONNECTED} or target is None:
        return ""
    here = {target.environment, target.environment_name, target.url, f"{target.url}/"}
    if wish.environment and wish.environment not in here:
        return another_instance(target)
    if wish.application and wish.application.casefold() != target.application.casefold():
        return (
            f'agent "{state.agent}" is connected by another application id: disconnect it first'
            f" (baton disconnect {state.agent})"
        )
    return ""


def refusal_to_call_off(state: ConnectionState) -> str:
    """Why there is nothing to call off; empty where there is. Only a connect is: a disconnect is connected again."""
    operation = state.operation
    if operation.kind is OperationKind.CONNECT and not operation.over:
        return ""
    return busy(state) or f'agent "{state.agent}" is not being connected now: there is nothing to call off'


def another_instance(target: Target) -> str:
    """What to tell who would connect an agent to a second instance."""
    return (
        f'agent "{target.agent}" is connected to "{target.environment_name}", and an agent has one Dynamics 365'
        f" instance: disconnect it first (baton disconnect {target.agent})"
    )


def refusal_to_disconnect(state: ConnectionState) -> str:
    """Why an agent cannot be disconnected; empty where it can. To disconnect it twice changes nothing."""
    if state.phase is ConnectionPhase.NONE:
        return f'agent "{state.agent}" is not connected: baton connect {state.agent}'
    return busy(state)


def refusal_to_check(state: ConnectionState) -> str:
    """Why a connection cannot be checked; empty where it can."""
    if state.phase is not ConnectionPhase.CONNECTED:
        return busy(state) or f'agent "{state.agent}" is {state.phase}: baton connect {state.agent}'
    return busy(state)


def refusal_of_target(state: ConnectionState, held: ConnectionPhase, target: Target) -> str:
    """Why an agent that stood at `held` cannot be connected to what was found; empty where it can."""
    was = state.target
    if was and held not in {ConnectionPhase.NONE, ConnectionPhase.DISCONNECTED}:
        return another_instance(was) if target.organization != was.organization else ""
    return ""


def can_be_mended(survey: Survey) -> bool:
    """Whether any of what has drifted is made by a step of ours."""
    made = {stage.step for stage in MAKING}
    return survey.ours and any(drift.step in made for drift in survey.drift)


def refusal_by_survey(survey: Survey) -> str:
    """Why what is there already forbids to connect; empty where it does not."""
    return "" if survey.ours else survey.whose
