"""An agent's connection while its workflow runs: what happened is written here, and shown on Temporal's page."""

from collections.abc import Iterable

from temporalio import workflow

from handoff.connecting import Stage, is_needed
from protocol.connection import (
    ConnectionPhase,
    ConnectionState,
    Drift,
    Operation,
    OperationKind,
    Step,
    StepProgress,
    StepState,
    Target,
)
from protocol.connection_steps import Survey
from protocol.status import Milestone

KEPT_MILESTONES = 50
KEPT_KEYS = 100


class ConnectionRecord:
    """Holds the state, one change at a time."""

    def __init__(self, state: ConnectionState) -> None:
        self.state = state

    def begin(self, kind: OperationKind, stages: Iterable[Stage], key: str = "") -> int:
        """A new operation; returns its number."""
        number = self.state.operation.number + 1
        steps = tuple(StepProgress(step=stage.step, says=stage.says) for stage in stages)
        operation = Operation(number=number, kind=kind, steps=steps, begun=workflow.now())
        keys = dict([*self.state.keys.items(), (key, number)][-KEPT_KEYS:]) if key else self.state.keys
        self.change(operation=operation, keys=keys)
        self.milestone(f"{kind} begins")
        return number

    def skip_needless(self, stages: Iterable[Stage], target: Target) -> None:
        """Steps without which this connection is whole are left out."""
        for stage in stages:
            if not is_needed(stage, target):
                self.step(stage.step, StepState.SKIPPED, "nothing configured")

    def step(self, step: Step, state: StepState, detail: str = "") -> None:
        """A step goes on."""
        steps = tuple(
            each.model_copy(update={"state": state, "detail": detail, "at": workflow.now()})
            if each.step is step
            else each
            for each in self.state.operation.steps
        )
        self.change(operation=self.state.operation.model_copy(update={"steps": steps}))

    def call_off(self) -> None:
        """The operation that is under way is to come to nothing."""
        if not self.state.operation.called_off:
            self.change(operation=self.state.operation.model_copy(update={"called_off": True}))
            self.milestone(f"{self.state.operation.kind} is called off")

    def end(
        self, phase: ConnectionPhase, failure: str = "", failure_type: str = "", left: tuple[str, ...] = ()
    ) -> None:
        """The operation is over."""
        operation = self.state.operation
        ended = {"ended": workflow.now(), "failure": failure, "failure_type": failure_type, "left": left}
        self.change(phase=phase, operation=operation.model_copy(update=ended))
        self.milestone(f"{operation.kind} {'failed' if failure else 'is done'}", failure)

    def checked(self, survey: Survey) -> None:
        """What a look came to, and when the next one is."""
        now = workflow.now()
        self._tell_drift(survey.drift)
        self.change(drift=survey.drift, checked_at=now)

    def warn(self, warning: str) -> None:
        """Something that an administrator should know, and that keeps nobody from going on."""
        if warning and warning not in self.state.warnings:
            self.change(warnings=(*self.state.warnings, warning))

    def milestone(self, what: str, detail: str = "") -> None:
        """A line of the timeline."""
        new = Milestone(at=workflow.now(), what=what, detail=detail)
        self.change(timeline=(*self.state.timeline, new)[-KEPT_MILESTONES:])

    def change(self, **changes: object) -> None:
        """Change fields of the state, and show it."""
        self.state = self.state.model_copy(update=changes)
        workflow.set_current_details(story(self.state))

    def _tell_drift(self, drift: tuple[Drift, ...]) -> None:
        for each in drift:
            if each not in self.state.drift:
                self.milestone(f"drifted: {each.step}", each.what)


MARKS = {
    StepState.WAITING: "·",
    StepState.DOING: "…",
    StepState.DONE: "✓",
    StepState.SKIPPED: "–",
    StepState.FAILED: "✗",
    StepState.UNDONE: "↶",
}


def story(state: ConnectionState) -> str:
    """The connection in Markdown, for the page of its run in Temporal's web interface."""
    where = f" to `{state.target.environment_name}`" if state.target and state.target.environment_name else ""
    lines = [f"**{state.phase}**{where}", f"Operation {state.operation.number}: {state.operation.kind}"]
    if state.operation.failure:
        lines.append(f"Failed: {state.operation.failure}")
    steps = [f"- {MARKS[each.state]} {each.says} {each.detail}".rstrip() for each in state.operation.steps]
    drift = [f"- drifted: {each.step}: {each.what}" for each in state.drift]
    return "\n\n".join(lines) + "\n\n" + "\n".join([*steps, *drift])
