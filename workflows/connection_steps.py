"""Carrying out the tables of connecting: one step after another, and back where one fails."""

from datetime import timedelta
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError

from handoff.connecting import Stage, is_needed
from protocol.connection import Step, StepState, Target
from protocol.connection_steps import Found, Survey, Wanted
from workflows.connection_record import ConnectionRecord

ONE_TRY = timedelta(seconds=60)
ALIVE_WITHIN = timedelta(seconds=6)
"""A worker that shows no sign of life for so long has died in the middle of a step: another one tries it again."""
RETRY = RetryPolicy(
    initial_interval=timedelta(seconds=1), backoff_coefficient=1.7, maximum_interval=timedelta(seconds=30)
)
UNDONE_WITHIN = timedelta(minutes=30)
"""What is undone matters more than what is done: it is tried for longer."""
CALLED_OFF = "CalledOff"
"""The type of the failure of what was called off."""

Result = TypeVar("Result")


class StepFailedError(Exception):
    """A step came to nothing: why, in one line, and the failure's type."""

    def __init__(self, step: Step, why: str, type_: str) -> None:
        super().__init__(why)
        self.step, self.type = step, type_


class Steps:
    """The steps of one operation. `begun` are those whose calls may have taken effect."""

    def __init__(self, record: ConnectionRecord) -> None:
        self._record = record
        self._under_way: workflow.ActivityHandle[Any] | None = None
        self.begun: list[Step] = []

    def call_off(self) -> None:
        """Let the step that is under way be the last one; what is being undone goes on."""
        if self._under_way:
            self._under_way.cancel()

    async def find(self, stage: Stage, wanted: Wanted) -> Found:
        """A step that finds something out.

        Raises:
            StepFailedError: it is refused, or has come to nothing in its time.
        """
        return await self._done(stage, wanted, Found)

    async def do(self, stage: Stage, target: Target) -> Target:
        """A step that makes something; returns the target with what is known now. Raises as `find`."""
        if not is_needed(stage, target):
            return target
        return (await self._done(stage, target, Found)).target

    async def look(self, stage: Stage, target: Target) -> Survey:
        """What is there. Raises as `find`."""
        return await self._done(stage, target, Survey)

    async def undo(self, stages: tuple[Stage, ...], target: Target) -> tuple[str, ...]:
        """Undo steps, the last first; what one of them fails at does not keep the rest. Returns what is left."""
        left: list[str] = []
        for stage in stages:
            if not is_needed(stage, target):
                continue
            try:
                await self._begin(stage.undone_by, target, Found, UNDONE_WITHIN, f"undo: {stage.says}")
                self._record.step(stage.step, StepState.UNDONE)
            except ActivityError as error:
                left.append(f"{stage.says} ({reason_of(error)[0]})")
        return tuple(left)

    async def _done(self, stage: Stage, argument: object, result: type[Result]) -> Result:
        self._go_on(stage.step)
        self.begun.append(stage.step)
        self._record.step(stage.step, StepState.DOING)
        self._under_way = self._begin(stage.does, argument, result, timedelta(seconds=stage.tried_for), stage.says)
        try:
            found: Result = await self._under_way
        except ActivityError as error:
            self._go_on(stage.step)
            raise self._failed(stage.step, *reason_of(error)) from None
        finally:
            self._under_way = None
        self._go_on(stage.step)
        detail = found.detail if isinstance(found, Found) else ""
        self._record.step(stage.step, StepState.DONE, detail)
        if isinstance(found, Found):
            self._record.warn(found.warning)
        return found

    def _go_on(self, step: Step) -> None:
        if self._record.state.operation.called_off:
            raise self._failed(step, "it was called off", CALLED_OFF)

    def _failed(self, step: Step, why: str, type_: str) -> StepFailedError:
        self._record.step(step, StepState.FAILED, why)
        return StepFailedError(step, why, type_)

    @staticmethod
    def _begin(
        name: str, argument: object, result: type[Result], within: timedelta, summary: str
    ) -> workflow.ActivityHandle[Result]:
        return workflow.start_activity(
            name,
            argument,
            result_type=result,
            schedule_to_close_timeout=within,
            start_to_close_timeout=ONE_TRY,
            heartbeat_timeout=ALIVE_WITHIN,
            retry_policy=RETRY,
            summary=summary[:100],
            # What is called off is undone only when the call that may still take effect is over.
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        )


def reason_of(error: ActivityError) -> tuple[str, str]:
    """Why a Temporal activity failed, in one line, and the failure's type."""
    cause: BaseException | None = error.cause
    if isinstance(cause, ApplicationError):
        return cause.message, cause.type or "Internal"
    last = cause.__cause__ if cause else None
    if isinstance(last, ApplicationError):
        return last.message, last.type or "Unavailable"
    return "it did not answer in time: try again later", "Unavailable"
