"""Where a dialog stands between turns, as plain JSON values: everything has a default, so that old state loads."""

from typing import Any

from dialog.calls import Asking, Line
from protocol.models import Owned

MAX_REMEMBERED = 100
"""Topics and phrases that are remembered for the representative."""


class LoopState(Owned):
    """A `Foreach` under way: its items as they were at its beginning, and which of them comes next."""

    items: tuple[Any, ...] = ()
    next: int = 0


class Exchange(Owned):
    """What a child agent and the customer have said to each other."""

    lines: tuple[Line, ...] = ()
    asks: bool = False
    """Whether the child agent's last line wants an answer."""


class FrameState(Owned):
    """One topic on the stack: where it stands, and its variables."""

    topic: str
    position: str | None = None
    waiting: str = ""
    """What the node at `position` waits for: "" (nothing), "reply", "handoff" or "world"."""
    stage: str = ""
    """How far a node has got that starts topics of its own, and goes on when they have ended."""
    attempts: int = 0
    variables: dict[str, Any] = {}
    outputs: dict[str, str] = {}
    """Which of the topic's variables go to which of its caller's when it ends."""
    loops: dict[str, LoopState] = {}
    executed: tuple[str, ...] = ()
    """Questions that have been asked, for the rule that a question is skipped at its first time only."""
    utterance: str = ""
    """The words that started the topic, or answered its last question, as far as no question has used them."""
    exchange: Exchange | None = None
    """Of a child agent under way."""


class DialogState(Owned):
    """One conversation's dialog."""

    stack: tuple[FrameState, ...] = ()
    globals: dict[str, Any] = {}
    queue: tuple[str, ...] = ()
    """Topics that were triggered by the same activity, and have their turn when the stack is empty."""
    recognizer: dict[str, Any] = {}
    """`System.Recognizer.*` as far as it outlives a turn."""
    selecting: bool = False
    """Multiple Topics Matched is under way: when it ends, what it selected starts."""
    fallback_count: int = 0
    topics: tuple[str, ...] = ()
    """Display names of the topics that the customer's own words started, in order."""
    phrases: tuple[str, ...] = ()
    last_set: dict[str, Any] = {}
    """Every variable by its bare name with the value set most recently, whichever topic set it."""
    handoff: dict[str, str] = {}
    last_message: str = ""
    asking: Asking | None = None
    """What the world is being asked, while a node waits for it."""
    asked: int = 0
    """How many questions the world was ever asked."""
    system: dict[str, Any] = {}
    """`System.*` as far as topics or nodes set it, and it outlives a node."""
    disabled: tuple[str, ...] = ()
    """Topics whose triggers this conversation has turned off."""
    silences: tuple[float, ...] = ()
    """The lengths of silence, in seconds, for which there are topics; the shortest first."""
