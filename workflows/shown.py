"""What Temporal's lists and pages show of one conversation, kept true while it runs."""

from collections.abc import Mapping

from temporalio import workflow

from protocol.conversation import Phase
from workflows.life import Life
from workflows.visibility import story, upsert_changed


class Shown:
    """Search attributes and story; `carried` is what the run before has shown."""

    def __init__(self, life: Life, carried: Mapping[str, str]) -> None:
        self._life = life
        self._shown = dict(carried)

    def for_next_run(self) -> dict[str, str]:
        """What needs not be shown again."""
        return self._shown

    def show(self) -> None:
        """Show what has changed, in one command or none."""
        now = self._now()
        if now == self._shown:
            return
        upsert_changed(self._shown or {"BatonPhase": str(Phase.AGENT)}, now)
        self._shown = now
        life, handoff = self._life, self._life.handoffs.under_way
        workflow.set_current_details(
            story(life.phase, life.bot.topic, handoff.status() if handoff else None, tuple(life.timeline))
        )

    def _now(self) -> dict[str, str]:
        life, handoff = self._life, self._life.handoffs.under_way
        route = handoff.route if handoff else None
        # A hub may still tell of a handoff that is over, and shall hear that it is.
        newest = handoff or life.handoffs.newest
        return {
            "BatonPhase": str(life.phase),
            "BatonTopic": life.bot.topic,
            "BatonHub": route.hub if route else "",
            "BatonHandoff": (newest and (newest.hub_id or newest.known_as)) or "",
            "BatonQueue": ((handoff and handoff.queue) or (route and route.queue) or "") if route else "",
        }
