"""Callbacks of the vendors' hubs: signed as each signs, refused where not, and every event in Baton's words."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from hubs.errors import WebhookError
from hubs.genesys import GenesysHub
from hubs.genesys_events import signature
from hubs.zendesk import ZendeskHub
from protocol.hub_events import HubEventKind
from simulators.genesys import GenesysSimulator
from simulators.zendesk import ZendeskSimulator

NOW = datetime.now(UTC)


def _genesys() -> GenesysHub:
    hub = GenesysSimulator()
    hub.url = "http://127.0.0.1:9"
    return hub.adapter("support")


def _zendesk() -> ZendeskHub:
    hub = ZendeskSimulator()
    hub.url = "http://127.0.0.1:9"
    return hub.adapter("support")


def _signed(body: bytes) -> dict[str, str]:
    return {"x-hub-signature-256": signature(GenesysSimulator.webhook_secret, body)}


def _outbound(**changes: Any) -> bytes:
    channel = {"to": {"id": "c:1"}, "from": {"id": "i", "nickname": "Ada"}, "time": "2026-11-24T12:00:00Z"}
    whole = {"id": "m1", "channel": channel, "type": "Text", "text": "hi", "originatingEntity": "Human"}
    return json.dumps({**whole, **changes}).encode()


def _event(kind: str, **payload: Any) -> bytes:
    conversation = {"id": "z1", "type": "personal", "metadata": {"baton": "c:1"}}
    event = {"id": "e1", "type": kind, "payload": {"conversation": conversation, **payload}}
    return json.dumps({"app": {"id": "a"}, "webhook": {"id": "w"}, "events": [event]}).encode()


KEY = {"x-api-key": ZendeskSimulator.webhook_secret}


def test_genesys_signs_in_base64() -> None:
    """The vector that stands in our notes of the vendor's page."""
    body = b'{"id":"m1","channel":{"to":{"id":"conv-1"}},"type":"Text","text":"hi"}'
    assert signature("0123456789abcdef-secret", body) == "sha256=mub2juPdLXfbBAMJT8eeEC+6URH4QjbopzsUHiJkw7c="


@pytest.mark.parametrize("headers", [{}, {"x-hub-signature-256": "sha256=AAAA"}, _signed(b"another body")])
def test_genesys_unsigned_is_refused(headers: dict[str, str]) -> None:
    """401 before anything is read."""
    with pytest.raises(WebhookError) as refused:
        _genesys().receive(headers, _outbound(), NOW)
    assert refused.value.status == 401


@pytest.mark.parametrize("headers", [{}, {"x-api-key": "guessed"}])
def test_zendesk_without_the_secret_is_refused(headers: dict[str, str]) -> None:
    """401 before anything is read."""
    with pytest.raises(WebhookError) as refused:
        _zendesk().receive(headers, _event("conversation:message"), NOW)
    assert refused.value.status == 401


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"id": 5}', b'{"events": [{"id": "e"}]}'])
def test_what_is_none_of_their_formats_is_refused(body: bytes) -> None:
    """400, with what is wrong."""
    for hub, headers in ((_genesys(), _signed(body)), (_zendesk(), KEY)):
        with pytest.raises(WebhookError) as refused:
            hub.receive(headers, body, NOW)
        assert refused.value.status == 400


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, HubEventKind.MESSAGE),
        ({"originatingEntity": "Bot"}, HubEventKind.SAID),
        ({"text": ""}, HubEventKind.TYPING),
        ({"type": "Event", "events": [{"eventType": "Typing"}]}, HubEventKind.TYPING),
        ({"type": "Structured"}, HubEventKind.MESSAGE),
    ],
)
def test_what_genesys_says(changes: dict[str, Any], kind: HubEventKind) -> None:
    """Its conversation is known by the sender that we chose."""
    body = _outbound(**changes)
    (event,) = _genesys().receive(_signed(body), body, NOW)
    assert (event.kind, event.conversation, event.handoff) == (kind, "c", "c:1")


def test_a_receipt_means_nothing() -> None:
    """Genesys tells what became of messages; nobody waits for it."""
    body = _outbound(type="Receipt")
    assert _genesys().receive(_signed(body), body, NOW) == []


AGENT = {"type": "business", "displayName": "Ada", "subtypes": ["agent"]}
MESSAGE = {"id": "m", "author": AGENT, "content": {"type": "text", "text": "hi"}}


@pytest.mark.parametrize(
    ("body", "kinds"),
    [
        (_event("conversation:message", message=MESSAGE), [HubEventKind.MESSAGE]),
        (_event("conversation:message", message={**MESSAGE, "author": {"type": "user"}}), []),
        (_event("conversation:message", message={**MESSAGE, "metadata": {"baton": "c|1"}}), []),
        (_event("conversation:message", message={**MESSAGE, "author": {**AGENT, "subtypes": ["activity"]}}), []),
        (_event("conversation:typing", activity={"id": "a", "author": AGENT}), [HubEventKind.TYPING]),
        (_event("switchboard:passControl", reason="ticketClosed"), [HubEventKind.ENDED]),
        (_event("switchboard:releaseControl"), [HubEventKind.RETURNED]),
        (_event("switchboard:passControl:failure", error={"code": "x"}), [HubEventKind.FAILED]),
        (_event("conversation:read"), []),
    ],
)
def test_what_zendesk_says(body: bytes, kinds: list[HubEventKind]) -> None:
    """The echoes of the customer and of ourselves are dropped."""
    events = _zendesk().receive(KEY, body, NOW)
    assert [event.kind for event in events] == kinds
    assert all(event.conversation == "c" and event.handoff == "z1" for event in events)
