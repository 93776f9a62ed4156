"""Which topic a message starts, what starting does to the others, and what happens when one goes wrong."""

from dialog.turn import UseLatestVersion
from tests.support.talking import Customer, ask, customer, go, load, put, say, topic, when

CARD = "gift card please"
FALLBACK = topic("OnUnknownIntent", say("sorry {System.FallbackCount}"))
HOURS = topic("OnRecognizedIntent", say("nine to five"), phrases=("When do you open?", "Opening hours"))
ON_ERROR = topic("OnError", say("error {System.Error.Code}"))
LOOP = topic(
    "OnRecognizedIntent", {"kind": "GotoAction", "id": "again", "actionId": "again"}, phrases=("run for ever",)
)


def test_fallback_counts_and_starts_again_after_something_known() -> None:
    """1 at the first message that nobody understands; a recognised one sets it back."""
    talker = customer(F=FALLBACK, H=HOURS)
    assert [talker.says(text) for text in ("xyzzy", "plugh", "opening hours", "xyzzy")] == [
        ["sorry 1"],
        ["sorry 2"],
        ["nine to five"],
        ["sorry 1"],
    ]


def test_of_two_start_topics_the_lower_priority_number_speaks_first() -> None:
    """And among equals, the schema name decides."""
    loaded = load(
        B=topic("OnConversationStart", say("b")),
        A=topic("OnConversationStart", say("a")),
        C=topic("OnConversationStart", say("c"), priority=-1),
    )
    assert loaded.definition
    assert Customer(loaded.definition).arrives() == ["c", "a", "b"]


def test_a_triggers_condition_keeps_it_from_firing() -> None:
    """The next topic that the message may mean is taken instead."""
    closed = topic("OnRecognizedIntent", say("never"), phrases=("opening hours",), condition="=Global.Vip = true")
    assert customer(A=closed, F=FALLBACK).says("opening hours") == ["sorry 1"]


def test_cancel_other_topics_leaves_nobody_to_return_to() -> None:
    """`startBehavior: CancelOtherTopics` drops what waited."""
    talker = customer(
        A=topic("OnConversationStart", ask("Topic.X", "NumberPrebuiltEntity"), say("never")),
        B=topic(
            "OnRecognizedIntent", say("afresh"), phrases=("start afresh",), root={"startBehavior": "CancelOtherTopics"}
        ),
    )
    assert talker.says("start afresh") == ["afresh"]
    assert talker.state.stack == ()


def test_the_newest_content_is_asked_for() -> None:
    """`UseLatestPublishedContentAndCancelOtherTopics` is a request to whoever runs the conversation."""
    behavior = {"startBehavior": "UseLatestPublishedContentAndCancelOtherTopics"}
    talker = customer(R=topic("OnSystemRedirect", say("reset"), root=behavior), A=HOURS | {"x": 1}, G=_going("R"))
    assert talker.says("go there") == ["reset"]
    assert talker.requests == (UseLatestVersion(),)


def test_topics_that_are_close_are_offered() -> None:
    """Multiple Topics Matched asks which one is meant, and the answer starts it."""
    chooser = topic(
        "OnSelectIntent",
        ask(
            "System.Recognizer.SelectedIntent",
            {"kind": "DynamicClosedListEntity", "items": "=System.Recognizer.IntentOptions"},
            "Did you mean?",
        ),
    )
    talker = customer(
        M=chooser,
        Buy=topic("OnRecognizedIntent", say("buying"), intent=_named("Buy a gift card")),
        Check=topic("OnRecognizedIntent", say("checking"), intent=_named("Check a card")),
        F=FALLBACK,
    )
    assert talker.says(CARD) == ["Did you mean?"]
    assert talker.says("Check a card") == ["checking"]


def test_an_error_goes_to_on_error_and_ends_the_topics() -> None:
    """The customer reads the author's words, with the code; the next message is as the first."""
    talker = customer(
        A=topic("OnRecognizedIntent", put("Topic.X", "=1/0"), say("never"), phrases=("divide it",)), E=ON_ERROR, H=HOURS
    )
    assert talker.says("divide it") == ["error ContentError"]
    assert talker.says("opening hours") == ["nine to five"]


