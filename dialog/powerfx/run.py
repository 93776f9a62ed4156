"""One computation of one formula: what it sees, the rows it stands in, and an end to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from dialog.powerfx.cultures import Culture, spoken
from dialog.powerfx.kinds import LimitError
from dialog.powerfx.moments import zone_of
from dialog.powerfx.scope import MAX_STEPS, Scope
from dialog.powerfx.values import Value

MAX_TEXT = 1_000_000
"""Characters of a text that a formula makes."""
MAX_ROWS = 50_000
"""Rows of a table that a formula makes."""
CHARACTERS_A_STEP = 100
"""Characters that may be made, or looked through, for the price of one step."""


class Run:
    """One computation. `floats`: plain numbers are floats, not decimals."""

    __slots__ = ("_given", "_steps", "changed", "floats", "frames", "scope")

    def __init__(self, scope: Scope, *, floats: bool = False) -> None:
        self.scope = scope
        self.floats = floats
        self.frames: list[Value] = []
        """The rows that the formula stands in, outermost first."""
        self.changed: dict[str, Value] = {}
        """What the formula itself has made of a variable: `Patch(t, …); t`."""
        self._steps = self._given = min(MAX_STEPS, scope.steps)

    def spend(self, steps: int = 1) -> None:
        """Count so many steps.

        Raises:
            LimitError: they are all used up.
        """
        self._steps -= steps
        if self._steps < 0:
            raise LimitError("the formula takes too long")

    def end(self) -> None:
        """Take what has been spent off what the scope has left."""
        self.scope.steps -= self._given - max(self._steps, 0)

    def sized(self, text: str) -> str:
        """`text`, which a function has made, where it is not too long.

        Raises:
            LimitError: it is.
        """
        length = len(text)
        if length > CHARACTERS_A_STEP:
            if length > MAX_TEXT:
                raise LimitError(f"a text has at most {MAX_TEXT} characters")
            self.spend(length // CHARACTERS_A_STEP)
        return text

    def rows(self, count: float) -> None:
        """Make so many rows.

        Raises:
            LimitError: there would be too many.
        """
        if count > MAX_ROWS:
            raise LimitError(f"a table has at most {MAX_ROWS} rows")
        self.spend(int(count))

    def number(self, count: int) -> Decimal | float:
        """A whole number, as this language has them."""
        return float(count) if self.floats else Decimal(count)

    @contextmanager
    def frame(self, row: Value = None) -> Iterator[list[Value]]:
        """Stand in one more row; the caller puts another in its place for each row it looks at."""
        self.frames.append(row)
        try:
            yield self.frames
        finally:
            self.frames.pop()

    @property
    def zone(self) -> ZoneInfo:
        """The conversation's time zone."""
        return zone_of(self.scope.timezone)

    @property
    def culture(self) -> Culture:
        """How the conversation's language writes."""
        return spoken(self.scope.locale)

    @property
    def now(self) -> datetime:
        """What the clock on the conversation's wall shows."""
        return self.scope.now.astimezone(self.zone).replace(tzinfo=None)

    def to_utc(self, moment: datetime) -> datetime:
        """What UTC's clock shows at a moment on the conversation's wall."""
        return moment.replace(tzinfo=self.zone).astimezone(UTC).replace(tzinfo=None)

    def from_utc(self, moment: datetime) -> datetime:
        """What the conversation's clock shows at a moment in UTC."""
        return moment.replace(tzinfo=UTC).astimezone(self.zone).replace(tzinfo=None)
