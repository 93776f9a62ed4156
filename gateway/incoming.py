"""What a customer's client may send: bounded, checked, and stripped of what it may not claim."""

import re
from typing import Any
from uuid import uuid4

from pydantic import ValidationError

from gateway.answers import bad, too_big
from gateway.members import tells_more, without_the_known
from gateway.tokens import Caller
from protocol.activity import (
    CONVERSATION_UPDATE,
    END_OF_CONVERSATION,
    EVENT,
    INVOKE,
    MAX_TEXT,
    MESSAGE,
    TYPING,
    Activity,
)
from protocol.models import Owned

MAX_KEY = 200
MAX_ATTACHMENTS = 20
_TAKEN = frozenset({MESSAGE, TYPING, EVENT, INVOKE, CONVERSATION_UPDATE, END_OF_CONVERSATION})
_NAMED = frozenset({EVENT, INVOKE})
_INERT_NAMES = frozenset({"startconversation", "handoff.status", "handoff.initiate"})
"""The greeting is made when the conversation starts; what a handoff's state is, the conversation tells.

In generic handoff the client does: for that `gateway.conversing.say` takes `handoff.status` all the same.
"""
_STAMPED = ("id", "timestamp", "conversation", "recipient", "channelId", "serviceUrl", "replyToId")
_LINK = re.compile(r"^(https?:|data:|/)", re.IGNORECASE)


class Incoming(Owned):
    """One activity, fit to be given to the conversation; `inert` ones are acknowledged and change nothing."""

    key: str
    activity: Activity
    inert: bool = False


def incoming(sent: dict[str, Any], caller: Caller) -> Incoming:
    """What `sent` comes to, said by `caller`.

    The client's own id only tells repeats apart. Who speaks is the token's user, in the role of the customer, whatever
    the client claims; and what a handoff's state is, the client cannot tell.

    Raises:
        RequestError: 400 malformed, 413 too long.
    """
    key = _key(sent)
    # The wire format has no underscores; a field's Python name would get past what is checked under its wire name.
    fields = {name: value for name, value in sent.items() if name not in _STAMPED and "_" not in name}
    fields["from"] = _sender(sent, caller)
    if fields.get("type") == CONVERSATION_UPDATE:
        fields = without_the_known(fields, sent.get("recipient"))
    if isinstance(fields.get("channelData"), dict):
        fields["channelData"] = {name: value for name, value in fields["channelData"].items() if name != "baton"}
    try:
        activity = Activity.model_validate(fields)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        raise bad(f"activity.{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    _check(activity)
    return Incoming(key=key, activity=activity, inert=_inert(activity))


def _key(sent: dict[str, Any]) -> str:
    channel_data = sent.get("channelData")
    own = channel_data.get("clientActivityID") if isinstance(channel_data, dict) else None
    key = own or sent.get("id") or uuid4().hex
    if not isinstance(key, str) or len(key) > MAX_KEY or not key.isprintable():
        raise bad(f"an activity's id is a printable text of up to {MAX_KEY} characters")
    return key


def _sender(sent: dict[str, Any], caller: Caller) -> dict[str, str]:
    claimed = sent.get("from")
    claimed = claimed if isinstance(claimed, dict) else {}
    bound = {} if caller.claims is None else {"id": caller.claims.user, "name": caller.claims.name}
    sender = {"id": "customer"}
    for name in ("id", "name"):
        value = bound.get(name) or claimed.get(name)
        if isinstance(value, str) and value:
            sender[name] = value[:MAX_KEY]
    return sender | {"role": "user"}


def _check(activity: Activity) -> None:
    if len(activity.text or "") > MAX_TEXT:
        raise too_big(f"a message may have {MAX_TEXT} characters")
    attachments = activity.attachments or ()
    if len(attachments) > MAX_ATTACHMENTS:
        raise too_big(f"a message may have {MAX_ATTACHMENTS} attachments")
    if any(each.content_url is not None and not _LINK.match(each.content_url) for each in attachments):
        raise bad("an attachment's contentUrl is an http, https or data URL")
    if activity.type == INVOKE and not (activity.name and len(activity.name) <= MAX_KEY):
        raise bad(f"an invoke has a name of up to {MAX_KEY} characters")
    if activity.type == MESSAGE and not (activity.text or attachments or activity.value is not None):
        raise bad("a message has a text, attachments or a value")


def _inert(activity: Activity) -> bool:
    if activity.type == CONVERSATION_UPDATE:
        return not tells_more(activity)
    named = activity.type in _NAMED and (activity.name or "").lower() in _INERT_NAMES
    return named or activity.type not in _TAKEN
