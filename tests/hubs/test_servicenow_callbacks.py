"""Callbacks of ServiceNow: refused without the secret, and every item in Baton's words."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hubs.errors import WebhookError
from hubs.servicenow_callbacks import Became, became, events_of
from hubs.servicenow_requests import OPENING, request_id
from protocol.hub_events import HubEvent, HubEventKind

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECRET = {"x-baton-secret": "s"}
ADA = {"sentFromAgent": True, "agentId": "a1", "agentName": "Ada"}
K = HubEventKind


def _callback(body: Any = (), **changes: Any) -> bytes:
    whole = {"requestId": "r", "clientSessionId": "c:1", "userId": "c", "body": body, "score": "1"}
    return json.dumps({**whole, **changes}).encode()


def _events(body: bytes, now: datetime = NOW) -> list[HubEvent]:
    return events_of(SECRET, body, now, connection="support", secret="s")


def _told(body: Any, **changes: Any) -> list[HubEvent]:
    return [event for event in _events(_callback(body, **changes)) if event.kind is not K.ECHOED]


def _action(kind: str, **changes: Any) -> dict[str, Any]:
    return {"uiType": "ActionMsg", "actionType": kind, **changes}


def _output(text: str, **changes: Any) -> dict[str, Any]:
    return {"uiType": "OutputText", "group": "DefaultText", "value": text, "maskType": "NONE", **changes}


@pytest.mark.parametrize("headers", [{}, {"x-baton-secret": ""}, {"x-baton-secret": "guessed"}])
def test_without_the_secret_it_is_refused(headers: dict[str, str]) -> None:
    """401 before anything is read."""
    with pytest.raises(WebhookError) as refused:
        events_of(headers, b"{", NOW, connection="support", secret="s")
    assert refused.value.status == 401


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        _callback(5),
        _callback([{"no": "uiType"}]),
        _callback(clientSessionId=""),
        _callback(clientSessionId="theirs", clientVariables={"handoff": "theirs"}),
    ],
)
def test_what_is_no_callback_about_a_handoff_is_refused(body: bytes) -> None:
    """400, with what is wrong."""
    with pytest.raises(WebhookError) as refused:
        _events(body)
    assert refused.value.status == 400


@pytest.mark.parametrize(
    ("item", "kind"),
    [
        (_action("SubscribeToSupportQueue"), K.QUEUED),
        (_action("StartSpinner", spinnerType="wait_time", waitTime="1 Hour 5 Minutes"), K.QUEUED),
        (_action("SwitchToLiveAgent", agentInfo=ADA), K.JOINED),
        (_action("StartTypingIndicator"), K.TYPING),
        (_action("SwitchToVirtualAgent"), K.ENDED),
        (_action("SwitchToVirtualAgentActionMsg"), K.ENDED),
        (_output("hi", messageId="m", agentInfo=ADA), K.MESSAGE),
        (_output("hi"), K.SAID),
        ({"uiType": "OutputImage", "value": "https://e/x.png", "agentInfo": ADA}, K.MESSAGE),
    ],
)
@pytest.mark.parametrize("alone", [True, False], ids=["object", "array"])
def test_what_an_item_says(item: dict[str, Any], kind: HubEventKind, *, alone: bool) -> None:
    """An item alone may come without its array."""
    (event,) = _told(item if alone else [item], agentChat=True)
    assert (event.kind, event.handoff, event.conversation) == (kind, "c:1", "c")
    if item.get("agentInfo"):
        assert event.representative
        assert event.representative.name == "Ada"


@pytest.mark.parametrize(
    "item",
    [
        _action("EndSpinner"),
        _action("StartSpinner"),
        _action("SubscribeToChatPresence"),
        _action("ChatSubHeader"),
        _action("System", message="Ada has entered"),
    ],
)
def test_what_means_nothing(item: dict[str, Any]) -> None:
    """Furniture of ServiceNow's own client, and what Baton says itself."""
    assert _told([item], agentChat=True) == []


def test_the_virtual_agent_talks_to_nobody() -> None:
    """The customer talks to Baton's bot."""
    assert _told([_output("I am sorry but I didn't understand.")]) == []


