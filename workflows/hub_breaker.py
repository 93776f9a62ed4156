"""The workflow `HubBreaker`: one hub connection's circuit breaker, and whether an operator has drained it.

It is where every worker of the cluster tells of failures and reads what the others found. A hub of which there is
nothing to tell has none: it ends by itself when it is as one that nobody has ever heard of.
"""

import contextlib
from datetime import timedelta

from temporalio import workflow

from handoff.breaker import Breaker, BreakerRules
from protocol.models import Owned

LOOKS_AGAIN = timedelta(hours=1)
"""How often it looks whether it is still needed."""


class BreakerStart(Owned):
    """What a breaker begins with."""

    connection: str
    rules: BreakerRules = BreakerRules()
    breaker: Breaker = Breaker()
    heard_a_run: int = 1_000
    """After so many things were heard the run rolls over, so that no history grows."""


@workflow.defn(name="HubBreaker")
class HubBreaker:
    """One hub connection's breaker. Its id is `breaker/<connection>`."""

    @workflow.init
    def __init__(self, start: BreakerStart) -> None:
        self._rules = start.rules
        self._breaker = start.breaker
        self._heard = 0

    @workflow.run
    async def run(self, start: BreakerStart) -> None:
        """Live for as long as there is anything to tell of the hub."""
        while True:
            heard = self._heard
            with contextlib.suppress(TimeoutError):
                await workflow.wait_condition(
                    lambda: self._due_to_roll(start), timeout=LOOKS_AGAIN, timeout_summary="look again"
                )
            self._set(self._breaker.at(workflow.now(), self._rules))
            if self._breaker.untouched and self._heard == heard:
                await workflow.wait_condition(workflow.all_handlers_finished)
                return
            if self._due_to_roll(start):
                await workflow.wait_condition(workflow.all_handlers_finished)
                workflow.continue_as_new(start.model_copy(update={"breaker": self._breaker}))

    @workflow.signal(description="So many calls to the hub failed, one after another.")
    def failed(self, calls: int) -> None:
        """So many calls failed, one after another."""
        self._hear(self._breaker.failed(calls, workflow.now(), self._rules))

    @workflow.signal(description="The hub answered.")
    def worked(self) -> None:
        """The hub answered."""
        self._hear(self._breaker.worked())

    @workflow.signal(description="An operator keeps the hub from new handoffs, or no longer.")
    def drain(self, drained: bool) -> None:  # noqa: FBT001 - a signal's arguments are positional
        """An operator keeps the hub from new handoffs, or no longer."""
        self._hear(self._breaker.model_copy(update={"drained": drained}))

    @workflow.update(description="Whether this handoff may find out if the hub works again.")
    def probe(self, key: str) -> bool:
        """Whether the handoff `key` may find out if the hub works again."""
        self._hear(self._breaker.probed_by(key, workflow.now(), self._rules))
        return self._breaker.probe == key

    @workflow.query(description="The breaker as it stood when something was last heard.")
    def breaker(self) -> Breaker:
        """The breaker as it stood when something was last heard: what time has done since, the caller reckons."""
        return self._breaker

    def _due_to_roll(self, start: BreakerStart) -> bool:
        return self._heard >= start.heard_a_run or workflow.info().is_continue_as_new_suggested()

    def _hear(self, breaker: Breaker) -> None:
        self._heard += 1
        self._set(breaker)

    def _set(self, breaker: Breaker) -> None:
        if breaker != self._breaker:
            self._breaker = breaker
            drained = ", drained by an operator" if breaker.drained else ""
            workflow.set_current_details(f"**{breaker.state}**, {breaker.failures} failures in a row{drained}")
