"""What is wrong with an agent's files, said like a compiler says it."""

from collections.abc import Iterable
from difflib import get_close_matches

from protocol.models import Owned


class Problem(Owned):
    """One mistake: where, what, and what to do. `severity` is "error" or "warning"."""

    file: str
    line: int = 1
    column: int = 1
    severity: str = "error"
    message: str

    def __str__(self) -> str:
        prefix = "warning: " if self.severity == "warning" else ""
        return f"{self.file}:{self.line}:{self.column}: {prefix}{self.message}"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The nearest known word as a question to add to a message, or nothing."""
    close = get_close_matches(word, list(known), 1, 0.6)
    return f'; did you mean "{close[0]}"?' if close else ""
