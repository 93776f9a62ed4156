"""What goes wrong at Microsoft's services, sorted by what can be done about it.

A message is one line that says what an administrator can look at; it holds no secret and nobody's name.
"""


class MicrosoftError(Exception):
    """Any of them."""


class UnavailableError(MicrosoftError):
    """It may work later: no answer, too many requests, a service that is down. `retry_after` is in seconds."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class NotYetError(UnavailableError):
    """What was made a moment ago has not arrived everywhere: worth trying for some minutes, and no longer."""


class RefusedError(MicrosoftError):
    """Trying again changes nothing until somebody changes something. `code` is the service's own, where it has one."""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class CredentialsError(RefusedError):
    """Entra gives no token to these credentials."""


class ForbiddenError(RefusedError):
    """Our application is known, and may not do this: a permission or a role is missing."""


class MissingError(RefusedError):
    """What the call is about is not there."""


class ThereAlreadyError(RefusedError):
    """Something with the same key is there (409 or 412)."""


class DuplicateBotAppIdError(RefusedError):
    """The application id is another agent's in this organisation: Copilot Studio's error 1004."""

    def __init__(self, message: str) -> None:
        super().__init__(message, "DuplicateBotAppId")


class WorkstreamTakenError(RefusedError):
    """Another bot is linked to the workstream, which takes one."""
