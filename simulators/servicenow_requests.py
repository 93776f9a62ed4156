"""What a simulated ServiceNow takes as a request of the Virtual Agent Bot Integration API, and what it answers."""

import re
from typing import Any

from starlette.responses import JSONResponse, Response

KNOWN = re.compile(
    "requestId|clientSessionId|nowSessionId|nowBotId|enterpriseId|appInboundId|action|botToBot|silentMessage|message|"
    "userId|emailId|timestamp|timezone|contextVariables|clientVariables|history|topic|intent|cause|token"
)
"""A request's keys."""
MESSAGE = {"text": str, "typed": bool, "clientMessageId": str, "attachment": dict | list}
ENTRY = {"isBotMessage": bool, "value": str, "displayName": str, "type": str, "timestamp": str}
OPERATIONS: dict[str | None, str] = {
    "AGENT": "open",
    "END_CONVERSATION": "end",
    "TYPING": "typing",
    "VIEWING": "typing",
    None: "message",
}
"""By `action` the operation, as faults name it."""


def operation(request: Any) -> str:
    """The operation that a request means, by its `action`."""
    action = request.get("action") if isinstance(request, dict) else None
    return OPERATIONS.get(action, "other") if isinstance(action, str | None) else "other"


def breach(request: Any) -> str:
    """What is wrong with a request, or nothing."""
    if not isinstance(request, dict) or not all(map(KNOWN.fullmatch, request)):
        return "malformed, or with a key that nobody knows"
    ids = [request.get(name) for name in ("requestId", "userId", "clientSessionId")]
    if not all(isinstance(each, str) and each for each in ids):
        return "requestId, userId and clientSessionId are required"
    action, history = request.get("action"), request.get("history", [])
    if not isinstance(action, str | None) or action not in OPERATIONS:
        return "an action that is not simulated"
    if wrong := _of_message(action, request.get("message") or {}):
        return wrong
    if not all(isinstance(request.get(name, {}), dict) for name in ("contextVariables", "clientVariables")):
        return "variables are an object"
    entries = isinstance(history, list) and all(_is(each, ENTRY) and each.keys() == ENTRY.keys() for each in history)
    whole = entries and all(re.fullmatch("[0-9]{13}", each["timestamp"]) for each in history)
    return "" if whole else "history is not of its format"


def _of_message(action: str | None, message: Any) -> str:
    typing = OPERATIONS[action] == "typing"
    if not _is(message, MESSAGE) or not (typing or {"text", "typed"} <= message.keys()):
        return "message.text and message.typed are required"
    if not typing and (action == "END_CONVERSATION") == bool(message["text"]):
        return "message.text must be empty when a conversation ends, and must not otherwise"
    return ""


def _is(value: Any, kinds: dict[str, Any]) -> bool:
    return isinstance(value, dict) and all(isinstance(each, kinds.get(name, ())) for name, each in value.items())


def success() -> Response:
    """Received: no more is known yet."""
    return JSONResponse({"status": "success"})


def failure(status: int, message: str, headers: dict[str, str] | None = None) -> Response:
    """Not received, and why."""
    body = {"status": "failure", "error": {"message": message, "detail": ""}}
    return JSONResponse(body, status, headers=headers)
