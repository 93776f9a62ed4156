"""The bot's side of a conversation, by where its agent runs."""

from protocol.conversation import ConversationStart
from protocol.remote import RemoteState
from workflows.bot import Bot
from workflows.remote_bot import RemoteBot
from workflows.state import ConversationState


def bot_of(conversation: str, start: ConversationStart, carried: ConversationState) -> Bot:
    """An agent that runs here, or one that does not."""
    bot = (
        RemoteBot(conversation, start, carried.remote or RemoteState())
        if start.remote
        else Bot(conversation, start, carried.version, carried.dialog)
    )
    bot.topic = carried.topic
    return bot
