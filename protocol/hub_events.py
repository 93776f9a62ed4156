"""What a hub tells a conversation, in Baton's words, and what an adapter keeps with a handoff."""

from enum import StrEnum

from protocol.activity import Activity, ChannelAccount
from protocol.models import Owned


class HubEventKind(StrEnum):
    """What a hub can tell us, in Baton's words; an adapter translates its hub's into these."""

    QUEUED = "queued"
    JOINED = "joined"
    MESSAGE = "message"
    TYPING = "typing"
    TRANSFERRED = "transferred"
    LEFT = "left"
    RETURNED = "returned"
    ENDED = "ended"
    FAILED = "failed"
    SAID = "said"
    """The hub itself says something, by no representative: an automatic text of its routing."""
    ECHOED = "echoed"
    """The hub tells us what it got from us: kept for whoever must find out after an unclear outcome."""
    STANDS = "stands"
    """The hub tells not what has happened but how the handoff stands: who has it, if anybody, and in which queue."""
    RENEWED = "renewed"
    """The handoff's own session at the hub was renewed: `session` is what is used from now on."""


class HubEvent(Owned):
    """One thing that a hub told us about one handoff. `key` makes it take effect once."""

    key: str
    also: tuple[str, ...] = ()
    """Other keys under which the same may have been told: a hub that gives its events no ids is read by the clock."""
    connection: str
    kind: HubEventKind
    handoff: str
    """The hub's own id of the handoff, or our key of it where that is all that a callback knows."""
    conversation: str = ""
    """Whose conversation it is, where the callback says so itself; else the callback's address does."""
    activity: Activity | None = None
    representative: ChannelAccount | None = None
    queue: str | None = None
    position: int | None = None
    wait_seconds: int | None = None
    note: str | None = None
    """Why it failed, what the representative leaves for the bot, or the mark of an echo."""
    known_as: str = ""
    """Another id of the handoff, by which its conversation is looked for where `handoff` is not known yet."""
    session: str = ""
    after: str = ""
    """The key of the event before it, where the hub numbers its events: it is waited for a moment."""
    order: int = 0
    """Of how the handoff `STANDS`: what is older than what was told before is no news."""
    via: str | None = None

    @property
    def ids(self) -> tuple[str, ...]:
        """What a conversation remembers it by; the first is its own."""
        return tuple(f"hub:{self.connection}:{key}" for key in (self.key, *self.also))


class AtHub(Owned):
    """What a hub's adapter keeps with a handoff."""

    key: str = ""
    """`<conversation id>:<handoff number>`; empty where no handoff is under way."""
    session: str = ""
    echoes: tuple[str, ...] = ()
