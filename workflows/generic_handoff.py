"""Generic handoff: the customer's client is itself the adapter of a hub that Baton does not know.

It is told by one event, `handoff.initiate`, takes the customer over where they are, and answers by `handoff.status`.
"""

from collections.abc import Callable
from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError

from activities.transcript_pages import PagesToRead
from handoff.initiate import newest, over_direct_line, told_to_client
from handoff.lifecycle import Event
from handoff.record import Outbound, Route
from protocol.activity import Activity
from protocol.conversation import ActivitySet, ConversationStart, Phase
from workflows.calling import AWAY, FEW
from workflows.life import Life

ROUTE = Route(hub="generic handoff", in_place=True)
"""What stands for the hub behind the client: nobody is ever called there."""
STATES = {"accepted": Event.JOINED, "completed": Event.RETURNED, "failed": Event.CLIENT_FAILED}
"""What the client may tell, in the words of EventFactory.CreateHandoffStatus."""
ONE_READING = timedelta(seconds=10)


class GenericHandoff:
    """Gives one conversation to its client. `changed` runs a function that changes its life, and tells the watchers."""

    def __init__(self, conversation: str, start: ConversationStart, life: Life, changed: Callable[..., None]) -> None:
        self._conversation, self._start = conversation, start
        self._life = life
        self._changed = changed

    async def open(self, outbound: Outbound) -> None:
        """Write the event, with everything that was said before it."""
        if not self._is_asked(outbound.handoff):
            return
        before = self._life.log.since(0)
        older = await self._older(before)
        if self._is_asked(outbound.handoff):
            newer = self._life.log.since(before.watermark).activities
            said = (*older, *before.activities, *newer)
            self._changed(lambda: self._give(outbound.handoff, said))

    async def _older(self, before: ActivitySet) -> tuple[Activity, ...]:
        """What has left the workflow's state."""
        if not before.pages:
            return ()
        try:
            read: tuple[Activity, ...] = await workflow.execute_activity(
                "read_pages",
                PagesToRead(pages=before.pages),
                result_type=tuple[Activity, ...],
                schedule_to_close_timeout=AWAY,
                start_to_close_timeout=ONE_READING,
                retry_policy=FEW,
                summary="the history for the client",
            )
        except ActivityError:
            self._changed(lambda: self._life.milestone("history incomplete", "its older pages cannot be read"))
            return ()
        return read

    def _give(self, number: int, said: tuple[Activity, ...]) -> None:
        life, whole = self._life, told_to_client(said)
        history = newest(whole)
        if len(history) < len(whole):
            life.milestone("history shortened", f"{len(whole) - len(history)} activities too many for one event")
        event = over_direct_line(
            conversation=self._conversation,
            variables=life.handoffs.record(number).variables,
            said=history,
            bot=life.bot.account,
            customer=self._start.customer,
            service_url=self._start.service_url,
        )
        written = life.say(event, life.bot.account)
        life.handoffs.update(number, route=ROUTE, hub_id=written.id, covered=life.log.watermark)
        life.milestone("client told", "handoff.initiate")
        life.happen(Event.HUB_ACCEPTED)

    def _is_asked(self, number: int) -> bool:
        return self._life.phase is Phase.TRANSFERRING and self._life.handoffs.current.number == number


def take_status(life: Life, told: Activity) -> None:
    """Let happen what the client tells of its handoff; what means nothing now, or nothing at all, is only noted."""
    value = told.value if isinstance(told.value, dict) else {}
    state, message = value.get("state"), value.get("message")
    event = STATES.get(state) if isinstance(state, str) else None
    if event is None or not life.handoffs.in_place or not life.may(event):
        life.milestone("client's status ignored", state if event and isinstance(state, str) else "unknown state")
        return
    if event is not Event.JOINED:
        life.leave_note(message if isinstance(message, str) else None)
    life.happen(event)
