"""What starts topics beside the words that mean them."""

from tests.support.talking import Customer, ask, customer, load, put, say, topic

HOURS = topic("OnRecognizedIntent", say("nine to five"), phrases=("opening hours",))


def test_a_trigger_that_was_turned_off_fires_no_more() -> None:
    """In this conversation."""
    off = {"kind": "DisableTrigger", "id": "d", "dialog": "shop.topic.H"}
    talker = customer(S=topic("OnConversationStart", off), H=HOURS, F=topic("OnUnknownIntent", say("sorry")))
    assert talker.says("opening hours") == ["sorry"]


def test_topics_for_any_activity_come_before_what_the_message_means() -> None:
    """Those for any first, then those for messages, then the topic; one with a condition fires once."""
    any_ = topic("OnActivity", say("any"))
    first = topic(
        "OnActivity", put("Global.Known", 1), say("profile"), type="Message", condition="=IsBlank(Global.Known)"
    )
    talker = customer(A=any_, M=first, H=HOURS)
    assert talker.says("opening hours") == ["any", "profile", "nine to five"]
    assert talker.says("opening hours") == ["any", "nine to five"]


def test_other_activities_start_topics_for_their_type_only() -> None:
    """Above an open question, which is asked again."""
    talker = customer(
        S=topic("OnConversationStart", ask("Topic.X")),
        I=topic("OnActivity", say("invoked {System.Activity.Value.n}"), type="Invoke"),
        U=topic("OnActivity", say("updated"), type="ConversationUpdate"),
    )
    assert talker.sends("invoke", {"n": 1}) == ["invoked 1", "What?"]
    assert talker.sends("conversationUpdate") == ["updated", "What?"]
    assert talker.sends("messageReaction") == []


def test_a_conversation_that_begins_is_an_update_of_who_takes_part() -> None:
    """Its topics come before Conversation Start; those for any activity wait for the customer."""
    loaded = load(
        S=topic("OnConversationStart", say("hello")),
        U=topic("OnActivity", say("{System.Activity.Type}"), type="ConversationUpdate"),
        A=topic("OnActivity", say("any")),
    )
    assert loaded.definition
    assert Customer(loaded.definition).arrives() == ["conversationUpdate", "hello"]
    before = loaded.definition.model_copy(update={"rules": 2})
    assert Customer(before).arrives() == ["hello"]


def test_a_silence_makes_topics_speak_up() -> None:
    """Those for its length, above the open question; a length may be a formula, and has a default."""
    talker = customer(
        S=topic("OnConversationStart", put("Global.Long", 900), ask("Topic.X")),
        Q=topic("OnInactivity", say("still there?")),
        L=topic("OnInactivity", say("hello?"), durationInSeconds="=Global.Long"),
    )
    assert talker.state.silences == (900.0, 1800.0)
    assert talker.is_silent(900) == ["hello?", "What?"]
    assert talker.is_silent(1800) == ["still there?", "What?"]
    assert talker.is_silent(60) == []


def test_several_topics_may_interrupt_where_the_author_wants_the_choice() -> None:
    """`triggerBehavior: Always`; what is chosen runs above the question, which is asked again."""
    chooser = topic(
        "OnSelectIntent",
        ask(
            "System.Recognizer.SelectedIntent",
            {"kind": "DynamicClosedListEntity", "items": "=System.Recognizer.IntentOptions"},
            "{System.Recognizer.MultipleTopicsMatchedReason}: which?",
            interruptionPolicy={"allowInterruption": False},
        ),
        triggerBehavior="Always",
    )
    talker = customer(
        S=topic("OnConversationStart", ask("Topic.X", "NumberPrebuiltEntity", "How many?")),
        M=chooser,
        Buy=topic(
            "OnRecognizedIntent", say("buying"), intent={"displayName": "Buy", "triggerQueries": ["gift card please"]}
        ),
        Check=topic(
            "OnRecognizedIntent",
            say("checking"),
            intent={"displayName": "Check", "triggerQueries": ["gift card please"]},
        ),
    )
    assert talker.says("gift card please") == ["Interruption: which?"]
    assert talker.says("Check") == ["checking", "How many?"]
