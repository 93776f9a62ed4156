"""What the agent inside Omnichannel says through the Bot Framework's connector, as the connector takes it.

Sources: Microsoft's pages "Enable an Azure bot to escalate and end a conversation" (Customer Service) and the Bot
Framework's REST reference. Only messages are carried, so escalating and ending are messages, too, and `tags` is a
string of JSON.
"""

import json
from collections.abc import Mapping
from typing import Any, Literal

from hubs.dynamics365_history import flat
from hubs.handoffs import Handoff
from protocol.activity import MESSAGE, Activity
from protocol.conversation import ConversationReference

MAX_MESSAGE = 28_000
"""Bytes of a message with everything in it; Microsoft says 28 KB."""
MAX_ENTRIES, MAX_NAME, MAX_VALUE = 100, 100, 4_000
"""Context entries, and the characters of a name and of a value."""
NOTE_AT_MOST = 4_000
"""Characters of the note, so that the context has its place."""
BRIDGED = {"deliveryMode": "bridged"}
"""Without it the customer does not see the message."""
EndShape = Literal["tags", "command"]
_CARRIED = ("text", "textFormat", "speak", "inputHint", "locale", "attachments", "attachmentLayout", "suggestedActions")


def to_customer(reference: ConversationReference, activity: Activity) -> dict[str, Any]:
    """One message that the customer sees."""
    wire = activity.wire()
    authored = {name: value for name, value in _object(wire.get("channelData")).items() if name != "baton"}
    carried = {name: wire[name] for name in _CARRIED if name in wire}
    return {**_addressed(reference), **carried, "channelData": {**authored, **BRIDGED}}


def escalation(reference: ConversationReference, handoff: Handoff) -> dict[str, Any]:
    """Ask Omnichannel for a representative: the note, which only they see, and every variable as context.

    What the context does not hold stands in the note, as far as the message may be long.
    """
    note = str(handoff.variables.get("va_AgentMessage") or "")[:NOTE_AT_MOST]
    context: dict[str, Any] = {}
    left: list[str] = []
    for name, value in handoff.variables.items():
        entry = flat(value)
        if entry in {None, ""}:
            continue
        wider = {**context, name: {"value": entry, "isDisplayable": True}}
        if _fits(name, entry, wider) and _size(_escalate(reference, note, wider)) <= MAX_MESSAGE - NOTE_AT_MOST:
            context = wider
        else:
            left.append(f"{name}: {entry}")
    for line in left:
        longer = f"{note}\n{line}".strip()
        if _size(_escalate(reference, longer, context)) <= MAX_MESSAGE:
            note = longer
    return _escalate(reference, note, context)


def end(reference: ConversationReference, shape: EndShape) -> dict[str, Any]:
    """The agent ends the conversation. Microsoft's pages show two shapes."""
    if shape == "command":
        command = {"type": "EndConversation", "value": {}}
        return {**_addressed(reference), "channelData": {"tags": BRIDGED, "command": command}}
    return {**_addressed(reference), "channelData": {"tags": json.dumps({"type": "EndConversation", "context": {}})}}


def _addressed(reference: ConversationReference) -> dict[str, Any]:
    return {
        "type": MESSAGE,
        "from": _account(reference.bot.id, reference.bot.name),
        "recipient": _account(reference.customer.id, reference.customer.name),
        "conversation": {"id": reference.conversation},
    }


def _escalate(reference: ConversationReference, note: str, context: Mapping[str, Any]) -> dict[str, Any]:
    tags = json.dumps({"type": "Escalate", "context": context}, ensure_ascii=False)
    return {**_addressed(reference), **({"text": note} if note else {}), "channelData": {"tags": tags}}


def _account(account: str, name: str | None) -> dict[str, str]:
    return {"id": account, "name": name} if name else {"id": account}


def _fits(name: str, entry: str | float, context: Mapping[str, Any]) -> bool:
    return 0 < len(name) <= MAX_NAME and len(str(entry)) <= MAX_VALUE and len(context) <= MAX_ENTRIES


def _size(message: Mapping[str, Any]) -> int:
    return len(json.dumps(message, ensure_ascii=False).encode())


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
