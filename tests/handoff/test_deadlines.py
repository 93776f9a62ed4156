"""Every phase has a deadline of its own; a conversation that a hub has in place only one: until nothing is heard."""

from datetime import UTC, datetime, timedelta

import pytest

from handoff.deadlines import Due, next_due
from handoff.lifecycle import LIFE, OUT_OF_REACH, Event
from protocol.conversation import Deadlines, Phase

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
WAITS = Deadlines()


@pytest.mark.parametrize("phase", [Phase.QUEUED, Phase.LIVE])
@pytest.mark.parametrize("event", [Event.HUB_ACCEPTED, Event.JOINED, Event.CUSTOMER_SPOKE, Event.LEFT])
def test_in_place_the_hub_minds_its_own_deadlines(phase: Phase, event: Event) -> None:
    """Whatever happens, we look on for as long as a silent customer is waited for."""
    before = Due(at=NOW, event=Event.WAITED_TOO_LONG)
    due = next_due(phase, event, before, WAITS, NOW, in_place=True)
    assert due == Due(at=NOW + timedelta(seconds=WAITS.customer_idle), event=Event.NO_NEWS)
    assert LIFE[phase, Event.NO_NEWS].phase is Phase.ENDED


def test_what_is_out_of_reach_would_bring_it_back() -> None:
    """These events lead back to the bot or to another hub; in place none of them may."""
    assert {LIFE[Phase.QUEUED, event].phase for event in OUT_OF_REACH} == {Phase.AGENT, Phase.TRANSFERRING}
