"""What an event makes of a handoff, and what the topic behind a transfer is told of how it went."""

from dialog.turn import HandoffOutcome
from handoff.lifecycle import FAILED, Event
from handoff.record import HandoffRecord
from handoff.transcript import Log
from hubs.told import line_of
from protocol.activity import MESSAGE, ChannelAccount
from protocol.conversation import Phase

LEAVES = {Event.RETURNED: "returned", Event.OPERATOR_RETURNED: "returned", Event.CUSTOMER_CANCELLED: "cancelled"}
"""The states in which a handoff comes back to the bot."""
_CLOSES = {
    Event.WAITED_TOO_LONG: "no_representative",
    Event.REPRESENTATIVE_SILENT: "silent",
    Event.HUB_LOST: "unavailable",
    Event.CLIENT_FAILED: "rejected",
    Event.CLIENT_SILENT: "no_representative",
    Event.OPERATOR_REROUTED: "no_representative",
}
HUMAN_STRETCH = 4_000
"""Characters of the human stretch that the topic is given."""


def outcome_of(record: HandoffRecord, event: Event, note: str, log: Log) -> HandoffOutcome:
    """How the handoff went that `event` has brought back."""
    failed = event in FAILED
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


def changes_of(record: HandoffRecord, event: Event, phase: Phase, sender: ChannelAccount | None) -> dict[str, object]:
    """What changes in the newest handoff's record by an event that led to `phase`."""
    if event in LEAVES:
        return {"state": LEAVES[event]}
    if event in _CLOSES:
        return {"state": "failed", "reason": _CLOSES[event]}
    if phase is Phase.QUEUED:
        return {"state": "queued"}
    if phase is Phase.LIVE:
        return {"state": "live", "representative": sender or record.representative}
    if phase is Phase.ENDED and record.open:
        return {"state": "abandoned" if event is Event.CUSTOMER_SILENT else "closed"}
    return {}


def end_code(event: Event) -> str:
    """Bot Framework's endOfConversation codes."""
    return {Event.CUSTOMER_SILENT: "timeout", Event.CUSTOMER_LEFT: "userCancelled"}.get(event, "completedSuccessfully")
