"""How a handler says no: always an `ApplicationError` with a type that the client reads.

Any other exception that left a handler would wedge the whole conversation until the next deployment.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from temporalio.exceptions import ApplicationError

from protocol.conversation import RefusalType


def draining() -> ApplicationError:
    """The run is rolling over."""
    return ApplicationError(
        "the conversation is rolling over: ask again", type=RefusalType.DRAINING, non_retryable=True
    )


def ended() -> ApplicationError:
    """The conversation is over."""
    return ApplicationError("the conversation has ended", type=RefusalType.ENDED, non_retryable=True)


def not_allowed(message: str) -> ApplicationError:
    """The lifecycle does not allow it."""
    return ApplicationError(message, type=RefusalType.NOT_ALLOWED, non_retryable=True)


def unknown_handoff() -> ApplicationError:
    """No such handoff is open in this conversation."""
    return ApplicationError(
        "this conversation has no such open handoff", type=RefusalType.UNKNOWN_HANDOFF, non_retryable=True
    )


@contextmanager
def timed_out_is_too_early() -> Iterator[None]:
    """A wait for the hub's own answer that times out: whoever told the event shall tell it again."""
    try:
        yield
    except TimeoutError:
        said = "the hub has not answered yet"
        raise ApplicationError(said, type=RefusalType.TOO_EARLY, non_retryable=True) from None
