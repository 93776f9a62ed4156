"""What a simulated LivePerson takes: the requests of the Send API, held against its documentation field by field."""

from collections.abc import Mapping
from typing import Any

MAX_TEXT = 4_000
ATTRIBUTES = {
    "ctmrinfo": ("info", {"customerId", "ctype", "socialId", "cstatus", "userName", "accountName", "role"}),
    "personal": ("personal", {"firstname", "lastname", "contacts", "gender", "company", "language"}),
}
"""By the type of an engagement attribute where its values are, and which it may have."""
CHAT_STATES = frozenset(["ACTIVE", "INACTIVE", "GONE", "COMPOSING", "PAUSE"])
CONTEXTS = frozenset(["SharkContext", "MobileAppContext", "CustomContext"])
RESPONSE_TIMES = frozenset(["URGENT", "NORMAL", "PRIORITIZED", "CUSTOM", None])
WANTED = ("userprofile.SetUserProfile", "cm.ConsumerRequestConversation")
REQUESTED = {"brandId", "skillId", "ttrDefName", "channelType", "conversationContext", "campaignInfo"}


def creation_breach(body: Any) -> str:
    """What is wrong with a request for a conversation as a whole, or nothing."""
    if not isinstance(body, list) or [each.get("type") for each in body if isinstance(each, dict)] != list(WANTED):
        return f"expected {' and '.join(WANTED)}, in this order"
    if wrong := next(filter(None, map(request_breach, body)), ""):
        return wrong
    return _profile_breach(body[0]["body"]) or _conversation_breach(body[1]["body"])


def request_breach(request: Any) -> str:
    """What is wrong with the frame of one request."""
    if not isinstance(request, dict) or request.keys() - {"kind", "id", "type", "body", "metadata"}:
        return "a request has kind, id, type and body"
    number = request.get("id")
    fits = isinstance(number, int) or (isinstance(number, str) and 1 <= len(number) <= 64)
    if request.get("kind") != "req" or not fits or not isinstance(request.get("body"), dict):
        return "kind, id or body is missing or wrong"
    return ""


def event_breach(event: Any) -> str:
    """What is wrong with an event that is to be published."""
    match event:
        case {"type": "ContentEvent", "contentType": "text/plain", "message": str(text)}:
            return "" if 0 < len(text) <= MAX_TEXT else "message is empty or too long"
        case {"type": "ChatStateEvent", "chatState": state} if len(event) == 2:
            return "" if state in CHAT_STATES else "no such chatState"
        case _:
            return "no such event"


def is_closing(body: Mapping[str, Any]) -> bool:
    """Whether an update of a conversation closes it; nothing else is simulated."""
    field = {"field": "ConversationStateField", "conversationState": "CLOSE"}
    return body.keys() == {"conversationId", "conversationField"} and body["conversationField"] == field


def _profile_breach(body: Mapping[str, Any]) -> str:
    attributes = (body.get("authenticatedData") or {}).get("lp_sdes")
    if not isinstance(attributes, list):
        return "authenticatedData.lp_sdes is missing"
    for each in attributes:
        place, known = ATTRIBUTES.get(each.get("type"), ("", set()))
        if not place or set(each) != {"type", place} or set(each[place]) - known:
            return "only the attributes ctmrinfo and personal are taken here"
    return ""


def _conversation_breach(body: Mapping[str, Any]) -> str:
    if not isinstance(body.get("brandId"), str) or body.keys() - REQUESTED:
        return "brandId is missing, or a field is unknown"
    if body.get("ttrDefName") not in RESPONSE_TIMES or body.get("channelType", "MESSAGING") != "MESSAGING":
        return "no such ttrDefName or channelType"
    if (body.get("conversationContext") or {}).get("type", "SharkContext") not in CONTEXTS:
        return "no such conversationContext"
    return ""
