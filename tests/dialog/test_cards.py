"""Adaptive Cards: shown, asked with, submitted."""

import json
from typing import Any

from tests.support.talking import Customer, customer, put, say, topic

CARD = {
    "type": "AdaptiveCard",
    "version": "1.5",
    "body": [
        {"type": "TextBlock", "text": "Hello {Topic.Name}"},
        {"type": "Input.Text", "id": "note"},
        {"type": "Input.Number", "id": "credits"},
        {"type": "Input.Toggle", "id": "agreed", "title": "I agree"},
    ],
    "actions": [{"type": "Action.Submit", "title": "Send", "data": {"pressed": "send"}}],
}
TYPES = {
    "note": "String",
    "credits": "Number",
    "agreed": {"type": "Boolean", "displayName": "Agreed"},
    "pressed": "String",
}


def prompt(card: Any, **more: Any) -> Customer:
    """A customer who has been sent the card."""
    node = {
        "kind": "AdaptiveCardPrompt",
        "id": "card",
        "card": card,
        "output": {"binding": {name: f"Topic.{name.title()}" for name in TYPES}},
        "outputType": {"properties": TYPES},
        **more,
    }
    return customer(
        A=topic(
            "OnConversationStart",
            put("Topic.Name", "Ada"),
            node,
            say("{Topic.Note} {Topic.Credits + 1} {If(Topic.Agreed, 1, 0)} {Topic.Pressed}"),
        ),
        Escalate=topic("OnEscalate", say("getting a person"), phrases=("speak to agent",)),
    )


def body_of(talker: Customer) -> Any:
    """The card that was sent last."""
    (attachment,) = talker.heard[-1].attachments or ()
    assert attachment.content_type == "application/vnd.microsoft.card.adaptive"
    return attachment.content["body"]


def test_what_is_filled_in_goes_to_variables_of_its_types() -> None:
    """A form says everything as text; the declared types make numbers and Booleans of it."""
    talker = prompt(json.dumps(CARD))
    assert body_of(talker)[0]["text"] == "Hello Ada"
    assert talker.submits({"note": "hi", "credits": "72", "agreed": "true", "pressed": "send"}) == ["hi 73 1 send"]


def test_a_formula_may_give_the_card() -> None:
    """As a record, or as JSON in a text."""
    record = '={ type: "AdaptiveCard", body: ForAll(["a", "b"], { type: "TextBlock", text: Value }) }'
    assert [part["text"] for part in body_of(prompt(record))] == ["a", "b"]
    text = '="{""type"": ""AdaptiveCard"", ""body"": [{""type"": ""TextBlock"", ""text"": ""c""}]}"'
    assert [part["text"] for part in body_of(prompt(text))] == ["c"]


def test_a_text_is_no_submission() -> None:
    """The card is sent again, in the words for that; then a person is asked for."""
    talker = prompt(json.dumps(CARD), unrecognizedPrompt="Please use the form.")
    assert [talker.says("hello?") for _ in range(2)] == [["Please use the form."]] * 2
    assert talker.says("hello?")[0] == "getting a person"


def test_what_does_not_fit_is_blank() -> None:
    """A number that is none, a box that was not there."""
    talker = prompt(json.dumps(CARD))
    assert talker.submits({"note": "hi", "credits": "many"}) == ["hi 1 0 "]


def test_no_json_is_an_error_of_the_topic() -> None:
    """On Error is told."""
    talker = prompt("{ type: AdaptiveCard }")
    assert "ContentError" in str(talker.heard[-1].text)
