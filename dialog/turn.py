"""What goes into a turn of the topic machine, and what comes out.

A turn is a pure function: definition, state, incoming activity and what the world answered go in; the new state,
outgoing activities and requests to the world come out. Time, random choice and ids come in with `World`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

from dialog.calls import Ask
from protocol.activity import Activity
from protocol.conversation import Recognition
from protocol.models import Owned
from protocol.signing_in import SignIn

FAILED = "handoff.failed"
"""The event by which Baton tells the topics that no human could take the conversation."""
TICKET = "handoff.ticket"
"""The event by which a topic asks for a ticket, and by which Baton tells what came of it."""
OURS = frozenset([FAILED, TICKET])
"""Events between the topics and Baton: from a customer's client they mean nothing."""


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
    sign_in: SignIn = field(default_factory=SignIn)
    tracing: bool = False
    """Whether somebody wants to know what the turn did, node by node; it costs, and changes nothing."""


class Outgoing(Owned):
    """An activity that the agent says: `from`, `id`, `timestamp` and the rest are put on by the conversation."""

    activity: Activity


class Transfer(Owned):
    """The conversation shall go to a human. The dialog waits at the node that asked until `resume`."""

    message: str | None = None
    """The private note for the representative."""
    variables: dict[str, Any] = {}
    """Topic and global variables by name, as JSON has them; where names meet, the most recently set wins."""


class LeaveTicket(Owned):
    """A ticket shall be left at a hub. The dialog goes on; what comes of it is told by the event `TICKET`."""

    subject: str
    description: str
    contact: dict[str, str] = {}
    """`name`, `email` and `phone`, as far as the topic knows them."""
    variables: dict[str, Any] = {}


class EndConversation(Owned):
    """The conversation is over: an `endOfConversation` activity stands among the outgoing ones."""


class UseLatestVersion(Owned):
    """The conversation shall go on with the newest published version, from the next turn."""


class TellRemote(Owned):
    """An agent that runs elsewhere shall be told this; without an activity, what it has said is only passed over."""

    activity: Activity | None = None


Request = Transfer | LeaveTicket | Ask | EndConversation | UseLatestVersion | TellRemote


class HandoffOutcome(Owned):
    """How a handoff went, for the nodes after `TransferConversationV2`: `System.Handoff.*` in Power Fx."""

    status: str
    """"returned", "failed" or "cancelled"."""
    reason: str = ""
    """Of a failed one: "closed", "no_representative", "rejected", "unavailable", "silent"."""
    note: str = ""
    hub: str = ""
    opens_at: str = ""
    """Of one that failed because everybody is closed: when they open again, as ISO 8601 has it, where that is known."""
    takes_tickets: bool = False
    """Of a failed one: whether a ticket could be left."""
    representative: str = ""
    transcript: str = ""
    """What customer and representative said to each other, a line each; of a long stretch the end."""


Recognise = Callable[[str], Recognition]
