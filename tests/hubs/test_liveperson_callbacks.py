"""LivePerson's webhooks: signed as the vendor's own tests have it, and every notification in Baton's words."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from hubs.errors import WebhookError
from hubs.liveperson import LivePersonHub
from hubs.liveperson_marks import conversation_in, conversation_mark, text_mark, told
from hubs.liveperson_signature import signature
from protocol.hub_events import HubEvent, HubEventKind
from settings.hubs import LivePersonSettings

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
MILLISECONDS = int(NOW.timestamp() * 1000)
SECRET = "rl9hacst6kqilbofup64n11ga3"
"""Of the vendor's public sample application, as are the two notifications below (MIT)."""
CONSUMER = "2969e404f3be1c8cdda63f0b72d205ab5afb3fe3e3d7d72ab58245f564fdfd91"
DIALOG = "b8b83fe9-75f0-46f2-baaa-2930f7192cfb"
PAUSED = (
    '{"kind":"notification","body":{"changes":[{"originatorId":"' + CONSUMER + '","originatorMetadata":{"id":"'
    + CONSUMER + '","role":"CONSUMER"},"event":{"type":"ChatStateEvent","chatState":"PAUSE"},"conversationId":"'
    + DIALOG + '","dialogId":"' + DIALOG + '"}]},"type":"ms.MessagingEventNotification"}'
)  # fmt: skip
CLOSED = (
    '{"kind":"notification","body":{"changes":[{"type":"UPSERT","result":{"convId":"' + DIALOG
    + '","effectiveTTR":-1,"conversationDetails":{"skillId":"-1","participants":[{"id":'
    '"52e05c00-d5e4-5823-acf7-62570b939a63","role":"CONTROLLER"},{"id":"' + CONSUMER
    + '","role":"CONSUMER"}],"dialogs":[{"dialogId":"' + DIALOG + '","participantsDetails":[{"id":"' + CONSUMER
    + '","role":"CONSUMER"},{"id":"52e05c00-d5e4-5823-acf7-62570b939a63","role":"CONTROLLER"}],"dialogType":"MAIN",'
    '"channelType":"MESSAGING","state":"CLOSE","creationTs":1545398580042,"endTs":1545399379370,'
    '"metaDataLastUpdateTs":1545399379370,"closedBy":"CONSUMER"}],"brandId":"42257269","state":"CLOSE",'
    '"stage":"CLOSE","closeReason":"CONSUMER","startTs":1545398580042,"endTs":1545399379370,'
    '"metaDataLastUpdateTs":1545399379370,"ttr":{"ttrType":"PRIORITIZED","value":600}}}}]},'
    '"type":"cqm.ExConversationChangeNotification"}'
)  # fmt: skip
SETTINGS = LivePersonSettings(
    kind="liveperson",
    account="42257269",
    client_id="81fad476-88af-4d08-bc0e-20bc69439ed4",
    client_secret="env:LIVEPERSON_SECRET",
    skills={"general": "101"},
)
OURS = {"x-liveperson-account-id": SETTINGS.account, "x-liveperson-client-id": SETTINGS.client_id}


def _hub(**changes: Any) -> LivePersonHub:
    return LivePersonHub("support", SETTINGS.model_copy(update=changes), SECRET)


def _read(notification: Any, **changes: Any) -> list[HubEvent]:
    body = json.dumps(notification).encode()
    return _hub(**changes).receive({**OURS, "x-liveperson-signature": signature(SECRET, body)}, body, NOW)


def _happened(role: str, event: dict[str, Any], **changes: Any) -> dict[str, Any]:
    change = {"sequence": 7, "originatorId": "who", "originatorMetadata": {"id": "who", "role": role}, "event": event}
    whole = {**change, "conversationId": "c", "dialogId": "c", "messageAudience": "ALL", **changes}
    return {"kind": "notification", "type": "ms.MessagingEventNotification", "body": {"changes": [whole]}}


def _stands(**details: Any) -> dict[str, Any]:
    whole = {
        "skillId": "101",
        "participants": [{"id": "consumer", "role": "CONSUMER"}],
        "dialogs": [{"dialogId": "c", "dialogType": "MAIN", "state": "OPEN"}],
        "state": "OPEN",
        "metaDataLastUpdateTs": 9,
        **details,
    }
    change = {"type": "UPSERT", "result": {"convId": "c", "effectiveTTR": -1, "conversationDetails": whole}}
    return {"kind": "notification", "type": "cqm.ExConversationChangeNotification", "body": {"changes": [change]}}


