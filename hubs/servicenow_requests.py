"""What Baton asks of ServiceNow: the requests of the Virtual Agent Bot Integration API (bot-api.md, "Request body")."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from hubs.handoffs import Handoff, TakenHandoff
from hubs.told import ROLES, summary
from protocol.activity import END_OF_CONVERSATION, MESSAGE, TYPING, Activity, utc

OPENING, OPENING_AGAIN = "open", "open again"
"""What the two requests are about that may open a handoff; no activity has such an id."""
HANDOFF = "handoff"
"""The client variable with our key, for callbacks that leave `clientSessionId` empty."""
INTRODUCTION = "The customer asked for a person."
"""What the transfer says where the conversation gives it no other words: `AGENT` wants a text."""


def request_id(handoff: str, about: str) -> str:
    """The id of a request, the same at every try; the documentation calls its format alphanumeric."""
    return hashlib.sha256(f"{handoff}|{about}".encode()).hexdigest()[:32]


def opening(handoff: Handoff, about: str, context: Mapping[str, str]) -> dict[str, Any]:
    """`action` AGENT: the whole history, the summary before it, and every variable as a context variable."""
    return {
        **_request(handoff.key, about, handoff.opened_at, text=_introduction(handoff)),
        "action": "AGENT",
        "silentMessage": False,
        "contextVariables": {**_context(handoff), **context},
        "history": _history(handoff),
    }


def ending(handoff: str, about: str, at: datetime | None) -> dict[str, Any]:
    """`action` END_CONVERSATION: with any text in it the instance does not end the conversation."""
    return {**_request(handoff, about, at, text=""), "action": "END_CONVERSATION"}


def relaying(handoff: TakenHandoff, activity: Activity) -> dict[str, Any] | None:
    """A message has no `action`; TYPING goes out until the next message. None: ServiceNow has no place for it."""
    about = str(activity.id)
    if activity.type == END_OF_CONVERSATION:
        return ending(handoff.key, about, activity.timestamp)
    if activity.type == TYPING:
        return {**_request(handoff.key, about, activity.timestamp), "action": "TYPING"}
    if activity.type == MESSAGE and (text := text_of(activity)):
        return _request(handoff.key, about, activity.timestamp, text=text)
    return None


def text_of(activity: Activity) -> str:
    """The words, and each file on a line of its own: by its address, or by name where it has none to fetch.

    `message.attachment` takes files only from domains that the instance trusts: an address in the text always arrives.
    """
    files = [
        file.content_url if (file.content_url or "").startswith("http") else f"[{file.name or file.content_type}]"
        for file in activity.attachments or ()
    ]
    return "\n".join(part for part in (activity.text, *files) if part)


def _request(handoff: str, about: str, at: datetime | None, *, text: str | None = None) -> dict[str, Any]:
    request: dict[str, Any] = {
        "requestId": request_id(handoff, about),
        "clientSessionId": handoff,
        "botToBot": True,
        "userId": handoff.rpartition(":")[0],
        "clientVariables": {HANDOFF: handoff},
    }
    if at is not None:
        request["timestamp"] = _milliseconds(at)
    if text is not None:
        request["message"] = {"text": text, "typed": True, "clientMessageId": about}
    return request


def _introduction(handoff: Handoff) -> str:
    return next((line for line in summary(handoff).splitlines() if line.strip()), INTRODUCTION)


def _context(handoff: Handoff) -> dict[str, str]:
    """Chat context variables: every variable as a string, and the routing that queues' conditions may ask for."""
    skills = ",".join(handoff.skills)
    routing = {
        "requester_session_language": handoff.locale.partition("-")[0],
        "live_agent_only": "true",
        "liveagent_queue": handoff.queue or "",
        "liveagent_skills": skills,
        "LiveAgent_mandatory_skills": skills,
        "liveagent_priority": str(handoff.priority),
    }
    known = {name: value for name, value in routing.items() if value}
    return {**{name: flat(value) for name, value in handoff.variables.items()}, **known}


def flat(value: object) -> str:
    """A variable as ServiceNow takes it: text, or JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _history(handoff: Handoff) -> list[dict[str, Any]]:
    """The summary first: an agent sees of the context variables only those that the instance has defined."""
    begun = next((said.timestamp for said in handoff.transcript if said.timestamp), handoff.opened_at)
    told = summary(handoff)
    name = str(handoff.variables.get("va_BotName") or ROLES["bot"])
    first = [_entry(told, begun, name, by_bot=True)] if told else []
    said = [(each, text_of(each)) for each in handoff.transcript]
    return [*first, *(_said(each, text, handoff.opened_at) for each, text in said if text)]


def _said(said: Activity, text: str, otherwise: datetime) -> dict[str, Any]:
    """`history` knows two sides: a representative of an earlier handoff is on the bot's, by name."""
    name = (said.from_ and said.from_.name) or ROLES.get(said.role, said.role)
    return _entry(text, said.timestamp or otherwise, name, by_bot=said.role != "user")


def _entry(text: str, at: datetime, name: str, *, by_bot: bool) -> dict[str, Any]:
    stamp = f"{_milliseconds(at):013d}"
    return {"isBotMessage": by_bot, "value": text, "displayName": name, "type": "text", "timestamp": stamp}


def _milliseconds(moment: datetime) -> int:
    return int(utc(moment).timestamp() * 1000)
