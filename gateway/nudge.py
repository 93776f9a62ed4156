"""How other gateways' news get here: a small Temporal worker on this gateway's own task queue.

The conversation calls `push_activities` there while this gateway watches it. A gateway that was out of reach has been
struck off, so when Temporal answers again every watch is renewed and every socket looks what it missed.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from datetime import timedelta

import structlog
from temporalio import activity
from temporalio.client import Client
from temporalio.service import RPCError
from temporalio.worker import Worker

from gateway.streams import Streams
from protocol.conversation import News

PUSH = "push_activities"
LOOK_EVERY = 1.0
OUT_OF_REACH = 2.5
"""Seconds without an answer after which a nudge may have been given up (`workflows.watchers.REACHED_WITHIN`)."""
LETS_GO_WITHIN = timedelta(seconds=1)
"""Of news that are being pushed. Not zero: see the worker's own."""

_logger = structlog.get_logger(__name__)


class Nudges:
    """Takes the news from conversations that this gateway watches."""

    def __init__(self, streams: Streams) -> None:
        self._streams = streams

    @activity.defn(name=PUSH)
    async def push(self, news: News) -> None:
        """Let the open sockets have the news."""
        self._streams.publish(news.conversation, news)


@contextlib.asynccontextmanager
async def listening(client: Client, queue: str, streams: Streams) -> AsyncIterator[None]:
    """Take nudges on `queue` for as long as the context lasts."""
    nudges = Nudges(streams)
    async with Worker(client, task_queue=queue, activities=[nudges.push], graceful_shutdown_timeout=LETS_GO_WITHIN):
        lookout = asyncio.create_task(_lookout(client, streams))
        try:
            yield
        finally:
            lookout.cancel()


async def _lookout(client: Client, streams: Streams) -> None:
    """Notice that Temporal was out of reach, or this process asleep, for so long that nudges may be lost."""
    answered, lost = time.monotonic(), False
    while True:
        reachable = await _answers(client)
        now = time.monotonic()
        lost = lost or now - answered > OUT_OF_REACH
        if reachable:
            answered = now
            if lost:
                _logger.warning("nudges may be lost: renewing every watch")
                await streams.watch_again()
                lost, answered = False, time.monotonic()
        await asyncio.sleep(LOOK_EVERY)


async def _answers(client: Client) -> bool:
    try:
        async with asyncio.timeout(OUT_OF_REACH):
            return await client.service_client.check_health()
    except (RPCError, TimeoutError):
        return False
