"""What somebody said in a LivePerson dialog, as an activity: texts, files, and of rich content the texts in it."""

from collections.abc import Iterator, Mapping
from typing import Any

from protocol.activity import MESSAGE, Activity, Attachment

_TEXTS = ("text", "title")
_INSIDE = ("elements", "click", "actions")


def said(event: Mapping[str, Any]) -> Activity | None:
    """The activity of a ContentEvent or a RichContentEvent; None for any other event."""
    match event.get("type"):
        case "ContentEvent":
            message = event.get("message")
            return _file(message) if isinstance(message, dict) else Activity(type=MESSAGE, text=str(message or ""))
        case "RichContentEvent":
            return _rich(event.get("content"))
    return None


def _file(message: Mapping[str, Any]) -> Activity:
    """A hosted file is fetched by another API than the Connector's: its caption is told, and its preview is shown."""
    caption = str(message.get("caption") or "")
    kind = str(message.get("fileType") or "file")
    preview = str(message.get("preview") or "")
    shown = Attachment(content_type="image/*", content_url=preview, name=caption or kind)
    named = caption or f"[{kind}]"
    return Activity(type=MESSAGE, text=named, attachments=(shown,) if preview.startswith("data:image/") else None)


def _rich(content: Any) -> Activity:
    images = tuple(
        Attachment(content_type="image/*", content_url=str(each["url"]), name=each.get("tooltip"))
        for each in _elements(content)
        if each.get("type") == "image" and each.get("url")
    )
    texts = [str(each[name]) for each in _elements(content) for name in _TEXTS if each.get(name)]
    links = [str(each["uri"]) for each in _elements(content) if each.get("type") == "link" and each.get("uri")]
    return Activity(type=MESSAGE, text="\n".join([*texts, *links]) or None, attachments=images or None)


def _elements(content: Any) -> Iterator[Mapping[str, Any]]:
    """Every element, from the outermost in."""
    if isinstance(content, list):
        for each in content:
            yield from _elements(each)
    elif isinstance(content, dict):
        yield content
        for inside in _INSIDE:
            yield from _elements(content.get(inside))
