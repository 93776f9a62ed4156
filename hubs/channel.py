"""A channel of a hub's own on which the customer talks to the agent: activities come in signed, replies are pushed out.

The hub's other side is `hubs.base`: a handoff of such a conversation is offered to its own hub first, in place.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from hubs.base import Hub
from protocol.activity import Activity
from protocol.conversation import ConversationReference


class Channel(ABC):
    """One connection's channel."""

    app_id: str
    """For whom the channel's tokens are: tells one connection from another."""
    agent: str
    """The agent that answers."""

    @abstractmethod
    async def admit(self, authorization: str, sent: Mapping[str, Any], now: datetime) -> None:
        """Let an activity in, if its token vouches for it.

        Raises:
            WebhookError: 403, it does not.
            HubUnavailableError: that cannot be found out now; the channel shall send it again.
        """

    @abstractmethod
    async def deliver(self, reference: ConversationReference, activity: Activity) -> None:
        """Tell the customer one message, or that the agent ends the conversation (`endOfConversation`).

        Raises:
            HandoffGoneError: the channel has closed the conversation.
            HubRefusedError: the channel does not take this activity.
            HubUnavailableError: it may work later.
        """


@runtime_checkable
class _WithChannel(Protocol):
    channel: Channel | None


def channel_of(hub: Hub) -> Channel | None:
    """The channel of its own that this hub connection has, if it has one."""
    return hub.channel if isinstance(hub, _WithChannel) else None
