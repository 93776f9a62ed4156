"""The kinds of node by name: one decorated function each, so that another kind is another function."""

from collections.abc import Callable
from enum import Enum, auto

from dialog.program import Step
from dialog.run import Run


class Flow(Enum):
    """What happens after a node."""

    NEXT = auto()
    """The node after it."""
    MOVED = auto()
    """The node has set the position, or changed the stack, itself."""
    WAIT = auto()
    """The turn is over; the node waits for a reply."""


Action = Callable[[Run, Step], Flow]
NODES: dict[str, Action] = {}


def node(*kinds: str) -> Callable[[Action], Action]:
    """Register the function that runs nodes of these kinds."""

    def register(action: Action) -> Action:
        NODES.update(dict.fromkeys(kinds, action))
        return action

    return register
