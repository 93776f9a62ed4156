"""What is told to a hub directly, without a conversation around it: everything that an adapter can be asked."""

from datetime import UTC, datetime

from handoff.context import handoff_variables
from hubs.base import Hub
from hubs.handoffs import Handoff, TakenHandoff, Ticket
from protocol.activity import END_OF_CONVERSATION, MESSAGE, TYPING, Activity, Attachment, ChannelAccount

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
USER, BOT = ChannelAccount(id="u", role="user"), ChannelAccount(id="b", name="Contoso", role="bot")
KEY = "c:1"
VARIABLES = handoff_variables(
    conversation="c",
    bot_id="b",
    bot_name="Contoso",
    language="en-US",
    last_topic="Escalate",
    topics=("Escalate",),
    phrases=("help",),
    message="be kind",
    own={"OrderNumber": "CO-1", "Deep": {"a": [1]}, "Nothing": None, "Half": 0.5, "Yes": True},
)
PHOTO = Attachment(content_type="image/png", content_url="https://example.com/a.png", name="a.png")
TICKET = Ticket(
    key="c:ticket:1",
    conversation="c",
    subject="Refund",
    description="Ada: help",
    contact={"name": "Ada", "email": "ada@example.com", "phone": "+4930123456"},
    queue="general",
    variables=VARIABLES,
)


def said(number: int, text: str, sender: ChannelAccount = USER) -> Activity:
    """Something that was said, the how manieth."""
    return Activity(type=MESSAGE, id=f"c|{number:07d}", timestamp=NOON, from_=sender, text=text)


def handoff(length: int = 60, callback: str = "http://127.0.0.1:9/webhooks") -> Handoff:
    """A handoff with a history of this length."""
    return Handoff(
        key=KEY,
        conversation="c",
        number=1,
        opened_at=NOON,
        queue="general",
        skills=("billing",),
        variables=VARIABLES,
        transcript=tuple(said(number, "words " * number, BOT if number % 2 else USER) for number in range(1, length)),
        callback_url=callback,
    )


async def prepared(adapter: Hub, asked: Handoff) -> Handoff:
    """As the workflow does, before a hub is asked that wants it."""
    return asked.model_copy(update={"session": (await adapter.prepare(asked)).session}) if adapter.prepares else asked


async def tell(adapter: Hub, asked: Handoff, taken: TakenHandoff) -> None:
    """A text, an image and typing, as far as the hub takes them."""
    await adapter.send(taken, said(70, "hello"))
    if adapter.capabilities.attachments:
        await adapter.send(taken, said(71, "").model_copy(update={"text": None, "attachments": (PHOTO,)}))
    if adapter.capabilities.typing:
        await adapter.send(taken, Activity(type=TYPING, id="t", timestamp=NOON, from_=USER))
    await adapter.tell_rest(asked, taken)


async def end(adapter: Hub, taken: TakenHandoff) -> None:
    """The customer leaves."""
    await adapter.send(taken, Activity(type=END_OF_CONVERSATION, id="e", timestamp=NOON, from_=USER))
