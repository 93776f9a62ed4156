"""Whether a hub connection gets new handoffs: its circuit breaker as a table, and the operator's hand on it.

A hub that fails again and again is not asked for a while, so that no customer waits for it in vain; then one handoff
may find out whether it works again. PURE: the workflow `HubBreaker` keeps one for each connection.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import Field

from protocol.models import Owned

SLOWEST = 10
"""After failed probes the cool-down doubles, up to so many times the first."""


class BreakerState(StrEnum):
    """What is thought of a hub."""

    CLOSED = "closed"
    """It works: everything goes there."""
    OPEN = "open"
    """It does not: no new handoff goes there until it has cooled down."""
    HALF_OPEN = "half-open"
    """It may work again: one handoff at a time may find out."""


class Observed(StrEnum):
    """What can be seen of a hub."""

    WORKED = "worked"
    FAILED = "failed"
    FAILED_TOO_OFTEN = "failed too often"
    COOLED_DOWN = "cooled down"


STEPS: dict[tuple[BreakerState, Observed], BreakerState] = {
    (BreakerState.CLOSED, Observed.FAILED_TOO_OFTEN): BreakerState.OPEN,
    (BreakerState.OPEN, Observed.COOLED_DOWN): BreakerState.HALF_OPEN,
    (BreakerState.OPEN, Observed.WORKED): BreakerState.CLOSED,
    (BreakerState.HALF_OPEN, Observed.WORKED): BreakerState.CLOSED,
    (BreakerState.HALF_OPEN, Observed.FAILED): BreakerState.OPEN,
    (BreakerState.HALF_OPEN, Observed.FAILED_TOO_OFTEN): BreakerState.OPEN,
}
"""Where an observation leads; one that is not here leads nowhere."""


class BreakerRules(Owned):
    """When a hub is given up, and for how long."""

    failures: int = Field(default=5, ge=1)
    """So many calls that fail one after another open it."""
    within_seconds: float = Field(default=60, gt=0)
    """Failures that lie further apart are no row."""
    for_seconds: float = Field(default=10, ge=0)
    """And only after so long: a hub that is merely being started again comes back before any customer has given up."""
    cool_down_seconds: float = Field(default=15, gt=0)
    """How long it then gets nothing; doubled after each probe that fails."""


class Breaker(Owned):
    """One hub connection's breaker."""

    state: BreakerState = BreakerState.CLOSED
    failures: int = 0
    """Calls that failed one after another."""
    failed_at: datetime | None = None
    """When the last one did."""
    failing_since: datetime | None = None
    """When the first one did."""
    cool_until: datetime | None = None
    cool_down: float = 0
    """Seconds; 0 before the first."""
    probe: str = ""
    """The key of the handoff that finds out."""
    probe_until: datetime | None = None
    drained: bool = False
    """An operator keeps it from new handoffs."""

    @property
    def untouched(self) -> bool:
        """Whether it is as one that nobody has ever heard of."""
        return self.state is BreakerState.CLOSED and not self.drained and self.failures == 0

    def at(self, now: datetime, rules: BreakerRules) -> "Breaker":
        """What time alone has done to it by `now`."""
        if self.state is BreakerState.OPEN and self.cool_until and now >= self.cool_until:
            return _stepped(self, Observed.COOLED_DOWN)
        stale = self.failed_at and now - self.failed_at > timedelta(seconds=rules.within_seconds)
        if self.state is BreakerState.CLOSED and stale:
            return self.model_copy(update={"failures": 0, "failed_at": None, "failing_since": None})
        return self

    def failed(self, calls: int, now: datetime, rules: BreakerRules) -> "Breaker":
        """So many calls failed, one after another, up to `now`."""
        before = self.at(now, rules)
        failures, since = before.failures + calls, before.failing_since or before.failed_at or now
        too_often = failures >= rules.failures and now - since >= timedelta(seconds=rules.for_seconds)
        observed = Observed.FAILED_TOO_OFTEN if too_often else Observed.FAILED
        counted = {"failures": failures, "failed_at": now, "failing_since": since}
        after = _stepped(before, observed).model_copy(update=counted)
        if after.state is before.state:
            return after
        probed = before.state is BreakerState.HALF_OPEN
        slowest = rules.cool_down_seconds * SLOWEST
        cool_down = min(before.cool_down * 2, slowest) if probed else rules.cool_down_seconds
        cooling = {"cool_down": cool_down, "cool_until": now + timedelta(seconds=cool_down)}
        return after.model_copy(update={**cooling, "probe": "", "probe_until": None})

    def worked(self) -> "Breaker":
        """A call went through: all is forgotten but the operator's hand."""
        return Breaker(drained=self.drained)

    def probed_by(self, key: str, now: datetime, rules: BreakerRules) -> "Breaker":
        """`key` wants to find out; it may, where its name stands in `probe` of what is returned.

        A probe of which nothing was heard for as long as the cool-down takes is thought lost.
        """
        now_is = self.at(now, rules)
        busy = now_is.probe not in {"", key} and now_is.probe_until is not None and now < now_is.probe_until
        if now_is.state is not BreakerState.HALF_OPEN or now_is.drained or busy:
            return now_is
        until = now + timedelta(seconds=max(now_is.cool_down, rules.cool_down_seconds))
        return now_is.model_copy(update={"probe": key, "probe_until": until})


def _stepped(breaker: Breaker, observed: Observed) -> Breaker:
    return breaker.model_copy(update={"state": STEPS.get((breaker.state, observed), breaker.state)})
