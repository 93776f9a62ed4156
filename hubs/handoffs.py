"""What crosses between Baton and a hub's adapter: a handoff before and after it is taken, and a ticket that is left."""

from datetime import datetime
from typing import Any

from protocol.activity import Activity, ChannelAccount
from protocol.conversation import ConversationReference
from protocol.models import Owned


class Handoff(Owned):
    """Everything a hub is given when it is asked to take a conversation."""

    key: str
    """`<conversation id>:<handoff number>`, the same at every try."""
    conversation: str
    number: int
    opened_at: datetime
    """When the handoff was decided: the timestamp of what we tell the hub, the same at every try."""
    locale: str = "en-US"
    queue: str | None = None
    skills: tuple[str, ...] = ()
    priority: int = 3
    variables: dict[str, Any] = {}
    """The `va_*` context variables and every variable of the topics, by name, as JSON has them."""
    transcript: tuple[Activity, ...] = ()
    """The whole conversation in order, with original times and senders."""
    callback_url: str
    """Where the hub's callbacks for this handoff go; it names the conversation."""
    customer: ChannelAccount = ChannelAccount(id="customer", role="user")
    session: str = ""
    """What `prepare` kept for it."""
    reference: ConversationReference | None = None
    """Where the customer is, for a hub whose own channel the conversation came by."""


class Prepared(Owned):
    """What a handoff has of its own before its hub is asked; kept with it, encrypted, and given with every call."""

    session: str = ""
    """Credentials or a cursor; only the adapter reads it."""
    known_as: str = ""
    """Another id by which callbacks may name the handoff, before the answer of `open` is known."""


class HubConversation(Owned):
    """A handoff that a hub has taken."""

    id: str
    queue: str | None = None
    position: int | None = None
    wait_seconds: int | None = None
    accepted: bool = False
    """A representative has it already."""
    rest: bool = False
    """The history was too long to be told at once: `tell_rest` tells what is left, beside what is said meanwhile."""
    over: bool = False
    """The hub has taken the customer over on its own channel, and nothing more will be heard of it."""


class TakenHandoff(Owned):
    """A handoff that a hub has, as what is said to it later needs to know it."""

    id: str
    """The hub's own id."""
    key: str
    """Ours: `<conversation id>:<handoff number>`."""
    session: str = ""
    """What `prepare` kept for it, as it was renewed last."""
    mark: str = ""
    """What the last `send` that was answered gave back."""


class WatchedHandoff(Owned):
    """A handoff of a hub that does not call back for everything."""

    conversation: str
    id: str
    """The hub's own id."""
    key: str = ""
    """Ours: `<conversation id>:<handoff number>`."""
    session: str = ""
    """What `prepare` kept for it, as it was renewed last."""


class Ticket(Owned):
    """What a customer leaves where nobody could talk with them."""

    key: str
    """`<conversation id>:ticket:<number>`, the same at every try."""
    conversation: str
    subject: str
    description: str
    """What the customer wants, and the conversation as text."""
    contact: dict[str, str] = {}
    """How to reach the customer: `name`, `email`, `phone`, as far as they told."""
    queue: str | None = None
    priority: int = 3
    variables: dict[str, Any] = {}


class LeftTicket(Owned):
    """A ticket, or a callback, that a hub has taken."""

    id: str
    """What the customer may quote."""
    url: str | None = None
