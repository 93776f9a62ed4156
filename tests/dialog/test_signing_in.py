"""Signing in: the card, what answers it, and what follows when nothing does."""

from tests.support.talking import customer, say, topic

HOURS = topic("OnRecognizedIntent", say("nine to five"), phrases=("opening hours",))


def test_a_sign_in_is_asked_for_and_answered_with_a_token() -> None:
    """The client's event answers the card; `System.User` knows."""
    node = {"kind": "OAuthInput", "id": "o", "title": "Login", "text": "Please"}
    shown = say("{System.User.IsLoggedIn} {System.User.AccessToken}")
    talker = customer(A=topic("OnRecognizedIntent", node, shown, phrases=("sign me in",)), H=HOURS)
    talker.says("sign me in")
    card = (talker.heard[0].attachments or ())[0]
    assert card.content["text"] == "Please"
    assert talker.does("something else") == []
    assert talker.does("tokens/response", {"token": "abc"}) == ["true abc"]
    assert talker.says("sign me in") == ["true abc"]


def test_a_customer_who_does_not_sign_in_goes_on_without() -> None:
    """Anything said instead; another topic may interrupt, and the card is sent again."""
    node = {"kind": "OAuthInput", "id": "o"}
    talker = customer(
        A=topic("OnRecognizedIntent", node, say("{System.User.IsLoggedIn}"), phrases=("sign me in",)), H=HOURS
    )
    talker.says("sign me in")
    assert talker.says("opening hours") == ["nine to five", "message"]
    assert talker.says("no thanks") == ["false"]
