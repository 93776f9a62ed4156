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


SIZES = choices("Small", "Large")


def order(*actions: Any, **more: Any) -> Customer:
    """A customer at an agent with one topic that a phrase starts."""
    return customer(Order=topic("OnRecognizedIntent", *actions, phrases=("I want to order a pizza",), **more))


def test_what_the_customer_said_first_is_not_asked() -> None:
    """The words that started the topic fill its questions; one word is not taken for two answers."""
    talker = order(
        ask("Topic.Size", SIZES),
        ask("Topic.Count", "NumberPrebuiltEntity", prompt="How many?"),
        ask("Topic.Day", "DatePrebuiltEntity", prompt="When?"),
        say("{Topic.Count} {Topic.Size}"),
    )
    assert talker.says("I want to order 2 large pizza") == ["When?"]
    assert talker.says("2026-12-24") == ["2 Large"]


def test_one_number_answers_one_question() -> None:
    """The second question for a number is asked."""
    talker = order(ask("Topic.A", "NumberPrebuiltEntity"), ask("Topic.B", "NumberPrebuiltEntity", prompt="And B?"))
    assert talker.says("I want to order a 3 pizza") == ["And B?"]


def test_a_reply_answers_the_next_question_as_well() -> None:
    """What is left of it beside its answer."""
    talker = order(ask("Topic.Size", SIZES), ask("Topic.Day", "DatePrebuiltEntity"), say("{Topic.Size} {Topic.Day}"))
    talker.says("I want to order a pizza")
    assert talker.says("yes, small on 2026-12-24 please")[0].startswith("Small")


@pytest.mark.parametrize("more", [{"alwaysPrompt": True}, {"skipQuestionMode": "AlwaysAsk"}])
def test_a_question_that_is_always_asked_is_not_filled(more: dict[str, Any]) -> None:
    """The author wants to hear it."""
    assert order(ask("Topic.Size", SIZES, **more)).says("I want to order a large pizza") == ["What?"]


@pytest.mark.parametrize("entity", ["StringPrebuiltEntity", "BooleanPrebuiltEntity", "PersonNamePrebuiltEntity"])
def test_a_whole_reply_is_never_taken_from_other_words(entity: str) -> None:
    """Any words would fit: they are no answer."""
    assert order(ask("Topic.X", entity)).says("I want to order a pizza") == ["What?"]


def test_what_is_not_valid_is_asked() -> None:
    """A filled value is held to the question's own condition."""
    talker = order(ask("Topic.N", "NumberPrebuiltEntity", validation="=Topic.N < 10"))
    assert talker.says("I want to order 20 pizza") == ["What?"]


def test_an_agent_of_older_rules_asks_everything() -> None:
    """Conversations that began before there was slot filling go on as they were."""
    talker = order(ask("Topic.Size", SIZES))
    talker.agent = talker.agent.model_copy(update={"rules": 1})
    assert talker.says("I want to order a large pizza") == ["What?"]


def test_several_choices_are_a_table() -> None:
    """Up to five of a list whose question allows several."""
    entity = {"kind": "DynamicClosedListEntity", "items": '=["Red", "Green", "Blue"]', "allowMultipleValues": True}
    talker = customer(
        A=topic(
            "OnConversationStart", ask("Topic.X", entity), say('{CountRows(Topic.X)}: {Concat(Topic.X, Value, "+")}')
        )
    )
    assert talker.says("red, blue and green") == ["3: Red+Blue+Green"]


def test_another_topic_is_reached_where_the_author_says_so() -> None:
    """`fallbackDialogOnInvalidEntity` instead of Escalate; what comes behind the question goes on afterwards."""
    talker = customer(
        A=topic(
            "OnConversationStart",
            ask("Topic.N", "NumberPrebuiltEntity", repeatCount=0, fallbackDialogOnInvalidEntity="shop.topic.Help"),
            say("behind"),
        ),
        Help=topic("OnRedirect", say("helping")),
    )
    assert talker.says("eh") == ["helping", "behind"]
