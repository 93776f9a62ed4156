"""What ServiceNow calls back with, turned into Baton's events (bot-api.md, "VA response body parameters")."""

import hashlib
import hmac
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from html.parser import HTMLParser
from typing import Any

from pydantic import ValidationError, field_validator

from hubs.base import WebhookError
from protocol.activity import MESSAGE, TYPING, Activity, Attachment, ChannelAccount
from protocol.conversation import HubEvent, HubEventKind
from protocol.models import Foreign

SECRET = "x-baton-secret"  # noqa: S105 - the header's name
"""ServiceNow signs nothing: the outbound configuration adds this header."""
HANDOFF = "handoff"
"""The client variable with our key, for callbacks that leave `clientSessionId` empty."""
MAX_NOTE = 500

_KEY = re.compile(r".+:\d+")
_TIMES = {"hour": 3_600, "minute": 60, "second": 1}
_TIME = re.compile(r"(\d{1,6})\s*(hour|minute|second)", re.IGNORECASE)


class _Agent(Foreign):
    sent_from_agent: bool | None = None
    agent_id: str | None = None
    agent_name: str | None = None


class _Item(Foreign):
    ui_type: str
    action_type: str | None = None
    spinner_type: str | None = None
    wait_time: str | None = None
    message: str | None = None
    message_id: str | None = None
    value: Any = None
    header: str | None = None
    label: str | None = None
    prompt_msg: str | None = None
    options: tuple[dict[str, Any], ...] | None = None
    agent_info: _Agent | None = None


class _Callback(Foreign):
    request_id: str
    client_session_id: str | None = None
    client_variables: dict[str, Any] | None = None
    body: tuple[_Item, ...] = ()
    agent_chat: bool | None = None
    completed: bool | None = None
    take_control: bool | None = None

    @field_validator("body", mode="before")
    @classmethod
    def _as_list(cls, body: Any) -> Any:
        """An array by the documentation's table, an object in some of its examples, nothing where flags say it all."""
        return [body] if isinstance(body, dict) else body or ()


def events_of(headers: Mapping[str, str], body: bytes, *, connection: str, secret: str) -> list[HubEvent]:
    """The events of a callback that mean something to Baton, in order; an end is the last.

    Raises:
        WebhookError: the secret is not ours, or the body is no callback about a handoff.
    """
    given = headers.get(SECRET, "")
    if not given or not hmac.compare_digest(given.encode(), secret.encode()):
        raise WebhookError(401, "X-Baton-Secret is missing or wrong")
    try:
        callback = _Callback.model_validate_json(body)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise WebhookError(
            400, "the body is no callback of the Virtual Agent API", f"{where}: {first['msg']}"
        ) from None
    handoff = _handoff(callback)
    whole = {"connection": connection, "handoff": handoff, "conversation": handoff.rpartition(":")[0]}
    ending = _ending(callback)
    told = [
        HubEvent(key=key, kind=kind, **whole, **details)
        for key, item in _keyed(callback)
        for kind, details in _meanings(item, by_the_hub=bool(callback.agent_chat and ending is None))
    ]
    if ending:
        # A handoff ends once, in whichever of the three ways the instance says it first.
        kind, note = ending
        told.append(HubEvent(key=f"{handoff}:ended", kind=kind, note=note, **whole))
    return told


def _handoff(callback: _Callback) -> str:
    for key in (callback.client_session_id, (callback.client_variables or {}).get(HANDOFF)):
        if isinstance(key, str) and _KEY.fullmatch(key):
            return key
    detail = f"neither clientSessionId nor clientVariables.{HANDOFF} is one of Baton's"
    raise WebhookError(400, "the callback names no handoff", detail)


def _keyed(callback: _Callback) -> Iterable[tuple[str, _Item]]:
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


