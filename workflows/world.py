"""Asking the world outside for the bot: one Temporal activity a question, with its time limit and its retries."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError

from activities.asking_world import WorldQuestion
from dialog.calls import Answer, Ask, Call, HttpCall, OperationCall, SignInCall
from dialog.errors import CONNECTOR_FAILED, HTTP_FAILED, MODEL_TIMED_OUT, TIMED_OUT
from handoff.record import Outbound
from protocol.conversation import ConversationStart
from protocol.task_queues import world_task_queue
from workflows.calling import ALIVE_WITHIN, AWAY
from workflows.life import Life

KIND = "ask"
LANE = "world"
ON_THE_WAY = timedelta(seconds=5)
"""What a question may take besides the time that its author gave it."""
LONGEST = 120.0
"""Seconds that any question may take."""
READS = frozenset(["GET", "HEAD", "PUT", "DELETE"])
TRIES = 3
"""Of what can be asked twice. What changes something is asked once: nobody knows what a worker that died had done."""


class World:
    """The questions of one conversation's bot. `changed` runs what changes its life, and tells who watches."""

    def __init__(
        self, conversation: str, start: ConversationStart, life: Life, changed: Callable[[Callable[[], object]], None]
    ) -> None:
        self._conversation = conversation
        self._start = start
        self._life = life
        self._changed = changed

    async def deliver(self, outbound: Outbound) -> None:
        """Ask one question; returns when it is answered, or nobody wants to know any more."""
        asking, number = self._life.bot.state.asking, outbound.watermark
        if asking is None or not self._wanted(number):
            return
        answer = await self._answer(asking.ask)
        if answer is not None:
            self._changed(lambda: self._life.answered(number, answer))

    async def _answer(self, ask: Ask) -> Answer | None:
        seconds = min(ask.seconds, LONGEST)
        handle = workflow.start_activity(
            "ask_world",
            WorldQuestion(
                agent=self._start.agent,
                version=self._life.bot.version,
                conversation=self._conversation,
                ask=ask.model_copy(update={"seconds": seconds, "latency": None}),
            ),
            result_type=Answer,
            task_queue=world_task_queue(workflow.info().task_queue),
            schedule_to_close_timeout=timedelta(seconds=seconds) + AWAY,
            start_to_close_timeout=timedelta(seconds=seconds) + ON_THE_WAY,
            heartbeat_timeout=ALIVE_WITHIN,
            retry_policy=RetryPolicy(maximum_attempts=TRIES if _may_be_asked_twice(ask.call) else 1),
            summary=_summary(ask.call),
        )

        def settled() -> bool:
            return handle.done() or not self._wanted(ask.number)

        if ask.latency:
            with suppress(TimeoutError):
                patience = timedelta(seconds=ask.latency_seconds)
                await workflow.wait_condition(settled, timeout=patience, timeout_summary="it takes long")
            if not settled():
                self._changed(lambda: self._life.bide(ask))
        await workflow.wait_condition(settled)
        if not handle.done():
            handle.cancel()
            return None
        try:
            answer: Answer = await handle
        except ActivityError:
            return _none_in_time(ask.call)
        return answer

    def _wanted(self, number: int) -> bool:
        return self._life.hearing.wants(number)


def _may_be_asked_twice(call: Call) -> bool:
    return call.method in READS if isinstance(call, HttpCall) else not isinstance(call, OperationCall | SignInCall)


def _none_in_time(call: Call) -> Answer:
    """The answer where there is none: the worker has died, or there is none that asks."""
    message = "no answer in time"
    match call:
        case HttpCall():
            return Answer(code=HTTP_FAILED, status=408, message=message)
        case OperationCall():
            return Answer(code=TIMED_OUT if call.what == "flow" else CONNECTOR_FAILED, status=408, message=message)
        case SignInCall():
            return Answer(code=CONNECTOR_FAILED, status=408, message=message)
        case _:
            return Answer(code=MODEL_TIMED_OUT, message=message)


def _summary(call: Call) -> str:
    """What Temporal's page shows: free of what anybody said."""
    match call:
        case HttpCall():
            return f"HTTP {call.method}"
        case OperationCall():
            return f"{call.what} {call.name}"[:100]
        case _:
            return f"ask: {call.kind}"
