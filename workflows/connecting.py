"""Connecting an agent, disconnecting it, looking whether it is as it was left: the operations, by their tables."""

from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError

from handoff.connecting import (
    CHECKING,
    DISCONNECTING,
    FINDING,
    LOOK,
    MAKING,
    keeps_claim,
    refusal_by_survey,
    refusal_of_target,
    undoing,
)
from protocol.connection import Connect, ConnectionPhase, Step, StepState, Target
from protocol.connection_steps import Survey, Wanted
from workflows.connection_record import ConnectionRecord
from workflows.connection_steps import ALIVE_WITHIN, ONE_TRY, RETRY, StepFailedError, Steps
from workflows.draining import Draining

CLAIM_GIVEN_BACK_WITHIN = timedelta(minutes=5)


class Connecting:
    """What is done with one agent's connection. Every operation ends with the record saying what came of it."""

    def __init__(self, record: ConnectionRecord) -> None:
        self._record = record
        self._attempt: _Attempt | None = None

    def call_off(self) -> None:
        """Have the connect that is under way, or is about to be, come to nothing: what it has done is undone."""
        self._record.call_off()
        if self._attempt:
            self._attempt.call_off()

    async def connect(self, wish: Connect, held: ConnectionPhase) -> None:
        """Find, look, make; where a step fails, undo. `held` is where the connection stood before."""
        attempt = self._attempt = _Attempt(self._record, held)
        try:
            await attempt.find(wish)
            await attempt.look()
            await attempt.make()
        except StepFailedError as error:
            await attempt.take_back(error)
            return
        finally:
            self._attempt = None
        self._record.change(drift=(), checked_at=workflow.now(), target=attempt.target)
        self._next_check(attempt.before)
        self._record.end(ConnectionPhase.CONNECTED)

    async def disconnect(self, draining: Draining) -> None:
        """Let conversations finish, or move them; then undo, down to the user, which stays, disabled."""
        target = self._record.state.target or Target(agent=self._record.state.agent)
        steps = Steps(self._record)
        self._record.skip_needless(DISCONNECTING, target)
        try:
            await draining.run(target)
            for stage in DISCONNECTING[1:]:
                target = await steps.do(stage, target)
        except StepFailedError as error:
            self._record.end(ConnectionPhase.INCOMPLETE, str(error), error.type)
            return
        self._record.change(drift=(), next_check=None)
        self._record.end(ConnectionPhase.DISCONNECTED)

    async def check(self) -> Survey | None:
        """Look, change nothing. None where it could not be looked at, which is no drift."""
        try:
            survey = await Steps(self._record).look(CHECKING[0], self._target)
        except StepFailedError as error:
            self._next_check(Survey())
            self._record.end(ConnectionPhase.CONNECTED, str(error), error.type)
            return None
        self._record.checked(survey)
        found = "drifted: " + ", ".join(drift.step for drift in survey.drift) if survey.drift else "as it was left"
        self._record.step(CHECKING[0].step, StepState.DONE, found)
        self._next_check(survey)
        self._record.end(ConnectionPhase.CONNECTED)
        return survey

    async def mend(self) -> None:
        """Make what has drifted anew. What was right before stays as it is, even where this fails."""
        steps, target = Steps(self._record), self._target
        self._record.skip_needless(MAKING, target)
        try:
            for stage in MAKING:
                target = await steps.do(stage, target)
        except StepFailedError as error:
            self._record.end(ConnectionPhase.CONNECTED, str(error), error.type)
            return
        self._record.change(drift=(), target=target)
        self._record.end(ConnectionPhase.CONNECTED)

    def _next_check(self, survey: Survey) -> None:
        self._record.change(next_check=workflow.now() + timedelta(seconds=survey.check_seconds))

    @property
    def _target(self) -> Target:
        return self._record.state.target or Target(agent=self._record.state.agent)


class _Attempt:
    """One connect, from its first step to its last, or back."""

    def __init__(self, record: ConnectionRecord, held: ConnectionPhase) -> None:
        self._record, self._held = record, held
        self._was = record.state.target
        self._steps = Steps(record)
        self._claimed = False
        self.target = self._was or Target(agent=record.state.agent)
        self.before = Survey()

    def call_off(self) -> None:
        """Begin no other step."""
        self._steps.call_off()

    async def find(self, wish: Connect) -> None:
        """Agent, environment, application, and the claim on it."""
        self._record.change(warnings=())
        for stage in FINDING:
            # Whether an attempt took the claim that gave no answer, nobody knows: it is given back all the same.
            self._claimed = stage.step is Step.CLAIM
            found = await self._steps.find(stage, Wanted(target=self.target, wish=wish))
            self.target = found.target
            if why := refusal_of_target(self._record.state, self._held, self.target):
                raise self._refused(stage.step, why, "AnotherInstance")

    async def look(self) -> None:
        """What is there already: it decides what is undone if this fails, and whether it is begun at all."""
        self.before = await self._steps.look(LOOK, self.target)
        if why := refusal_by_survey(self.before):
            raise self._refused(Step.LOOK, why, "DuplicateBotAppId")
        self.target = self.target.model_copy(update={"user": self.before.user})
        self._record.change(target=self.target)
        self._record.skip_needless(MAKING, self.target)

    async def make(self) -> None:
        """Everything, in order."""
        for stage in MAKING:
            self.target = await self._steps.do(stage, self.target)
            self._record.change(target=self.target)

    async def take_back(self, error: StepFailedError) -> None:
        """Undo what this attempt has done, and say why."""
        left = await self._steps.undo(undoing(self._steps.begun, self.before), self.target)
        if self._claimed and not keeps_claim(self._steps.begun, self.before) and not self._is_held:
            await self._give_claim_back()
        if left:
            self._record.change(target=self.target)
            self._record.end(ConnectionPhase.INCOMPLETE, str(error), error.type, left)
            return
        self._record.change(target=self._was)
        self._record.end(self._held, str(error), error.type)

    @property
    def _is_held(self) -> bool:
        """Whether the agent had this very application there before."""
        was = self._was
        return bool(was and (was.organization, was.application) == (self.target.organization, self.target.application))

    async def _give_claim_back(self) -> None:
        try:
            await workflow.execute_activity(
                "release_claim",
                self.target,
                schedule_to_close_timeout=CLAIM_GIVEN_BACK_WITHIN,
                start_to_close_timeout=ONE_TRY,
                heartbeat_timeout=ALIVE_WITHIN,
                retry_policy=RETRY,
                summary="give the claim on the application id back",
            )
        except ActivityError:
            self._record.warn("the claim on the application id is still this agent's")

    def _refused(self, step: Step, why: str, type_: str) -> StepFailedError:
        self._record.step(step, StepState.FAILED, why)
        return StepFailedError(step, why, type_)
