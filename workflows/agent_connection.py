"""The workflow `AgentConnection`: one agent's connection to Dynamics 365, from the first connect on.

It carries out one operation at a time. Between two it waits, for a wish or for the time to look whether the connection
is as it was left; it never ends, for a disabled application user still holds the application id.
"""

import contextlib
from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from handoff.connecting import (
    busy,
    can_be_mended,
    refusal_to_call_off,
    refusal_to_check,
    refusal_to_connect,
    refusal_to_disconnect,
    stages_of,
)
from protocol.connection import (
    CallOff,
    Check,
    Connect,
    ConnectionPhase,
    ConnectionStart,
    ConnectionState,
    Disconnect,
    OperationKind,
)
from protocol.conversation import RefusalType
from workflows import refusals
from workflows.connecting import Connecting
from workflows.connection_record import ConnectionRecord
from workflows.draining import Draining


@workflow.defn(name="AgentConnection")
class AgentConnection:
    """One agent's connection. Its id is `connection/<agent>`."""

    @workflow.init
    def __init__(self, start: ConnectionStart) -> None:
        # Handlers run before `run` does, so everything that they touch is made here.
        self._record = ConnectionRecord(start.state or ConnectionState(agent=start.agent))
        self._connecting = Connecting(self._record)
        self._wish: Connect | Disconnect | Check | None = None
        self._held = self._record.state.phase
        self._draining: Draining | None = None
        self._first = self._record.state.operation.number
        self._rolling = False

    @workflow.run
    async def run(self, start: ConnectionStart) -> None:
        """Carry out one operation after another."""
        while True:
            await self._until_something_is_to_do()
            wish, self._wish = self._wish, None
            match wish:
                case Connect():
                    await self._connecting.connect(wish, self._held)
                case Disconnect() if self._draining:
                    await self._connecting.disconnect(self._draining)
                    self._draining = None
                case Check():
                    await self._check()
                case None if self._is_due:
                    self._begin(OperationKind.CHECK, "")
                    await self._check()
            if self._is_due_to_roll(start):
                await self._roll_over(start)

    @workflow.update(description="Connect the agent; a repeated key, or what is connected already, changes nothing.")
    def connect(self, wish: Connect) -> ConnectionState:
        """Begin to connect. Returns at once: what comes of it, the state tells."""
        if wish.key not in self._state.keys:
            # Two wishes of one task pass their validators together: the second must see what the first began.
            _refuse(refusal_to_connect(self._state, wish))
            self._held = self._state.phase
            self._begin(OperationKind.CONNECT, wish.key)
            if self._held is not ConnectionPhase.CONNECTED:
                self._record.change(phase=ConnectionPhase.CONNECTING)
            self._wish = wish
        return self._state

    @connect.validator
    def _may_connect(self, wish: Connect) -> None:
        self._refuse_while_rolling()
        if wish.key not in self._state.keys:
            _refuse(refusal_to_connect(self._state, wish))

    @workflow.update(description="Have the connect that is under way come to nothing: what it has done is undone.")
    def call_off(self, wish: CallOff) -> ConnectionState:
        """Begin to undo. Returns at once."""
        if wish.operation == self._state.operation.number:
            _refuse(refusal_to_call_off(self._state))
            self._connecting.call_off()
        return self._state

    @call_off.validator
    def _may_call_off(self, wish: CallOff) -> None:
        self._refuse_while_rolling()
        if wish.operation == self._state.operation.number:
            _refuse(refusal_to_call_off(self._state))

    @workflow.update(description="Disconnect the agent; `now` moves the conversations that are with representatives.")
    def disconnect(self, wish: Disconnect) -> ConnectionState:
        """Begin to disconnect, or hurry a disconnect that waits for conversations. Returns at once."""
        if wish.key in self._state.keys:
            return self._state
        if self._draining and wish.now:
            self._draining.hurry()
            return self._state
        _refuse(refusal_to_disconnect(self._state))
        number = self._begin(OperationKind.DISCONNECT, wish.key)
        self._record.change(phase=ConnectionPhase.DISCONNECTING)
        key = f"{workflow.info().workflow_id}:{number}"
        self._draining = Draining(self._record, now=wish.now, key=key)
        self._wish = wish
        return self._state

    @disconnect.validator
    def _may_disconnect(self, wish: Disconnect) -> None:
        self._refuse_while_rolling()
        if wish.key not in self._state.keys and not (self._draining and wish.now):
            _refuse(refusal_to_disconnect(self._state))

    @workflow.update(description="Look at once whether the connection is as it was left.")
    def check(self, wish: Check) -> ConnectionState:
        """Begin to look. Returns at once."""
        if wish.key not in self._state.keys:
            _refuse(refusal_to_check(self._state))
            self._begin(OperationKind.CHECK, wish.key)
            self._wish = wish
        return self._state

    @check.validator
    def _may_check(self, wish: Check) -> None:
        self._refuse_while_rolling()
        if wish.key not in self._state.keys:
            _refuse(refusal_to_check(self._state))

    @workflow.query(description="Where the connection stands, and how far an operation is.")
    def state(self) -> ConnectionState:
        """Where the connection stands, and how far an operation is."""
        return self._state

    @property
    def _state(self) -> ConnectionState:
        return self._record.state

    def _begin(self, kind: OperationKind, key: str) -> int:
        return self._record.begin(kind, stages_of(kind), key)

    async def _until_something_is_to_do(self) -> None:
        due = self._state.next_check if self._state.phase is ConnectionPhase.CONNECTED else None
        timeout = max(due - workflow.now(), timedelta()) if due else None
        with contextlib.suppress(TimeoutError):
            await workflow.wait_condition(
                lambda: self._wish is not None, timeout=timeout, timeout_summary="until the next check"
            )

    @property
    def _is_due(self) -> bool:
        due, connected = self._state.next_check, self._state.phase is ConnectionPhase.CONNECTED
        return connected and not busy(self._state) and bool(due and due <= workflow.now())

    async def _check(self) -> None:
        survey = await self._connecting.check()
        if survey and survey.mend and can_be_mended(survey) and self._wish is None:
            self._begin(OperationKind.MEND, "")
            await self._connecting.mend()

    def _is_due_to_roll(self, start: ConnectionStart) -> bool:
        done = self._state.operation.number - self._first
        return self._wish is None and (done >= start.operations_a_run or workflow.info().is_continue_as_new_suggested())

    async def _roll_over(self, start: ConnectionStart) -> None:
        self._rolling = True
        await workflow.wait_condition(workflow.all_handlers_finished)
        if self._wish is not None:
            self._rolling = False
            return
        workflow.continue_as_new(start.model_copy(update={"state": self._state}))

    def _refuse_while_rolling(self) -> None:
        if self._rolling:
            # The next run takes it: the client tries again with the same key.
            raise refusals.draining()


def _refuse(why: str) -> None:
    if why:
        raise ApplicationError(why, type=RefusalType.NOT_ALLOWED, non_retryable=True)
