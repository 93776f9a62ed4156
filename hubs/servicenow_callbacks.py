"""What ServiceNow calls back with, turned into Baton's events (bot-api.md, "VA response body parameters")."""

import hashlib
import hmac
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import ValidationError, field_validator

from hubs.errors import WebhookError
from hubs.servicenow_requests import HANDOFF, OPENING, OPENING_AGAIN, request_id
from hubs.servicenow_words import Agent, Item, seconds, words
from protocol.activity import MESSAGE, TYPING, Activity, Attachment, ChannelAccount
from protocol.hub_events import HubEvent, HubEventKind
from protocol.models import Foreign

SECRET = "x-baton-secret"  # noqa: S105 - the header's name
"""ServiceNow signs nothing: the outbound configuration adds this header."""
MAX_NOTE = 500

_KEY = re.compile(r".+:\d+")
_OPENINGS = (OPENING, OPENING_AGAIN)
_SPOKEN = ("Output", "Picker", "TopicPicker", "Boolean", "InputText")
"""How `uiType` begins where somebody says something."""


class Became(StrEnum):
    """What a callback shows has become of the request that it echoes."""

    AGENT_CHAT = "agent"
    """It reached agent chat: the queue, or an agent."""
    NOBODY = "nobody"
    """Control came back."""
    VIRTUAL_AGENT = "bot"
    """The Virtual Agent answered it."""


class _Message(Foreign):
    text: str | None = None
    client_message_id: str | None = None


class _Callback(Foreign):
    request_id: str
    client_session_id: str | None = None
    client_variables: dict[str, Any] | None = None
    message: _Message | None = None
    body: tuple[Item, ...] = ()
    agent_chat: bool | None = None
    completed: bool | None = None
    take_control: bool | None = None

    @field_validator("body", mode="before")
    @classmethod
    def _as_list(cls, body: Any) -> Any:
        """An array by the documentation's table, an object in some of its examples, nothing where flags say it all."""
        return [body] if isinstance(body, dict) else body or ()

    @field_validator("message", mode="before")
    @classmethod
    def _only_texts(cls, message: Any) -> Any:
        """An `UPDATE_MESSAGES`, which we never send, echoes a list."""
        return message if isinstance(message, dict) else None

    @property
    def became(self) -> Became | None:
        if self.agent_chat or any(
            item.action in {"SubscribeToSupportQueue", "SwitchToLiveAgent"} for item in self.body
        ):
            return Became.AGENT_CHAT
        if self.take_control or self.completed:
            return Became.NOBODY
        # An agent's words without the flag are still an agent's.
        spoken = any(item.ui_type.startswith(_SPOKEN) and not item.by_agent for item in self.body)
        return Became.VIRTUAL_AGENT if spoken else None


def events_of(
    headers: Mapping[str, str], body: bytes, now: datetime, *, connection: str, secret: str
) -> list[HubEvent]:
    """The events of a callback that mean something to Baton, in order; an echo is the first, an end the last.

    Raises:
        WebhookError: the secret is not ours, or the body is no callback about a handoff.
    """
    given = headers.get(SECRET, "")
    if not given or not hmac.compare_digest(given.encode(), secret.encode()):
        raise WebhookError(401, "X-Baton-Secret is missing or wrong")
    callback = _parsed(body)
    handoff = _handoff(callback)
    whole = {"connection": connection, "handoff": handoff, "conversation": handoff.rpartition(":")[0]}
    ending = _ending(callback, handoff)
    told = [HubEvent(kind=HubEventKind.ECHOED, **_echo(handoff, mark), **whole) for mark in _marks(callback)]
    for key, item in _keyed(callback):
        for kind, details in _meanings(item, by_the_hub=bool(callback.agent_chat and ending is None)):
            # Typing has no id of its own, and told twice it harms nobody.
            unique = f"{key}:{now.timestamp()}" if kind is HubEventKind.TYPING else key
            told.append(HubEvent(key=unique, kind=kind, **whole, **details))
    if ending:
        # A handoff ends once, in whichever of the ways the instance says it first.
        kind, note = ending
        told.append(HubEvent(key=f"{handoff}:ended", kind=kind, note=note, **whole))
    return told


def became(handoff: str, abouts: Iterable[str], echoed: Iterable[str]) -> Became | None:
    """By the marks that were echoed for a handoff, what has become of its requests about these."""
    marks = frozenset(echoed)
    requests = [request_id(handoff, about) for about in abouts]
    return next((each for each in Became if any(f"{request}:{each}" in marks for request in requests)), None)


