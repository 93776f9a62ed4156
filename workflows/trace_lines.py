"""A turn's trace as lines that a person reads."""

from collections.abc import Iterator
from typing import Any

from protocol.activity import Activity
from workflows.turn_traces import TurnTrace


def lines_of(turn: TurnTrace) -> Iterator[str]:
    """One line for each thing that the turn did."""
    for told in turn.activities:
        value = told.value if isinstance(told.value, dict) else {}
        for line in _lines(told, value):
            yield f"{turn.at:%Y-%m-%d %H:%M:%S}    {line}"


def _lines(told: Activity, value: dict[str, Any]) -> Iterator[str]:
    match getattr(told, "valueType", ""):
        case "DialogTracingInfo":
            yield from (_node(action) for action in value.get("actions", ()))
        case "IntentRecognition":
            score = value.get("intentScore")
            yield f"meant {value.get('intentId')}" + (f" ({score:.2f})" if isinstance(score, float | int) else "")
        case "UnknownIntent":
            yield "meant nothing known"
        case "DialogRedirect":
            yield f"topic {value.get('targetDialogId')} ({value.get('targetDialogType')})"
        case "ErrorTraceData":
            yield f"error {value.get('errorCode')}: {value.get('errorMessage')}"
        case other:
            yield str(other)


def _node(action: dict[str, Any]) -> str:
    state = action.get("variableState", {})
    scopes = (("Topic", state.get("dialogState", {})), ("Global", state.get("globalState", {})))
    parts = [f"{scope}.{name} = {value!r}" for scope, kept in scopes for name, value in kept.items()]
    parts += [f"by {exit_}" for exit_ in action.get("conditionItemExit", ())]
    parts += [f"{what}: {detail}" if detail not in {"", None} else what for what, detail in _results(action)]
    if action.get("exception"):
        parts.append(f"failed: {action['exception']}")
    return f"  {action.get('actionType', '')} {action.get('actionId', '')}  {', '.join(parts)}".rstrip()


def _results(action: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for what, detail in action.get("resultTrace", {}).items():
        yield what, str(detail)
