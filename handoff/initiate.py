"""The event `handoff.initiate`, by which an agent gives its conversation away.

Its form is that of Bot Framework's EventFactory.CreateHandoffInitiation as Copilot Studio sends it over Direct Line
(learn.microsoft.com/microsoft-copilot-studio/configure-generic-handoff).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from handoff.transcript import for_representatives
from protocol.activity import EVENT, Activity, ChannelAccount

INITIATE = "handoff.initiate"
STATUS = "handoff.status"
CHANNEL = "directline"
MAX_HISTORY = 250_000
"""Characters of JSON that the history may have: it stands in the log, and Temporal carries the log."""


def initiation(value: Mapping[str, Any], history: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What every `handoff.initiate` has, to whomever it goes: the variables, and the history as an attachment."""
    transcript = {"contentType": "application/json", "name": "Transcript", "content": {"activities": list(history)}}
    return {"type": EVENT, "name": INITIATE, "value": dict(value), "attachments": [transcript]}


def over_direct_line(  # noqa: PLR0913 - each is one part of the event, and keyword only
    *,
    conversation: str,
    variables: Mapping[str, Any],
    said: Sequence[Activity],
    bot: ChannelAccount,
    customer: ChannelAccount,
    service_url: str,
) -> Activity:
    """The event for a client that is itself a hub's adapter. Its id, time and sender are the log's to write.

    It replies to the customer's last activity, where there is one.
    """
    place = {"channelId": CHANNEL} | ({"serviceUrl": service_url} if service_url else {})
    last = next((each.id for each in reversed(said) if each.role == "user"), None)
    reply = {"replyToId": last} if last else {}
    reference = {
        **({"activityId": last} if last else {}),
        "user": customer.wire(),
        "bot": bot.wire(),
        "conversation": {"id": conversation},
        **place,
    }
    history = [_as_sent(each, bot, customer, place) for each in said]
    whole = initiation(variables, history) | reply | {"channelId": CHANNEL, "entities": [], "relatesTo": reference}
    return Activity.model_validate(whole)


def told_to_client(activities: Sequence[Activity]) -> tuple[Activity, ...]:
    """What of the log goes along: all that anybody said, without what the client itself has told of handoffs."""
    return tuple(each for each in for_representatives(activities) if each.name != STATUS)


def newest(activities: Sequence[Activity]) -> tuple[Activity, ...]:
    """The newest of `activities`, as many as `MAX_HISTORY` lets."""
    length = 0
    for index in range(len(activities) - 1, -1, -1):
        length += len(activities[index].model_dump_json(by_alias=True, exclude_none=True))
        if length > MAX_HISTORY:
            return tuple(activities[index + 1 :])
    return tuple(activities)


def _as_sent(
    activity: Activity, bot: ChannelAccount, customer: ChannelAccount, place: dict[str, str]
) -> dict[str, Any]:
    """One activity of the history with all that Direct Line's own have."""
    theirs = activity.role == "user"
    whole: dict[str, Any] = {
        **place,
        "recipient": (bot if theirs else customer).wire(),
        "attachments": [],
        "entities": [],
        **activity.wire(),
    }
    if "text" in whole:
        whole.setdefault("textFormat", "plain" if theirs else "markdown")
    if not isinstance(whole.get("channelData", {}), dict):
        # Some clients send a text here; the form has an object.
        del whole["channelData"]
    return whole
