"""The kinds of node that ask and wait for a reply: how each asks, and what it understands.

A question that was interrupted is asked again, and a reply is looked at before another topic may interrupt; both go
through here, so that the machine need not know the kinds.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dialog.program import Step
from dialog.replies import Understood
from dialog.run import Run
from protocol.activity import Activity


@dataclass(frozen=True)
class Listener:
    """One kind of node that waits for a reply."""

    ask: Callable[[Run, Step, Any], None]
    """Say the prompt; the third is another wording, or None."""
    understand: Callable[[Run, Step, Activity], Understood | None]


LISTENERS: dict[str, Listener] = {}


def ask(run: Run, step: Step, prompt: Any = None) -> None:
    """Ask what the node asks, in other words where `prompt` is given."""
    if step.kind in LISTENERS:
        LISTENERS[step.kind].ask(run, step, prompt)


def match_of(run: Run, step: Step, reply: Activity) -> Understood | None:
    """What the node that waits understands of a reply."""
    return LISTENERS[step.kind].understand(run, step, reply) if step.kind in LISTENERS else None
