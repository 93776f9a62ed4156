"""The tables of connecting and disconnecting, row by row, and the rules."""

from datetime import UTC, datetime

import pytest

from handoff.connecting import (
    CONNECTING,
    DISCONNECTING,
    MAKING,
    busy,
    keeps_claim,
    refusal_to_call_off,
    refusal_to_check,
    refusal_to_connect,
    refusal_to_disconnect,
    undoing,
)
from protocol.connection import (
    Connect,
    ConnectionPhase,
    ConnectionState,
    Operation,
    OperationKind,
    Step,
    StepProgress,
    StepState,
    Target,
)
from protocol.connection_steps import Standing, Survey

WISH = Connect(key="k")
TARGET = Target(
    agent="a", environment="e1", environment_name="Contoso", url="https://c", organization="o", application="x"
)
HELD = Survey(user="u", standing={step: Standing(holds=True) for step in (Step.ENABLED, Step.QUEUE, Step.WORKSTREAM)})


def _undone(*begun: Step, before: Survey | None = None) -> list[str]:
    return [stage.undone_by for stage in undoing(begun, before or Survey())]


def test_what_was_begun_is_undone_the_last_first() -> None:
    """Workstream, queue, user: in the order in which Dynamics 365 lets go."""
    everything = [stage.step for stage in MAKING]
    assert _undone(*everything) == ["unlink_workstream", "leave_queue", "disable_user"]
    assert _undone(Step.PRINCIPAL) == []
    assert _undone(Step.USER) == ["disable_user"]
    assert _undone(Step.USER, Step.ENABLED, Step.ROLE, Step.QUEUE) == ["leave_queue", "disable_user"]


def test_what_held_before_is_left_alone() -> None:
    """Whoever is connected already, or was set up by hand, stays so."""
    everything = [stage.step for stage in MAKING]
    assert _undone(*everything, before=HELD) == []
    disabled = HELD.model_copy(update={"standing": {**HELD.standing, Step.ENABLED: Standing(holds=False)}})
    assert _undone(*everything, before=disabled) == ["disable_user"]


def test_a_disconnect_goes_back_in_order() -> None:
    """Conversations first, the user last, and then a look."""
    steps = [stage.step for stage in DISCONNECTING]
    assert steps == [Step.HANDOFFS, Step.WORKSTREAM, Step.QUEUE, Step.ENABLED, Step.VERIFY]


def test_nothing_is_made_before_everything_is_looked_at() -> None:
    """The look stands before the first step that makes anything in the organisation."""
    steps = [stage.step for stage in CONNECTING]
    assert steps.index(Step.LOOK) < min(steps.index(stage.step) for stage in MAKING)
    assert steps.index(Step.CLAIM) < steps.index(Step.LOOK)


@pytest.mark.parametrize(
    ("begun", "before", "keeps"),
    [
        ((), None, False),
        ((), Survey(), False),
        ((Step.PRINCIPAL,), Survey(), False),
        ((Step.PRINCIPAL, Step.USER), Survey(), True),
        ((), Survey(user="u"), True),
        ((), Survey(user="u", ours=False), False),
    ],
)
def test_a_claim_is_kept_while_a_user_may_hold_the_id(
    begun: tuple[Step, ...],
    before: Survey | None,
    keeps: bool,  # noqa: FBT001 - a table's column
) -> None:
    """Also one whose making gave no answer."""
    assert keeps_claim(begun, before) is keeps


def test_who_is_busy_says_with_what() -> None:
    """The step, and where to look."""
    step = StepProgress(step=Step.USER, says="the application user", state=StepState.DOING)
    operation = Operation(number=1, kind=OperationKind.CONNECT, steps=(step,))
    state = ConnectionState(agent="a", phase=ConnectionPhase.CONNECTING, operation=operation)
    told = (
        'agent "a" is being connected now (the application user): wait until that is over (baton connection a),'
        " or call it off (baton connect a --call-off)"
    )
    assert (
        busy(state)
        == refusal_to_connect(state, WISH)
        == refusal_to_disconnect(state)
        == refusal_to_check(state)
        == told
    )


@pytest.mark.parametrize("kind", OperationKind)
def test_only_a_connect_is_called_off(kind: OperationKind) -> None:
    """And only while it is under way; what is busy with something else says with what."""
    operation = Operation(number=1, kind=kind)
    under_way = ConnectionState(agent="a", operation=operation)
    why = refusal_to_call_off(under_way)
    assert why == ("" if kind is OperationKind.CONNECT else busy(under_way))
    over = operation.model_copy(update={"ended": datetime(2026, 11, 29, tzinfo=UTC)})
    assert "there is nothing to call off" in refusal_to_call_off(under_way.model_copy(update={"operation": over}))


@pytest.mark.parametrize(
    ("phase", "environment", "application", "said"),
    [
        (ConnectionPhase.CONNECTED, "", "", ""),
        (ConnectionPhase.CONNECTED, "Contoso", "X", ""),
        (ConnectionPhase.CONNECTED, "https://c/", "", ""),
        (ConnectionPhase.CONNECTED, "Fabrikam", "", "has one Dynamics 365 instance"),
        (ConnectionPhase.CONNECTED, "", "y", "by another application id"),
        (ConnectionPhase.INCOMPLETE, "Fabrikam", "", "has one Dynamics 365 instance"),
        (ConnectionPhase.DISCONNECTED, "Fabrikam", "y", ""),
        (ConnectionPhase.NONE, "Fabrikam", "y", ""),
    ],
)
def test_one_instance_and_one_application_an_agent(
    phase: ConnectionPhase, environment: str, application: str, said: str
) -> None:
    """While it is connected, or half; whoever is disconnected may go elsewhere."""
    state = ConnectionState(agent="a", phase=phase, target=TARGET)
    why = refusal_to_connect(state, Connect(key="k", environment=environment, application=application))
    assert said in why
    assert bool(said) == bool(why)
