"""The workflow `Conversation`: one customer's conversation, from the greeting to its end.

It orders, waits and remembers. What an event leads to, the lifecycle table says; what the bot says, the topic machine.
Updates are answered inside their handler, so that a customer's turn costs no Temporal activity.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from temporalio import workflow

from activities.transcript_pages import PageToKeep
from handoff.lifecycle import Event, NotAllowedError
from handoff.record import Outbound
from handoff.seen import SeenIds
from protocol.activity import Activity
from protocol.conversation import ActivitySet, ConversationStart, Operate, Phase, Said, Turn, Watch
from protocol.hub_events import AtHub, HubEvent
from protocol.status import Status
from workflows import refusals
from workflows.clock import Clock
from workflows.customer import A_MOMENT, Customer
from workflows.handing_over import HandingOver
from workflows.hub_events import OPERATIONS, HubEvents
from workflows.life import Life
from workflows.outbox import Outbox
from workflows.overtaken import Overtaken
from workflows.parts import Parts
from workflows.remote_line import line_of
from workflows.replies import LANE, Replies
from workflows.shown import Shown
from workflows.state import ConversationState
from workflows.turns import Turns
from workflows.watchers import Watchers
from workflows.world import World

MOST_EVENTS = 20_000
"""History events at which a run rolls over though a hub is still being told something; Temporal ends it at 51,200."""


@workflow.defn(name="Conversation")
class Conversation:
    """One conversation. Its id is the workflow's; it ends when the workflow does."""

    @workflow.init
    def __init__(self, start: ConversationStart, carried: ConversationState | None = None) -> None:
        # Handlers run before `run` does, so everything that they touch is made here.
        state = carried or ConversationState(started=workflow.now(), version=start.version)
        self._id = workflow.info().workflow_id
        self._start = start
        self._life = Life(self._id, start, state)
        self._seen = SeenIds(state.seen)
        self._watchers = Watchers(self._id, state.watchers)
        self._handing_over = HandingOver(self._id, start, self._life, self._changed, self._all_said)
        self._replies = Replies(lambda: self._life.reference, self._happened_if_it_may, self._life.milestone)
        self._world = World(self._id, start, self._life, self._changed)
        self._remote = line_of(self._id, start, self._life, self._changed)
        self._outbox = Outbox(state.outbox, self._deliver)
        self._clock = Clock(state.due, self._happened_if_it_may)
        self._hub_events = HubEvents(self._life)
        self._overtaken = Overtaken(self._life, self._hub_events, self._seen)
        self._turns = Turns(self._life)
        self._customer = Customer(start, self._life, self._outbox, state.turns)
        self._shown = Shown(self._life, state.shown)
        self._parts = Parts(
            id=self._id,
            start=start,
            started=state.started,
            life=self._life,
            customer=self._customer,
            seen=self._seen,
            outbox=self._outbox,
            watchers=self._watchers,
            shown=self._shown,
        )
        self._one_turn = asyncio.Lock()
        self._draining = False
        if carried is None:
            self._life.begin()
            self._settle()

    @workflow.run
    async def run(self, start: ConversationStart, carried: ConversationState | None = None) -> str:  # noqa: ARG002
        """Live until the conversation has ended and every hub knows; returns why it ended."""
        beside = [asyncio.create_task(each.run()) for each in (self._clock, self._remote) if each]
        self._outbox.start()
        self._shown.show()
        while not self._finished:
            await workflow.wait_condition(
                lambda: bool(self._finished or self._due_to_roll or self._page_is_full or self._broken)
            )
            if self._broken:
                raise self._broken
            if self._page_is_full:
                await self._keep_page()
            elif self._due_to_roll:
                await self._roll_over()
        await workflow.wait_condition(workflow.all_handlers_finished)
        for task in beside:
            task.cancel()
        return self._life.ended

    @workflow.update(description="Take one activity of the customer's; a repeated key changes nothing.")
    async def post_activity(self, said: Said) -> Turn:
        """Take one activity of the customer's; a repeated key changes nothing."""
        async with self._one_turn:
            if known := self._seen.get(said.key):
                return self._turns.turn(known, repeated=True)
            recognition = await self._customer.understood(said)
            before = self._life.log.watermark
            turn = self._once(said.key, said.via, lambda: self._customer.take(said, recognition))
        return await self._turns.with_answer(turn, before)

    @post_activity.validator
    def _may_post(self, said: Said) -> None:  # noqa: ARG002
        self._refuse_while_closed()

    @workflow.update(description="Take one event of the hub's; a repeated key changes nothing.")
    async def hub_event(self, event: HubEvent) -> Turn:
        """Take one event of the hub's; a repeated key changes nothing."""
        await self._overtaken.wait(event)
        if known := self._seen.get(*event.ids):
            return self._turns.turn(known, repeated=True)
        return self._once(event.ids[0], event.via, lambda: self._hub_events.take(event))

    @hub_event.validator
    def _may_tell(self, event: HubEvent) -> None:
        self._refuse_while_closed(known=self._seen.get(*event.ids))

    @workflow.update(description="Carry out an operator's wish: end, return, reroute or retry.")
    async def operate(self, wish: Operate) -> Turn:
        """Carry out an operator's wish; a repeated key changes nothing."""
        if known := self._seen.get(f"operator:{wish.key}"):
            return self._turns.turn(known, repeated=True)
        return self._once(f"operator:{wish.key}", wish.via, lambda: self._operated(wish))

    @operate.validator
    def _may_operate(self, wish: Operate) -> None:
        self._refuse_while_closed()
        if wish.operation not in OPERATIONS or not self._life.may(OPERATIONS[wish.operation]):
            raise refusals.not_allowed(f'"{wish.operation}" means nothing in phase "{self._life.phase}"')

    @workflow.signal(description="A gateway's sockets watch this conversation, or no longer do.")
    def watch(self, watch: Watch) -> None:
        """Nudge this gateway when something is said, or no longer."""
        self._watchers.watch(watch.queue, watching=watch.watching)

    @workflow.query(description="Where the conversation stands.")
    def status(self) -> Status:
        """Where the conversation stands."""
        return self._parts.status()

    @workflow.query(description="What was said after a watermark.")
    def activities(self, watermark: int) -> ActivitySet:
        """What was said after `watermark`; what is older than the workflow keeps is named by its pages."""
        return self._life.log.since(watermark)

    @workflow.query(description="What a hub's adapter keeps with a handoff. Holds credentials.")
    def at_hub(self, number: int) -> AtHub:
        """What a hub's adapter keeps with a handoff; `number` 0 is the one that is under way."""
        record = self._life.handoffs.under_way if number == 0 else self._life.handoffs.record(number)
        if record is None:
            return AtHub()
        return AtHub(key=self._life.handoffs.key_of(record), session=record.session, echoes=record.echoes)

    def _refuse_while_closed(self, known: str | None = None) -> None:
        if self._draining:
            # The next run takes it: the client tries again with the same key.
            raise refusals.draining()
        if self._life.phase is Phase.ENDED and not known:
            raise refusals.ended()

    def _operated(self, wish: Operate) -> None:
        self._life.leave_note(wish.note)
        self._life.happen(OPERATIONS[wish.operation])

    def _once(self, key: str, via: str | None, take: Callable[[], str | Activity | None]) -> Turn:
        before = self._life.log.watermark
        with self._changes(via) as ephemeral:
            try:
                written = take()
            except NotAllowedError as error:
                raise refusals.not_allowed(str(error)) from None
            if isinstance(written, Activity):
                ephemeral.append(written)
                written = None
            written = written or f"{self._id}|{self._life.log.watermark:07d}"
            self._seen.add(key, written)
        return self._turns.turn(written, since=before, ephemeral=tuple(ephemeral))

    async def _deliver(self, outbound: Outbound) -> None:
        match outbound.kind:
            case "reply":
                await self._replies.deliver(outbound)
            case "ask":
                await self._world.deliver(outbound)
            case "remote" if self._remote:
                await self._remote.deliver(outbound)
            case _:
                await self._handing_over.deliver(outbound)

    def _all_said(self) -> bool:
        return not self._outbox.has(LANE)

    def _changed(self, change: Callable[[], object]) -> None:
        with self._changes(None):
            change()

    @contextmanager
    def _changes(self, via: str | None) -> Iterator[list[Activity]]:
        """Let the body change the conversation's life, then carry the consequences out and tell who watches."""
        before = self._life.log.watermark
        ephemeral: list[Activity] = []
        yield ephemeral
        self._settle()
        self._shown.show()
        news = self._life.log.since(before).activities + tuple(ephemeral)
        if news:
            self._watchers.tell(news, self._life.log.watermark, but=via)

    def _settle(self) -> None:
        for outbound in self._life.outbound:
            self._outbox.put(outbound)
        self._life.outbound.clear()
        self._clock.set(self._life.due)

    def _happened_if_it_may(self, event: Event) -> None:
        if self._life.may(event):
            self._changed(lambda: self._life.happen(event))

    @property
    def _broken(self) -> BaseException | None:
        return self._outbox.broken or (self._remote.broken if self._remote else None)

    @property
    def _finished(self) -> bool:
        return self._life.phase is Phase.ENDED and self._outbox.idle and self._watchers.idle

    @property
    def _page_is_full(self) -> bool:
        return self._life.log.page_is_full

    @property
    def _due_to_roll(self) -> bool:
        info = workflow.info()
        by_turns = 0 < self._start.turns_a_run <= self._customer.turns_of_run
        if not (by_turns or info.is_continue_as_new_suggested()) or self._life.phase is Phase.ENDED:
            return False
        return self._outbox.idle or info.get_current_history_length() > MOST_EVENTS

    async def _keep_page(self) -> None:
        page = PageToKeep(
            conversation=self._id,
            first=self._life.log.watermark - len(self._life.log.recent),
            activities=self._life.log.full_page(),
        )
        name = await workflow.execute_activity(
            "keep_page", page, result_type=str, start_to_close_timeout=A_MOMENT, summary="keep a page of the transcript"
        )
        self._life.log.turn_page(name)

    async def _roll_over(self) -> None:
        self._draining = True
        await workflow.wait_condition(lambda: workflow.all_handlers_finished() and self._watchers.idle)
        if self._life.phase is Phase.ENDED or not self._due_to_roll:
            # Ended, or busy with a hub again, by what the last handlers did.
            self._draining = False
            return
        workflow.continue_as_new(args=[self._start, self._parts.for_next_run()])
