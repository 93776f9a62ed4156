"""What crosses between a conversation's workflow and the processes around it.

Inputs of the workflow's handlers, their results, and what its queries answer. Every field has a default where an
older writer may not have known it, so that an old history loads.
"""

from enum import StrEnum
from typing import Any

from protocol.activity import Activity, ChannelAccount
from protocol.models import Owned
from protocol.remote import RemoteRules
from protocol.signing_in import SignIn


class Phase(StrEnum):
    """Where a conversation stands in its life."""

    AGENT = "agent"
    TRANSFERRING = "transferring"
    QUEUED = "queued"
    LIVE = "live"
    ENDED = "ended"


class Deadlines(Owned):
    """How long each party may be waited for, in seconds. Every wait has one of these, and each leads somewhere."""

    customer_idle: float = 86_400
    """The bot waits for the customer: the conversation ends. A day, as Direct Line keeps a conversation."""
    hub_answer: float = 30
    """A hub is asked to take the conversation: the next route is tried."""
    representative_joins: float = 600
    """The conversation is queued: the next route is tried."""
    representative_replies: float = 300
    """The customer wrote and the representative is silent: the customer is told, then the next route is tried."""
    customer_replies: float = 1_800
    """The representative wrote and the customer is silent: the handoff ends as abandoned."""


class Ranked(Owned):
    """One topic that an utterance may mean, and how sure the recogniser is, from 0 to 1."""

    topic: str
    score: float
    phrase: str = ""


class Recognition(Owned):
    """What recognition decided of one utterance, under one version of the agent.

    It travels in the update's input and so stands in the history: a later recogniser never changes what an earlier
    one decided, and no Temporal activity is needed on the reply path.
    """

    version: str
    ranked: tuple[Ranked, ...] = ()


class ConversationReference(Owned):
    """Where the customer of a channel that must be pushed to is: what a reply needs to get there."""

    connection: str = ""
    """The hub connection whose own channel it is: a handoff goes to that hub, in place."""
    service_url: str
    """The channel's connector, as its signed token vouched for it."""
    conversation: str
    """The channel's own id of the conversation."""
    bot: ChannelAccount
    customer: ChannelAccount
    record: str = ""
    """The hub's own record of the conversation, where the channel names one (Omnichannel's live work item)."""


class ConversationStart(Owned):
    """What a conversation begins with."""

    agent: str
    version: str
    channel: str = "directline"
    reference: ConversationReference | None = None
    """Set for a channel that must be pushed to: everything said to the customer is delivered there."""
    customer: ChannelAccount = ChannelAccount(id="customer", role="user")
    locale: str = "en-US"
    deadlines: Deadlines = Deadlines()
    test_mode: bool = False
    variables: dict[str, Any] = {}
    """What the channel knows of the customer before anything is said."""
    remote: RemoteRules | None = None
    """Set where the agent runs elsewhere, behind Direct Line; `version` is then `REMOTE`."""
    turns_a_run: int = 0
    """At so many turns the run rolls over; 0: when Temporal suggests it."""
    generic_handoff: bool = False
    """The client is itself a hub's adapter: a handoff is told to it by `handoff.initiate`, and no hub is asked."""
    service_url: str = ""
    """Where the client reaches us, for the conversation reference that it is given."""
    sign_in: SignIn = SignIn()
    """What its sign-in cards say."""


class Said(Owned):
    """One activity of the customer's. `key` is what makes it take effect once, however often it is sent."""

    key: str
    activity: Activity
    recognition: Recognition | None = None
    via: str | None = None
    """The task queue of the gateway that asks: it gets the news in the answer and need not be nudged."""
    variables: dict[str, Any] = {}
    """What the channel tells of the customer: nobody said it, so it is not written into the log."""
    reference: ConversationReference | None = None
    """Where the customer is from now on, where the channel has just told it."""


class Turn(Owned):
    """What one update changed: the activities that everybody who watches the conversation should now see."""

    id: str
    """The id that the activity got in the conversation: `<conversation>|<seven digits>`."""
    activities: tuple[Activity, ...] = ()
    watermark: int = 0
    """How many activities the conversation has had, the last of `activities` included."""
    phase: Phase = Phase.AGENT
    version: str = ""
    """The agent's version that the conversation now runs on, so that the gateway recognises with the same."""
    repeated: bool = False


class Operation(StrEnum):
    """What an operator may do to a conversation."""

    END = "end"
    RETURN = "return"
    REROUTE = "reroute"
    RETRY = "retry"
    """A handoff that no human could take is tried once more, from the first route."""


class Operate(Owned):
    """An operator's wish."""

    key: str
    operation: Operation
    note: str | None = None
    via: str | None = None


class Watch(Owned):
    """A gateway opened (or closed) its first (or last) socket on this conversation."""

    queue: str
    watching: bool = True


class News(Owned):
    """What a gateway shall push to its open sockets. Typing has no id, and stands between the rest as it came."""

    conversation: str
    activities: tuple[Activity, ...] = ()
    watermark: int = 0


class Page(Owned):
    """A stretch of the conversation that has left the workflow's state for the transcript store."""

    name: str
    first: int
    """The watermark before the page's first activity."""
    last: int
    """The watermark after its last."""


class ActivitySet(Owned):
    """The activities after a watermark. What is older than the workflow keeps is in `pages`, oldest first."""

    activities: tuple[Activity, ...] = ()
    watermark: int = 0
    pages: tuple[Page, ...] = ()


class RefusalType(StrEnum):
    """The `type` of the `ApplicationError` with which an update is refused."""

    DRAINING = "Draining"
    """The run is rolling over: ask again at once with the same key."""
    ENDED = "Ended"
    NOT_ALLOWED = "NotAllowed"
    UNKNOWN_HANDOFF = "UnknownHandoff"
    TOO_EARLY = "TooEarly"
    """The hub has told it before it has answered the call that opened the handoff, and shall tell it again."""
    INVALID = "Invalid"
    INTERNAL = "Internal"
