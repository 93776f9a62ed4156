"""Bot Framework activities: own what we emit, keep what others send.

The wire format is that of learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference;
only the fields that Baton reads or writes are named, every other one is carried along unread.
"""

from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import Field

from protocol.models import Foreign

MESSAGE: Literal["message"] = "message"
TYPING: Literal["typing"] = "typing"
EVENT: Literal["event"] = "event"
END_OF_CONVERSATION: Literal["endOfConversation"] = "endOfConversation"
INVOKE: Literal["invoke"] = "invoke"
CONVERSATION_UPDATE: Literal["conversationUpdate"] = "conversationUpdate"

MAX_TEXT = 28_000
"""Characters in one message: the custom hub contract's bound, and about what Omnichannel takes."""


class ChannelAccount(Foreign):
    """Who sent an activity. `role` is "user" (the customer), "bot" (the agent) or "agent" (a representative)."""

    id: str = ""
    name: str | None = None
    role: str | None = None


class ConversationAccount(Foreign):
    """The conversation an activity belongs to."""

    id: str


class Attachment(Foreign):
    """A file by its URL, or a card by its content."""

    content_type: str
    content_url: str | None = None
    content: Any = None
    name: str | None = None


class Activity(Foreign):
    """One thing that was said or that happened, as the Bot Framework writes it down."""

    type: str
    id: str | None = None
    timestamp: datetime | None = None
    from_: ChannelAccount | None = Field(default=None, alias="from")
    recipient: ChannelAccount | None = None
    conversation: ConversationAccount | None = None
    channel_id: str | None = None
    reply_to_id: str | None = None
    text: str | None = None
    text_format: str | None = None
    speak: str | None = None
    locale: str | None = None
    input_hint: str | None = None
    name: str | None = None
    value: Any = None
    code: str | None = None
    attachments: tuple[Attachment, ...] | None = None
    attachment_layout: str | None = None
    suggested_actions: dict[str, Any] | None = None
    channel_data: Any = None

    @property
    def role(self) -> str:
        """Who speaks: "user", "bot" or "agent"; "user" where the sender did not say."""
        return (self.from_ and self.from_.role) or "user"


def utc(moment: datetime) -> datetime:
    """`moment` with its zone; one without is taken as UTC, as Direct Line does."""
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
