"""What goes into a turn of the topic machine, and what comes out.

A turn is a pure function: definition, state, incoming activity and what the world answered go in; the new state,
outgoing activities and requests to the world come out. Time, random choice and ids come in with `World`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from protocol.activity import Activity
from protocol.conversation import Recognition
from protocol.models import Owned


@dataclass(frozen=True)
class World:
    """All that a turn may know and not compute: the time, chance, and who it talks for."""

    now: datetime
    random: Random
    conversation: str
    locale: str = "en-US"
    channel: str = "directline"
    test_mode: bool = False
    timezone: str = "UTC"


class Outgoing(Owned):
    """An activity that the agent says: `from`, `id`, `timestamp` and the rest are put on by the conversation."""

    activity: Activity


class Transfer(Owned):
    """The conversation shall go to a human. The dialog waits at the node that asked until `resume`."""

    message: str | None = None
    """The private note for the representative."""
    variables: dict[str, Any] = {}
    """Topic and global variables by name, as JSON has them; where names meet, the most recently set wins."""


class EndConversation(Owned):
    """The conversation is over: an `endOfConversation` activity stands among the outgoing ones."""


class UseLatestVersion(Owned):
    """The conversation shall go on with the newest published version, from the next turn."""


Request = Transfer | EndConversation | UseLatestVersion


class Trace(Owned):
    """One thing that the machine did, for timelines: which topic, which node, and what came of it."""

    kind: str
    topic: str = ""
    node: str = ""
    detail: str = ""


class HandoffOutcome(Owned):
    """How a handoff went, for the nodes after `TransferConversationV2`: `System.Handoff.*` in Power Fx."""

    status: str
    """"returned", "failed" or "cancelled"."""
    reason: str = ""
    """Of a failed one: "closed", "no_representative", "rejected", "unavailable", "silent"."""
    note: str = ""
    hub: str = ""
    representative: str = ""
    transcript: str = ""
    """What customer and representative said to each other, a line each; of a long stretch the end."""


Recognise = Callable[[str], Recognition]
