"""How the processes around a conversation talk to it.

One place knows the rules of the ingress: a repeated key is harmless, a run that rolls over is asked again with the same
key, a conversation that is over says so, and a missing worker is an outage that the caller may wait out.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, TypeVar

from temporalio.client import (
    Client,
    RPCTimeoutOrCancelledError,
    WorkflowExecution,
    WorkflowHandle,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from hubs.handoffs import WatchedHandoff
from protocol.conversation import ActivitySet, ConversationStart, Operate, Phase, RefusalType, Said, Turn, Watch
from protocol.hub_events import AtHub, HubEvent
from protocol.models import Owned
from protocol.status import Status
from protocol.task_queues import TASK_QUEUE
from workflows.visibility import HANDOFF, at_start

WORKFLOW = "Conversation"
LISTENER = "HubListener"
ANSWER_WITHIN = timedelta(seconds=15)
"""How long an update may take before its caller is told to try again; the key makes that harmless."""


ROLLS_OVER_WITHIN = 100
"""Tries, 30 ms apart, that a roll-over may take before the caller is told to try again."""

NO_WORKER = "no worker answered in time: try again"

Answer = TypeVar("Answer", Turn, Status, ActivitySet, AtHub)


class ConversationError(Exception):
    """A conversation did not do what it was asked."""


class ConversationUnknownError(ConversationError):
    """There is no such conversation."""


class ConversationUnavailableError(ConversationError):
    """No worker answered in time. Nothing is lost and nothing is done twice: try again with the same key."""


class ConversationRefusedError(ConversationError):
    """The conversation said no. `reason` is why."""

    def __init__(self, reason: RefusalType, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class Conversations:
    """All conversations of one Temporal namespace."""

    def __init__(self, client: Client, task_queue: str = TASK_QUEUE) -> None:
        self.client = client
        self._task_queue = task_queue

    async def start(self, conversation: str, start: ConversationStart) -> bool:
        """Begin a conversation; its greeting is there to be read at once. False where it had begun already.

        Raises:
            ConversationUnavailableError: Temporal did not answer in time.
        """
        try:
            await self.client.start_workflow(
                WORKFLOW,
                # Both arguments: where their number differs from `run`'s, Temporal drops the types and gives a dict.
                args=[start, None],
                id=conversation,
                task_queue=self._task_queue,
                # A conversation that has ended stays ended: its id is never given to another.
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                search_attributes=at_start(start),
                static_summary=f"{start.agent} · {start.channel}",
                request_eager_start=False,
                rpc_timeout=ANSWER_WITHIN,
            )
        except WorkflowAlreadyStartedError:
            return False
        except RPCError as error:
            raise _translated(error) from None
        return True

    async def post(self, conversation: str, said: Said) -> Turn:
        """Give a conversation one activity of the customer's, and return what came of it.

        Raises:
            ConversationUnknownError: there is no such conversation.
            ConversationUnavailableError: no worker answered in time.
            ConversationRefusedError: it is over, or the lifecycle does not allow it.
        """
        return await self._update(conversation, "post_activity", said, said.key)

    async def hub_event(self, conversation: str, event: HubEvent) -> Turn:
        """Tell a conversation what its hub says. Raises as `post` does."""
        return await self._update(conversation, "hub_event", event, event.ids[0])

    async def operate(self, conversation: str, operate: Operate) -> Turn:
        """Carry out an operator's wish. Raises as `post` does."""
        return await self._update(conversation, "operate", operate, f"operator:{operate.key}")

    async def watch(self, conversation: str, watch: Watch) -> None:
        """Say that a gateway's sockets want the news, or no longer do. Of an ended conversation there is none."""
        try:
            await self._handle(conversation).signal("watch", watch, rpc_timeout=ANSWER_WITHIN)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise _translated(error) from None

    async def activities(self, conversation: str, watermark: int = 0) -> ActivitySet:
        """What was said after `watermark`; works for ended conversations too. Raises `ConversationUnknownError`."""
        return await self._query(conversation, "activities", ActivitySet, watermark)

    async def status(self, conversation: str) -> Status:
        """Where a conversation stands. Raises `ConversationUnknownError`."""
        return await self._query(conversation, "status", Status)

    async def executions(self, query: str = "") -> AsyncIterator[WorkflowExecution]:
        """Conversations by Temporal's list filter over the search attributes, newest first.

        A conversation that has rolled over stands there once: with its newest run.
        """
        ours = f"WorkflowType = '{WORKFLOW}' AND ExecutionStatus != 'ContinuedAsNew'"
        async for execution in self.client.list_workflows(f"{ours} AND ({query})" if query else ours):
            yield execution

    async def of_handoff(self, connection: str, handoff: str, known_as: str = "") -> str:
        """The conversation of a hub's own id of a handoff, for hubs whose callbacks know no other.

        `known_as` is the other id that a prepared handoff goes by until its hub has answered. The newest handoff of a
        conversation is found after its end, too, when the conversation is at no hub.

        Raises:
            ConversationUnknownError: none has it, or Temporal's index does not know of it yet.
        """
        names = ", ".join(f"'{_quoted(name)}'" for name in (handoff, known_as) if name)
        query = f"BatonHandoff IN ({names}) AND (BatonHub = '{_quoted(connection)}' OR BatonHub IS NULL)"
        async for execution in self.executions(query):
            return execution.id
        raise ConversationUnknownError("no conversation has this handoff")

    async def at_hub(self, connection: str) -> list[WatchedHandoff]:
        """The handoffs that a hub connection has open now."""
        query = f"BatonHub = '{_quoted(connection)}' AND BatonPhase IN ('{Phase.QUEUED}', '{Phase.LIVE}')"
        found = [each async for each in self.executions(f"{query} AND ExecutionStatus = 'Running'")]
        ids = [(each.id, each.typed_search_attributes.get(HANDOFF)) for each in found]
        return [WatchedHandoff(conversation=conversation, id=handoff) for conversation, handoff in ids if handoff]

    async def kept(self, conversation: str, number: int = 0) -> AtHub:
        """What a hub's adapter keeps with a handoff; `number` 0 is the one under way. Raises as `status` does."""
        return await self._query(conversation, "at_hub", AtHub, number)

    async def echoes(self, key: str) -> tuple[str, ...]:
        """The marks of what a hub has told us it got from us for the handoff `key`. Raises as `status` does."""
        conversation, _, number = key.rpartition(":")
        return (await self.kept(conversation, int(number))).echoes

    async def listen(self, connection: str) -> None:
        """Have somebody look at a hub that does not call back for everything, from now on and once in the cluster."""
        await self.client.start_workflow(
            LISTENER,
            connection,
            id=f"listener/{connection}",
            task_queue=self._task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            static_summary=f"looks at {connection}",
        )

    def _handle(self, conversation: str) -> WorkflowHandle[Any, Any]:
        return self.client.get_workflow_handle(conversation)

    async def _update(self, conversation: str, name: str, argument: Owned, key: str) -> Turn:
        if not conversation:
            raise ConversationUnknownError("there is no conversation without an id")
        for _ in range(ROLLS_OVER_WITHIN):
            try:
                answer: Turn = await self._handle(conversation).execute_update(
                    name, argument, id=_update_id(key), result_type=Turn, rpc_timeout=ANSWER_WITHIN
                )
            except WorkflowUpdateFailedError as error:
                if _refusal_of(error) is not RefusalType.DRAINING:
                    raise _refused(error) from None
                await asyncio.sleep(0.03)
            except RPCError as error:
                raise await self._why(conversation, error) from None
            except RPCTimeoutOrCancelledError:
                raise ConversationUnavailableError(NO_WORKER) from None
            else:
                return answer
        raise ConversationUnavailableError("the conversation is rolling over: try again")

    async def _query(self, conversation: str, name: str, result: type[Answer], *args: object) -> Answer:
        try:
            answer: Answer = await self._handle(conversation).query(
                name, args=args, result_type=result, rpc_timeout=ANSWER_WITHIN
            )
        except WorkflowQueryFailedError as error:
            raise ConversationUnavailableError(str(error)) from None
        except RPCError as error:
            raise _translated(error) from None
        return answer

    async def _why(self, conversation: str, error: RPCError) -> ConversationError:
        """Temporal does not find a conversation that is over, and one that never was: the caller must know which."""
        if error.status is not RPCStatusCode.NOT_FOUND:
            return _translated(error)
        try:
            await self._handle(conversation).describe(rpc_timeout=ANSWER_WITHIN)
        except RPCError as unknown:
            return _translated(unknown)
        return ConversationRefusedError(RefusalType.ENDED, "the conversation has ended")


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")


def _update_id(key: str) -> str:
    """Update ids are stored in clear and bounded; a client's key may be neither fit nor short."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def _refusal_of(error: WorkflowUpdateFailedError) -> RefusalType:
    cause = error.cause
    try:
        return RefusalType((isinstance(cause, ApplicationError) and cause.type) or "")
    except ValueError:
        return RefusalType.INTERNAL


def _refused(error: WorkflowUpdateFailedError) -> ConversationRefusedError:
    return ConversationRefusedError(_refusal_of(error), getattr(error.cause, "message", str(error)))


def _translated(error: RPCError) -> ConversationError:
    if error.status is RPCStatusCode.NOT_FOUND:
        return ConversationUnknownError("there is no such conversation")
    return ConversationUnavailableError(NO_WORKER)
