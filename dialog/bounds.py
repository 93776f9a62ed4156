"""What one turn may use up, so that a topic that does not stop is stopped."""

from dialog.errors import INFINITE_LOOP, TOO_MUCH, TopicError
from protocol.activity import MAX_TEXT, MESSAGE, Activity

MAX_NODES = 2_000
"""Nodes of one turn; beyond it the topic is taken to loop for ever."""
MAX_MESSAGES = 30
"""Activities that one turn may say."""
MAX_STACK = 50
"""Topics that may wait for one another."""


class Bounds:
    """Counts what a turn uses up."""

    def __init__(self) -> None:
        self._nodes = 0
        self._messages = 0

    def count(self) -> None:
        """One more node runs.

        Raises:
            TopicError: too many have run.
        """
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise TopicError(INFINITE_LOOP, f"more than {MAX_NODES} nodes ran in one turn")

    def say(self, activity: Activity) -> None:
        """One more activity is said.

        Raises:
            TopicError: it is too long, or one too many.
        """
        if self._messages >= MAX_MESSAGES:
            raise TopicError(TOO_MUCH, f"more than {MAX_MESSAGES} messages in one turn")
        if activity.type == MESSAGE and len(activity.text or "") > MAX_TEXT:
            raise TopicError(TOO_MUCH, f"a message has at most {MAX_TEXT} characters")
        self._messages += 1

    def stack(self, waiting: int) -> None:
        """One more topic comes above those that are `waiting`.

        Raises:
            TopicError: too many wait already.
        """
        if waiting >= MAX_STACK:
            raise TopicError(INFINITE_LOOP, f"more than {MAX_STACK} topics wait for one another")
