"""The lifecycle table holds together, and the docs show the table that is."""

from pathlib import Path

import pytest

from handoff import diagram
from handoff.lifecycle import LIFE, Effect, Event, NotAllowedError, allowed, step
from protocol.conversation import Phase

DOCS = Path(__file__).parents[2] / "docs" / "lifecycle.md"


def test_the_diagram_in_the_docs_is_current() -> None:
    """The page is what `python -m handoff.diagram` prints now."""
    assert DOCS.read_text(encoding="utf-8") == diagram.page()


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase is not Phase.ENDED])
def test_every_phase_can_end(phase: Phase) -> None:
    """No phase is a trap: the customer may leave, and an operator may end it."""
    assert step(phase, Event.CUSTOMER_LEFT).phase is Phase.ENDED
    assert step(phase, Event.OPERATOR_ENDED).phase is Phase.ENDED


def test_nothing_happens_after_the_end() -> None:
    """An ended conversation takes no event."""
    for event in Event:
        assert not allowed(Phase.ENDED, event)
        with pytest.raises(NotAllowedError, match="means nothing"):
            step(Phase.ENDED, event)


@pytest.mark.parametrize(("row", "decided"), LIFE.items())
def test_a_hub_that_may_hold_it_is_told_when_it_is_taken_away(row: tuple[Phase, Event], decided: object) -> None:
    """Whoever takes a conversation away from a hub, other than the hub, closes the handoff there."""
    phase, event = row
    ours = event in {
        Event.CUSTOMER_CANCELLED,
        Event.CUSTOMER_LEFT,
        Event.WAITED_TOO_LONG,
        Event.REPRESENTATIVE_SILENT,
        Event.OPERATOR_ENDED,
        Event.OPERATOR_RETURNED,
        Event.OPERATOR_REROUTED,
    }
    if phase in {Phase.TRANSFERRING, Phase.QUEUED, Phase.LIVE} and ours:
        assert Effect.CLOSE_HANDOFF in step(phase, event).effects
    assert decided is step(phase, event)


@pytest.mark.parametrize("phase", [Phase.TRANSFERRING, Phase.QUEUED, Phase.LIVE])
def test_the_bot_is_silent_while_it_does_not_hold_the_conversation(phase: Phase) -> None:
    """What the customer says goes to the hub, and not to the bot."""
    assert step(phase, Event.CUSTOMER_SPOKE).effects == (Effect.RELAY_TO_HUB,)


def test_leaving_for_the_bot_resumes_its_topic() -> None:
    """Every way back to the bot from a handoff goes through the topic that asked for it."""
    for (phase, _), decided in LIFE.items():
        if phase is not Phase.AGENT and decided.phase is Phase.AGENT:
            assert Effect.RESUME_TOPIC in decided.effects
