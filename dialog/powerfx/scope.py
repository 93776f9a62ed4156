"""What a formula sees: the names it may read, the time, and chance. All of it comes from outside."""

from collections.abc import Mapping
from datetime import UTC, datetime
from random import Random
from typing import Any, Final, Protocol

from dialog.powerfx.values import Value, from_plain


class Unresolved:
    """A name that the scope does not know."""


UNRESOLVED: Final = Unresolved()

MAX_STEPS = 300_000
"""Parts of a formula that one evaluation may compute in all its loops: about half a second."""


class Scope(Protocol):
    """What surrounds a formula. `now` has a zone; `timezone` is the IANA name of the conversation's own.

    `steps`: how many steps all formulas together may still take in this scope; each takes its own off.
    """

    now: datetime
    timezone: str
    random: Random
    locale: str
    steps: int

    def name(self, name: str) -> Value | Unresolved:
        """The value of a root name such as `Topic`, `Global`, `System` or an option set, or `UNRESOLVED`."""
        ...


class Nowhere:
    """What a formula sees before it is run: no name, and no time."""

    now = datetime.min.replace(tzinfo=UTC)
    timezone = "UTC"
    random = Random(0)  # noqa: S311 - nothing draws from it
    locale = "en-US"
    steps = MAX_STEPS

    def name(self, _name: str) -> Value | Unresolved:
        """Nothing."""
        return UNRESOLVED


class VariablesScope:
    """A scope over plain variables by name, as JSON has them: what the routes of a configuration see.

    A variable is looked at when a formula first asks for it; the scope does not see it change.
    """

    def __init__(
        self,
        variables: Mapping[str, Any],
        *,
        now: datetime,
        random: Random,
        locale: str = "en-US",
        timezone: str = "UTC",
    ) -> None:
        self.now = now
        self.timezone = timezone
        self.random = random
        self.locale = locale
        self.steps = MAX_STEPS
        self._variables = variables
        self._values: dict[str, Value] = {}

    def name(self, name: str) -> Value | Unresolved:
        """The variable `name`; one that was never set is Blank, so that a condition may ask for it."""
        if name not in self._values:
            self._values[name] = from_plain(self._variables.get(name))
        return self._values[name]
