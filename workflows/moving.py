"""The conversations that an agent has open at one hub connection: counted, and moved to their next routes."""

import contextlib
from collections.abc import AsyncIterator

from protocol.conversation import Operate, Operation, Phase
from workflows.client import ConversationRefusedError, Conversations, ConversationUnknownError

OPEN = ", ".join(f"'{phase}'" for phase in (Phase.TRANSFERRING, Phase.QUEUED, Phase.LIVE))


class Moving:
    """Over all conversations of one Temporal namespace, as its index shows them."""

    def __init__(self, conversations: Conversations) -> None:
        self._conversations = conversations

    async def count(self, connection: str, agent: str) -> int:
        """How many of an agent's conversations a hub connection is asked for, has queued, or live."""
        return len([each async for each in self._open(connection, agent)])

    async def move(self, connection: str, agent: str, key: str) -> int:
        """Have each of them take its next route. Asked again under the same key, none is moved twice."""
        moved = 0
        async for conversation in self._open(connection, agent):
            handoffs = len((await self._conversations.status(conversation)).handoffs)
            # One that comes back by a later handoff is moved again.
            wish = Operate(key=f"{key}:{handoffs}", operation=Operation.REROUTE)
            with contextlib.suppress(ConversationRefusedError, ConversationUnknownError):
                await self._conversations.operate(conversation, wish)
                moved += 1
        return moved

    async def _open(self, connection: str, agent: str) -> AsyncIterator[str]:
        of = f"BatonHub = '{_quoted(connection)}' AND BatonAgent = '{_quoted(agent)}'"
        query = f"{of} AND BatonPhase IN ({OPEN}) AND ExecutionStatus = 'Running'"
        async for execution in self._conversations.executions(query):
            yield execution.id


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")
