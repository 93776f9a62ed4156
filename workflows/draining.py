"""The conversations of an agent that is being disconnected: they finish, or are moved once nobody waits any longer."""

import contextlib
from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError

from handoff.connecting import DISCONNECTING
from protocol.connection import StepState, Target
from protocol.connection_steps import Moving, Open
from workflows.connection_record import ConnectionRecord
from workflows.connection_steps import ALIVE_WITHIN, ONE_TRY, RETRY, StepFailedError, reason_of

LOOKS_EVERY = timedelta(seconds=15)
TRIED_FOR = timedelta(minutes=10)
STAGE = DISCONNECTING[0]


class Draining:
    """Waits until an agent has no open handoffs at its hub. `hurry` has them moved."""

    def __init__(self, record: ConnectionRecord, *, now: bool, key: str) -> None:
        self._record = record
        self._now = now
        self._key = key

    def hurry(self) -> None:
        """Wait no longer."""
        self._now = True

    async def run(self, target: Target) -> None:
        """Return when none is open.

        Raises:
            StepFailedError: they cannot be counted, or moved.
        """
        if not target.hub:
            self._record.step(STAGE.step, StepState.SKIPPED, "no hub connection is configured for the agent")
            return
        try:
            await self._until_none(target)
        except ActivityError as error:
            why, type_ = reason_of(error)
            self._record.step(STAGE.step, StepState.FAILED, why)
            raise StepFailedError(STAGE.step, why, type_) from None

    async def _until_none(self, target: Target) -> None:
        begun, moved = workflow.now(), 0
        while (found := await self._open(target)).count:
            late = workflow.now() - begun >= timedelta(seconds=found.may_finish)
            self._record.step(STAGE.step, StepState.DOING, f"{found.count} open")
            if self._now or late:
                moved += await self._move(target)
            await self._a_while()
        self._record.step(STAGE.step, StepState.DONE, f"{moved} moved" if moved else "none is open")

    async def _a_while(self) -> None:
        hurried = self._now
        with contextlib.suppress(TimeoutError):
            await workflow.wait_condition(
                lambda: self._now and not hurried, timeout=LOOKS_EVERY, timeout_summary="conversations finish"
            )

    async def _open(self, target: Target) -> Open:
        found: Open = await workflow.execute_activity(
            "open_handoffs",
            target,
            result_type=Open,
            schedule_to_close_timeout=TRIED_FOR,
            start_to_close_timeout=ONE_TRY,
            heartbeat_timeout=ALIVE_WITHIN,
            retry_policy=RETRY,
            summary="count open handoffs",
        )
        return found

    async def _move(self, target: Target) -> int:
        moved: int = await workflow.execute_activity(
            "move_handoffs",
            Moving(target=target, key=self._key),
            result_type=int,
            schedule_to_close_timeout=TRIED_FOR,
            start_to_close_timeout=ONE_TRY,
            heartbeat_timeout=ALIVE_WITHIN,
            retry_policy=RETRY,
            summary="move open handoffs",
        )
        return moved
