"""Leaving what a customer could tell no human: at the first hub of the routes that takes tickets."""

from collections.abc import Callable
from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError

from activities.patience import ONE_CALL
from activities.routing import RouteRequest
from activities.ticket_delivery import TicketToLeave
from dialog.turn import TICKET
from handoff.notices import Notice
from handoff.record import Route
from handoff.tickets import TicketRecord
from hubs.handoffs import LeftTicket
from protocol.conversation import ConversationStart, Phase
from protocol.task_queues import hub_task_queue
from workflows.calling import ALIVE_WITHIN, AWAY, CHOSEN_WITHIN, FEW, RETRY, is_unclear
from workflows.life import Life

LEFT_WITHIN = timedelta(days=1)
"""How long a hub that is down is tried: nobody waits, and the customer was promised that somebody will read it."""


class Tickets:
    """The tickets of one conversation. `changed` runs a function that changes its life, and tells the watchers."""

    def __init__(self, conversation: str, start: ConversationStart, life: Life, changed: Callable[..., None]) -> None:
        self._conversation = conversation
        self._start = start
        self._life = life
        self._changed = changed

    async def leave(self, number: int, *, begun: bool = False) -> None:
        """Leave one at a hub; returns when that is done or will never be.

        `begun`: an earlier run has begun to, and nobody knows how far it came.
        """
        tickets = self._life.tickets
        asked = tickets.get(number).asked if begun else None
        for route in [asked] if asked else await self._routes(tickets.get(number)):
            record = tickets.update(number, asked=route)
            try:
                left = await self._ask(record, route, before=asked is not None)
            except ActivityError as error:
                self._changed(lambda route=route: self._life.milestone("ticket not taken", route.hub))
                if is_unclear(error):
                    # It may have taken it before it fell silent: another hub would make it two.
                    break
            else:
                known = {"state": "left", "id": left.id, "url": left.url or ""}
                self._changed(lambda: self._told(number, known))  # noqa: B023 - it runs at once
                return
        self._changed(lambda: self._told(number, {"state": "failed"}))

    async def _routes(self, record: TicketRecord) -> list[Route]:
        request = RouteRequest(variables=record.variables, locale=self._start.locale)
        try:
            routes: list[Route] = await workflow.execute_activity(
                "choose_ticket_routes",
                request,
                result_type=list[Route],
                schedule_to_close_timeout=AWAY,
                start_to_close_timeout=CHOSEN_WITHIN,
                retry_policy=FEW,
                summary="which hub takes the ticket",
            )
        except ActivityError:
            return []
        return routes

    async def _ask(self, record: TicketRecord, route: Route, *, before: bool) -> LeftTicket:
        said = self._life.log.since(0)
        wish = TicketToLeave(
            conversation=self._conversation,
            number=record.number,
            subject=record.subject,
            description=record.description,
            contact=record.contact,
            variables=record.variables,
            route=route,
            pages=said.pages,
            recent=self._life.log.recent,
            asked_before=before,
        )
        left: LeftTicket = await workflow.execute_activity(
            "leave_ticket",
            wish,
            result_type=LeftTicket,
            task_queue=hub_task_queue(route.hub),
            schedule_to_close_timeout=LEFT_WITHIN,
            start_to_close_timeout=ONE_CALL,
            heartbeat_timeout=ALIVE_WITHIN,
            retry_policy=RETRY,
            summary=f"ticket {record.number} at {route.hub}",
        )
        return left

    def _told(self, number: int, known: dict[str, str]) -> None:
        """What came of it: the topics are told where the bot has the conversation, else the customer."""
        record = self._life.tickets.update(number, **known)
        self._life.bot.remember_ticket(record.id)
        self._life.milestone(f"ticket {record.state}", record.hub)
        if self._life.phase is Phase.AGENT and self._life.bot.hears_of(TICKET):
            self._life.hear_of_ticket(record)
        elif self._life.phase is not Phase.ENDED:
            self._life.tell(Notice.TICKET if record.state == "left" else Notice.NO_TICKET, ticket=record.id)
