"""How processes read agents' connections to Dynamics 365, and tell them what is wished.

A repeated key is harmless, a run that rolls over is asked again, and a missing worker is an outage to wait out.
"""

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import structlog
from temporalio.client import (
    Client,
    RPCTimeoutOrCancelledError,
    WithStartWorkflowOperation,
    WorkflowHandle,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
)
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from handoff.connecting import refusal_to_call_off
from protocol.connection import (
    CallOff,
    Check,
    Connect,
    ConnectionPhase,
    ConnectionStart,
    ConnectionState,
    Disconnect,
)
from protocol.conversation import RefusalType
from protocol.task_queues import TASK_QUEUE
from workflows.client import NO_WORKER
from workflows.pending_reasons import with_reason

WORKFLOW, CLAIM = "AgentConnection", "ApplicationClaim"
ANSWER_WITHIN = timedelta(seconds=15)
LOOKS_EVERY = 0.3
"""Seconds between two looks of who follows an operation."""
FRESH = 2.0
"""Seconds for which it is believed that an agent is connected, or is not."""
TRIES = 100
log = structlog.get_logger()


class AgentConnectionError(Exception):
    """A connection did not do what was wished; the message says why, and what to do."""


class WishRefusedError(AgentConnectionError):
    """The rules forbid it. Nothing was touched."""


class UnansweredError(AgentConnectionError):
    """No worker answered in time. Nothing is done twice: try again."""


class AgentConnections:
    """The connections of all agents of one Temporal namespace."""

    def __init__(self, client: Client, task_queue: str = TASK_QUEUE) -> None:
        self._client, self._task_queue = client, task_queue
        self._read: dict[str, tuple[float, ConnectionPhase]] = {}

    async def connect(self, agent: str, wish: Connect) -> ConnectionState:
        """Begin to connect an agent; `follow` tells what comes of it.

        Raises:
            WishRefusedError: its state forbids it.
            UnansweredError: no worker answered in time.
        """
        return await self._update(agent, "connect", wish, wish.key)

    async def disconnect(self, agent: str, wish: Disconnect) -> ConnectionState:
        """Begin to disconnect an agent. Raises as `connect`."""
        return await self._update(agent, "disconnect", wish, wish.key)

    async def call_off(self, agent: str) -> ConnectionState:
        """Have the connect of an agent's that is under way come to nothing; `follow` tells when it is undone.

        Raises as `connect`: WishRefusedError also where there is nothing to call off.
        """
        state = await self._asked(agent)
        if why := refusal_to_call_off(state):
            raise WishRefusedError(why)
        number = state.operation.number
        return await self._update(agent, "call_off", CallOff(operation=number), str(number))

    async def check(self, agent: str, wish: Check) -> ConnectionState:
        """Begin to look whether a connection is as it was left. Raises as `connect`."""
        return await self._update(agent, "check", wish, wish.key)

    async def state(self, agent: str) -> ConnectionState:
        """Where an agent's connection stands; of one that was never connected, that.

        A step that is being tried again says why.

        Raises:
            UnansweredError: no worker answered in time.
        """
        return await with_reason(self._client, connection_id(agent), await self._asked(agent))

    async def follow(self, agent: str, *, until: int | None = None) -> AsyncIterator[ConnectionState]:
        """The state whenever it has changed; ends with that in which operation `until` is over. Raises as `state`."""
        shown: ConnectionState | None = None
        while True:
            now = await self.state(agent)
            if now != shown:
                yield now
                shown = now
            operation = now.operation
            if until is not None and (operation.number > until or (operation.number == until and operation.over)):
                return
            await asyncio.sleep(LOOKS_EVERY)

    async def is_connected(self, agent: str) -> bool:
        """Whether new handoffs may go by an agent's connection, now or within about two seconds.

        One that cannot be asked counts as it was last known; where it never was, the hub is asked.
        """
        known = self._read.get(agent)
        if known is None or time.monotonic() - known[0] > FRESH:
            try:
                phase = (await self._asked(agent)).phase
            except UnansweredError:
                log.warning("an agent's connection does not answer; it counts as before", agent=agent)
                phase = known[1] if known else ConnectionPhase.CONNECTED
            known = self._read[agent] = (time.monotonic(), phase)
        return known[1] is ConnectionPhase.CONNECTED

    async def take_claim(self, organization: str, application: str, agent: str) -> str:
        """Take the claim on an application id, where nobody has it. Returns who has it."""
        starting = self._starting(CLAIM, (), claim_id(organization, application), "who has an application id")
        owner: str = await self._client.execute_update_with_start_workflow(
            "take", agent, start_workflow_operation=starting, result_type=str, rpc_timeout=ANSWER_WITHIN
        )
        return owner

    async def give_claim_back(self, organization: str, application: str, agent: str) -> None:
        """Give it back; another agent's stays."""
        handle = self._client.get_workflow_handle(claim_id(organization, application))
        try:
            await handle.execute_update("give_back", agent, rpc_timeout=ANSWER_WITHIN)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise

    async def _asked(self, agent: str) -> ConnectionState:
        try:
            found: ConnectionState = await self._handle(agent).query(
                "state", result_type=ConnectionState, rpc_timeout=ANSWER_WITHIN
            )
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return ConnectionState(agent=agent)
            raise UnansweredError(NO_WORKER) from None
        except (RPCTimeoutOrCancelledError, WorkflowQueryFailedError):
            raise UnansweredError(NO_WORKER) from None
        return found

    def _handle(self, agent: str) -> WorkflowHandle[Any, Any]:
        return self._client.get_workflow_handle(connection_id(agent))

    def _starting(
        self, name: str, args: tuple[object, ...], id_: str, summary: str
    ) -> WithStartWorkflowOperation[Any, Any]:
        # One try's own: it can be used once.
        return WithStartWorkflowOperation(
            name,
            args=args,
            id=id_,
            task_queue=self._task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            static_summary=summary,
        )

    async def _update(self, agent: str, name: str, wish: object, key: str) -> ConnectionState:
        for _ in range(TRIES):
            start = self._starting(
                WORKFLOW, (ConnectionStart(agent=agent),), connection_id(agent), f"{agent} and Dynamics 365"
            )
            try:
                state: ConnectionState = await self._client.execute_update_with_start_workflow(
                    name,
                    wish,
                    start_workflow_operation=start,
                    id=hashlib.sha256(f"{name}:{key}".encode()).hexdigest()[:32],
                    result_type=ConnectionState,
                    rpc_timeout=ANSWER_WITHIN,
                )
            except WorkflowUpdateFailedError as error:
                cause = error.cause
                if not (isinstance(cause, ApplicationError) and cause.type == RefusalType.DRAINING):
                    raise WishRefusedError(getattr(cause, "message", str(error))) from None
                await asyncio.sleep(0.03)
            except (RPCError, RPCTimeoutOrCancelledError):
                raise UnansweredError(NO_WORKER) from None
            else:
                return state
        raise UnansweredError("the connection's run is rolling over: try again")


def connection_id(agent: str) -> str:
    """The id of an agent's workflow."""
    return f"connection/{agent}"


def claim_id(organization: str, application: str) -> str:
    """The id of the workflow that holds an application id in an organisation."""
    return f"claim/{organization.casefold()}/{application.casefold()}"
