"""Carrying out what the outbox holds: asking hubs to take a conversation, telling them what is said, ending it."""

from collections.abc import Callable
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError

from activities.hub_delivery import CLOSED, GONE, NEVER_AGAIN, REFUSED, Opening
from activities.routing import RouteRequest
from handoff.lifecycle import Event
from handoff.notices import Notice
from handoff.record import HandoffRecord, Outbound, Route
from hubs.base import HubConversation, Prepared
from protocol.activity import END_OF_CONVERSATION, TYPING, Activity, ChannelAccount
from protocol.conversation import ConversationStart, Phase
from workflows.hub_calls import ONE_CALL, call, tell
from workflows.life import Life

SAID_WITHIN = timedelta(minutes=5)
"""A message that a hub has not taken for so long means that the hub is lost."""
REST_WITHIN = timedelta(hours=1)
"""How long the rest of a long history may take: it is paced, and nobody waits for it."""
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
        self._conversation = conversation
        self._start = start
        self._life = life
        self._changed = changed

    async def deliver(self, outbound: Outbound) -> None:
        """Carry out one thing; returns when it is done or will never be."""
        match outbound.kind:
            case "open":
                await self._open(outbound.handoff)
            case "rest":
                await self._rest(outbound.handoff)
            case "say":
                await self._say(outbound)
            case "typing":
                await self._typing(outbound)
            case "end":
                await self._end(outbound)

    async def _open(self, number: int) -> None:
        if not self._current(number, Phase.TRANSFERRING):
            return
        route = await self._route(number)
        if route and route.in_place:
            # What the bot has said comes first: once the hub has taken over, nothing of the bot's is shown any more.
            await workflow.wait_condition(self._all_said)
        if route is None or not self._current(number, Phase.TRANSFERRING):
            return
        self._life.tried.append(route.name)
        self._life.update_handoff(number, route=route, covered=self._life.log.watermark)
        self._life.milestone("asking", route.name)
        try:
            opened = await self._ask(self._life.record(number))
        except ActivityError as error:
            failure = _type_of(error)
            self._changed(lambda: self._failed(number, failure))
        else:
            self._changed(lambda: self._opened(number, opened))

    async def _route(self, number: int) -> Route | None:
        reference = self._life.reference
        request = RouteRequest(
            variables=self._life.record(number).variables,
            tried=tuple(self._life.tried),
            locale=self._start.locale,
            in_place=reference.connection if reference else "",
        )
        try:
            route: Route | None = await workflow.execute_activity(
                "choose_route",
                request,
                result_type=Route | None,  # type: ignore[arg-type]  # a union is a fine type hint to the converter
                schedule_to_close_timeout=self._answer_within,
                start_to_close_timeout=ONE_CALL,
                summary="which hub takes it",
            )
        except ActivityError:
            route = None
        if route is None and self._current(number, Phase.TRANSFERRING):
            self._changed(lambda: self._no_route(number))
        return route

    async def _ask(self, record: HandoffRecord) -> HubConversation:
        where = f"handoff {record.number} at {record.route.name if record.route else ''}"
        if record.route and record.route.prepares:
            record = await self._prepared(record, f"prepare {where}")
        opened: HubConversation = await call(
            record, "open_handoff", self._opening(record), self._answer_within, HubConversation, f"open {where}"
        )
        return opened

    async def _prepared(self, record: HandoffRecord, summary: str) -> HandoffRecord:
        """The record with what the hub wants a handoff to have: in the history before anything is opened with it."""
        prepared: Prepared = await call(
            record, "prepare_handoff", self._opening(record), self._answer_within, Prepared, summary
        )
        kept = {"session": prepared.session, "known_as": prepared.known_as}
        self._changed(lambda: self._life.update_handoff(record.number, **kept))
        return self._life.record(record.number)

    async def _rest(self, number: int) -> None:
        record = self._life.record(number)
        if not record.open:
            return
        try:
            await call(
                record,
                "tell_rest",
                self._opening(record),
                REST_WITHIN,
                None,
                "the rest of the history",
                once=REST_WITHIN,
            )
        except ActivityError as error:
            failure = _type_of(error)
            self._changed(lambda: self._life.milestone("history incomplete", failure or "no answer in time"))

    def _opened(self, number: int, opened: HubConversation) -> None:
        self._life.update_handoff(
            number, hub_id=opened.id, queue=opened.queue, position=opened.position, wait_seconds=opened.wait_seconds
        )
        if opened.rest:
            self._life.put("rest", number, lane=f"{number}:rest")
        if self._current(number, Phase.TRANSFERRING):
            self._life.happen(Event.TAKEN_OVER if opened.over else Event.HUB_ACCEPTED)

    def _failed(self, number: int, failure: str) -> None:
        self._life.update_handoff(number, state="failed", reason=_REASONS.get(failure, "unavailable"))
        self._life.milestone("hub failed", failure or "no answer in time")
        in_place = self._in_place(number)
        if failure not in NEVER_AGAIN and not in_place:
            # Nobody knows whether the hub took it before it fell silent: it must not keep an orphan.
            self._life.put("end", number)
        if self._current(number, Phase.TRANSFERRING):
            # Where the customer's own channel has closed the conversation, no other hub can help.
            self._life.happen(Event.CUSTOMER_LEFT if in_place and failure == GONE else Event.HUB_FAILED)

    def _no_route(self, number: int) -> None:
        before = self._life.handoffs[-2] if len(self._life.handoffs) > 1 and self._life.tried else None
        reason = before.reason if before and before.reason else "unavailable"
        self._life.update_handoff(number, state="failed", reason=reason)
        self._life.happen(Event.NO_ROUTE)

    async def _say(self, outbound: Outbound) -> None:
        record = self._life.record(outbound.handoff)
        if not outbound.activity or outbound.watermark <= record.covered or self._life.in_place:
            return
        if not record.hub_id or not record.open:
            if self._life.handoffs[-1] is record:
                self._changed(self._too_late)
            # Else the next handoff takes it along, with the rest of the history.
            return
        try:
            key = self._life.key_of(record)
            mark = await tell(record, key, outbound.activity, SAID_WITHIN, f"relay {outbound.watermark}")
        except ActivityError as error:
            failure = _type_of(error)
            self._changed(lambda: self._not_said(outbound, failure))
        else:
            if mark:
                self._life.update_handoff(record.number, mark=mark)

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
        record = self._life.record(outbound.handoff)
        if not record.hub_id or not record.open:
            return
        typing = Activity(type=TYPING, id=outbound.id, timestamp=workflow.now(), from_=self._customer)
        try:
            # A typing indication that is late is wrong: it gets one try.
            await tell(
                record,
                self._life.key_of(record),
                typing,
                timedelta(seconds=3),
                "typing",
                RetryPolicy(maximum_attempts=1),
            )
        except ActivityError:
            return

    async def _end(self, outbound: Outbound) -> None:
        record = self._life.record(outbound.handoff)
        if record.route is None or record.route.in_place:
            return
        try:
            if record.hub_id is None:
                opened = await call(
                    record,
                    "open_handoff",
                    self._opening(record).model_copy(update={"again": True}),
                    ENDED_WITHIN,
                    HubConversation,
                    "find what may be open",
                )
                record = record.model_copy(update={"hub_id": opened.id})
            end = Activity(type=END_OF_CONVERSATION, id=outbound.id, timestamp=workflow.now(), from_=self._customer)
            await tell(record, self._life.key_of(record), end, ENDED_WITHIN, f"end handoff {record.number}")
        except ActivityError:
            # Gone already, or never there: what we wanted.
            return

    def _opening(self, record: HandoffRecord) -> Opening:
        said = self._life.log.since(0)
        return Opening(
            conversation=self._conversation,
            number=record.number,
            opened_at=record.opened_at,
            locale=self._start.locale,
            route=record.route or Route(hub=""),
            variables=record.variables,
            pages=said.pages,
            recent=self._life.log.recent,
            covered=record.covered,
            customer=self._start.customer,
            session=record.session,
            reference=self._life.reference,
            taken=record.hub_id or "",
        )

    def _in_place(self, number: int) -> bool:
        route = self._life.record(number).route
        return bool(route and route.in_place)

    def _current(self, number: int, *phases: Phase) -> bool:
        return self._life.phase in phases and self._life.handoffs[-1].number == number

    @property
    def _answer_within(self) -> timedelta:
        return timedelta(seconds=self._start.deadlines.hub_answer)

    @property
    def _customer(self) -> ChannelAccount:
        return self._start.customer


def _type_of(error: ActivityError) -> str:
    return (error.cause.type or "") if isinstance(error.cause, ApplicationError) else ""
