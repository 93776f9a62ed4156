"""A conversation under way: it asks the lifecycle table what an event leads to, and carries the effects out.

Nothing here waits. What must be waited for (a hub, a deadline) is put into the outbox or the clock, and comes back as
another event.
"""

from typing import Any

from temporalio import workflow

from dialog.calls import Answer, Ask
from dialog.machine import TurnOutcome
from dialog.turn import EndConversation, LeaveTicket, Request, TellRemote, Transfer
from handoff.deadlines import next_due
from handoff.lifecycle import FAILED, OUT_OF_REACH, Effect, Event, Step, allowed, step
from handoff.notices import OF_TICKETS, Notice, tell_of
from handoff.record import Outbound
from handoff.tickets import TicketBook, TicketRecord
from handoff.transcript import Log
from protocol.activity import END_OF_CONVERSATION, Activity, ChannelAccount
from protocol.conversation import ConversationStart, Recognition
from protocol.status import Milestone
from workflows.bots import bot_of
from workflows.handoffs import Handoffs
from workflows.hearing import Hearing
from workflows.outcomes import changes_of, end_code, outcome_of
from workflows.replies import KIND, LANE, pushed
from workflows.state import ConversationState

TIMELINE = 200
"""Milestones that are kept; a conversation with more has a history in Temporal to read."""
FRUITLESS = 3
"""Handoffs that may fail one after another without a word of the customer's, before the bot stops trying."""


