"""`activityProcessed: false`: the customer's message goes along to where a node leads."""

from tests.support.talking import Node, ask, customer, go, put, say, topic, when

MEANT = "I want three gift cards"
HOW_MANY = topic("OnRedirect", ask("Topic.N", "NumberPrebuiltEntity", "How many?"), say("{Topic.N} of them"))
FALLBACK = topic("OnUnknownIntent", say("sorry"))
HOURS = topic("OnRecognizedIntent", say("nine to five"), phrases=("opening hours",))


def start(*actions: Node) -> Node:
    """A topic that the customer's message means."""
    return topic("OnRecognizedIntent", *actions, phrases=(MEANT,))


def leaves(kind: str, *, processed: bool | str = False) -> Node:
    """A node that ends topics, and hands the message on unless told otherwise."""
    return {"kind": kind, "id": kind, "activityProcessed": processed}


def test_a_redirects_target_finds_its_answers_in_the_message_that_is_handed_on() -> None:
    """By default the message is the business of the topic that it started."""
    assert customer(A=start(go("B")), B=HOW_MANY).says(MEANT) == ["How many?"]
    assert customer(A=start(go("B", activityProcessed=False)), B=HOW_MANY).says(MEANT) == ["3 of them"]
    replaces = {"kind": "ReplaceDialog", "id": "r", "dialog": "shop.topic.B", "activityProcessed": False}
    assert customer(A=start(replaces), B=HOW_MANY).says(MEANT) == ["3 of them"]


def test_a_formula_may_say_whether_the_message_is_handed_on() -> None:
    """It is read where the redirect stands."""
    redirect = go("B", activityProcessed="=Len(System.Activity.Text) > 100")
    assert customer(A=start(redirect), B=HOW_MANY).says(MEANT) == ["3 of them"]


def test_a_topic_begun_anew_finds_its_answers_in_the_last_message() -> None:
    """Which another of its questions has had as its reply."""
    counts = (ask("Topic.N", "NumberPrebuiltEntity", "How many?"), say("{Topic.N}"))
    for processed, heard in ((False, ["3"]), (True, ["How many?"])):
        asks = (ask("Topic.Text"), put("Global.Asked", "=true"), leaves("RepeatDialog", processed=processed))
        talker = customer(S=topic("OnConversationStart", when("=Global.Asked", *counts, otherwise=asks)))
        assert talker.says("three, please") == heard


def test_what_made_an_interrupting_topic_give_up_answers_the_interrupted_question() -> None:
    """Where the message is handed on; else the question is asked again."""
    for processed, heard in ((False, ["4 it is"]), (True, ["How many?"])):
        talker = customer(
            S=topic("OnConversationStart", ask("Topic.N", "NumberPrebuiltEntity", "How many?"), say("{Topic.N} it is")),
            I=topic(
                "OnRecognizedIntent",
                ask("Topic.X", prompt="Sure?", interruptionPolicy={"allowInterruption": False}),
                leaves("CancelDialog", processed=processed),
                phrases=("opening hours",),
            ),
        )
        assert talker.says("opening hours") == ["Sure?"]
        assert talker.says("4") == heard


def test_with_all_topics_ended_the_message_starts_what_it_means() -> None:
    """A reply to a question, too; what nothing is for is the fallback's."""
    helped = topic(
        "OnConversationStart",
        ask("Topic.X", prompt="Did that help?", interruptionPolicy={"allowInterruption": False}),
        leaves("CancelAllDialogs"),
    )
    assert customer(S=helped, H=HOURS, F=FALLBACK).says("opening hours") == ["nine to five"]
    assert customer(S=helped, H=HOURS, F=FALLBACK).says("xyzzy") == ["sorry"]


def test_a_topic_that_hands_a_message_on_is_not_started_by_it_again() -> None:
    """Nor are two that hand it to each other: the fallback has the last word."""
    talker = customer(A=start(leaves("CancelAllDialogs")), B=start(leaves("CancelAllDialogs")), F=FALLBACK)
    assert talker.says(MEANT) == ["sorry"]
    assert talker.state.stack == ()


def test_a_message_is_handed_on_after_the_world_has_answered() -> None:
    """What it means is kept while the node waits."""
    search = {"kind": "AnswerQuestionWithAI", "id": "s", "userInput": "x", "variable": "Topic.X"}
    reply = ask("Topic.R", prompt="And?", interruptionPolicy={"allowInterruption": False})
    talker = customer(S=topic("OnConversationStart", reply, search, leaves("CancelAllDialogs")), H=HOURS, F=FALLBACK)
    talker.says("opening hours")
    assert talker.is_told(None) == ["nine to five"]