def test_an_error_in_a_condition_picks_no_branch() -> None:
    """Neither the branch nor the else branch runs."""
    broken = topic(
        "OnRecognizedIntent", when("=1/0 > 1", say("then"), otherwise=(say("else"),)), phrases=("choose it",)
    )
    assert customer(A=broken, E=ON_ERROR).says("choose it") == ["error ContentError"]


def test_an_error_in_on_error_does_not_start_it_again() -> None:
    """It is traced, and the conversation is idle."""
    talker = customer(
        A=topic("OnRecognizedIntent", put("Topic.X", "=1/0"), phrases=("divide it",)),
        E=topic("OnError", say("so sorry"), put("Topic.Y", "=1/0"), say("never")),
    )
    assert talker.says("divide it") == ["so sorry"]
    errors = [trace for trace in talker.traces if getattr(trace, "valueType", "") == "ErrorTraceData"]
    assert [trace.value["errorCode"] for trace in errors] == ["ContentError", "ContentError"]
    assert talker.state.stack == ()


def test_a_topic_that_runs_for_ever_is_stopped() -> None:
    """Copilot Studio's own code for it, and the conversation lives on."""
    talker = customer(A=LOOP, E=ON_ERROR, H=HOURS)
    assert talker.says("run for ever") == ["error InfiniteLoopInBotContent"]
    assert talker.says("opening hours") == ["nine to five"]


def test_topics_that_call_each_other_for_ever_are_stopped() -> None:
    """A redirect in a circle."""
    circle = customer(
        A=topic("OnRecognizedIntent", go("B"), phrases=("round and round",)), B=topic("OnRedirect", go("A")), E=ON_ERROR
    )
    assert circle.says("round and round") == ["error InfiniteLoopInBotContent"]


def test_goto_reaches_into_any_branch() -> None:
    """The nodes behind the branch follow, as if it had been taken."""
    inner = say("inside")
    jump = {"kind": "GotoAction", "id": "jump", "actionId": inner["id"]}
    start = topic("OnConversationStart", jump, say("jumped over"), when("=false", inner), say("behind"))
    loaded = load(A=start)
    assert loaded.definition
    assert Customer(loaded.definition).arrives() == ["inside", "behind"]


def test_cancel_all_then_the_next_message_is_as_the_first() -> None:
    """Globals survive; the greeting does not come twice."""
    talker = customer(
        Start=topic("OnConversationStart", put("Global.N", 1), say("welcome"), {"kind": "CancelAllDialogs", "id": "c"}),
        A=topic("OnRecognizedIntent", say("{Global.N}"), phrases=("opening hours",)),
    )
    assert talker.says("opening hours") == ["1"]


def test_clearing_variables_clears_what_it_says() -> None:
    """`ConversationScopedVariables` are the globals of this conversation; a topic's own stay."""
    clear = {"kind": "ClearAllVariables", "id": "clear", "variables": "ConversationScopedVariables"}
    begin = topic("OnConversationStart", put("Global.A", 1), put("Topic.B", 2), clear, say("[{Global.A}] [{Topic.B}]"))
    loaded = load(A=begin)
    assert loaded.definition
    assert Customer(loaded.definition).arrives() == ["[] [2]"]


def test_an_event_starts_its_topic_above_an_open_question() -> None:
    """And does not answer it."""
    talker = customer(
        A=topic("OnConversationStart", ask("Topic.X"), say("got {Topic.X}")),
        E=topic("OnEventActivity", say("page {System.Activity.Value}"), eventName="page.opened"),
    )
    assert talker.does("page.opened", "prices") == ["page prices", "What?"]
    assert talker.says("hello there") == ["got hello there"]


def test_a_customer_who_does_not_wait_for_a_person_starts_anew() -> None:
    """A message while a transfer waits in the dialog gives the transfer up there."""
    move = {"kind": "TransferConversationV2", "id": "t", "transferType": {"kind": "TransferToAgent"}}
    talker = customer(A=topic("OnConversationStart", move, say("never")), H=HOURS)
    assert talker.says("opening hours") == ["nine to five"]


def _going(name: str) -> dict[str, object]:
    return topic("OnRecognizedIntent", go(name), phrases=("go there",))


def _named(name: str) -> dict[str, object]:
    return {"displayName": name, "triggerQueries": [CARD]}
