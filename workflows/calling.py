"""How hubs are called from a conversation: how long one call may take, how it is tried again, why it failed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError

from activities.hub_delivery import CLOSED, NEVER_AGAIN


def retrying(but: Sequence[str]) -> RetryPolicy:
    """Try again, soon and then more rarely, but never after failures of these types."""
    return RetryPolicy(
        initial_interval=timedelta(milliseconds=200),
        maximum_interval=timedelta(seconds=15),
        non_retryable_error_types=list(but),
    )


RETRY = retrying(NEVER_AGAIN)


def failure_of(error: ActivityError) -> str:
    """The type of what ended a call; empty where no answer came in time."""
    return (error.cause.type or "") if isinstance(error.cause, ApplicationError) else ""


def opening_of(error: ActivityError) -> datetime | None:
    """When a closed queue opens again, where its hub said so."""
    said = _details(error) if failure_of(error) == CLOSED else ()
    return datetime.fromisoformat(said[1]) if len(said) > 1 and said[1] else None


def is_unclear(error: ActivityError) -> bool:
    """Whether the hub may have done it: it was silent, or said no only after it had been silent."""
    said = _details(error)
    return failure_of(error) not in NEVER_AGAIN or bool(said and said[0] > 1)


def _details(error: ActivityError) -> Sequence[Any]:
    return error.cause.details if isinstance(error.cause, ApplicationError) else ()