class Life:
    """Phase, log, handoffs and dialog of one conversation."""

    def __init__(self, conversation: str, start: ConversationStart, carried: ConversationState) -> None:
        self.phase = carried.phase
        self.log = Log(conversation, carried.activities, carried.watermark, carried.pages)
        self.handoffs = Handoffs(conversation, carried.handoffs, carried.tried)
        self.tickets = TicketBook(carried.tickets)
        self.timeline = list(carried.timeline)
        self.bot = bot_of(conversation, start, carried)
        self.hearing = Hearing(self.bot, lambda: self.phase, self.take, carried.heard)
        self.outbound: list[Outbound] = []
        """What the effects want told to hubs; the workflow moves it into the outbox."""
        self.due = carried.due
        self.reminded = carried.reminded
        self.ended = carried.ended
        self.reference = carried.reference or start.reference
        self._outbound_count = carried.outbound_count
        self._start = start
        self._conversation = conversation
        self._note = ""
        self._variables: dict[str, Any] = {}
        self._fruitless = 0

    @property
    def outbound_count(self) -> int:
        """How many things were ever put out; makes their ids."""
        return self._outbound_count

    def begin(self) -> None:
        """Greet, and wait for the customer."""
        self.milestone("started")
        if self._start.variables:
            self.bot.learn(self._start.variables)
        self.hearing.broken_silence()
        self.take(self.bot.greet())
        self._set_deadline()

    def happen(self, event: Event, said: Activity | None = None, sender: ChannelAccount | None = None) -> Step:
        """Take one event: go to the phase that the table names, tell the customer, carry out the effects.

        Raises:
            NotAllowedError: the event means nothing in this phase.
        """
        decided = step(self.phase, event)
        if decided.phase is not self.phase or decided.notice:
            self.milestone(str(event))
        self.phase = decided.phase
        self._mark(event, sender)
        if decided.notice:
            self.tell(decided.notice)
        for effect in decided.effects:
            self._carry_out(effect, event, said, sender)
        self.reminded = event is Event.REPRESENTATIVE_SLOW
        if event is not Event.CUSTOMER_QUIET:
            self.hearing.broken_silence()
        self._set_deadline(event)
        return decided

    def may(self, event: Event) -> bool:
        """Whether the event means anything now."""
        newest = self.handoffs.newest
        if event is Event.OPERATOR_RETRIED and not (newest and newest.state == "failed"):
            return False
        return allowed(self.phase, event) and not (self.handoffs.in_place and event in OUT_OF_REACH)

    def say(self, activity: Activity, sender: ChannelAccount, reply_to: str | None = None) -> Activity:
        """Write an activity into the log, and push it to the customer where it is for one who must be pushed to."""
        written = self.log.append(activity, sender, workflow.now(), reply_to)
        if self.reference and sender.role != "user" and not self.handoffs.in_place:
            for part in pushed(written):
                self.put(KIND, 0, part, self.log.watermark, lane=LANE)
        return written

    def hear(self, said: Activity, recognition: Recognition | None = None) -> None:
        """Let the bot hear something of the customer's."""
        self._fruitless = 0
        self.hearing.hear(said, recognition)
        self._set_deadline()

    def answered(self, number: int, answer: Answer) -> None:
        """Let the bot have what the world has answered."""
        self.hearing.answered(number, answer)
        self._set_deadline()

    def bide(self, ask: Ask) -> None:
        """Tell the customer that it takes long."""
        if ask.latency:
            self.say(ask.latency, self.bot.account)

    def leave_note(self, note: str | None) -> None:
        """Keep what a representative or an operator leaves for the bot, until the topic resumes."""
        self._note = note or ""

    def hear_of_ticket(self, record: TicketRecord) -> None:
        """Tell the topics what came of a ticket, where the bot has the conversation."""
        self.hearing.hear_of_ticket(record.outcome)
        self._set_deadline()

    def milestone(self, what: str, detail: str = "") -> None:
        """Add a line to the timeline; it must hold nothing personal."""
        self.timeline.append(Milestone(at=workflow.now(), what=what, detail=detail))
        del self.timeline[:-TIMELINE]

    def put(
        self, kind: str, handoff: int, activity: Activity | None = None, watermark: int = 0, lane: str = ""
    ) -> None:
        """Have a hub told something."""
        self._outbound_count += 1
        self.outbound.append(
            Outbound(
                id=f"{self._conversation}:{handoff}:{self._outbound_count}",
                handoff=handoff,
                kind=kind,
                lane=lane,
                activity=activity,
                watermark=watermark,
            )
        )

    def _carry_out(self, effect: Effect, event: Event, said: Activity | None, sender: ChannelAccount | None) -> None:
        match effect:
            case Effect.OPEN_HANDOFF:
                self.handoffs.tried = []
                self._open(self._variables if event is Event.TRANSFER else self._variables_again())
            case Effect.TRY_NEXT_ROUTE:
                self._open(self.handoffs.current.variables)
            case Effect.CLOSE_HANDOFF | Effect.RELAY_TO_HUB if self.handoffs.in_place:
                pass
            case Effect.CLOSE_HANDOFF:
                self.put("end", self.handoffs.current.number)
            case Effect.RELAY_TO_HUB if said:
                self.put("say", self.handoffs.current.number, said, self.log.watermark)
            case Effect.RELAY_TO_CUSTOMER if said and sender:
                self.say(said, sender)
            case Effect.RESUME_TOPIC:
                self._resume(event)
                self.hearing.go_on()
            case Effect.SPEAK_UP:
                self.hearing.speak_up()
            case Effect.END:
                self._end(event)
            case _:
                pass

    def _open(self, variables: dict[str, Any]) -> None:
        self.put("open", self.handoffs.begin(workflow.now(), variables))

    def _resume(self, event: Event) -> None:
        record = self.handoffs.current
        self._fruitless += event in FAILED
        outcome = outcome_of(record, event, self._note, self.log)
        self._note = ""
        self.take(self.bot.resume(outcome))

    def _end(self, event: Event) -> None:
        self.ended = str(event)
        self.due = None
        if event is not Event.BOT_ENDED:
            self.say(Activity(type=END_OF_CONVERSATION, code=end_code(event)), self.bot.account)
            for request in self.bot.left():
                self._ask_for(request)

    def take(self, outcome: TurnOutcome, reply_to: str | None = None) -> None:
        """Take a turn of the bot's: say what it says, and do what it asks for."""
        for activity in outcome.outgoing:
            self.say(activity, self.bot.account, reply_to)
        for request in outcome.requests:
            self._ask_for(request)

    def _ask_for(self, request: Request) -> None:
        if isinstance(request, Transfer):
            self._transfer(request)
        elif isinstance(request, LeaveTicket):
            self._leave_ticket(request)
        elif isinstance(request, Ask) and self.hearing.may_ask(request):
            self.put("ask", 0, watermark=request.number, lane="world")
        elif isinstance(request, TellRemote):
            self.put("remote", 0, request.activity, lane="remote")
        elif isinstance(request, EndConversation):
            self.happen(Event.BOT_ENDED)

    def _transfer(self, request: Transfer) -> None:
        if self._fruitless >= FRUITLESS:
            self.milestone("not transferred", "the topic asked again and again, and no customer spoke between")
            return
        self._variables = self.bot.context(request.variables, request.message)
        self.happen(Event.TRANSFER)

    def _variables_again(self) -> dict[str, Any]:
        """What the last handoff was given; once a run has rolled over, what the topics know now."""
        return self.handoffs.current.variables or self.bot.context(self.bot.variables)

    def _leave_ticket(self, request: LeaveTicket) -> None:
        said = request.model_dump(exclude={"variables"})
        record = self.tickets.open(variables=self.bot.context(request.variables), **said)
        if record:
            self.put("ticket", record.number, lane=f"ticket:{record.number}")
        else:
            self.milestone("no ticket", "the topics asked for too many")

    def _mark(self, event: Event, sender: ChannelAccount | None) -> None:
        record = self.handoffs.newest
        if record and (changes := changes_of(record, event, self.phase, sender)):
            self.handoffs.update(record.number, **changes)

    def tell(self, notice: Notice, **details: Any) -> None:
        """Tell the customer something that the bot does not."""
        if self._start.generic_handoff and notice not in OF_TICKETS:
            return
        for activity in tell_of(self.handoffs.newest, notice, **details):
            self.say(activity, self.bot.account)

    def _set_deadline(self, event: Event | None = None) -> None:
        waits = self._start.deadlines
        self.due = next_due(
            self.phase,
            event,
            self.due,
            waits,
            workflow.now(),
            in_place=self.handoffs.in_place,
            by_client=self._start.generic_handoff,
            quiet=self.hearing.quiet,
            silences=self.hearing.silences,
        )
