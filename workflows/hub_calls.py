"""What a conversation has done at a hub: each call as a Temporal activity on the task queue of the hub's connection."""

from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError

from activities.hub_delivery import Opening, Relay
from activities.patience import ONE_CALL
from handoff.record import HandoffRecord, Route
from hubs.handoffs import HubConversation, Prepared
from protocol.activity import Activity
from protocol.conversation import ConversationStart
from protocol.task_queues import hub_task_queue
from workflows.calling import ALIVE_WITHIN, AWAY, CUT_OFF, RETRY, SOON
from workflows.life import Life

REST_WITHIN = timedelta(hours=1)
"""How long the rest of a long history may take: it is paced, and nobody waits for it."""
TYPING_WITHIN = timedelta(seconds=3)
"""A typing indication that is late is wrong: it gets one try."""


class HubCalls:
    """The calls of one conversation. Each raises `ActivityError` where the hub says no, or nothing in time."""

    def __init__(self, conversation: str, start: ConversationStart, life: Life) -> None:
        self._conversation = conversation
        self._start = start
        self._life = life

    async def prepare(self, record: HandoffRecord, within: timedelta) -> Prepared:
        """What the hub wants a handoff to have before it is asked."""
        opening, summary = self._opening(record, within), f"prepare {_named(record)}"
        prepared: Prepared = await self._at_hub(record, "prepare_handoff", opening, Prepared, summary, SOON)
        return prepared

    async def open(
        self, record: HandoffRecord, within: timedelta, *, before: bool = False, why: str = ""
    ) -> HubConversation:
        """Ask the hub. `before`: it was asked already, and what there is of that is looked for first."""
        opening, summary = self._opening(record, within, before=before), why or f"open {_named(record)}"
        opened: HubConversation = await self._at_hub(record, "open_handoff", opening, HubConversation, summary, SOON)
        return opened

    async def tell_rest(self, record: HandoffRecord) -> None:
        """Tell what of a long history did not go along at once."""
        opening, summary = self._opening(record), "the rest of the history"
        await self._at_hub(record, "tell_rest", opening, None, summary, once=REST_WITHIN, at_most=REST_WITHIN)

    async def tell(
        self, record: HandoffRecord, activity: Activity, within: timedelta, summary: str, *, before: bool = False
    ) -> str | None:
        """Tell one activity; returns the mark that the next one is given. `before`: it may have been told already."""
        relay = self._relay(record, activity, within, before=before)
        mark: str | None = await self._at_hub(record, "tell_hub", relay, None, summary)
        return mark

    async def show_typing(self, record: HandoffRecord, activity: Activity) -> None:
        """Tell that the customer types, now or never."""
        relay, once = self._relay(record, activity, TYPING_WITHIN), RetryPolicy(maximum_attempts=1)
        await self._at_hub(record, "tell_hub", relay, None, "typing", once, at_most=TYPING_WITHIN)

    async def _at_hub(  # noqa: PLR0913 - Temporal's own call has as many
        self,
        record: HandoffRecord,
        name: str,
        argument: Opening | Relay,
        result: type | None,
        summary: str,
        retry: RetryPolicy = RETRY,
        once: timedelta = ONE_CALL,
        at_most: timedelta | None = None,
    ) -> Any:
        if record.route is None:
            raise ApplicationError("the handoff has no route", non_retryable=True)
        return await workflow.execute_activity(
            name,
            argument,
            result_type=result,
            task_queue=hub_task_queue(record.route.hub),
            schedule_to_close_timeout=at_most or timedelta(seconds=argument.within) + AWAY,
            start_to_close_timeout=once + CUT_OFF,
            heartbeat_timeout=ALIVE_WITHIN,
            retry_policy=retry,
            summary=summary,
        )

    def _relay(self, record: HandoffRecord, activity: Activity, within: timedelta, *, before: bool = False) -> Relay:
        return Relay(
            handoff=record.hub_id or "",
            key=self._life.handoffs.key_of(record),
            session=record.session,
            mark=record.mark,
            activity=activity,
            again=before,
            within=within.total_seconds(),
        )

    def _opening(self, record: HandoffRecord, within: timedelta = timedelta(0), *, before: bool = False) -> Opening:
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
            again=before,
            under_way=record.cut_off,
            within=within.total_seconds(),
        )


def _named(record: HandoffRecord) -> str:
    return f"handoff {record.number} at {record.route.name if record.route else ''}"
