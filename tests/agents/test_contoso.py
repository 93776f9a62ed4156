"""Stories of the sample agent: each topic to its end, and both ways to a human."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from activities.agent_versions import read_folder
from dialog.loader import load_agent
from dialog.program import walk
from dialog.source import Source, read
from dialog.turn import EndConversation, UseLatestVersion
from tests.agents.conftest import CONTOSO
from tests.support.talking import Customer

SCHEMA = Path(__file__).parents[2] / "../shared/contracts/copilot-studio-authoring.schema.json"
TOPICS = sorted((CONTOSO / "topics").glob("*.mcs.yml"))


def _content(path: Path) -> dict[str, Any]:
    source = read(path.name, path.read_text(encoding="utf-8"))
    assert isinstance(source, Source)
    content: dict[str, Any] = source.value
    return content


@pytest.mark.skipif(not SCHEMA.exists(), reason="the authoring schema is not beside the project")
@pytest.mark.parametrize("path", TOPICS, ids=lambda path: path.stem.removesuffix(".mcs"))
def test_a_topic_is_what_copilot_studio_would_write(path: Path) -> None:
    """Every topic satisfies the public schema of the authoring language."""
    content = {key: value for key, value in _content(path).items() if key != "mcs.metadata"}
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    errors = [error.message[:300] for error in Draft7Validator(schema).iter_errors(content)]
    assert errors == []


def test_the_agent_has_no_errors_and_all_default_topics() -> None:
    """It loads without a mistake, with the thirteen topics that every agent begins with."""
    loaded = load_agent(read_folder(CONTOSO))
    assert loaded.errors == ()
    names = {path.stem.removesuffix(".mcs") for path in TOPICS}
    assert names >= {
        *("ConversationStart", "Greeting", "ThankYou", "Goodbye", "StartOver", "ResetConversation", "OnError"),
        *("EndofConversation", "Escalate", "Fallback", "Search", "MultipleTopicsMatched", "Signin"),
    }


def test_each_of_the_six_topic_management_nodes_is_shown() -> None:
    """Somebody who reads the sample sees all of them."""
    kinds = {action["kind"] for path in TOPICS for action, _ in walk(_content(path)["beginDialog"]["actions"])}
    assert kinds >= {
        *("BeginDialog", "EndDialog", "CancelAllDialogs", "TransferConversationV2", "GotoAction", "EndConversation"),
    }


def test_an_order_is_looked_up_and_remembered(customer: Customer) -> None:
    """The number comes back from the topic that asks for it, and the next topic need not ask again."""
    assert "order number" in customer.says("Where is my order?")[0]
    assert "Thursday, November 26" in customer.says("co-10443")[0]
    assert customer.says("there is a problem with the delivery") == ["Is this about order CO-10443?"]


def test_the_whole_point_of_sale_down_goes_to_a_human_by_itself(customer: Customer) -> None:
    """Nobody has to ask for a person: the topic transfers, with a private note for the representative."""
    said = customer.says("my whole point-of-sale system is down")
    assert "emergency" in said[0]
    assert "severity: critical" in (customer.transfer.message or "")
    assert "my whole point-of-sale system is down" in (customer.transfer.message or "")
    assert customer.transfer.variables["Severity"] == "critical"
    assert customer.comes_back("returned") == ["I hope the tills are ringing again. Tell me if they aren't."]


def test_a_single_till_is_talked_through_first(customer: Customer) -> None:
    """Only when that does not help does it go to a person, by a jump into the other branch."""
    assert customer.says("my till is frozen")[-1] == "Does it work now?"
    customer.says("no")
    assert "one till" in (customer.transfer.message or "")
    assert "hotline" in customer.comes_back("failed", "closed")[0]


def test_speak_to_agent_starts_escalate(customer: Customer) -> None:
    """And the note that a representative leaves is read to the customer on the way back."""
    customer.says("speak to agent")
    assert customer.topic == "contoso.topic.Escalate"
    assert "asked for a person" in (customer.transfer.message or "")
    said = customer.comes_back("returned", note="Refund approved")
    assert said[0] == "Your representative left me this note: Refund approved"
    assert customer.topic == ""


def test_a_topic_that_redirects_to_escalate_says_why(customer: Customer) -> None:
    """What the customer told the first topic is in the note."""
    customer.says("my parcel never arrived")
    customer.says("CO-12345")
    customer.says("the neighbours have it")
    assert customer.transfer.message == "Delivery of order CO-12345: the neighbours have it"
    assert customer.transfer.variables["OrderNumber"] == "CO-12345"


def test_a_failed_handoff_leads_to_a_ticket(customer: Customer) -> None:
    """Nobody there is no dead end: what the team needs is asked for, and the number is told when they have it."""
    customer.says("talk to a human")
    assert customer.comes_back("failed", "no_representative", tickets=True) == [
        "Shall I leave our team a message, so that they get back to you by e-mail?"
    ]
    customer.says("yes")
    assert "doesn't look like" in customer.says("later")[0]
    assert "what is it about" in customer.says("ada@contoso.com")[0]
    assert customer.says("My red bicycle has no saddle") == [
        "Thank you. I'm passing that on to our team.",
        "Is there anything else that I can do for you?",
    ]
    ticket = customer.ticket
    assert (ticket.subject, ticket.description) == (
        "From the chat: My red bicycle has no saddle",
        "My red bicycle has no saddle",
    )
    assert ticket.contact == {"email": "ada@contoso.com"}
    assert ticket.variables["Email"] == "ada@contoso.com"
    assert customer.reads_of_ticket("left", "TCK-7") == [
        "Your message is with our team: its number is **TCK-7**. They'll write to ada@contoso.com."
    ]


def test_where_no_hub_takes_tickets_nobody_is_asked_for_one(customer: Customer) -> None:
    """What could not be kept is not promised; and who has a hotline is told of it instead."""
    customer.says("talk to a human")
    assert customer.comes_back("failed", "closed") == ["Is there anything else that I can do for you?"]
    customer.says("my whole point-of-sale system is down")
    assert "hotline" in customer.comes_back("failed", "closed", tickets=True)[0]


def test_who_wants_to_leave_nothing_is_asked_no_more(customer: Customer) -> None:
    """And goes on behind the transfer."""
    customer.says("talk to a human")
    customer.comes_back("failed", "closed", tickets=True)
    assert customer.says("no") == [
        "All right. You can ask for a person again whenever you like.",
        "Is there anything else that I can do for you?",
    ]
    assert customer.requests == ()


def test_three_messages_that_are_not_understood_go_to_a_human(customer: Customer) -> None:
    """Twice the customer is asked to rephrase; the third time a person helps."""
    assert len(customer.says("blargh")) == 1
    assert len(customer.says("fnord")) == 1
    customer.says("quux")
    assert "three messages" in (customer.transfer.message or "")


def test_a_return_takes_the_branch_of_its_reason(customer: Customer) -> None:
    """Damaged: refunded at once. Otherwise: a label, by a jump across branches."""
    customer.says("I want to return something")
    assert "don't have to send it back" in customer.says("it's broken")[0]
    assert "refund for order **CO-12345**" in customer.says("CO-12345")[0]
    customer.says("return an item")
    customer.says("wrong item")
    assert "return label" in customer.says("yes")[0]


def test_a_late_return_is_a_persons_decision(customer: Customer) -> None:
    """A number of days that can't be is asked again; one that is too long goes to a person."""
    customer.says("I want a refund")
    customer.says("I changed my mind")
    assert "can't be right" in customer.says("-5")[0]
    customer.says("45")
    assert "after 45 days" in (customer.transfer.message or "")


