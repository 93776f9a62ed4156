"""Saying something: messages with variants, cards and quick replies, and other activities."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from dialog.errors import CONTENT, TopicError
from dialog.nodes.registry import Flow, node
from dialog.nodes.tickets import is_ticket, leave_ticket
from dialog.powerfx.encoding import plain
from dialog.program import Step
from dialog.run import Run
from protocol.activity import EVENT, MESSAGE, TYPING, Activity, Attachment

ADAPTIVE = "application/vnd.microsoft.card.adaptive"


@node("SendActivity")
def send_activity(run: Run, step: Step) -> Flow:
    """Say what the author wrote; the event that asks for a ticket is said to Baton."""
    said = activity_of(run, step.properties.get("activity"), step.key)
    if is_ticket(said):
        leave_ticket(run, said.value)
        run.trace("ticket", step)
    else:
        run.say(said)
    return Flow.NEXT


def activity_of(run: Run, authored: Any, key: str = "") -> Activity:
    """The activity that an authored message means: a text, a message with variants and cards, or an event."""
    if not isinstance(authored, Mapping):
        return _message(run.text(authored))
    match authored.get("kind"):
        case "EventActivity":
            return Activity(
                type=EVENT, name=run.text(authored.get("name")), value=plain(run.value(authored.get("value")))
            )
        case "Activity" if authored.get("activityType", "Typing") == "Typing":
            return Activity(type=TYPING)
        case "Activity":
            return Activity(type=_camel(str(authored["activityType"])), name=run.text(authored.get("name")) or None)
        case _:
            return _rich(run, authored, key)


def _message(text: str) -> Activity:
    return Activity(type=MESSAGE, text=text, text_format="markdown")


def _rich(run: Run, authored: Mapping[str, Any], key: str) -> Activity:
    attachments = tuple(_attachment(run, card) for card in _mappings(authored.get("attachments")))
    replies = [_card_action(run, reply) for reply in _mappings(authored.get("quickReplies"))]
    said = {
        "text": run.text(_variant(run, authored.get("text"), authored, key)),
        "speak": run.text(_variant(run, authored.get("speak"), authored, key)) or None,
        "attachments": attachments or None,
        "attachment_layout": str(authored.get("attachmentLayout", "")).lower() or None if attachments else None,
        "suggested_actions": {"actions": replies} if replies else None,
        "value": plain(run.value(authored["value"])) if "value" in authored else None,
        "channel_data": plain(run.value(authored["channelData"])) if "channelData" in authored else None,
    }
    return _message("").model_copy(update=said)


def _variant(run: Run, variants: Any, authored: Mapping[str, Any], key: str) -> Any:
    """One of several wordings: by chance, or where the author does not want chance, one after another."""
    if not isinstance(variants, Sequence) or isinstance(variants, str):
        return variants
    if len(variants) < 2:
        return variants[0] if variants else None
    if authored.get("randomizeVariantSelection", True):
        return run.world.random.choice(variants)
    return variants[run.frame.executed.count(key) % len(variants)] if run.stack else variants[0]


def with_suggestions(activity: Activity, titles: Sequence[str]) -> Activity:
    """`activity` with a button for each title, unless the author gave it buttons."""
    if not titles or activity.suggested_actions:
        return activity
    actions = [{"type": "imBack", "title": title, "value": title} for title in titles]
    return activity.model_copy(update={"suggested_actions": {"actions": actions}})


_ACTIONS = {
    "MessageBack": ("imBack", "text"),
    "SendHiddenMessageBack": ("postBack", "text"),
    "OpenUrl": ("openUrl", "url"),
    "MakeCall": ("call", "phoneNumber"),
}


def _card_action(run: Run, reply: Mapping[str, Any]) -> dict[str, Any]:
    kind, field = _ACTIONS.get(str(reply.get("kind", "MessageBack")), ("imBack", "text"))
    value = run.text(reply.get(field))
    return {
        "type": kind,
        "title": run.text(reply.get("title")) or value,
        "value": f"tel:{value}" if kind == "call" else value,
    }


def _attachment(run: Run, card: Mapping[str, Any]) -> Attachment:
    match card.get("kind"):
        case "AdaptiveCardTemplate":
            return Attachment(content_type=ADAPTIVE, content=card_content(run, card))
        case "ImageCardTemplate":
            return Attachment(
                content_type="image/*",
                content_url=run.text(card.get("image")),
                name=run.text(card.get("title")) or None,
            )
        case "VideoCardTemplate":
            media = [{"url": run.text(card.get("media"))}]
            return Attachment(
                content_type="application/vnd.microsoft.card.video", content={**_hero(run, card), "media": media}
            )
        case _:
            return Attachment(content_type="application/vnd.microsoft.card.hero", content=_hero(run, card))


def card_content(run: Run, card: Mapping[str, Any]) -> Any:
    """An Adaptive Card's content: JSON with formulas in its texts, or a formula that gives it, as a record or as JSON.

    Raises:
        TopicError: it is no card.
    """
    content = card.get("cardContent")
    if isinstance(content, str) and content.lstrip().startswith("="):
        content = plain(run.value(content))
        return _parsed(content) if isinstance(content, str) else content
    return _filled(run, _parsed(content) if isinstance(content, str) else content)


def _parsed(content: str) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        raise TopicError(CONTENT, "the card's content is no JSON") from None


def _filled(run: Run, part: Any) -> Any:
    """A card with the formulas in its texts filled in. The card's own braces are none."""
    if isinstance(part, Mapping):
        return {name: _filled(run, value) for name, value in part.items()}
    if isinstance(part, list):
        return [_filled(run, value) for value in part]
    return run.text(part) if isinstance(part, str) and "{" in part else part


def _hero(run: Run, card: Mapping[str, Any]) -> dict[str, Any]:
    texts = {name: run.text(card[name]) for name in ("title", "subtitle", "text") if card.get(name)}
    images = [{"url": run.text(card["image"])}] if card.get("image") else []
    buttons = [_card_action(run, button) for button in _mappings(card.get("buttons"))]
    return {**texts, **({"images": images} if images else {}), **({"buttons": buttons} if buttons else {})}


def _mappings(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _camel(name: str) -> str:
    return name[:1].lower() + name[1:]
