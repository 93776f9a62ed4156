"""What LivePerson is told, in its own words: the requests of the Send API, version 3.

developers.liveperson.com/connector-api-send-api-examples.html; the schemas are those of its Messaging Window API.
"""

import json
from collections.abc import Mapping
from typing import Any

from hubs.handoffs import Handoff
from hubs.told import chunks, line_of, summary
from protocol.activity import Activity
from settings.hubs import LivePersonSettings

CLIENT = {"Client-Properties": json.dumps({"type": ".ClientProperties", "features": ["AUTO_MESSAGES", "RICH_CONTENT"]})}
"""Without this header on every call the account's automatic messages are not delivered to us."""
ANY_SKILL = "-1"
MAX_ATTRIBUTE = 100
"""Characters of one engagement attribute, as the bounded ones of the vendor's are; the text has everything."""
HEADING = "Conversation so far, part"
HEADING_TAKES = len(HEADING) + 20
"""Characters that the heading of one part takes at the most."""
PRIORITIES = {1: "URGENT", 2: "PRIORITIZED"}
_COMPOSING, _ACTIVE = "COMPOSING", "ACTIVE"


def creation(handoff: Handoff, settings: LivePersonSettings) -> list[dict[str, Any]]:
    """The customer's profile, then the request for a conversation: the order matters."""
    lang = {"conversationContext": {"type": "SharkContext", "lang": handoff.locale}}
    body = {
        "brandId": settings.account,
        "skillId": skill_of(handoff.queue, settings),
        "ttrDefName": PRIORITIES.get(handoff.priority, "NORMAL"),
        "channelType": "MESSAGING",
        **lang,
        **_campaign(settings),
    }
    profile = {"authenticatedData": {"lp_sdes": _attributes(handoff)}}
    return [_request("1", "userprofile.SetUserProfile", profile), _request("2", "cm.ConsumerRequestConversation", body)]


def saying(conversation: str, text: str) -> dict[str, Any]:
    """A message of the consumer's."""
    return _published(conversation, {"type": "ContentEvent", "contentType": "text/plain", "message": text})


def typing(conversation: str, *, ended: bool = False) -> dict[str, Any]:
    """The consumer types, or no longer does: a message alone does not end it."""
    return _published(conversation, {"type": "ChatStateEvent", "chatState": _ACTIVE if ended else _COMPOSING})


def closing(conversation: str) -> dict[str, Any]:
    """The consumer ends the conversation."""
    field = {"field": "ConversationStateField", "conversationState": "CLOSE"}
    body = {"conversationId": conversation, "conversationField": field}
    return _request("1", "cm.UpdateConversationField", body)


def skill_of(queue: str | None, settings: LivePersonSettings) -> str:
    """The skill's id of a queue; the account routes what has none."""
    return settings.skills.get(queue or "", ANY_SKILL)


def queue_of(skill: str | None, settings: LivePersonSettings) -> str | None:
    """The queue of a skill's id, which names itself where it is configured for none."""
    if not skill or skill == ANY_SKILL:
        return None
    return next((queue for queue, each in settings.skills.items() if each == skill), skill)


def history(handoff: Handoff, limit: int) -> list[str]:
    """Note and variables, then the transcript, as texts of at most `limit` characters.

    Each has its place in a heading: which makes every text another, so that its echo is of no other.
    """
    fits = limit - HEADING_TAKES
    lines = ["The assistant hands over a conversation.", *summary(handoff).splitlines()]
    parts = [*chunks(lines, fits), *chunks(map(line_of, handoff.transcript), fits)]
    return [f"{HEADING} {number} of {len(parts)}:\n{part}" for number, part in enumerate(parts, 1)]


def texts_of(activity: Activity, limit: int) -> list[str]:
    """What a message of the customer's becomes: its text, cut where it is too long, and each file by its address."""
    texts = list(chunks([activity.text], limit)) if activity.text else []
    files = [each for each in activity.attachments or () if each.content_url]
    return [*texts, *(f"{each.name or each.content_type}: {each.content_url}"[:limit] for each in files)]


def _attributes(handoff: Handoff) -> list[dict[str, Any]]:
    """The two engagement attributes that the Connector API takes; other names it does not know."""
    info = {"customerId": handoff.customer.id, "ctype": "baton", "socialId": handoff.key}
    name = handoff.customer.name or ""
    first, _, last = name.partition(" ")
    named = {"firstname": first, "lastname": last}
    attributes: list[dict[str, Any]] = [{"type": "ctmrinfo", "info": _bounded(info)}]
    if personal := _bounded(named):
        attributes.append({"type": "personal", "personal": personal})
    return attributes


def _bounded(values: Mapping[str, str]) -> dict[str, str]:
    return {name: value[:MAX_ATTRIBUTE] for name, value in values.items() if value}


def _campaign(settings: LivePersonSettings) -> dict[str, Any]:
    ids = {"campaignId": settings.campaign, "engagementId": settings.engagement}
    return {"campaignInfo": ids} if settings.campaign and settings.engagement else {}


def _published(conversation: str, event: Mapping[str, Any]) -> dict[str, Any]:
    # The main dialog's id is the conversation's.
    return _request("1", "ms.PublishEvent", {"dialogId": conversation, "event": event})


def _request(number: str, kind: str, body: Mapping[str, Any]) -> dict[str, Any]:
    return {"kind": "req", "id": number, "type": kind, "body": body}
