"""Carrying out the tables of connecting: one step after another, and back where one fails."""

from datetime import timedelta
from typing import TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError

from handoff.connecting import Stage, is_needed
from protocol.connection import Found, Step, StepState, Survey, Target, Wanted
from workflows.connection_record import ConnectionRecord

ONE_TRY = timedelta(seconds=60)
ALIVE_WITHIN = timedelta(seconds=6)
"""A worker that shows no sign of life for so long has died in the middle of a step: another one tries it again."""
RETRY = RetryPolicy(
    initial_interval=timedelta(seconds=1), backoff_coefficient=1.7, maximum_interval=timedelta(seconds=30)
)
UNDONE_WITHIN = timedelta(minutes=30)
"""What is undone matters more than what is done: it is tried for longer."""

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
        self.begun: list[Step] = []

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
        self.begun.append(stage.step)
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
                await self._call(stage.undone_by, target, Found, UNDONE_WITHIN, f"undo: {stage.says}")
                self._record.step(stage.step, StepState.UNDONE)
            except ActivityError as error:
                left.append(f"{stage.says} ({reason_of(error)[0]})")
        return tuple(left)

    async def _done(self, stage: Stage, argument: object, result: type[Result]) -> Result:
        self._record.step(stage.step, StepState.DOING)
        within = timedelta(seconds=stage.tried_for)
        try:
            found = await self._call(stage.does, argument, result, within, stage.says)
        except ActivityError as error:
            why, type_ = reason_of(error)
            self._record.step(stage.step, StepState.FAILED, why)
            raise StepFailedError(stage.step, why, type_) from None
        detail = found.detail if isinstance(found, Found) else ""
        self._record.step(stage.step, StepState.DONE, detail)
        if isinstance(found, Found):
            self._record.warn(found.warning)
        return found

    @staticmethod
    async def _call(name: str, argument: object, result: type[Result], within: timedelta, summary: str) -> Result:
        found: Result = await workflow.execute_activity(
            name,
            argument,
            result_type=result,
            schedule_to_close_timeout=within,
            start_to_close_timeout=ONE_TRY,
            heartbeat_timeout=ALIVE_WITHIN,
            retry_policy=RETRY,
            summary=summary[:100],
        )
        return found


def reason_of(error: ActivityError) -> tuple[str, str]:
    """Why a Temporal activity failed, in one line, and the failure's type."""
    cause: BaseException | None = error.cause
    if isinstance(cause, ApplicationError):
        return cause.message, cause.type or "Internal"
    last = cause.__cause__ if cause else None
    if isinstance(last, ApplicationError):
        return last.message, last.type or "Unavailable"
    return "it did not answer in time: try again later", "Unavailable"
