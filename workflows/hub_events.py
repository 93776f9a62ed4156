"""What a hub says about a handoff, turned into events of the conversation's life."""

from handoff.lifecycle import Event
from handoff.notices import status_event
from handoff.record import HandoffRecord
from handoff.standing import news_of
from protocol.activity import TYPING, Activity, ChannelAccount
from protocol.conversation import Operation, Phase
from protocol.hub_events import HubEvent, HubEventKind
from workflows.life import Life
from workflows.refusals import unknown_handoff

EVENTS: dict[HubEventKind, Event] = {
    HubEventKind.QUEUED: Event.QUEUE_MOVED,
    HubEventKind.JOINED: Event.JOINED,
    HubEventKind.MESSAGE: Event.REPRESENTATIVE_SPOKE,
    HubEventKind.TRANSFERRED: Event.TRANSFERRED,
    HubEventKind.LEFT: Event.LEFT,
    HubEventKind.RETURNED: Event.RETURNED,
    HubEventKind.ENDED: Event.HUB_ENDED,
    HubEventKind.FAILED: Event.HUB_LOST,
}
_BETWEEN_US = frozenset([HubEventKind.ECHOED, HubEventKind.RENEWED])
"""Between the hub and its adapter: nobody is told."""
ECHOES = 200
"""Marks that are kept of a handoff; whoever asks, asks for the newest."""
OPERATIONS: dict[Operation, Event] = {
    Operation.END: Event.OPERATOR_ENDED,
    Operation.RETURN: Event.OPERATOR_RETURNED,
    Operation.REROUTE: Event.OPERATOR_REROUTED,
    Operation.RETRY: Event.OPERATOR_RETRIED,
}


class HubEvents:
    """Takes the events of the handoff that is under way, and refuses those of any other."""

    def __init__(self, life: Life) -> None:
        self._life = life

    def take(self, event: HubEvent) -> str | Activity | None:
        """Let the conversation take `event`. Returns the id of what it wrote, or typing that is not written.

        Raises:
            ApplicationError: this handoff is not the one under way.
            NotAllowedError: the event means nothing now.
        """
        if event.kind in _BETWEEN_US:
            self._remember(event)
            return None
        record = self._record(event)
        if event.kind is HubEventKind.TYPING:
            return self._typing(event)
        if event.kind is HubEventKind.SAID:
            return self._life.say(event.activity, self._life.bot.account).id if event.activity else None
        if event.kind is HubEventKind.STANDS:
            self._stands(record, event)
            return None
        if self._joined_already(record, event):
            return None
        self._happened(record, event)
        return None

    def is_of_the_past(self, event: HubEvent) -> bool:
        """Whether it is about a handoff that is over."""
        over = (record for record in self._life.handoffs if record is not self._life.handoffs.under_way)
        return any(self._is_of(record, event) for record in over)

    def _happened(self, record: HandoffRecord, event: HubEvent) -> None:
        self._know_more(record, event)
        if event.kind is HubEventKind.RETURNED:
            self._life.leave_note(event.note)
        if event.kind is HubEventKind.QUEUED and self._life.phase is Phase.QUEUED:
            self._moved(event)
        self._life.happen(EVENTS[event.kind], event.activity, self._sender(event, record))

    def _stands(self, record: HandoffRecord, event: HubEvent) -> None:
        """Let happen what must have happened since the hub last said how the handoff stood."""
        news = news_of(record, event)
        self._life.handoffs.update(record.number, as_of=max(record.as_of, event.order))
        if news is None:
            return
        told = event.model_copy(update={"kind": news})
        if self._life.may(EVENTS[news]):
            self._happened(record, told)
        else:
            self._know_more(record, told)

    def _record(self, event: HubEvent) -> HandoffRecord:
        record = self._life.handoffs.under_way
        if record and self._is_of(record, event):
            return record
        raise unknown_handoff()

    def _is_of(self, record: HandoffRecord, event: HubEvent) -> bool:
        if not record.route or record.route.hub != event.connection:
            return False
        known = {record.hub_id, self._life.handoffs.key_of(record), record.known_as} - {"", None}
        return bool(known & {event.handoff, event.known_as})

    def _remember(self, event: HubEvent) -> None:
        """Also for a handoff that is over: it may still have to be found at its hub, and closed."""
        record = next((each for each in reversed(list(self._life.handoffs)) if self._is_of(each, event)), None)
        if record is None:
            raise unknown_handoff()
        if event.kind is HubEventKind.RENEWED:
            self._life.handoffs.update(record.number, session=event.session)
        elif event.note:
            self._life.handoffs.update(record.number, echoes=(*record.echoes, event.note)[-ECHOES:])

    def _know_more(self, record: HandoffRecord, event: HubEvent) -> None:
        if event.kind in {HubEventKind.QUEUED, HubEventKind.TRANSFERRED}:
            self._life.handoffs.update(
                record.number,
                queue=event.queue or record.queue,
                position=event.position,
                wait_seconds=event.wait_seconds,
            )
        if event.kind is HubEventKind.JOINED and event.representative:
            self._life.handoffs.update(record.number, representative=event.representative)
        if event.kind is HubEventKind.MESSAGE and self._life.phase is Phase.QUEUED:
            # A hub that does not say when a representative joins says it by the first message.
            self._life.handoffs.update(record.number, representative=self._sender(event, record))

    def _joined_already(self, record: HandoffRecord, event: HubEvent) -> bool:
        """Whether the hub says again what a first message had said before."""
        joined = event.kind is HubEventKind.JOINED and self._life.phase is Phase.LIVE and event.representative
        return bool(joined and record.representative and record.representative.id == joined.id)

    def _moved(self, event: HubEvent) -> None:
        moved = status_event(
            "queued", position=event.position, estimatedWaitSeconds=event.wait_seconds, queue=event.queue
        )
        self._life.say(moved, self._life.bot.account)

    def _typing(self, event: HubEvent) -> Activity | None:
        if self._life.phase is not Phase.LIVE:
            return None
        return Activity(type=TYPING, from_=self._sender(event, None))

    def _sender(self, event: HubEvent, record: HandoffRecord | None) -> ChannelAccount:
        named = event.representative or (event.activity and event.activity.from_) or (record and record.representative)
        sender = named or ChannelAccount(id="representative")
        return ChannelAccount(id=sender.id, name=sender.name or "Representative", role="agent")
