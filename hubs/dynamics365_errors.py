"""The messaging API's own error codes, and what an administrator can do about each.

Source: Microsoft's documentation of Dynamics 365 Contact Center, "Messaging API error handling". Where in the body the
code stands is not shown there, so it is looked for wherever it may.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx

from hubs.errors import HandoffGoneError, HubError, HubRefusedError, HubUnavailableError
from hubs.line import Meaning

_CODE = re.compile(r"\b300(?:0[1-9]|1[0-6])\b")
_PLACES = ("code", "errorcode", "error", "detail", "title", "type", "message")
_OURS = "this is a mistake of Baton's; please report it"
_ADVICE = {
    30001: "messaging.organization is not this organisation's id",
    30002: "messaging.channel is no id of a custom messaging channel",
    30003: "the messaging API does not take this kind of activity",
    30004: "messaging.channel has no configuration there: create the custom messaging channel, or correct the id",
    30005: f"it takes its own conversation id for none; {_OURS}",
    30006: f"it takes a timestamp for none; {_OURS}",
    30007: f"a page is too large; {_OURS}",
    30008: f"a page is too large; {_OURS}",
    30009: f"it takes its own continuation token for none; {_OURS}",
    30010: f"there are more than 100 context variables; {_OURS}",
    30011: f"a text is longer than 6,000 characters; {_OURS}",
    30012: f"the request is malformed; {_OURS}",
    30014: "link the custom messaging channel to a workstream, in the Copilot Service admin center",
    30016: f"a message has neither text nor attachments; {_OURS}",
}
_GONE, _UNCLEAR = 30013, 30015


def meaning(name: str) -> Meaning:
    """What an error of the messaging API means for the connection `name`."""

    def told(answer: httpx.Response, said: str) -> HubError | None:
        code = code_of(answer)
        if code == _GONE:
            return HandoffGoneError(f"{said} ({code}): the conversation is closed")
        if code == _UNCLEAR:
            return HubUnavailableError(f"{said} ({code}): it could not write its answer")
        if code is not None:
            return HubRefusedError(f"{said} ({code}): {_ADVICE[code]} (baton.toml [hubs.{name}])")
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            keys = "client_id, messaging.scope or zone, organization and channel"
            owner = "that the channel's record names this application"
            return HubRefusedError(f"{said}: check baton.toml [hubs.{name}] {keys}, and {owner}")
        return None

    return told


def code_of(answer: httpx.Response) -> int | None:
    """The first of the codes 30001 to 30016 that the body names."""
    try:
        body = json.loads(answer.content)
    except ValueError:
        return None
    found = (_CODE.search(text) for text in _texts(body))
    return next((int(match.group()) for match in found if match), None)


def _texts(body: Any) -> Iterator[str]:
    if not isinstance(body, dict):
        return
    for name, value in body.items():
        if isinstance(value, dict):
            yield from _texts(value)
        elif name.lower() in _PLACES and isinstance(value, str | int):
            yield str(value)