def _parsed(body: bytes) -> _Callback:
    try:
        return _Callback.model_validate_json(body)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        title = "the body is no callback of the Virtual Agent API"
        raise WebhookError(400, title, f"{where}: {first['msg']}") from None


def _marks(callback: _Callback) -> list[str]:
    return [f"{callback.request_id}:{callback.became}"] if callback.became else []


def _echo(handoff: str, mark: str) -> dict[str, str]:
    """Once for each request and outcome: agents' messages come under the id of whatever we sent last."""
    return {"key": f"{handoff}:echo:{mark}", "note": mark}


def _handoff(callback: _Callback) -> str:
    for key in (callback.client_session_id, (callback.client_variables or {}).get(HANDOFF)):
        if isinstance(key, str) and _KEY.fullmatch(key):
            return key
    detail = f"neither clientSessionId nor clientVariables.{HANDOFF} is one of Baton's"
    raise WebhookError(400, "the callback names no handoff", detail)


def _keyed(callback: _Callback) -> Iterable[tuple[str, Item]]:
    """Each item with the key that tells repeats apart.

    An agent's message may come under the request id of whatever we sent last: the id alone would tell nothing.
    """
    seen: Counter[str] = Counter()
    for item in callback.body:
        content = json.dumps(item.wire(), sort_keys=True).encode()
        key = item.message_id or f"{callback.request_id}:{hashlib.sha256(content).hexdigest()}"
        seen[key] += 1
        yield (key if seen[key] == 1 else f"{key}:{seen[key]}"), item


Meaning = tuple[HubEventKind, dict[str, Any]]


def _meanings(item: Item, *, by_the_hub: bool) -> list[Meaning]:
    """What an item says: one thing, or nothing. `by_the_hub`: its words count even if no agent is named with them."""
    representative = _representative(item.agent_info)
    if item.ui_type == "ActionMsg":
        match item.action:
            case "SubscribeToSupportQueue":
                return [(HubEventKind.QUEUED, {"wait_seconds": seconds(item.wait_time)})]
            case "StartSpinner" if item.spinner_type == "wait_time":
                return [(HubEventKind.QUEUED, {"wait_seconds": seconds(item.wait_time)})]
            case "SwitchToLiveAgent":
                return [(HubEventKind.JOINED, {"representative": representative})]
            case "StartTypingIndicator":
                return [(HubEventKind.TYPING, {"activity": Activity(type=TYPING), "representative": representative})]
        return []
    said = _said(item)
    if said is None or not (by_the_hub or item.by_agent):
        # The Virtual Agent's own words are for nobody: the customer talks to Baton's.
        return []
    if item.by_agent:
        return [(HubEventKind.MESSAGE, {"activity": said, "representative": representative})]
    # In agent chat, with `agentInfo` switched off or by the queue itself: to be read, but nobody's joining.
    return [(HubEventKind.SAID, {"activity": said})]


def _ending(callback: _Callback, handoff: str) -> tuple[HubEventKind, str | None] | None:
    """Whether the handoff is over: ended, or failed where the bot has to take over what no agent ever had."""
    if any(item.action == "SwitchToVirtualAgent" for item in callback.body):
        return HubEventKind.ENDED, None
    if callback.take_control and not callback.agent_chat:
        return HubEventKind.FAILED, " ".join(filter(None, map(words, callback.body)))[:MAX_NOTE] or None
    if _fell_back(callback, handoff):
        return HubEventKind.FAILED, "the Virtual Agent answered what was said to an agent"
    return (HubEventKind.ENDED, None) if callback.completed or callback.take_control else None


def _fell_back(callback: _Callback, handoff: str) -> bool:
    """Whether the Virtual Agent answered a message of the customer's: agent chat is over, and its callback was lost."""
    said = callback.message
    about = said.client_message_id if said and said.text else None
    ours = bool(about) and about not in _OPENINGS and callback.request_id == request_id(handoff, about or "")
    return ours and callback.became is Became.VIRTUAL_AGENT


def _said(item: Item) -> Activity | None:
    if item.ui_type == "OutputImage" and isinstance(item.value, str) and item.value:
        image = Attachment(content_type="image/*", content_url=item.value, name=item.label)
        return Activity(type=MESSAGE, attachments=(image,))
    text = words(item)
    return Activity(type=MESSAGE, text=text) if text else None


def _representative(agent: Agent | None) -> ChannelAccount | None:
    if agent is None or not (agent.agent_id or agent.agent_name or agent.sent_from_agent):
        return None
    return ChannelAccount(id=agent.agent_id or agent.agent_name or "agent", name=agent.agent_name, role="agent")
