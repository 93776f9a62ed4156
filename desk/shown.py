"""What the desk's page writes where: words and times, without any element."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from desk.store import Handoff, Message

DELIVERIES = {"sending": "Sent", "delivered": "Delivered", "failed": "Not delivered"}
ROLES = {"user": "Customer", "bot": "Assistant", "agent": "Representative"}


@dataclass(frozen=True)
class Line:
    """One line of a conversation as it is shown."""

    role: str
    by: str
    words: str
    mark: str = ""
    failed: str = ""
    """The id of a message that can be tried again."""


def history_lines(handoff: Handoff) -> list[Line]:
    """What was said before the handoff, with its own times."""
    return [_line(activity) for activity in handoff.history if activity.get("text") or activity.get("attachments")]


def message_lines(handoff: Handoff, messages: list[Message]) -> list[Line]:
    """What was said since."""
    return [_message_line(handoff, message) for message in messages if message.activity.get("type") == "message"]


def _line(activity: Mapping[str, Any]) -> Line:
    sender = activity.get("from") or {}
    role = str(sender.get("role") or "user")
    when = clock(datetime.fromisoformat(str(activity["timestamp"])))
    return Line(role, f"{sender.get('name') or ROLES.get(role, role)} · {when}", words_of(activity))


def _message_line(handoff: Handoff, message: Message) -> Line:
    name = message.name or (handoff.customer if message.role == "user" else ROLES.get(message.role, message.role))
    when = clock(datetime.fromtimestamp(message.at, UTC))
    mark = DELIVERIES.get(message.delivery, "") + (f": {message.reason}" if message.reason else "")
    failed = message.id if message.delivery == "failed" else ""
    return Line(message.role, f"{name} · {when}", words_of(message.activity), mark, failed)


def words_of(activity: Mapping[str, Any]) -> str:
    """A message's words, and what is attached to it by name."""
    attached = [str(item.get("name") or item.get("contentType")) for item in activity.get("attachments") or ()]
    return "\n".join([str(activity.get("text") or ""), *(f"📎 {name}" for name in attached)]).strip()


def clock(moment: datetime) -> str:
    """The time of day; with the day where that is another."""
    local = moment.astimezone()
    today = datetime.now(UTC).astimezone().date()
    return f"{local:%H:%M}" if local.date() == today else f"{local:%d %b %H:%M}"


def waited(seconds: float) -> str:
    """How long somebody has been waiting."""
    return f"{int(seconds)} s" if seconds < 90 else f"{int(seconds // 60)} min"


def facts(variables: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The variables beside a conversation: the agent's own first, then Microsoft's, long lists shortened."""
    hidden = {"va_AgentMessage", "va_LastPhrases", "va_Phrases"}
    names = sorted((name for name in variables if name not in hidden), key=lambda name: (name.startswith("va_"), name))
    return [(name, _short(variables[name])) for name in names]


def _short(value: Any) -> str:
    text = ", ".join(str(part) for part in value) if isinstance(value, list) else str(value)
    return text if len(text) <= 300 else text[:297] + "…"
