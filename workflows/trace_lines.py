"""A turn's trace as lines that a person reads."""

from collections.abc import Iterator
from typing import Any

from protocol.activity import Activity
from workflows.turn_traces import TurnTrace


def lines_of(turn: TurnTrace) -> Iterator[str]:
    """One line for each thing that the turn did; a variable that a node set stands in the node's line."""
    in_nodes = {name for told in turn.activities for name in _set_by_nodes(told)}
    for told in turn.activities:
        value = told.value if isinstance(told.value, dict) else {}
        if value.get("id") not in in_nodes:
            yield from (f"{turn.at:%Y-%m-%d %H:%M:%S}    {line}" for line in _lines(told, value))


def _set_by_nodes(told: Activity) -> Iterator[str]:
    value = told.value if isinstance(told.value, dict) else {}
    for action in value.get("actions", ()):
        yield from (f"{scope}.{name}" for scope, kept in _scopes(action) for name in kept)


_PLAIN = {"UnknownIntent": "meant nothing known", "CSATSurveyRequest": "asked how satisfied they are"}
"""What is told by these kinds alone."""


def _lines(told: Activity, value: dict[str, Any]) -> Iterator[str]:
    match getattr(told, "valueType", ""):
        case "DialogTracingInfo":
            yield from (_node(action) for action in value.get("actions", ()))
        case "ConversationInfo":
            yield f"conversation in {value.get('locale')}"
        case "IntentRecognition":
            score = value.get("intentScore")
            yield f"meant {value.get('intentId')}" + (f" ({score:.2f})" if isinstance(score, float | int) else "")
        case "DialogRedirect":
            yield f"topic {value.get('targetDialogId')} ({value.get('targetDialogType')})"
        case "ErrorTraceData":
            yield f"error {value.get('errorCode')}: {value.get('errorMessage')}"
        case "VariableAssignment":
            yield f"{value.get('id')} = {value.get('newValue')!r}"
        case "CSATSurveyResponse":
            yield f"satisfied: {value.get('score')} of 5"
        case "SessionInfo":
            yield _session(value)
        case other:
            yield _PLAIN.get(other, str(other))


def _session(value: dict[str, Any]) -> str:
    turns = value.get("turnCount")
    said = [str(value.get("outcome")), str(value.get("outcomeReason")), f"{turns} {'turn' if turns == 1 else 'turns'}"]
    if "csatScore" in value:
        said.append(f"satisfied: {value['csatScore']} of 5")
    return f"session {value.get('type')}: {', '.join(said)}"


def _scopes(action: dict[str, Any]) -> tuple[tuple[str, dict[str, Any]], ...]:
    state = action.get("variableState", {})
    return ("Topic", state.get("dialogState", {})), ("Global", state.get("globalState", {}))


def _node(action: dict[str, Any]) -> str:
    parts = [f"{scope}.{name} = {value!r}" for scope, kept in _scopes(action) for name, value in kept.items()]
    parts += [f"by {exit_}" for exit_ in action.get("conditionItemExit", ())]
    parts += [f"{what}: {detail}" if detail not in {"", None} else what for what, detail in _results(action)]
    if action.get("exception"):
        parts.append(f"failed: {action['exception']}")
    return f"  {action.get('actionType', '')} {action.get('actionId', '')}  {', '.join(parts)}".rstrip()


def _results(action: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for what, detail in action.get("resultTrace", {}).items():
        yield what, str(detail)
