"""What every entity is: something that can be found in a reply."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from dialog.powerfx.values import Value


@dataclass(frozen=True)
class Choice:
    """One item of a closed list."""

    id: str
    display_name: str
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Heard:
    """How a reply is to be read: the customer's locale, and what the clock on their wall shows."""

    locale: str = "en-US"
    now: datetime = field(default=datetime(2000, 1, 1))  # noqa: DTZ001 - a clock on a wall has no zone


ANYWHERE = Heard()


@dataclass(frozen=True)
class Match:
    """What was understood. `exact`: the reply says just this, so that it wins over any other topic."""

    value: Value | Choice
    exact: bool
    words: str = ""
    """The part of the reply that says it."""


class Entity(Protocol):
    """Something that can be found in a reply."""

    def match(self, text: str, heard: Heard = ANYWHERE) -> Match | None:
        """What `text` says, or None where it does not say such a thing."""


def words_of(text: str) -> list[str]:
    """The words of `text` in lower case, without punctuation."""
    return re.findall(r"\w+(?:['’]\w+)?", text.casefold())


def is_all(found: str, text: str) -> bool:
    """Whether `found` is all that `text` says."""
    return found.strip(" .,!?") == text.strip(" .,!?")
