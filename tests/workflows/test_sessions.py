"""What came of a conversation is told as Copilot Studio's transcripts tell it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from protocol.activity import Activity
from protocol.conversation import Phase
from protocol.status import HandoffStatus, Milestone, Status
from workflows.sessions import session_of
from workflows.trace_lines import lines_of
from workflows.turn_traces import TurnTrace

BEGUN = datetime(2026, 11, 24, 12, tzinfo=UTC)
OVER = BEGUN + timedelta(minutes=5)
MEANT = ("IntentRecognition", {"intentId": "shop.topic.Refund", "intentType": "OnRecognizedIntent"})
WANTED = ("IntentRecognition", {"intentId": "shop.topic.Escalate", "intentType": "OnEscalate"})
UNKNOWN = ("UnknownIntent", {"userQuery": "zzz"})


def ran(kind: str, **results: Any) -> tuple[str, dict[str, Any]]:
    """A node that ran."""
    return "DialogTracingInfo", {"actions": [{"actionType": kind, "resultTrace": results}]}


TRANSFER = ran("TransferConversationV2", transfer="")
GAVE_UP = ran("Question", **{"given up": ""})
IMPLIED = ran("SendActivity", conversationOutcome="ResolvedImplied")
CONFIRMED = ran("EndConversation", conversationOutcome="ResolvedConfirmed")


def told(*traces: tuple[str, dict[str, Any]]) -> list[TurnTrace]:
    """A turn that told these."""
    activities = (
        Activity.model_validate({"type": "trace", "valueType": kind, "value": value}) for kind, value in traces
    )
    return [TurnTrace(at=BEGUN, activities=tuple(activities))]


def status(ended: str = "bot ended it", handoffs: int = 0) -> Status:
    """A conversation of three turns that is over."""
    return Status(
        id="c",
        phase=Phase.ENDED,
        agent="shop",
        version="1",
        turns=3,
        started=BEGUN,
        ended=ended,
        handoffs=tuple(HandoffStatus(number=number, state="ended") for number in range(handoffs)),
        timeline=(Milestone(at=BEGUN, what="started"), Milestone(at=OVER, what=ended)),
    )


def info_of(state: Status, *traces: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """The session's information."""
    session = session_of(state, told(*traces))
    assert session is not None
    (activity,) = session.activities
    assert isinstance(activity.value, dict)
    return activity.value


@pytest.mark.parametrize(
    ("ended", "traces", "outcome", "reason"),
    [
        ("bot ended it", (MEANT,), "Abandoned", "NoError"),
        ("customer left", (MEANT,), "Abandoned", "UserExit"),
        ("customer silent", (UNKNOWN,), "Abandoned", "UserExit"),
        ("bot ended it", (MEANT, CONFIRMED), "Resolved", "Resolved"),
        ("representative closed", (WANTED, TRANSFER), "Escalated", "AgentTransferRequestedByUser"),
        ("representative closed", (MEANT, TRANSFER), "Escalated", "AgentTransferConfiguredByAuthor"),
        ("representative closed", (MEANT, GAVE_UP, TRANSFER), "Escalated", "AgentTransferFromQuestionMaxAttempts"),
        ("bot ended it", (WANTED, TRANSFER, MEANT, CONFIRMED), "Resolved", "Resolved"),
        ("representative closed", (MEANT, IMPLIED, WANTED, TRANSFER), "Escalated", "AgentTransferRequestedByUser"),
        ("customer silent", (), "None", "UserExit"),
    ],
)
def test_the_outcome_is_what_was_told_last(
    ended: str, traces: tuple[tuple[str, dict[str, Any]], ...], outcome: str, reason: str
) -> None:
    """An author's word, a transfer, or neither; the reason says who wanted the transfer, or who went."""
    info = info_of(status(ended), *traces)
    assert (info["outcome"], info["outcomeReason"]) == (outcome, reason)


def test_the_whole_session_is_told() -> None:
    """When, how long, how it was rated, what was meant last."""
    info = info_of(status(), MEANT, ("CSATSurveyResponse", {"score": 4}), IMPLIED)
    assert info == {
        "startTimeUtc": "2026-11-24T12:00:00.000Z",
        "endTimeUtc": "2026-11-24T12:05:00.000Z",
        "type": "Engaged",
        "outcome": "Resolved",
        "outcomeReason": "Resolved",
        "turnCount": 3,
        "lastUserIntentId": "shop.topic.Refund",
        "impliedSuccess": True,
        "csatScore": 4,
    }


def test_nobody_who_only_heard_the_greeting_was_engaged() -> None:
    """Copilot Studio counts them apart, without an outcome."""
    assert info_of(status("customer left"))["type"] == "Unengaged"
    assert "csatScore" not in info_of(status("customer left"))


def test_an_agent_elsewhere_that_hands_over_has_escalated() -> None:
    """None of its nodes is told here."""
    info = info_of(status("representative closed", handoffs=1))
    assert (info["type"], info["outcome"]) == ("Engaged", "Escalated")


def test_a_conversation_under_way_has_come_to_nothing_yet() -> None:
    """There is no session to tell."""
    assert session_of(status().model_copy(update={"ended": "", "phase": Phase.AGENT}), told(MEANT)) is None


def test_a_person_reads_it_in_one_line() -> None:
    """The survey too; a variable that a node has set stands with the node alone."""
    survey: tuple[tuple[str, dict[str, Any]], ...] = (("CSATSurveyRequest", {}), ("CSATSurveyResponse", {"score": 4}))
    (turn,) = turns = told(MEANT, *survey)
    session = session_of(status(), turns)
    assert session is not None
    lines = [line[23:] for line in (*lines_of(turn), *lines_of(session))]
    assert lines == [
        "meant shop.topic.Refund",
        "asked how satisfied they are",
        "satisfied: 4 of 5",
        "session Engaged: Abandoned, NoError, 3 turns, satisfied: 4 of 5",
    ]
    state = {"dialogState": {"X": 1}, "globalState": {}}
    by_node = (
        "DialogTracingInfo",
        {"actions": [{"actionType": "SetVariable", "actionId": "a", "variableState": state}]},
    )
    assigned = ("VariableAssignment", {"name": "X", "id": "Topic.X", "newValue": 1, "type": "local"})
    (with_node,), (without,) = told(by_node, assigned), told(assigned)
    assert [line[23:] for line in lines_of(with_node)] == ["  SetVariable a  Topic.X = 1"]
    assert [line[23:] for line in lines_of(without)] == ["Topic.X = 1"]