TEXT = {"type": "ContentEvent", "contentType": "text/plain", "message": "hello"}
READ = {"type": "AcceptStatusEvent", "status": "READ", "sequenceList": [6]}
COMPOSING = {"type": "ChatStateEvent", "chatState": "COMPOSING"}
AGENT = {"id": "ada", "role": "ASSIGNED_AGENT", "state": "ACTIVE"}


@pytest.mark.parametrize(
    ("body", "signed"),
    [(PAUSED, "sha1=e/TfS0wv1HbvEsMqcBMmFLcMslI="), (CLOSED, "sha1=CKiT6u4nb4Mpi0tdbCbgBXKAF1E=")],
)
def test_the_vendors_own_notifications_are_taken(body: str, signed: str) -> None:
    """Both mean nothing to us: the consumer paused, and closed what only we can close."""
    assert signature(SECRET, body.encode()) == signed
    assert _hub().receive({**OURS, "x-liveperson-signature": signed}, body.encode(), NOW) == []


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
@pytest.mark.parametrize("encoding", ["base64", "hex"])
def test_the_other_ways_to_sign_are_configured(algorithm: str, encoding: str) -> None:
    """And then no other way is taken."""
    hub, body = _hub(signature=algorithm, signature_encoding=encoding), PAUSED.encode()
    signed = signature(SECRET, body, algorithm, encoding)
    assert hub.receive({**OURS, "x-liveperson-signature": signed}, body, NOW) == []
    other = signature(SECRET, body, "sha256" if algorithm == "sha1" else "sha1", encoding)
    with pytest.raises(WebhookError):
        hub.receive({**OURS, "x-liveperson-signature": other}, body, NOW)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        OURS,
        {**OURS, "x-liveperson-signature": signature("guessed", PAUSED.encode())},
        {**OURS, "x-liveperson-signature": signature(SECRET, b"{}")},
        {"x-liveperson-signature": signature(SECRET, PAUSED.encode())},
        {
            **OURS,
            "x-liveperson-account-id": "another",
            "x-liveperson-signature": signature(SECRET, PAUSED.encode()),
        },
    ],
)
def test_what_is_not_ours_is_refused(headers: dict[str, str]) -> None:
    """401: not signed, by another, for another body, for another account."""
    with pytest.raises(WebhookError) as refused:
        _hub().receive(headers, PAUSED.encode(), NOW)
    assert refused.value.status == 401


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"type": "ms.MessagingEventNotification", "body": {}}',
        b'{"type": "ms.MessagingEventNotification", "body": {"changes": [{"event": 1}]}}',
        b'{"type": "cqm.ExConversationChangeNotification", "body": {"changes": [{"result": {}}]}}',
    ],
)
def test_what_is_no_notification_is_refused(body: bytes) -> None:
    """400, and never a crash."""
    with pytest.raises(WebhookError) as refused:
        _hub().receive({**OURS, "x-liveperson-signature": signature(SECRET, body)}, body, NOW)
    assert refused.value.status == 400


@pytest.mark.parametrize(
    ("notification", "kind"),
    [
        (_happened("ASSIGNED_AGENT", TEXT), HubEventKind.MESSAGE),
        (_happened("MANAGER", TEXT), HubEventKind.MESSAGE),
        (_happened("CONTROLLER", TEXT), HubEventKind.SAID),
        (_happened("CONSUMER", TEXT), HubEventKind.ECHOED),
        (_happened("ASSIGNED_AGENT", READ), HubEventKind.ECHOED),
        (_happened("ASSIGNED_AGENT", TEXT, messageAudience="AGENTS_AND_MANAGERS"), HubEventKind.ECHOED),
    ],
)
def test_what_is_numbered_is_an_event_after_another(notification: dict[str, Any], kind: HubEventKind) -> None:
    """What nobody is told has its number, too, or the next would wait for it in vain."""
    (event,) = _read(notification)
    assert (event.kind, event.key, event.after, event.handoff) == (kind, "c:7", "c:6", "c")


def test_the_first_of_a_dialog_is_after_nothing() -> None:
    """Numbers begin with nought."""
    (event,) = _read(_happened("ASSIGNED_AGENT", TEXT, sequence=0))
    assert event.after == ""


def test_a_note_for_colleagues_leaves_nothing_behind() -> None:
    """Neither the text nor a mark of it."""
    (event,) = _read(_happened("ASSIGNED_AGENT", TEXT, messageAudience="AGENTS_AND_MANAGERS"))
    assert (event.activity, event.note) == (None, None)


@pytest.mark.parametrize(
    "notification",
    [
        _happened("ASSIGNED_AGENT", TEXT, dialogId="survey"),
        _happened("CONSUMER", COMPOSING, sequence=None),
        _happened("ASSIGNED_AGENT", {**COMPOSING, "chatState": "PAUSE"}, sequence=None),
        {"kind": "notification", "type": "ms.SomethingNew", "body": {}},
    ],
)
def test_what_means_nothing_is_taken(notification: dict[str, Any]) -> None:
    """A survey's dialog, the customer's own typing, typing that stops, and what is yet to be invented."""
    assert _read(notification) == []


