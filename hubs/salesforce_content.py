"""What a message of Salesforce's holds, as an activity: text, files, links and choices.

Shapes by Salesforce's own sample client (Salesforce-Async-Messaging/messaging-web-api-sample-app); a form that is not
known is named, so that the customer sees that there was something.
"""

from collections.abc import Mapping
from typing import Any

from protocol.activity import MESSAGE, Activity, Attachment


def content_of(message: Mapping[str, Any]) -> Activity:
    """An `abstractMessage` as a message activity."""
    content, choices = _part(message, "staticContent"), _part(message, "choices")
    files = tuple(file for each in _list(content, "attachments") if (file := _file(each)))
    link = _part(content, "linkItem")
    lines = [content.get("text"), _title(link), link.get("url"), choices.get("text")]
    lines += [f"- {title}" for each in _list(choices, "optionItems") if (title := _title(each))]
    text = "\n".join(str(line) for line in lines if line)
    if not text and not files:
        text = f"[{content.get('formatType') or message.get('messageType') or 'a message'}]"
    return Activity(type=MESSAGE, text=text or None, attachments=files or None)


def _file(attachment: Mapping[str, Any]) -> Attachment | None:
    address = attachment.get("url")
    if not isinstance(address, str):
        return None
    kind = str(attachment.get("mimeType") or "application/octet-stream")
    return Attachment(content_type=kind, content_url=address, name=attachment.get("name") or None)


def _title(item: Mapping[str, Any]) -> str:
    return str(_part(item, "titleItem").get("title") or "")


def _part(whole: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = whole.get(name)
    return part if isinstance(part, dict) else {}


def _list(whole: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    items = whole.get(name)
    return [each for each in items if isinstance(each, dict)] if isinstance(items, list) else []
