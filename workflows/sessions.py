"""What came of a conversation, as the last trace of its transcript tells it: Copilot Studio's `SessionInfo`.

Its fields: learn.microsoft.com/microsoft-copilot-studio/analytics-sessions-transcripts, and, where that page is silent,
transcripts that people have published. It is made of what the turns told and of where the conversation stands.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from dialog.tracing import OUTCOME, TRACE
from handoff.lifecycle import Event
from protocol.activity import Activity
from protocol.status import Status
from workflows.turn_traces import TurnTrace

SESSION = "SessionInfo"
TRANSFERS = frozenset(["TransferConversationV2", "TransferConversation"])
BY_THE_CUSTOMER = frozenset(str(event) for event in (Event.CUSTOMER_LEFT, Event.CUSTOMER_SILENT))
WANTED, BY_AUTHOR, BY_ATTEMPTS = (
    "AgentTransferRequestedByUser",
    "AgentTransferConfiguredByAuthor",
    "AgentTransferFromQuestionMaxAttempts",
)


class _Session:
    """What has been told so far."""

    def __init__(self) -> None:
        self.engaged = False
        self.meant = ""
        self.score: Any = None
        self.outcome = ""
        self.reason = ""
        self.implied = False
        self._why = BY_AUTHOR

    def hear(self, value_type: str, value: dict[str, Any]) -> None:
        match value_type:
            case "IntentRecognition":
                self.engaged, self.meant = True, str(value.get("intentId", ""))
                self._why = WANTED if value.get("intentType") == "OnEscalate" else BY_AUTHOR
            case "UnknownIntent":
                self.engaged = True
            case "CSATSurveyResponse":
                self.score = value.get("score")
            case "DialogTracingInfo":
                for action in value.get("actions", ()):
                    self._see(action.get("actionType", ""), action.get("resultTrace", {}))

    def escalate(self) -> None:
        self.engaged, self.outcome, self.reason, self.implied = True, "Escalated", self._why, False

    def _see(self, kind: str, results: dict[str, Any]) -> None:
        if "given up" in results:
            self._why = BY_ATTEMPTS
        authored = str(results.get(OUTCOME, ""))
        if kind in TRANSFERS or authored == "Escalated":
            self.escalate()
        elif authored:
            self.outcome, self.reason, self.implied = "Resolved", "Resolved", authored == "ResolvedImplied"


def session_of(status: Status, turns: Sequence[TurnTrace]) -> TurnTrace | None:
    """What came of a conversation whose turns told this; None while it goes on.

    A conversation is one session. What its author's nodes say of the outcome counts, and a transfer; the later of two
    counts more. Where neither is, it was abandoned, or nobody had begun to talk.
    """
    end = next((each.at for each in reversed(status.timeline) if status.ended and each.what == status.ended), None)
    if end is None:
        return None
    session = _Session()
    for value_type, value in _told(turns):
        session.hear(value_type, value)
    if status.handoffs and not session.outcome:
        # A human was asked for by something else than a node: an agent that runs elsewhere.
        session.escalate()
    info = _info(status, session, end)
    return TurnTrace(
        at=end, activities=(Activity.model_validate({"type": TRACE, "valueType": SESSION, "value": info}),)
    )


def _info(status: Status, session: _Session, end: datetime) -> dict[str, Any]:
    abandoned = "UserExit" if status.ended in BY_THE_CUSTOMER else "NoError"
    info = {
        "startTimeUtc": _utc(status.started or end),
        "endTimeUtc": _utc(end),
        "type": "Engaged" if session.engaged else "Unengaged",
        "outcome": session.outcome or ("Abandoned" if session.engaged else "None"),
        "outcomeReason": session.reason or abandoned,
        "turnCount": status.turns,
        "lastUserIntentId": session.meant,
        "impliedSuccess": session.implied,
    }
    return info if session.score is None else {**info, "csatScore": session.score}


def _told(turns: Sequence[TurnTrace]) -> Iterator[tuple[str, dict[str, Any]]]:
    for turn in turns:
        for each in turn.activities:
            if isinstance(each.value, dict):
                yield str(getattr(each, "valueType", "")), each.value


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
