"""How the processes around a conversation talk to it.

One place knows the rules of the ingress: a repeated key is harmless, a run that rolls over is asked again with the same
key, a conversation that is over says so, and a missing worker is an outage that the caller may wait out.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

from temporalio.client import (
    Client,
    WorkflowExecution,
    WorkflowHandle,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from protocol.conversation import (
    TASK_QUEUE,
    ActivitySet,
    ConversationStart,
    HubEvent,
    Operate,
    RefusalType,
    Said,
    Status,
    Turn,
    Watch,
)

WORKFLOW = "Conversation"
ANSWER_WITHIN = timedelta(seconds=15)
"""How long an update may take before its caller is told to try again; the key makes that harmless."""


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
        """Begin a conversation; its greeting is there to be read at once. False where it had begun already."""

    async def post(self, conversation: str, said: Said) -> Turn:
        """Give a conversation one activity of the customer's, and return what came of it.

        Raises:
            ConversationUnknownError: there is no such conversation.
            ConversationUnavailableError: no worker answered in time.
            ConversationRefusedError: it is over, or the lifecycle does not allow it.
        """

    async def hub_event(self, conversation: str, event: HubEvent) -> Turn:
        """Tell a conversation what its hub says. Raises as `post` does."""

    async def operate(self, conversation: str, operate: Operate) -> Turn:
        """Carry out an operator's wish. Raises as `post` does."""

    async def watch(self, conversation: str, watch: Watch) -> None:
        """Say that a gateway's sockets want the news, or no longer do."""

    async def activities(self, conversation: str, watermark: int = 0) -> ActivitySet:
        """What was said after `watermark`; works for ended conversations too. Raises `ConversationUnknownError`."""

    async def status(self, conversation: str) -> Status:
        """Where a conversation stands. Raises `ConversationUnknownError`."""

    def executions(self, query: str = "") -> AsyncIterator[WorkflowExecution]:
        """Conversations by Temporal's list filter over the search attributes, newest first."""
