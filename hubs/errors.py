"""How a hub can fail, as the lifecycle tells it apart: later, never, closed, gone; and a callback that is refused."""

from datetime import datetime


class HubError(Exception):
    """A hub did not do what it was asked. The message says what an operator can do, and holds nothing personal."""


class HubUnavailableError(HubError):
    """It may work later: no connection, a time-out, 429, 5xx. `retry_after` is in seconds where the hub said so."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class HubPendingError(HubError):
    """The hub has it, and what comes of it shows later: it is looked again after `retry_after` seconds.

    No failure of the hub's; for hubs that answer before they have done anything, and call back when they have.
    """

    def __init__(self, message: str, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class HubRefusedError(HubError):
    """It will never work: the hub understood and said no, or said something that is no answer."""


class HubClosedError(HubRefusedError):
    """The queue takes nobody now. `opens_at` is when it does again, where the hub said so."""

    def __init__(self, message: str, opens_at: datetime | None = None) -> None:
        super().__init__(message)
        self.opens_at = opens_at


class HandoffGoneError(HubRefusedError):
    """The hub has ended this handoff, or does not know it."""


class WebhookError(Exception):
    """A callback is refused. `status` is the HTTP status to answer with (400, 401, 404, 413)."""

    def __init__(self, status: int, title: str, detail: str = "") -> None:
        super().__init__(title)
        self.status = status
        self.title = title
        self.detail = detail
