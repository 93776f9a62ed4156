"""The items of ServiceNow's callbacks, and what each is in words (bot-api.md, "VA response body parameters")."""

import re
from html.parser import HTMLParser
from typing import Any

from protocol.models import Foreign

_TIMES = {"hour": 3_600, "minute": 60, "second": 1}
_TIME = re.compile(r"(\d{1,6})\s*(hour|minute|second)", re.IGNORECASE)


class Agent(Foreign):
    """Who in agent chat said it; absent where the instance does not tell."""

    sent_from_agent: bool | None = None
    agent_id: str | None = None
    agent_name: str | None = None


class Item(Foreign):
    """One item of `body`, of whatever `uiType`."""

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
    agent_info: Agent | None = None

    @property
    def action(self) -> str:
        """What an `ActionMsg` says has happened; some releases write the type behind it."""
        return (self.action_type or "").removesuffix("ActionMsg") if self.ui_type == "ActionMsg" else ""

    @property
    def by_agent(self) -> bool:
        """Whether an agent said it, as far as the instance tells."""
        return bool(self.agent_info and self.agent_info.sent_from_agent)


def words(item: Item) -> str:
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
            return item.message or "" if item.action == "System" else ""
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


def seconds(told: str | None) -> int | None:
    """`8 Seconds`, `1 Hour 5 Minutes`; in another language nobody knows."""
    found = _TIME.findall(told or "")
    return sum(int(number) * _TIMES[unit.lower()] for number, unit in found) if found else None
