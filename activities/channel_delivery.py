"""What is said to a customer whose channel must be pushed to: by its connector, as a Temporal activity."""

from collections.abc import Callable
from typing import Any

from temporalio import activity

from activities.alive import alive
from activities.hub_delivery import failures_typed
from activities.patience import Patience
from hubs.channel import Channel
from protocol.activity import Activity
from protocol.conversation import ConversationReference
from protocol.models import Owned


class Reply(Owned):
    """One activity for the customer, and where they are."""

    reference: ConversationReference
    activity: Activity


class ChannelDelivery:
    """The Temporal activity of one hub connection that has a channel of its own."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    @activity.defn
    async def deliver_reply(self, reply: Reply) -> None:
        """Deliver one reply. At least once: after an unclear outcome a connector cannot be asked what it has."""
        with failures_typed(Patience()):
            async with alive():
                await self._channel.deliver(reply.reference, reply.activity)

    def all(self) -> list[Callable[..., Any]]:
        """What the worker of this connection's task queue runs."""
        return [self.deliver_reply]
