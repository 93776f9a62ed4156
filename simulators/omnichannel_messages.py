"""What Omnichannel makes of a message that its bot sends through the connector.

Sources: Microsoft's pages "Enable an Azure bot to escalate and end a conversation" and "Build your Azure agent", and
the Bot Connector's published specification.
"""

import json
from enum import Enum
from typing import Any

MAX_BYTES = 28 * 1024
MAX_NAME, MAX_VALUE = 100, 4_000
_TEXTS = ("text", "textFormat", "locale", "speak", "inputHint", "attachmentLayout", "replyToId", "id", "name", "code")
_OBJECTS = ("from", "recipient", "conversation", "channelData", "suggestedActions", "value")


class Means(Enum):
    """What a message is to Omnichannel."""

    SHOWN = "bridged to the customer"
    HIDDEN = "taken, and shown to nobody"
    ESCALATE = "escalate"
    END = "end"


class NotOfTheContractError(Exception):
    """The connector refuses it: 400."""


def meaning_of(body: bytes, conversation: str) -> tuple[Means, dict[str, Any]]:
    """What the message means, and the message.

    Raises:
        NotOfTheContractError: it is none.
    """
    try:
        message = json.loads(body)
    except ValueError:
        raise NotOfTheContractError("the body is not JSON") from None
    if not isinstance(message, dict) or len(body) > MAX_BYTES:
        raise NotOfTheContractError("an activity is an object of at most 28 KB")
    _check(message, conversation)
    return _meaning(message), message


def context_of(message: dict[str, Any]) -> dict[str, Any]:
    """The context variables of an escalation, as plain values."""
    told = json.loads(message["channelData"]["tags"])["context"]
    return {name: entry["value"] if isinstance(entry, dict) else entry for name, entry in told.items()}


def _check(message: dict[str, Any], conversation: str) -> None:
    for name in _TEXTS:
        if name in message and not isinstance(message[name], str):
            raise NotOfTheContractError(f"{name} is a string")
    for name in _OBJECTS:
        if name in message and not isinstance(message[name], dict):
            raise NotOfTheContractError(f"{name} is an object")
    if not isinstance(message.get("type"), str) or not message.get("from", {}).get("id"):
        raise NotOfTheContractError("an activity has a type, and a sender with an id")
    if message.get("conversation", {}).get("id", conversation) != conversation:
        raise NotOfTheContractError("the conversation is another one than the address says")
    for attachment in message.get("attachments", []):
        if not isinstance(attachment.get("contentType"), str):
            raise NotOfTheContractError("an attachment has a contentType")


def _meaning(message: dict[str, Any]) -> Means:
    data = message.get("channelData", {})
    if message["type"] != "message":
        return Means.HIDDEN
    if isinstance(data.get("command"), dict) and data["command"].get("type") == "EndConversation":
        return Means.END
    tags = data.get("tags")
    if isinstance(tags, str) and tags.startswith("{"):
        return _tagged(tags)
    return Means.SHOWN if data.get("deliveryMode") == "bridged" else Means.HIDDEN


def _tagged(tags: str) -> Means:
    try:
        told = json.loads(tags)
    except ValueError:
        raise NotOfTheContractError("tags is a string of JSON") from None
    match told:
        case {"type": "Escalate", "context": dict(context)}:
            _check_context(context)
            return Means.ESCALATE
        case {"type": "EndConversation"}:
            return Means.END
        case _:
            raise NotOfTheContractError("tags has a type, Escalate or EndConversation, and a context")


def _check_context(context: dict[str, Any]) -> None:
    for name, entry in context.items():
        value = entry.get("value") if isinstance(entry, dict) else entry
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise NotOfTheContractError(f"the context variable {name} is neither a string nor a number")
        if len(name) > MAX_NAME or len(str(value)) > MAX_VALUE:
            raise NotOfTheContractError(f"the context variable {name[:20]} is too long")
