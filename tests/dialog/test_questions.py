"""Questions: what they understand, how often they ask, when they skip, and what follows when they give up."""

from typing import Any

import pytest

from tests.support.talking import Customer, ask, choices, customer, go, put, say, topic

COLOURS = choices("Red", "Green", "Dark blue")


def asked(entity: object, **more: Any) -> Customer:
    """A customer who was asked for a value, which is then said."""
    return customer(A=topic("OnConversationStart", ask("Topic.X", entity, **more), say("got {Topic.X}")))


@pytest.mark.parametrize(
    ("entity", "reply", "understood"),
    [
        ("BooleanPrebuiltEntity", "yes please", "got true"),
        ("BooleanPrebuiltEntity", "nope", "got false"),
        ("NumberPrebuiltEntity", "I think it was 1,250.50", "got 1250.5"),
        ("NumberPrebuiltEntity", "seven", "got 7"),
        ("StringPrebuiltEntity", "anything at all", "got anything at all"),
        ("EmailPrebuiltEntity", "it is ada@example.com, thanks", "got ada@example.com"),
        (COLOURS, "green", "got Green"),
        (COLOURS, "dark bleu", "got Dark blue"),
    ],
)
def test_a_fitting_reply_is_understood(entity: object, reply: str, understood: str) -> None:
    """The variable gets the value, not the words."""
    assert asked(entity).says(reply) == [understood]


def test_it_asks_again_twice_and_then_escalates() -> None:
    """Default: two reprompts in the author's words, then the Escalate topic."""
    talker = customer(
        A=topic("OnConversationStart", ask("Topic.X", "NumberPrebuiltEntity", unrecognizedPrompt="A number, please.")),
        Escalate=topic("OnEscalate", say("getting a person"), phrases=("speak to agent",)),
    )
    assert [talker.says("eh") for _ in range(3)] == [["A number, please."]] * 2 + [["getting a person"]]


def test_a_default_value_ends_the_asking() -> None:
    """With `defaultValue` the dialog goes on instead of giving up."""
    talker = asked("NumberPrebuiltEntity", repeatCount=0, defaultValue=7, defaultValueResponse="I take seven.")
    assert talker.says("eh") == ["I take seven.", "got 7"]


def test_validation_refuses_in_its_own_words_and_keeps_what_was() -> None:
    """A value that is understood and not valid is not set."""
    talker = asked("NumberPrebuiltEntity", validation="=Topic.X > 10", invalidPrompt="More than ten.")
    assert talker.says("3") == ["More than ten."]
    assert talker.says("12") == ["got 12"]


@pytest.mark.parametrize(
    ("mode", "asks"),
    [("SkipOnFirstExecutionIfVariableHasValue", False), ("AlwaysSkipIfVariableHasValue", False), ("AlwaysAsk", True)],
)
def test_a_question_whose_variable_has_a_value_is_skipped(mode: str, asks: bool) -> None:  # noqa: FBT001 - a table's column
    """Unless the author wants it asked in any case."""
    begin = topic("OnConversationStart", put("Topic.X", "here"), ask("Topic.X", skipQuestionMode=mode), say("done"))
    talker = customer(A=begin)
    assert bool(talker.state.stack) is asks


def test_choices_are_offered_as_buttons() -> None:
    """A closed list comes with a suggested action for each item."""
    talker = customer(A=topic("OnConversationStart", ask("Topic.X", COLOURS)))
    actions = talker.heard[-1].suggested_actions or {}
    assert [action["value"] for action in actions["actions"]] == ["Red", "Green", "Dark blue"]


def test_conditions_compare_with_the_option_sets_member() -> None:
    """As Copilot Studio writes it: the option set is named after topic, trigger and question."""
    question = ask("Topic.X", COLOURS)
    question["id"] = "q1"
    member = "'shop.topic.A.main.q1'.'Dark blue'"
    talker = customer(
        A=topic(
            "OnConversationStart",
            question,
            put("Topic.IsBlue", f"=Topic.X = {member}"),
            say("{Topic.IsBlue} {Text(Topic.X)}"),
        )
    )
    assert talker.says("dark blue") == ["true Dark blue"]


def test_another_topic_interrupts_and_the_question_is_asked_again() -> None:
    """Attempts are unchanged, and globals that the interrupting topic sets are seen."""
    talker = customer(
        A=topic("OnConversationStart", ask("Topic.N", "NumberPrebuiltEntity"), say("{Topic.N} {Global.G}")),
        B=topic("OnRecognizedIntent", put("Global.G", "set"), say("we open at nine"), phrases=("When do you open?",)),
    )
    assert talker.says("when do you open") == ["we open at nine", "What?"]
    assert talker.state.stack[-1].attempts == 0
    assert talker.says("5") == ["5 set"]


def test_an_interruption_that_is_not_allowed_is_a_reply() -> None:
    """Even a phrase of Escalate does not interrupt where the author forbids it."""
    talker = customer(
        A=topic(
            "OnConversationStart",
            ask("Topic.X", interruptionPolicy={"allowInterruption": False}),
            say("got {Topic.X}"),
        ),
        Escalate=topic("OnEscalate", say("getting a person"), phrases=("speak to agent",)),
    )
    assert talker.says("speak to agent") == ["got speak to agent"]


def test_an_exact_answer_wins_over_another_topic() -> None:
    """What is one of the choices is an answer, though a topic's phrase is "red" as well."""
    talker = customer(
        A=topic("OnConversationStart", ask("Topic.X", COLOURS), say("got {Topic.X}")),
        Red=topic("OnRecognizedIntent", say("about red"), phrases=("red",)),
    )
    assert talker.says("red") == ["got Red"]


def test_a_redirect_into_a_topic_with_a_question_comes_back_with_its_outputs() -> None:
    """Inputs go in by name, outputs come back by name, over the turns that the question takes."""
    talker = customer(
        A=topic(
            "OnConversationStart",
            go("B", input={"binding": {"Greeting": "Ahoy"}}, output={"binding": {"Name": "Topic.Who"}}),
            say("bye {Topic.Who}"),
        ),
        B=topic("OnRedirect", ask("Topic.Name", prompt="{Topic.Greeting}! Name?")),
    )
    assert talker.heard[-1].text == "Ahoy! Name?"
    assert talker.says("Ada") == ["bye Ada"]
