"""What a run leaves to the next, and what it shows of itself: the same things, seen twice."""

from dataclasses import dataclass
from datetime import datetime

from handoff.seen import SeenIds
from protocol.conversation import ConversationStart
from protocol.status import Status, TicketStatus
from workflows.customer import Customer
from workflows.life import Life
from workflows.outbox import Outbox
from workflows.remote_bot import RemoteBot
from workflows.shown import Shown
from workflows.state import ConversationState
from workflows.watchers import Watchers


@dataclass(frozen=True)
class Parts:
    """Everything that a conversation's state is spread over while it runs."""

    id: str
    start: ConversationStart
    started: datetime
    life: Life
    customer: Customer
    seen: SeenIds
    outbox: Outbox
    watchers: Watchers
    shown: Shown

    def for_next_run(self) -> ConversationState:
        """The whole conversation, as the next run takes it over."""
        life = self.life
        busy = {outbound.handoff for outbound in self.outbox.waiting}
        return ConversationState(
            started=self.started,
            version=life.bot.version,
            phase=life.phase,
            topic=life.bot.topic,
            dialog=life.bot.state,
            activities=life.log.recent,
            watermark=life.log.watermark,
            pages=tuple(life.log.pages),
            seen=self.seen.as_dict(),
            handoffs=tuple(record.for_next_run(busy=record.number in busy) for record in life.handoffs),
            tried=tuple(life.handoffs.tried),
            tickets=tuple(ticket.for_next_run() for ticket in life.tickets.records),
            outbox=tuple(self.outbox.waiting),
            outbound_count=life.outbound_count,
            due=life.due,
            watchers=tuple(self.watchers.queues),
            timeline=tuple(life.timeline),
            shown=self.shown.for_next_run(),
            turns=self.customer.turns,
            reminded=life.reminded,
            ended=life.ended,
            reference=life.reference,
            heard=life.hearing.for_next_run(),
            remote=life.bot.remote if isinstance(life.bot, RemoteBot) else None,
        )

    def status(self) -> Status:
        """Where the conversation stands."""
        life = self.life
        return Status(
            id=self.id,
            phase=life.phase,
            agent=self.start.agent,
            version=life.bot.version,
            channel=self.start.channel,
            topic=life.bot.topic,
            started=self.started,
            watermark=life.log.watermark,
            turns=self.customer.turns,
            waiting_to_deliver=len(self.outbox.waiting),
            handoffs=tuple(record.status() for record in life.handoffs),
            tickets=tuple(TicketStatus(**ticket.outcome) for ticket in life.tickets.records),
            deadline=life.due.at if life.due else None,
            ended=life.ended,
            timeline=tuple(life.timeline),
        )
