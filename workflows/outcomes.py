"""What the topic behind a transfer is told of how the handoff went."""

from dialog.turn import HandoffOutcome
from handoff.lifecycle import Event
from handoff.record import HandoffRecord
from handoff.transcript import Log
from hubs.told import line_of
from protocol.activity import MESSAGE

LEAVES = {Event.RETURNED: "returned", Event.OPERATOR_RETURNED: "returned", Event.CUSTOMER_CANCELLED: "cancelled"}
"""The states in which a handoff comes back to the bot."""
HUMAN_STRETCH = 4_000
"""Characters of the human stretch that the topic is given."""


def outcome_of(record: HandoffRecord, event: Event, note: str, log: Log) -> HandoffOutcome:
    """How the handoff went that `event` has brought back."""
    failed = event is Event.NO_ROUTE
    return HandoffOutcome(
        status=LEAVES.get(event, "failed" if failed else "returned"),
        reason=record.reason if failed else "",
        note=note,
        opens_at=record.opens_at.isoformat() if failed and record.opens_at else "",
        takes_tickets=failed and record.takes_tickets,
        hub=record.route.hub if record.route else "",
        representative=(record.representative and record.representative.name) or "",
        transcript=_human_stretch(record, log),
    )


def _human_stretch(record: HandoffRecord, log: Log) -> str:
    """What was said while the hub had the conversation, for topics that sum it up or store it."""
    if record.representative is None:
        return ""
    said = [each for each in log.since(record.covered).activities if each.role in {"user", "agent"}]
    return "\n".join(line_of(each) for each in said if each.type == MESSAGE)[-HUMAN_STRETCH:]