@pytest.mark.parametrize(
    ("item", "text"),
    [
        ({"uiType": "OutputHtml", "value": "<p>one<br>two</p><script>no()</script>"}, "one\ntwo"),
        ({"uiType": "OutputLink", "header": "Help", "value": {"action": "https://e/h"}}, "Help\nhttps://e/h"),
        ({"uiType": "Picker", "promptMsg": "Which?", "options": [{"label": "A"}, {"label": "B"}]}, "Which?\n- A\n- B"),
    ],
)
def test_an_agents_message_is_told_in_words(item: dict[str, Any], text: str) -> None:
    """Whatever it is made of."""
    (event,) = _told([{**item, "agentInfo": ADA}], agentChat=True)
    assert event.activity
    assert event.activity.text == text


@pytest.mark.parametrize(
    ("waiting", "seconds"), [("8 Seconds", 8), ("1 Hour 5 Minutes", 3_900), ("bald", None), (None, None)]
)
def test_the_wait_is_in_words(waiting: str | None, seconds: int | None) -> None:
    """In another language nobody knows."""
    (event,) = _told([_action("StartSpinner", spinnerType="wait_time", waitTime=waiting)], agentChat=True)
    assert event.wait_seconds == seconds


@pytest.mark.parametrize(
    ("flags", "kind"),
    [
        ({"takeControl": True, "score": 0}, K.FAILED),
        ({"takeControl": True, "agentChat": True}, K.ENDED),
        ({"completed": True}, K.ENDED),
    ],
)
def test_how_it_ends_without_an_action(flags: dict[str, Any], kind: HubEventKind) -> None:
    """Nobody there is a failure, with the reason; the rest is an end. Whichever is first, it ends once."""
    (event,) = _told([_output("There are no agents available at this time.")], **flags)
    assert (event.kind, event.key) == (kind, "c:1:ended")
    assert (event.note is not None) is (kind is K.FAILED)


def test_repeats_have_the_same_key_and_others_do_not() -> None:
    """The request's id alone tells nothing: agents write under the id of whatever we sent last."""
    first, again = (_told([_output("hi", agentInfo=ADA)], agentChat=True)[0] for _ in range(2))
    other = _told([_output("hi!", agentInfo=ADA)], agentChat=True)[0]
    numbered = _told([_output("hi", agentInfo=ADA, messageId="m1")], agentChat=True)[0]
    assert first.key == again.key
    assert len({first.key, other.key, numbered.key}) == 3
    twice = _told([_output("hi", agentInfo=ADA), _output("hi", agentInfo=ADA)], agentChat=True)
    assert len({event.key for event in twice}) == 2


def test_each_typing_is_news() -> None:
    """It has no id, and under one request an agent types often."""
    body = _callback([_action("StartTypingIndicator")], agentChat=True)
    assert _events(body)[-1].key != _events(body, NOW + timedelta(seconds=9))[-1].key


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (_callback([_action("SubscribeToSupportQueue")], requestId=request_id("c:1", OPENING)), Became.AGENT_CHAT),
        (_callback(agentChat=True, requestId=request_id("c:1", OPENING)), Became.AGENT_CHAT),
        (_callback([_output("nobody")], takeControl=True, requestId=request_id("c:1", OPENING)), Became.NOBODY),
        (_callback([_output("sorry?")], requestId=request_id("c:1", OPENING)), Became.VIRTUAL_AGENT),
        (_callback([_action("EndSpinner")], requestId=request_id("c:1", OPENING)), None),
        (_callback([_output("sorry?")], requestId=request_id("c:2", OPENING)), None),
    ],
)
def test_echoes_tell_what_became_of_a_request(body: bytes, expected: Became | None) -> None:
    """Marks that the conversation keeps, for whoever asks after an unclear outcome."""
    marks = [event.note or "" for event in _events(body) if event.kind is K.ECHOED]
    assert became("c:1", [OPENING], marks) == expected


@pytest.mark.parametrize(
    ("changes", "kinds"),
    [
        ({}, [K.FAILED]),
        ({"agentChat": True}, [K.SAID]),
        ({"requestId": "another"}, []),
        ({"message": {"text": "", "clientMessageId": "c|1"}}, []),
        ({"message": [{"id": "m", "status": "sent_to_user"}]}, []),
    ],
)
def test_a_message_that_the_virtual_agent_answers(changes: dict[str, Any], kinds: list[HubEventKind]) -> None:
    """Agent chat is over and nobody told us; an end that we asked for is no such thing."""
    echoed = {"requestId": request_id("c:1", "c|1"), "message": {"text": "hello?", "clientMessageId": "c|1"}}
    assert [event.kind for event in _told([_output("I am sorry")], **{**echoed, **changes})] == kinds
