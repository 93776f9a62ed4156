"""What topics can do when no human could take the conversation: events between them and Baton."""

from dialog.turn import LeaveTicket
from tests.support.talking import Node, ask, customer, put, say, topic, when

TRANSFER: Node = {"kind": "TransferConversationV2", "id": "transfer", "transferType": {"kind": "TransferToAgent"}}
ESCALATE = topic("OnEscalate", TRANSFER, say("behind: {System.Handoff.Reason}"), phrases=("talk to a human",))
FALLBACK = topic("OnUnknownIntent", say("what?"))


def _send(value: str) -> Node:
    event = {"kind": "EventActivity", "name": "handoff.ticket", "value": value}
    return {"kind": "SendActivity", "id": "send", "activity": event}


def test_a_topic_for_the_failure_comes_before_what_is_behind_the_transfer() -> None:
    """It knows why; when it ends, the topic that asked for a human goes on."""
    failed = topic(
        "OnEventActivity", ask("Topic.What", prompt="why {System.Handoff.Reason}?"), eventName="handoff.failed"
    )
    talks = customer(Escalate=ESCALATE, Failed=failed, Fallback=FALLBACK)
    talks.says("talk to a human")
    assert talks.comes_back("failed", "closed") == ["why closed?"]
    assert talks.says("because") == ["behind: closed"]


def test_an_agent_without_one_goes_on_behind_the_transfer() -> None:
    """As does every agent where the handoff did not fail."""
    anything = topic("OnEventActivity", say("an event"))
    talks = customer(Escalate=ESCALATE, Anything=anything, Fallback=FALLBACK)
    talks.says("talk to a human")
    assert talks.comes_back("failed", "closed") == ["behind: closed"]
    named = topic("OnEventActivity", say("failed"), eventName="handoff.failed")
    talks = customer(Escalate=ESCALATE, Failed=named, Fallback=FALLBACK)
    talks.says("talk to a human")
    assert talks.comes_back("returned") == ["behind: "]


def test_its_condition_decides_whether_it_starts() -> None:
    """As that of any other trigger."""
    failed = topic(
        "OnEventActivity",
        say("closed, I know"),
        eventName="handoff.failed",
        condition='=System.Handoff.Reason = "closed" && !IsBlank(System.Handoff.OpensAt)',
    )
    talks = customer(Escalate=ESCALATE, Failed=failed, Fallback=FALLBACK)
    talks.says("talk to a human")
    assert talks.comes_back("failed", "closed") == ["behind: closed"]


def test_a_topic_asks_for_a_ticket_by_an_event() -> None:
    """Which the customer's client is not told; what is no contact goes along as a variable of the topics."""
    failed = topic(
        "OnEventActivity",
        put("Topic.Colour", "red"),
        _send('={description: "My bicycle", Email: "ada@contoso.com", phone: Blank()}'),
        eventName="handoff.failed",
    )
    talks = customer(Escalate=ESCALATE, Failed=failed, Fallback=FALLBACK)
    talks.says("talk to a human")
    assert talks.comes_back("failed", "closed") == ["behind: closed"]
    assert talks.ticket == LeaveTicket(
        subject="My bicycle",
        description="My bicycle",
        contact={"email": "ada@contoso.com"},
        variables={"Colour": "red"},
    )


def test_a_ticket_that_says_nothing_is_a_mistake_of_the_topic() -> None:
    """On Error hears of it."""
    failed = topic("OnEventActivity", _send("={email: Blank()}"), eventName="handoff.failed")
    talks = customer(Escalate=ESCALATE, Failed=failed, Error=topic("OnError", say("{System.Error.Message}")))
    talks.says("talk to a human")
    assert "needs a value with a description" in talks.comes_back("failed", "closed")[0]
    assert talks.requests == ()


def test_what_became_of_a_ticket_interrupts_an_open_question() -> None:
    """Which is asked once more when that has been told."""
    told = topic(
        "OnEventActivity",
        when(
            '=System.Activity.Value.state = "left"', say("it is {System.Handoff.Ticket}"), otherwise=(say("not left"),)
        ),
        eventName="handoff.ticket",
    )
    colour = topic("OnRecognizedIntent", ask("Topic.Colour", prompt="Which colour?"), phrases=("a bicycle",))
    talks = customer(Colour=colour, Told=told, Fallback=FALLBACK)
    assert talks.says("a bicycle") == ["Which colour?"]
    assert talks.reads_of_ticket("left", "T1") == ["it is T1", "Which colour?"]
    assert talks.reads_of_ticket("failed") == ["not left", "Which colour?"]
