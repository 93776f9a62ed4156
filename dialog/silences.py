"""How long a customer may say nothing before a topic speaks up: the trigger `OnInactivity`."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from dialog.errors import TopicError

if TYPE_CHECKING:
    from dialog.definition import Topic
    from dialog.run import Run

BY_DEFAULT = Decimal(1_800)
SHORTEST = 10.0
"""Seconds. Less is a slip of the pen, and would have the bot talk to itself."""


def silences(run: Run) -> tuple[float, ...]:
    """The lengths of silence for which the agent has topics, in seconds, the shortest first."""
    return tuple(sorted({_length(run, topic) for topic in run.agent.triggered_by("OnInactivity")} - {0.0}))


def for_silence(run: Run, seconds: float) -> list[Topic]:
    """The topics for a silence of this length."""
    return [topic for topic in run.agent.triggered_by("OnInactivity") if _length(run, topic) == seconds]


def _length(run: Run, topic: Topic) -> float:
    try:
        value = run.value(topic.trigger.get("durationInSeconds", 1_800))
    except TopicError:
        # The formula may read what no topic has set yet.
        value = BY_DEFAULT
    number = float(value) if isinstance(value, Decimal | float | int) and not isinstance(value, bool) else 0.0
    return max(number, SHORTEST) if number > 0 else 0.0
