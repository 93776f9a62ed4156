"""Signing in: the card, what answers it, and what follows when nothing does."""

from typing import Any

import pytest

from dialog.calls import SignInCall
from dialog.errors import SIGN_IN
from protocol.activity import EVENT, INVOKE, Activity
from protocol.signing_in import SignIn
from tests.support.talking import Customer, Node, customer, load, say, topic, when

HOURS = topic("OnRecognizedIntent", say("nine to five"), phrases=("opening hours",))
PAGE = SignIn(connection="contoso-id", link="https://login.contoso.com/?c={conversation}&n={connection}")


def signing_in(sign_in: SignIn = PAGE, **node: Any) -> Customer:
    """A customer who is shown the card, and an agent that tells what came of it."""
    asks: Node = {"kind": "OAuthInput", "id": "o", **node}
    shown = say("{System.User.IsLoggedIn} {System.User.AccessToken}")
    talker = customer(A=topic("OnRecognizedIntent", asks, shown, phrases=("sign me in",)), H=HOURS)
    talker.sign_in = sign_in
    talker.says("sign me in")
    return talker


def card(talker: Customer) -> Any:
    """What the card says."""
    return (talker.heard[-1].attachments or ())[0].content


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


def test_the_card_leads_to_the_companys_page() -> None:
    """With the connection's name, and with what a client needs that exchanges a token of its own."""
    told = card(signing_in(title="Log in", resource="api://contoso"))
    assert told["connectionName"] == "contoso-id"
    link = "https://login.contoso.com/?c=conversation&n=contoso-id"
    assert told["buttons"] == [{"type": "signin", "title": "Log in", "value": link}]
    assert told["tokenExchangeResource"] == {"id": "conversation.shop.topic.A.o", "uri": "api://contoso"}


def test_a_card_without_a_page_has_no_button() -> None:
    """Its connection is the resource that the node names, or the agent."""
    told = card(signing_in(SignIn(), resource="api://contoso"))
    assert (told["connectionName"], told["buttons"]) == ("api://contoso", [])
    assert card(signing_in(SignIn()))["connectionName"] == "shop"


@pytest.mark.parametrize(
    ("kind", "name", "value", "heard"),
    [
        (EVENT, "tokens/response", {"token": "abc", "connectionName": "contoso-id"}, ["true abc"]),
        (INVOKE, "signin/tokenExchange", {"id": "1", "token": "abc"}, ["true abc"]),
        (EVENT, "tokens/response", {"token": ""}, ["false "]),
        (EVENT, "tokens/response", "abc", ["false "]),
        (INVOKE, "signin/failure", {"code": "cancelled"}, ["false "]),
        (INVOKE, "signin/tokenExchange", {"id": "1"}, []),
        (INVOKE, "signin/tokenExchange", {"token": ["abc"]}, []),
        (INVOKE, "signin/tokenExchange", {"token": "x" * 20_000}, []),
        (INVOKE, "signin/verifyState", {}, []),
        (INVOKE, "tokens/response", {"token": "abc"}, []),
        (EVENT, "signin/tokenExchange", {"token": "abc"}, []),
    ],
)
def test_what_a_client_may_tell_of_it(kind: str, name: str, value: Any, heard: list[str]) -> None:
    """A token signs in, a failure goes on without; what is neither leaves the card open."""
    talker = signing_in()
    assert talker.hears(Activity(type=kind, name=name, value=value)) == heard
    assert bool(talker.state.stack) is not bool(heard)


@pytest.mark.parametrize(
    "given",
    [
        Activity(type=INVOKE, name="signin/verifyState", value={"state": "123456"}),
        Activity(type="message", text=" 123456 "),
    ],
)
def test_a_code_is_redeemed(given: Activity) -> None:
    """Whether the client brings it or the customer types it; what it is worth, the world says."""
    talker = signing_in()
    assert talker.hears(given) == []
    assert talker.asked == SignInCall(connection="contoso-id", code="123456")
    assert talker.is_told("abc") == ["true abc"]


def test_a_code_that_is_refused_is_asked_for_again() -> None:
    """Three may be tried."""
    talker = signing_in()
    for _ in range(2):
        talker.says("123456")
        assert talker.is_told(None) == ["message"]
        assert card(talker)["connectionName"] == "contoso-id"
    talker.says("123456")
    assert talker.is_told(None) == ["false "]


def test_a_code_that_nobody_can_redeem_leads_on_without() -> None:
    """Nothing is configured that could, or it does not answer."""
    talker = signing_in()
    talker.says("123456")
    assert talker.is_told(None, code=SIGN_IN) == ["false "]


def test_a_sign_in_that_no_card_waits_for_changes_nothing() -> None:
    """Nobody is signed in by an answer that was not asked for."""
    talker = signing_in()
    talker.says("no thanks")
    assert talker.hears(Activity(type=EVENT, name="tokens/response", value={"token": "abc"})) == []
    assert talker.says("sign me in") == ["message"]


def arriving(sign_in: SignIn = PAGE) -> Customer:
    """A customer of an agent that wants everybody signed in, before it has said anything."""
    asks: Node = {"kind": "OAuthInput", "id": "o"}
    required = when("=System.SignInReason = SignInReason.SignInRequired", say("You have to sign in."))
    topics = {
        "Start": topic("OnConversationStart", say("Hello, {System.User.IsLoggedIn}")),
        "SignIn": topic("OnSignIn", required, asks),
        "H": HOURS,
    }
    agent = load(**topics).definition
    assert agent
    return Customer(agent.model_copy(update={"signs_in_first": True}), sign_in=sign_in)


def test_customers_sign_in_before_they_are_greeted() -> None:
    """The Sign in topic comes first, and knows why; whoever does not want to is greeted all the same."""
    talker = arriving()
    assert talker.arrives() == ["message"]
    assert card(talker)["connectionName"] == "contoso-id"
    assert talker.does("tokens/response", {"token": "abc"}) == ["Hello, true"]
    talker = arriving()
    talker.arrives()
    assert talker.says("no thanks") == ["Hello, false"]


def test_where_there_is_no_page_nobody_is_asked_to_sign_in_first() -> None:
    """A card that leads nowhere would keep everybody from being greeted."""
    assert arriving(SignIn()).arrives() == ["Hello, false"]
