"""How the processes read the circuit breakers of the hubs, and tell them what they find."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import structlog
from temporalio.client import (
    Client,
    RPCTimeoutOrCancelledError,
    WorkflowHandle,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
)
from temporalio.service import RPCError, RPCStatusCode

from handoff.breaker import Breaker, BreakerRules
from protocol.task_queues import TASK_QUEUE
from workflows.client import ConversationUnavailableError
from workflows.hub_breaker import BreakerStart

WORKFLOW = "HubBreaker"
FRESH = 1.0
"""Seconds for which what was read is believed."""
ANSWER_WITHIN = timedelta(seconds=2)
"""A breaker that does not answer in time must not hold up a customer: then the hub itself is asked."""

log = structlog.get_logger()


class HubBreakers:
    """The breakers of all hub connections of one Temporal namespace. A hub that has none is thought to work."""

    def __init__(self, client: Client, rules: BreakerRules, task_queue: str = TASK_QUEUE) -> None:
        self._client = client
        self._rules = rules
        self._task_queue = task_queue
        self._read: dict[str, tuple[float, Breaker]] = {}

    async def now(self, connection: str) -> Breaker:
        """How a breaker stands now, or did within the last second."""
        read = self._read.get(connection)
        if read is None or time.monotonic() - read[0] > FRESH:
            read = self._read[connection] = (time.monotonic(), await self._query(connection))
        return read[1].at(datetime.now(UTC), self._rules)

    async def probe(self, connection: str, key: str) -> bool:
        """Whether the handoff `key` is the one that finds out whether a half-open hub works again."""
        try:
            may: bool = await self._handle(connection).execute_update(
                "probe", key, id=uuid4().hex, result_type=bool, rpc_timeout=ANSWER_WITHIN
            )
        except (RPCError, RPCTimeoutOrCancelledError, WorkflowUpdateFailedError) as error:
            log.warning("a breaker does not answer; the hub is asked", connection=connection, error=str(error))
            return True
        return may

    async def failed(self, connection: str, calls: int) -> None:
        """So many calls in a row got no answer."""
        await self._tell(connection, "failed", calls)

    async def worked(self, connection: str) -> None:
        """A call got an answer, after others had got none."""
        try:
            await self._handle(connection).signal("worked", rpc_timeout=ANSWER_WITHIN)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                log.warning("a breaker could not be told", connection=connection, error=str(error))

    async def drain(self, connection: str, *, drained: bool) -> None:
        """Keep a hub from new handoffs, or no longer.

        Raises:
            ConversationUnavailableError: Temporal does not answer in time.
        """
        try:
            await self._start(connection, "drain", drained)
        except RPCError as error:
            raise ConversationUnavailableError(f"Temporal does not answer: {error.message}") from None

    async def _tell(self, connection: str, signal: str, argument: int) -> None:
        try:
            await self._start(connection, signal, argument)
        except RPCError as error:
            log.warning("a breaker could not be told", connection=connection, error=str(error))

    async def _start(self, connection: str, signal: str, argument: int) -> None:
        await self._client.start_workflow(
            WORKFLOW,
            BreakerStart(connection=connection, rules=self._rules),
            id=_id(connection),
            task_queue=self._task_queue,
            start_signal=signal,
            start_signal_args=[argument],
            static_summary=f"whether {connection} gets new handoffs",
            rpc_timeout=ANSWER_WITHIN,
        )

    async def _query(self, connection: str) -> Breaker:
        try:
            breaker: Breaker = await self._handle(connection).query(
                "breaker", result_type=Breaker, rpc_timeout=ANSWER_WITHIN
            )
        except (RPCTimeoutOrCancelledError, WorkflowQueryFailedError):
            return Breaker()
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                log.warning("a breaker does not answer; its hub is thought to work", connection=connection)
            return Breaker()
        return breaker

    def _handle(self, connection: str) -> WorkflowHandle[Any, Any]:
        return self._client.get_workflow_handle(_id(connection))


def _id(connection: str) -> str:
    return f"breaker/{connection}"