def test_a_representative_types() -> None:
    """Without a number."""
    (event,) = _read(_happened("ASSIGNED_AGENT", COMPOSING, sequence=None))
    assert (event.kind, event.after) == (HubEventKind.TYPING, "")


def test_an_echo_knows_our_consumer() -> None:
    """So that it finds its conversation while the hub's own id is not known."""
    (event,) = _read(_happened("CONSUMER", TEXT))
    assert (event.known_as, event.note) == ("who", text_mark(7, "hello"))


@pytest.mark.parametrize(
    ("event", "text", "address"),
    [
        ({**TEXT, "contentType": "hosted/file", "message": {"caption": "a bill", "fileType": "PDF"}}, "a bill", None),
        (
            {**TEXT, "message": {"fileType": "PNG", "preview": "data:image/png;base64,AA=="}},
            "[PNG]",
            "data:image/png;base64,AA==",
        ),
        (
            {
                "type": "RichContentEvent",
                "content": {
                    "type": "vertical",
                    "elements": [
                        {"type": "text", "text": "Pick one"},
                        {"type": "image", "url": "https://example.com/a.png"},
                        {"type": "button", "title": "Go", "click": {"actions": [{"type": "link", "uri": "https://x"}]}},
                    ],
                },
            },
            "Pick one\nGo\nhttps://x",
            "https://example.com/a.png",
        ),
    ],
)
def test_what_is_more_than_text(event: dict[str, Any], text: str, address: str | None) -> None:
    """A file by its caption and preview, rich content by the texts, links and images in it."""
    (said,) = _read(_happened("ASSIGNED_AGENT", event))
    assert said.activity is not None
    assert said.activity.text == text
    assert [each.content_url for each in said.activity.attachments or ()] == ([address] if address else [])


def test_how_it_stands_is_told_with_the_mark_that_it_is_open() -> None:
    """Nobody has it, and when somebody is promised."""
    delay = {"type": "NIGHT", "tillWhen": MILLISECONDS + 60_000}
    opened, stands = _read(_stands(delay=delay))
    assert (opened.kind, opened.key, opened.note) == (HubEventKind.ECHOED, "c:opened", conversation_mark("c"))
    assert (stands.kind, stands.order, stands.representative) == (HubEventKind.STANDS, 9, None)
    assert (stands.queue, stands.wait_seconds, stands.note) == ("general", 60, "delayed: NIGHT")
    assert opened.known_as == stands.known_as == "consumer"


@pytest.mark.parametrize(
    ("participants", "agent"),
    [([AGENT], "ada"), ([{**AGENT, "state": "SUGGESTED"}], None), ([{**AGENT, "role": "MANAGER"}], None)],
)
def test_who_has_it(participants: list[dict[str, Any]], agent: str | None) -> None:
    """One who is only asked, or looks on, has not joined."""
    (_, stands) = _read(_stands(participants=participants, skillId="7"))
    assert (stands.representative and stands.representative.id) == agent
    assert stands.queue == "7"


@pytest.mark.parametrize(
    "details",
    [
        {"state": "CLOSE", "closeReason": "AGENT"},
        {"state": "CLOSE", "closeReason": "TIMEOUT"},
        {
            "closeReason": "AGENT",
            "dialogs": [
                {"dialogType": "MAIN", "state": "CLOSE"},
                {"dialogType": "POST_SURVEY", "state": "OPEN"},
            ],
        },
    ],
)
def test_the_main_dialogs_end_is_the_end(details: dict[str, Any]) -> None:
    """While a survey may go on; told once, however often LivePerson says it."""
    (event,) = _read(_stands(**details))
    assert (event.kind, event.key, event.note) == (HubEventKind.ENDED, "c:ended", details["closeReason"])


def test_identical_texts_are_told_apart_by_their_number() -> None:
    """What was said before the last answered message is not what may have been sent now; white space is nothing."""
    marks = [conversation_mark("c"), text_mark(3, "yes"), text_mark(11, "yes "), text_mark(12, "no")]
    assert told(marks, ["yes"], after=2) == [3]
    assert told(marks, ["yes"], after=3) == [11]
    assert told(marks, ["yes"], after=11) == []
    assert told(marks, ["yes", "no", "maybe"], after=3) == [11, 12]
    assert told(marks, ["no", "yes"]) == [12]
    assert conversation_in(marks) == "c"
    assert conversation_in(marks[1:]) is None
