"""Gateways whose open sockets want the news of this conversation.

A nudge is only that: a gateway that has died loses nothing but its place here, for the truth is the read by watermark.
"""

import asyncio
from collections.abc import Iterable
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError

from protocol.activity import Activity
from protocol.conversation import News

PUSH = "push_activities"
REACHED_WITHIN = timedelta(seconds=3)
"""A gateway that does not take a nudge for so long is gone; its sockets have reconnected elsewhere."""


class Watchers:
    """The task queues of the gateways that watch, and the nudges on their way."""

    def __init__(self, conversation: str, queues: Iterable[str]) -> None:
        self.queues = list(queues)
        self._conversation = conversation
        self._under_way: set[asyncio.Task[None]] = set()

    @property
    def idle(self) -> bool:
        """Whether no nudge is on its way."""
        return not self._under_way

    def watch(self, queue: str, *, watching: bool) -> None:
        """Begin or cease to nudge the gateway at `queue`."""
        if watching and queue not in self.queues:
            self.queues.append(queue)
        elif not watching and queue in self.queues:
            self.queues.remove(queue)

    def tell(self, activities: tuple[Activity, ...], watermark: int, *, but: str | None) -> None:
        """Nudge every gateway except the one that has the news already."""
        news = News(conversation=self._conversation, activities=activities, watermark=watermark)
        for queue in self.queues:
            if queue != but:
                task = asyncio.create_task(self._nudge(queue, news))
                self._under_way.add(task)
                task.add_done_callback(self._under_way.discard)

    async def _nudge(self, queue: str, news: News) -> None:
        try:
            await workflow.execute_activity(
                PUSH,
                news,
                task_queue=queue,
                schedule_to_start_timeout=REACHED_WITHIN,
                start_to_close_timeout=REACHED_WITHIN,
                retry_policy=RetryPolicy(maximum_attempts=1),
                summary=f"news up to {news.watermark}",
            )
        except ActivityError:
            self.watch(queue, watching=False)
