"""Every entry of a Salesforce conversation in Baton's words."""

import json
from typing import Any

import pytest

from hubs.handoffs import WatchedHandoff
from hubs.salesforce_content import content_of
from hubs.salesforce_entries import Entry, Hearing, ended, kind_of
from protocol.hub_events import HubEventKind

HANDOFF = WatchedHandoff(conversation="c", id="s1", key="c:1")
TEXT = {
    "abstractMessage": {"messageType": "StaticContentMessage", "staticContent": {"formatType": "Text", "text": "hi"}}
}
K = HubEventKind


def _entry(kind: str, payload: Any, role: str = "System", name: str = "Pat") -> Entry:
    sender = {"role": role, "subject": f"{role}-{name}"}
    whole = {"identifier": "i1", "entryType": kind, "sender": sender, "senderDisplayName": name}
    text = payload if isinstance(payload, str) else json.dumps(payload)
    return Entry.model_validate({**whole, "entryPayload": text})


def _change(operation: str, who: str = "pat", role: str = "Agent") -> Entry:
    participant = {"role": role, "subject": who}
    return _entry(
        "ParticipantChanged", {"entries": [{"operation": operation, "displayName": who, "participant": participant}]}
    )


def _routed(kind: str, failure: str) -> Entry:
    return _entry("RoutingResult", {"routingType": kind, "failureType": failure, "failureReason": "nobody is there"})


def _status(status: str, by: str | None = None) -> Entry:
    return _entry("SessionStatusChanged", {"sessionStatus": status, "sessionEndedByRole": by})


@pytest.mark.parametrize(
    ("entry", "kinds"),
    [
        (_entry("Message", TEXT, "Agent"), [K.MESSAGE]),
        (_entry("Message", TEXT, "Supervisor"), [K.MESSAGE]),
        (_entry("Message", TEXT, "EndUser"), []),
        (_entry("Message", TEXT, "System"), [K.SAID]),
        (_entry("Message", TEXT, "Chatbot"), [K.SAID]),
        (_entry("Message", "no JSON", "Agent"), []),
        (_entry("Message", ["a", "list"], "Agent"), []),
        (_change("add"), [K.JOINED]),
        (_change("add", role="Chatbot"), []),
        (_entry("ParticipantChanged", {"entries": "none"}), []),
        (_routed("Initial", "None"), []),
        (_routed("Initial", "RoutingError"), [K.FAILED]),
        (_routed("Transfer", "None"), [K.TRANSFERRED]),
        (_status("Waiting"), []),
        (_status("Active"), []),
        (_status("Inactive"), []),
        (_status("Ended", "Agent"), [K.ENDED]),
        (_status("Ended"), [K.ENDED]),
        (_status("Ended", "Supervisor"), []),
        (_entry("QueuePosition", {"position": 3, "estimatedWaitTime": 61.4}), [K.QUEUED]),
        (_entry("QueuePosition", {"somethingElse": 3}), []),
        (_entry("CloseConversation", {}), [K.ENDED]),
        (_entry("TypingStartedIndicator", {}, "Agent"), [K.TYPING]),
        (_entry("TypingStartedIndicator", {}, "EndUser"), []),
        (_entry("TypingStoppedIndicator", {}, "Agent"), []),
        (_entry("RoutingWorkResult", {}), []),
        (_entry("WhateverComesNext", {}), []),
    ],
)
def test_what_an_entry_means(entry: Entry, kinds: list[HubEventKind]) -> None:
    """Unknown ones mean nothing, and neither do our own words; the same entry gives the same keys."""
    events = Hearing(HANDOFF, "sf").events(entry.entry_type, entry)
    assert [event.kind for event in events] == kinds
    assert [event.key for event in Hearing(HANDOFF, "sf").events(entry.entry_type, entry)] == [
        event.key for event in events
    ]
    assert all((event.conversation, event.handoff, event.connection) == ("c", "s1", "sf") for event in events)


