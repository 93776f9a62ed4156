"""What a hub tells too early: its callbacks may overtake one another, and its own answer."""

import contextlib
from datetime import timedelta

from temporalio import workflow

from handoff.seen import SeenIds
from protocol.hub_events import HubEvent, HubEventKind
from workflows import refusals
from workflows.customer import A_MOMENT
from workflows.hub_events import HubEvents
from workflows.life import Life

OVERTAKES_BY = timedelta(seconds=1)
"""How long a hub's callback that came too early waits for the one before it."""


class Overtaken:
    """Keeps what came too early waiting for what it has overtaken."""

    def __init__(self, life: Life, hub_events: HubEvents, seen: SeenIds) -> None:
        self._life = life
        self._hub_events = hub_events
        self._seen = seen

    async def wait(self, event: HubEvent) -> None:
        """Return when it is the turn of `event`, or when what was before it seems not to come.

        Raises:
            ApplicationError: the hub has not said in time that it has the handoff at all.
        """
        await self._until_hub_is_known(event)
        await self._until_told_before(event)

    async def _until_hub_is_known(self, event: HubEvent) -> None:
        """A hub may call back before it has answered the call that opened the handoff.

        An echo is what may settle that call, and is not kept waiting for it; neither is what changes nothing then, for
        a hub that tells in order tells nothing else meanwhile.
        """
        waits_in_line = event.kind is HubEventKind.STANDS and event.representative is None
        if event.kind is HubEventKind.ECHOED or waits_in_line or self._hub_events.is_of_the_past(event):
            return

        def known() -> bool:
            handoff = self._life.handoffs.under_way
            return not (handoff and handoff.route and handoff.route.hub == event.connection and handoff.hub_id is None)

        if not known():
            with refusals.timed_out_is_too_early():
                await workflow.wait_condition(known, timeout=A_MOMENT, timeout_summary="the hub's own answer")

    async def _until_told_before(self, event: HubEvent) -> None:
        """Where the hub numbers its callbacks, the one before is waited for a moment."""
        before = f"hub:{event.connection}:{event.after}"
        if event.after and not self._seen.get(before):
            with contextlib.suppress(TimeoutError):
                await workflow.wait_condition(
                    lambda: bool(self._seen.get(before)), timeout=OVERTAKES_BY, timeout_summary="what was said before"
                )
