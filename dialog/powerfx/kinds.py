"""The kinds of errors, and an error on its way to whoever catches it."""

from dialog.powerfx.values import ErrorValue

ERROR_KINDS = {
    "None": 0, "Sync": 1, "MissingRequired": 2, "CreatePermission": 3, "EditPermissions": 4, "DeletePermissions": 5,
    "Conflict": 6, "NotFound": 7, "ConstraintViolated": 8, "GeneratedValue": 9, "ReadOnlyValue": 10, "Validation": 11,
    "Unknown": 12, "Div0": 13, "BadLanguageCode": 14, "BadRegex": 15, "InvalidFunctionUsage": 16, "FileNotFound": 17,
    "AnalysisError": 18, "ReadPermission": 19, "NotSupported": 20, "InsufficientMemory": 21, "QuotaExceeded": 22,
    "Network": 23, "Numeric": 24, "InvalidArgument": 25, "Internal": 26, "NotApplicable": 27, "Timeout": 28,
    "ServiceUnavailable": 29, "InvalidJSON": 30, "Custom": 1000,
}  # fmt: skip
"""Power Fx's own kinds and their numbers (learn.microsoft.com/power-platform/power-fx/reference/function-iferror)."""

_NAMES = {number: name for name, number in ERROR_KINDS.items()}


def kind_name(number: int) -> str:
    """What the kind with this number is called; one that has no name is called by its number."""
    return _NAMES.get(number, str(number))


def kind_number(name: str) -> int:
    """The number of a kind."""
    return ERROR_KINDS[name] if name in ERROR_KINDS else int(name)


class EvaluationError(Exception):
    """An error as a value, on its way to whoever catches it."""

    def __init__(self, kind: str, message: str, more: tuple[ErrorValue, ...] = ()) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.more = more

    @property
    def value(self) -> ErrorValue:
        """The error as a value."""
        return ErrorValue(self.kind, self.message, self.more)


class LimitError(Exception):
    """The formula takes too long, or gives too much. Nothing in the formula catches it."""


def invalid(message: str) -> EvaluationError:
    """An argument is not what the function takes."""
    return EvaluationError("InvalidArgument", message)


def mismatched(what: str, wanted: str) -> EvaluationError:
    """A value is of another type than the one that is wanted."""
    return EvaluationError("InvalidArgument", f"a {what} is no {wanted}")


def overflowed() -> EvaluationError:
    """A number became too large."""
    return EvaluationError("Numeric", "the number is too large")


def divided_by_zero() -> EvaluationError:
    """A division by zero."""
    return EvaluationError("Div0", "division by zero")