def test_store_hours_forgive_a_typing_mistake(customer: Customer) -> None:
    """A choice that is nearly right is right."""
    customer.says("when are you open")
    assert customer.says("Belevue") == ["Our Bellevue store is open every day from 9 am to 8 pm."]


def test_gift_cards_are_checked_one_after_another(customer: Customer) -> None:
    """The jump back asks again, though the variable has a value."""
    customer.says("check a gift card")
    assert "**$75.00**" in customer.says("1234")[0]
    assert "last four digits" in customer.says("yes")[0]
    assert "Only the last four" in customer.says("123456")[0]


def test_a_product_is_registered_without_a_mail_address(customer: Customer) -> None:
    """A question with a default value goes on when it is given up."""
    customer.says("register a product")
    assert customer.says("Ada") == ["And which product is it, Ada?"]
    customer.says("Vacuum cleaner")
    customer.says("no idea")
    assert customer.says("still none")[-1] == "Vacuum cleaner is registered for two years."


def test_another_topic_interrupts_and_the_question_comes_back(customer: Customer) -> None:
    """Thanking in the middle of a question is answered, and the question asked once more."""
    customer.says("when are you open")
    assert customer.says("thank you so much") == ["You're welcome!", "Which store are you thinking of?"]


def test_goodbye_asks_for_a_rating_and_ends(customer: Customer) -> None:
    """End of Conversation to its end."""
    for text in ("goodbye", "yes", "yes", "5"):
        customer.says(text)
    assert customer.says("no")[-1] == "endOfConversation"
    assert any(isinstance(request, EndConversation) for request in customer.requests)


def test_a_customer_who_was_not_helped_is_offered_a_person(customer: Customer) -> None:
    """No to "did that answer your question" leads to Escalate."""
    for text in ("bye", "yes", "no", "yes"):
        customer.says(text)
    assert customer.topic == "contoso.topic.Escalate"


def test_starting_over_forgets_and_takes_the_newest_version(customer: Customer) -> None:
    """Reset Conversation clears the variables and moves the conversation."""
    customer.says("Where is my order?")
    customer.says("CO-10443")
    customer.says("start over")
    customer.says("yes")
    assert customer.state.globals == {}
    assert any(isinstance(request, UseLatestVersion) for request in customer.requests)
    assert "What is your order number" in customer.says("Where is my order?")[0]
