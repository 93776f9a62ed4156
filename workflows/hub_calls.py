"""Calling a hub: the Temporal activities of one connection, on its own task queue, with their time limits."""

from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError

from activities.hub_delivery import NEVER_AGAIN, Opening, Relay
from handoff.record import HandoffRecord
from protocol.activity import Activity
from protocol.conversation import hub_task_queue

RETRY = RetryPolicy(
    initial_interval=timedelta(milliseconds=200),
    maximum_interval=timedelta(seconds=15),
    non_retryable_error_types=list(NEVER_AGAIN),
)
ONE_CALL = timedelta(seconds=20)
"""A hub that has not answered one call for so long is asked again."""
ALIVE_WITHIN = timedelta(seconds=30)
"""Of what may take longer, a sign of life is wanted so often."""


async def call(  # noqa: PLR0913 - Temporal's own call has as many
    record: HandoffRecord,
    name: str,
    argument: Opening | Relay,
    within: timedelta,
    result: type | None,
    summary: str,
    retry: RetryPolicy = RETRY,
    once: timedelta = ONE_CALL,
) -> Any:
    """Run the Temporal activity `name` at the hub to which the handoff goes.

    Raises:
        ActivityError: it failed for good, or did not succeed `within` its time.
        ApplicationError: the handoff has no route.
    """
    if record.route is None:
        raise ApplicationError("the handoff has no route", non_retryable=True)
    return await workflow.execute_activity(
        name,
        argument,
        result_type=result,
        task_queue=hub_task_queue(record.route.hub),
        schedule_to_close_timeout=within,
        start_to_close_timeout=min(once, within),
        heartbeat_timeout=ALIVE_WITHIN if once > ONE_CALL else None,
        retry_policy=retry,
        summary=summary,
    )


async def tell(  # noqa: PLR0913 - as above
    record: HandoffRecord, key: str, activity: Activity, within: timedelta, summary: str, retry: RetryPolicy = RETRY
) -> str | None:
    """Tell the hub one activity of the customer's; returns the mark for the next one. Raises as `call` does."""
    relay = Relay(handoff=record.hub_id or "", key=key, session=record.session, mark=record.mark, activity=activity)
    mark: str | None = await call(record, "tell_hub", relay, within, None, summary, retry)
    return mark
