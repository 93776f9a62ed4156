"""Carrying out what the outbox holds: asking hubs to take a conversation, telling them what is said, ending it."""

import contextlib
from collections.abc import Callable
from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError

from activities.hub_delivery import CLOSED, GONE, REFUSED
from activities.routing import RouteRequest
from handoff.lifecycle import Event
from handoff.notices import Notice
from handoff.record import HandoffRecord, Outbound, Route
from handoff.routing import Choice
from handoff.tries import still_looks, verdict
from hubs.handoffs import HubConversation
from protocol.activity import END_OF_CONVERSATION, TYPING, Activity, ChannelAccount
from protocol.conversation import ConversationStart, Phase
from workflows.calling import AWAY, CHOSEN_WITHIN, FEW, failure_of, is_unclear, opening_of
from workflows.generic_handoff import GenericHandoff
from workflows.hub_calls import HubCalls
from workflows.life import Life
from workflows.tickets import Tickets

SAID_WITHIN = timedelta(minutes=5)
"""A message that a hub has not taken for so long means that the hub is lost."""
ENDED_WITHIN = timedelta(days=1)
"""How long we try to end a handoff at its hub: nothing stays open there because the hub was down."""

_REASONS = {CLOSED: "closed", REFUSED: "rejected"}


class HandingOver:
    """The deliveries of one conversation. `changed` runs a function that changes its life, and tells the watchers.

    `all_said` tells whether the customer has everything that was said to them.
    """

    def __init__(
        self,
        conversation: str,
        start: ConversationStart,
        life: Life,
        changed: Callable[..., None],
        all_said: Callable[[], bool] = lambda: True,
    ) -> None:
        self._all_said = all_said
        self._start = start
        self._life = life
        self._changed = changed
        self._hub = HubCalls(conversation, start, life)
        self._generic = GenericHandoff(conversation, start, life, changed)
        self._tickets = Tickets(conversation, start, life, changed)

    async def deliver(self, outbound: Outbound) -> None:
        """Carry out one thing; returns when it is done or will never be."""
        match outbound.kind:
            case "open" if self._start.generic_handoff:
                await self._generic.open(outbound)
            case "open":
                await self._open(outbound)
            case "rest":
                await self._rest(outbound.handoff)
            case "say":
                await self._say(outbound)
            case "typing":
                await self._typing(outbound)
            case "end":
                await self._end(outbound)
            case "ticket":
                await self._tickets.leave(outbound.handoff, begun=outbound.begun)

    async def _open(self, outbound: Outbound) -> None:
        number = outbound.handoff
        if outbound.begun and self._life.handoffs.record(number).route:
            # An earlier run has asked this hub: whatever came of it must be known before anything else is done.
            await self._ask(number, before=True)
            return
        if not self._current(number, Phase.TRANSFERRING):
            return
        route = await self._route(number)
        if route and route.in_place:
            # What the bot has said comes first: once the hub has taken over, nothing of the bot's is shown any more.
            await workflow.wait_condition(self._all_said)
        if route is None or not self._current(number, Phase.TRANSFERRING):
            return
        if still_looks(self._life.handoffs.tries_before(number)):
            self._changed(lambda: self._life.tell(Notice.STILL_LOOKING))
        self._life.handoffs.tried.append(route.name)
        self._life.handoffs.update(number, route=route, covered=self._life.log.watermark)
        self._life.milestone("asking", route.name)
        await self._ask(number)

    async def _ask(self, number: int, *, before: bool = False) -> None:
        try:
            opened = await self._taken(self._life.handoffs.record(number), before=before)
        except ActivityError as error:
            failed, unclear = error, before or is_unclear(error)
            self._changed(lambda: self._failed(number, failed, unclear=unclear))
        else:
            self._changed(lambda: self._opened(number, opened))

    async def _route(self, number: int) -> Route | None:
        record, reference = self._life.handoffs.record(number), self._life.reference
        request = RouteRequest(
            variables=record.variables,
            tried=tuple(self._life.handoffs.tried),
            locale=self._start.locale,
            key=self._life.handoffs.key_of(record),
            in_place=reference.connection if reference else "",
            agent=self._start.agent,
        )
        try:
            choice: Choice | None = await workflow.execute_activity(
                "choose_route",
                request,
                result_type=Choice | None,  # type: ignore[arg-type]  # a union is a fine type hint to the converter
                schedule_to_close_timeout=AWAY,
                start_to_close_timeout=CHOSEN_WITHIN,
                retry_policy=FEW,
                summary="which hub takes it",
            )
        except ActivityError:
            choice = None
        # Version 0.1 wrote None where no route was left.
        chosen = choice or Choice()
        if chosen.route is None and self._current(number, Phase.TRANSFERRING):
            self._changed(lambda: self._no_route(number, chosen))
        return chosen.route

    async def _taken(self, record: HandoffRecord, *, before: bool) -> HubConversation:
        if record.route and record.route.prepares and not record.session:
            prepared = await self._hub.prepare(record, self._answer_within)
            # In the history before anything is opened with it.
            kept = {"session": prepared.session, "known_as": prepared.known_as}
            self._changed(lambda: self._life.handoffs.update(record.number, **kept))
        return await self._hub.open(self._life.handoffs.record(record.number), self._answer_within, before=before)

    async def _rest(self, number: int) -> None:
        record = self._life.handoffs.record(number)
        if not record.open:
            return
        try:
            await self._hub.tell_rest(record)
        except ActivityError as error:
            failure = failure_of(error)
            self._changed(lambda: self._life.milestone("history incomplete", failure or "no answer in time"))

    def _opened(self, number: int, opened: HubConversation) -> None:
        self._life.handoffs.update(
            number, hub_id=opened.id, queue=opened.queue, position=opened.position, wait_seconds=opened.wait_seconds
        )
        if opened.rest:
            self._life.put("rest", number, lane=f"{number}:rest")
        if self._current(number, Phase.TRANSFERRING):
            self._life.happen(Event.TAKEN_OVER if opened.over else Event.HUB_ACCEPTED)

    def _failed(self, number: int, error: ActivityError, *, unclear: bool) -> None:
        failure = failure_of(error)
        self._life.handoffs.update(
            number,
            state="failed",
            reason=_REASONS.get(failure, "unavailable"),
            opens_at=opening_of(error),
            cut_off=not failure,
        )
        self._life.milestone("hub failed", failure or "no answer in time")
        in_place = self._in_place(number)
        if unclear and not in_place:
            # Nobody knows whether the hub took it before it fell silent: it must not keep an orphan.
            self._life.put("end", number)
        if self._current(number, Phase.TRANSFERRING):
            # Where the customer's own channel has closed the conversation, no other hub can help.
            self._life.happen(Event.CUSTOMER_LEFT if in_place and failure == GONE else Event.HUB_FAILED)

    def _no_route(self, number: int, choice: Choice) -> None:
        for each in choice.passed:
            self._life.milestone("not asked", f"{each.route}: {each.reason}")
        reason, opens_at = verdict(choice.passed, self._life.handoffs.tries_before(number))
        known = {"state": "failed", "reason": reason, "opens_at": opens_at, "takes_tickets": choice.takes_tickets}
        self._life.handoffs.update(number, **known)
        self._life.happen(Event.NO_ROUTE)

    async def _say(self, outbound: Outbound) -> None:
        record = self._life.handoffs.record(outbound.handoff)
        if not outbound.activity or outbound.watermark <= record.covered or self._life.handoffs.in_place:
            return
        if not record.hub_id or not record.open:
            if self._life.handoffs.current is record:
                self._changed(self._too_late)
            # Else the next handoff takes it along, with the rest of the history.
            return
        try:
            what = f"relay {outbound.watermark}"
            mark = await self._hub.tell(record, outbound.activity, SAID_WITHIN, what, before=outbound.begun)
        except ActivityError as error:
            failure = failure_of(error)
            self._changed(lambda: self._not_said(outbound, failure))
        else:
            if mark:
                self._life.handoffs.update(record.number, mark=mark)

    def _too_late(self) -> None:
        """The handoff was over before this could be told: whoever wrote it must know."""
        self._life.milestone("not delivered", "the handoff was over")
        if self._life.phase is Phase.AGENT:
            self._life.tell(Notice.NOT_DELIVERED)

    def _not_said(self, outbound: Outbound, failure: str) -> None:
        self._life.milestone("not delivered", failure or "no answer in time")
        if failure == REFUSED:
            self._life.tell(Notice.NOT_DELIVERED)
            return
        if failure != GONE:
            self._life.put("end", outbound.handoff)
        if self._current(outbound.handoff, Phase.QUEUED, Phase.LIVE):
            self._life.happen(Event.HUB_LOST)

    async def _typing(self, outbound: Outbound) -> None:
        record = self._life.handoffs.record(outbound.handoff)
        if not record.hub_id or not record.open:
            return
        typing = Activity(type=TYPING, id=outbound.id, timestamp=workflow.now(), from_=self._customer)
        with contextlib.suppress(ActivityError):
            await self._hub.show_typing(record, typing)

    async def _end(self, outbound: Outbound) -> None:
        record = self._life.handoffs.record(outbound.handoff)
        if record.route is None or record.route.in_place:
            return
        if record.hub_id is None and record.route.prepares and not record.session:
            # It was never asked.
            return
        try:
            if record.hub_id is None:
                opened = await self._hub.open(record, ENDED_WITHIN, before=True, why="find what may be open")
                record = record.model_copy(update={"hub_id": opened.id})
            end = Activity(type=END_OF_CONVERSATION, id=outbound.id, timestamp=workflow.now(), from_=self._customer)
            await self._hub.tell(record, end, ENDED_WITHIN, f"end handoff {record.number}", before=outbound.begun)
        except ActivityError as error:
            if (failure := failure_of(error)) not in {GONE, CLOSED}:
                # An operator must know what may still be open there.
                self._changed(lambda: self._life.milestone("not ended at its hub", failure or "no answer in time"))

    def _in_place(self, number: int) -> bool:
        route = self._life.handoffs.record(number).route
        return bool(route and route.in_place)

    def _current(self, number: int, *phases: Phase) -> bool:
        return self._life.phase in phases and self._life.handoffs.current.number == number

    @property
    def _answer_within(self) -> timedelta:
        return timedelta(seconds=self._start.deadlines.hub_answer)

    @property
    def _customer(self) -> ChannelAccount:
        return self._start.customer
