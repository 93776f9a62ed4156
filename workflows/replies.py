"""What is said to a customer who must be pushed to: what of the log goes out, and carrying it there, in order."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from activities.channel_delivery import Reply
from activities.hub_delivery import REFUSED
from activities.patience import ONE_CALL
from handoff.lifecycle import Event
from handoff.record import Outbound
from protocol.activity import END_OF_CONVERSATION, MESSAGE, Activity
from protocol.conversation import ConversationReference
from protocol.task_queues import hub_task_queue
from workflows.calling import ALIVE_WITHIN, RETRY

KIND = "reply"
LANE = "customer"
LONGEST = 6_500
"""Characters of one message: 26 KB in UTF-8 at most, and Omnichannel takes 28 KB."""
REACHED_WITHIN = timedelta(minutes=30)
"""A customer who cannot be reached for so long is gone: Omnichannel itself closes after 30 idle minutes."""
USER_CANCELLED = "userCancelled"


def pushed(written: Activity) -> Iterator[Activity]:
    """What goes out of one activity of the log: messages, cut where they are too long, and the end.

    A channel like Omnichannel carries no events. The end is not told to the customer who made it.
    """
    if written.type == END_OF_CONVERSATION and written.code != USER_CANCELLED:
        yield written
    if written.type != MESSAGE:
        return
    text = written.text or ""
    first, last = text[:-LONGEST], text[-LONGEST:]
    for begin in range(0, len(first), LONGEST):
        yield Activity(type=MESSAGE, text=first[begin : begin + LONGEST], text_format=written.text_format)
    # Files and suggested actions stand under the words.
    yield written.model_copy(update={"text": last or None})


class Replies:
    """Delivers them. `happened` lets an event change the conversation's life; `noted` adds to its timeline."""

    def __init__(
        self,
        where: Callable[[], ConversationReference | None],
        happened: Callable[[Event], None],
        noted: Callable[[str, str], None],
    ) -> None:
        self._where = where
        self._happened = happened
        self._noted = noted

    async def deliver(self, outbound: Outbound) -> None:
        """Carry one reply to the customer; returns when they have it or never will."""
        reference = self._where()
        if reference is None or outbound.activity is None:
            return
        try:
            await workflow.execute_activity(
                "deliver_reply",
                Reply(reference=reference, activity=outbound.activity),
                task_queue=hub_task_queue(reference.connection),
                schedule_to_close_timeout=REACHED_WITHIN,
                start_to_close_timeout=ONE_CALL,
                heartbeat_timeout=ALIVE_WITHIN,
                retry_policy=RETRY,
                summary=f"reply {outbound.watermark}",
            )
        except ActivityError as error:
            self._not_reached(error)

    def _not_reached(self, error: ActivityError) -> None:
        failure = (error.cause.type or "") if isinstance(error.cause, ApplicationError) else ""
        self._noted("reply not delivered", failure or "no answer in time")
        if failure != REFUSED:
            # The channel has closed the conversation, or cannot be reached any more: nobody is there to talk to.
            self._happened(Event.CUSTOMER_LEFT)
