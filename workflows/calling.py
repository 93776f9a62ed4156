"""How hubs are called from a conversation: how long one call may take, how it is tried again, why it failed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError

from activities.hub_delivery import CLOSED, NEVER_AGAIN, SILENT

AWAY = timedelta(hours=1)
"""How long there may be no worker at all before a call is given up that nobody has made."""
ALIVE_WITHIN = timedelta(seconds=10)
"""A worker that shows no sign of life for so long is dead, and another makes its calls. As long as a hub has to answer
(`timeout_seconds`): what the dead one had asked for must be over before it is looked for."""
CUT_OFF = timedelta(seconds=5)
"""How much later than the call itself Temporal ends it: only where a worker lives, and yet does nothing."""


def retrying(but: Sequence[str], at_least_every: timedelta = timedelta(seconds=15)) -> RetryPolicy:
    """Try again, soon and then more rarely, but never after failures of these types."""
    return RetryPolicy(
        initial_interval=timedelta(milliseconds=200),
        maximum_interval=at_least_every,
        non_retryable_error_types=list(but),
    )


RETRY = retrying(NEVER_AGAIN)
SOON = retrying(NEVER_AGAIN, timedelta(seconds=3))
"""While a customer waits for a human: a hub that is there again is asked at once. One that is down has its breaker."""
FEW = RetryPolicy(initial_interval=timedelta(milliseconds=200), maximum_attempts=6)
"""For what asks nobody outside: a try that was lost with its worker, not one that will never work."""
CHOSEN_WITHIN = timedelta(seconds=10)
"""One try of choosing where to go: no hub is asked for it, only Temporal."""


def failure_of(error: ActivityError) -> str:
    """The type of what ended a call; empty where no answer came in time."""
    kind = (error.cause.type or "") if isinstance(error.cause, ApplicationError) else ""
    return "" if kind == SILENT else kind


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
