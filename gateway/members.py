"""Who takes part, as a client tells it (`conversationUpdate`): the customer and the agent are known without it.

That the customer has joined, a client tells whenever it connects; the greeting was made when the conversation started.
What is left tells of somebody else, or of something else.
"""

from typing import Any

from protocol.activity import Activity

LISTS = ("membersAdded", "membersRemoved")
MAX_MEMBERS = 20
MAX_NAME = 200
_ALWAYS = frozenset({"type", "from"})


def without_the_known(fields: dict[str, Any], recipient: Any) -> dict[str, Any]:
    """An update's fields without the customer, who sends it, and without the agent, to whom it is sent.

    Others, at most 20, are told by `id` and `name` alone, up to 200 characters each, in the role of a customer.
    """
    known = {_id(fields["from"]), _id(recipient), "customer", "bot", ""}
    kept = {name: value for name, value in fields.items() if name not in LISTS}
    for name in LISTS:
        told = fields.get(name)
        others = [_member(each) for each in told if _is_other(each, known)] if isinstance(told, list) else []
        if others:
            kept[name] = others[:MAX_MEMBERS]
    return kept


def tells_more(update: Activity) -> bool:
    """Whether an update, so reduced, tells anything."""
    told = {name for name, value in update.wire().items() if value not in (None, "", [], {})}
    if isinstance(update.channel_data, dict) and set(update.channel_data) <= {"clientActivityID"}:
        told.discard("channelData")
    return bool(told - _ALWAYS - {"locale", "localTimestamp", "localTimezone", "entities"})


def _is_other(member: Any, known: set[str]) -> bool:
    return isinstance(member, dict) and member.get("role") != "bot" and _id(member) not in known


def _member(member: dict[str, Any]) -> dict[str, str]:
    texts = {name: member.get(name) for name in ("id", "name")}
    return {name: text[:MAX_NAME] for name, text in texts.items() if isinstance(text, str)} | {"role": "user"}


def _id(account: Any) -> str:
    told = account.get("id") if isinstance(account, dict) else None
    return told if isinstance(told, str) else ""