@pytest.mark.parametrize(
    ("routing", "unrouted_ends", "kind"),
    [
        ("NEEDS_ROUTING", True, K.ENDED),
        ("NEEDS_ROUTING", False, K.LEFT),
        (None, True, K.ENDED),
        ("TRANSFER", True, K.TRANSFERRED),
        ("INITIAL", True, K.LEFT),
        ("ROUTED", True, K.LEFT),
    ],
)
def test_where_it_is_routed_tells_what_leaving_means(
    routing: str | None,
    unrouted_ends: bool,  # noqa: FBT001 - a row
    kind: HubEventKind,
) -> None:
    """The representative is gone: for good, to another queue, or only they."""
    hearing = Hearing(HANDOFF, "sf", unrouted_ends=unrouted_ends)
    hearing.events("ParticipantChanged", _change("add"))
    assert hearing.asks_for_routing("ParticipantChanged", _change("remove"))
    assert [each.kind for each in hearing.events("ParticipantChanged", _change("remove"), routing)] == [kind]


def test_a_representative_who_stays_keeps_the_conversation() -> None:
    """Another one has joined before the first leaves; neither their leaving nor the queue's news takes it away."""
    hearing = Hearing(HANDOFF, "sf")
    (joined,) = hearing.events("ParticipantChanged", _change("add", "pat"))
    assert joined.representative
    assert joined.representative.id == "pat"
    hearing.events("ParticipantChanged", _change("add", "kim"))
    assert not hearing.asks_for_routing("ParticipantChanged", _change("remove", "pat"))
    assert hearing.events("ParticipantChanged", _change("remove", "pat")) == []
    assert hearing.events("RoutingResult", _routed("Transfer", "None")) == []
    assert hearing.events("RoutingResult", _routed("Transfer", "RoutingError")) == []
    assert hearing.events("QueuePosition", _entry("QueuePosition", {"position": 1})) == []


@pytest.mark.parametrize(
    ("entries", "over"),
    [
        ([], False),
        ([_change("add")], False),
        ([_status("Waiting"), _change("add")], False),
        ([_change("add"), _change("remove")], None),
        ([_change("add"), _change("remove"), _status("Ended")], True),
        ([_status("Ended"), _status("Active")], False),
    ],
)
def test_whether_a_session_is_over(entries: list[Entry], over: bool | None) -> None:  # noqa: FBT001 - a row
    """By what was said last; where nobody says, by the routing."""
    assert ended(entries) is over


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (TEXT["abstractMessage"], "hi"),
        (
            {
                "staticContent": {
                    "formatType": "RichLink",
                    "linkItem": {"titleItem": {"title": "Us"}, "url": "https://a"},
                }
            },
            "Us\nhttps://a",
        ),
        (
            {
                "choices": {
                    "text": "Which?",
                    "optionItems": [{"titleItem": {"title": "One"}}, {"titleItem": {"title": "Two"}}],
                }
            },
            "Which?\n- One\n- Two",
        ),
        ({"messageType": "FormMessage"}, "[FormMessage]"),
        ({"staticContent": "none", "choices": []}, "[a message]"),
    ],
)
def test_content(message: dict[str, Any], text: str) -> None:
    """What cannot be shown is named."""
    assert content_of(message).text == text


def test_files() -> None:
    """A file by its address; one without is left out."""
    attachments = [{"url": "https://a/b.pdf", "mimeType": "application/pdf", "name": "b.pdf"}, {"name": "c"}]
    activity = content_of({"staticContent": {"formatType": "Attachments", "text": "see", "attachments": attachments}})
    (file,) = activity.attachments or ()
    assert (activity.text, file.content_url, file.content_type, file.name) == (
        "see",
        "https://a/b.pdf",
        "application/pdf",
        "b.pdf",
    )


def test_events_are_named_after_entries() -> None:
    """The stream shouts, the entries do not."""
    assert kind_of("CONVERSATION_SESSION_STATUS_CHANGED") == "SessionStatusChanged"
    assert kind_of("CONVERSATION_MESSAGE") == "Message"
