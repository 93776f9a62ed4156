"""How the hub connections are doing, for operators: on the command line and in the console."""

import asyncio
from collections.abc import AsyncIterator

from temporalio.client import WorkflowExecution

from hubs.base import Hub
from hubs.errors import HubError
from protocol.conversation import Phase
from protocol.models import Owned
from workflows.breakers import HubBreakers
from workflows.client import Conversations
from workflows.stuck import stuck

LOOKED_AT = 100
"""Conversations of one hub, the newest, that are asked what of theirs is undelivered."""
AT_ONCE = 10


class HubRow(Owned):
    """One hub connection as operators see it."""

    hub: str
    kind: str
    answers: str
    """"yes", or why not and what to do."""
    breaker: str
    drained: bool
    transferring: int
    waiting: int
    live: int
    failing: int
    """Of its newest conversations so many have something that it has not taken at the first try."""


async def row_of(name: str, kind: str, answers: str, conversations: Conversations, breakers: HubBreakers) -> HubRow:
    """How one connection is doing now; `answers` is what `answer_of` found."""
    breaker = await breakers.now(name)
    return HubRow(
        hub=name,
        kind=kind,
        answers=answers,
        breaker=str(breaker.state),
        drained=breaker.drained,
        transferring=await _count(conversations, name, Phase.TRANSFERRING),
        waiting=await _count(conversations, name, Phase.QUEUED),
        live=await _count(conversations, name, Phase.LIVE),
        failing=await _failing(conversations, name),
    )


async def answer_of(hub: Hub) -> str:
    """Answer "yes", or why the hub does not answer as it should."""
    try:
        async for _ in hub.check():
            pass
    except HubError as error:
        return str(error)
    return "yes"


async def _count(conversations: Conversations, hub: str, phase: Phase) -> int:
    query = f"BatonHub = '{hub}' AND BatonPhase = '{phase}' AND ExecutionStatus = 'Running'"
    return (await conversations.client.count_workflows(query)).count


async def _failing(conversations: Conversations, hub: str) -> int:
    few = asyncio.Semaphore(AT_ONCE)

    async def fails(conversation: str) -> bool:
        async with few:
            return bool(await stuck(conversations.client, conversation))

    running = conversations.executions(f"BatonHub = '{hub}' AND ExecutionStatus = 'Running'")
    return sum(await asyncio.gather(*[fails(each) async for each in _first(running)]))


async def _first(executions: AsyncIterator[WorkflowExecution]) -> AsyncIterator[str]:
    count = 0
    async for execution in executions:
        yield execution.id
        count += 1
        if count == LOOKED_AT:
            return