def _meanings(item: _Item, *, by_the_hub: bool) -> list[Meaning]:
    """What an item says: one thing, or nothing. `by_the_hub`: its words count even if no agent is named with them."""
    agent = item.agent_info
    representative = _representative(agent)
    if item.ui_type == "ActionMsg":
        match (item.action_type or "").removesuffix("ActionMsg"):
            case "SubscribeToSupportQueue":
                return [(HubEventKind.QUEUED, {"wait_seconds": _seconds(item.wait_time)})]
            case "StartSpinner" if item.spinner_type == "wait_time":
                return [(HubEventKind.QUEUED, {"wait_seconds": _seconds(item.wait_time)})]
            case "SwitchToLiveAgent":
                return [(HubEventKind.JOINED, {"representative": representative})]
            case "StartTypingIndicator":
                return [(HubEventKind.TYPING, {"activity": Activity(type=TYPING), "representative": representative})]
        return []
    said = _said(item)
    if said is None or not (by_the_hub or (agent and agent.sent_from_agent)):
        # The Virtual Agent's own words are for nobody: the customer talks to Baton's.
        return []
    if agent and agent.sent_from_agent:
        return [(HubEventKind.MESSAGE, {"activity": said, "representative": representative})]
    # In agent chat, with `agentInfo` switched off or by the queue itself: to be read, but nobody's joining.
    return [(HubEventKind.SAID, {"activity": said})]


def _ending(callback: _Callback) -> tuple[HubEventKind, str | None] | None:
    """Whether the handoff is over: ended, or failed where the bot has to take over what no agent ever had."""
    if any(item.action_type == "SwitchToVirtualAgent" for item in callback.body):
        return HubEventKind.ENDED, None
    if callback.take_control and not callback.agent_chat:
        return HubEventKind.FAILED, " ".join(filter(None, map(_words, callback.body)))[:MAX_NOTE] or None
    return (HubEventKind.ENDED, None) if callback.completed or callback.take_control else None


def _said(item: _Item) -> Activity | None:
    if item.ui_type == "OutputImage" and isinstance(item.value, str) and item.value:
        image = Attachment(content_type="image/*", content_url=item.value, name=item.label)
        return Activity(type=MESSAGE, attachments=(image,))
    text = _words(item)
    return Activity(type=MESSAGE, text=text) if text else None


def _words(item: _Item) -> str:
    """An item as plain text: a link with its address, a choice with its options."""
    value = item.value if isinstance(item.value, str) else ""
    match item.ui_type:
        case "OutputText":
            return value or item.label or ""
        case "OutputHtml":
            return _plain(value)
        case "OutputLink":
            address = item.value.get("action") if isinstance(item.value, dict) else value
            return "\n".join(str(part) for part in (item.header or item.label, address) if part)
        case "Picker" | "TopicPickerControl" | "Boolean":
            options = [f"- {option['label']}" for option in item.options or () if option.get("label")]
            return "\n".join(part for part in (item.prompt_msg or item.label, *options) if part)
        case "ActionMsg":
            return item.message or "" if item.action_type == "System" else ""
        case _:
            return ""


class _Plain(HTMLParser):
    """The words of a piece of HTML, with its breaks; what a browser would run is left out."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._hidden = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A new line where the browser begins one; a link's address stays."""
        self._hidden = self._hidden or tag in {"script", "style"}
        if tag in {"br", "p", "div", "li", "tr"}:
            self.parts.append("\n")
        self.parts.extend(f"{value} " for name, value in attrs if name == "href" and value)

    def handle_endtag(self, tag: str) -> None:
        """Words count again."""
        self._hidden = self._hidden and tag not in {"script", "style"}

    def handle_data(self, data: str) -> None:
        """Words."""
        if not self._hidden:
            self.parts.append(data)


def _plain(html: str) -> str:
    reader = _Plain()
    reader.feed(html)
    reader.close()
    return "".join(reader.parts).strip()


def _seconds(told: str | None) -> int | None:
    """`8 Seconds`, `1 Hour 5 Minutes`; in another language nobody knows."""
    found = _TIME.findall(told or "")
    return sum(int(number) * _TIMES[unit.lower()] for number, unit in found) if found else None


def _representative(agent: _Agent | None) -> ChannelAccount | None:
    if agent is None or not (agent.agent_id or agent.agent_name or agent.sent_from_agent):
        return None
    return ChannelAccount(id=agent.agent_id or agent.agent_name or "agent", name=agent.agent_name, role="agent")
