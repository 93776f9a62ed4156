from datetime import UTC, datetime
from random import Random

from dialog.definition import AgentDefinition
from dialog.loader import load_agent
from dialog.machine import DialogState, TurnOutcome, resume, start
from dialog.turn import EndConversation, HandoffOutcome, Transfer, World

START = "kind: AdaptiveDialog\nbeginDialog:\n  kind: OnConversationStart\n  id: main\n  actions:\n"
REDIRECT = START.replace("OnConversationStart", "OnRedirect")


def say(name: str) -> str:
    """A node that says its own name."""
    return f"    - kind: SendActivity\n      id: {name}\n      activity: {name}\n"


def agent(**topics: str) -> AgentDefinition:
    """An agent of these topics."""
    files = {f"topics/{name}.mcs.yml": text for name, text in topics.items()}
    loaded = load_agent({"settings.mcs.yml": "schemaName: shop\n", **files})
    assert loaded.definition is not None, loaded.problems
    return loaded.definition


def world() -> World:
    """A world that is always the same."""
    return World(now=datetime(2026, 11, 24, tzinfo=UTC), random=Random(1), conversation="c")  # noqa: S311 - a seed, no secret


def begun(definition: AgentDefinition) -> TurnOutcome:
    """The first turn of a conversation."""
    return start(definition, DialogState(), world())


def texts(outcome: TurnOutcome) -> list[str | None]:
    """What the customer reads, in order."""
    return [activity.text for activity in outcome.outgoing if activity.type == "message"]


def test_a_redirect_comes_back() -> None:
    """The caller goes on behind BeginDialog when its target ends."""
    go = "    - kind: BeginDialog\n      id: go\n      dialog: shop.topic.B\n"
    assert texts(begun(agent(A=START + go + say("after"), B=REDIRECT + say("inside")))) == ["inside", "after"]


def test_cancelling_all_topics_runs_nothing_more() -> None:
    """The caller of a topic that ends all topics does not go on."""
    go = "    - kind: BeginDialog\n      id: go\n      dialog: shop.topic.B\n"
    stop = "    - kind: CancelAllDialogs\n      id: stop\n"
    assert texts(begun(agent(A=START + go + say("after"), B=REDIRECT + say("inside") + stop))) == ["inside"]


def test_ending_the_conversation_is_asked_for_and_told() -> None:
    """EndConversation gives a request, and nothing behind it runs."""
    outcome = begun(agent(A=START + "    - kind: EndConversation\n      id: end\n" + say("after")))
    assert outcome.requests == (EndConversation(),)
    assert texts(outcome) == []


def test_a_transfer_waits_and_goes_on_when_resumed() -> None:
    """The nodes behind a transfer run only when the handoff's outcome is there."""
    move = "    - kind: TransferConversationV2\n      id: move\n      transferType:\n        kind: TransferToAgent\n"
    definition = agent(A=START + move + say("after"))
    waiting = begun(definition)
    assert isinstance(waiting.requests[0], Transfer)
    assert texts(waiting) == []
    assert texts(resume(definition, waiting.state, HandoffOutcome(status="returned"), world())) == ["after"]


def test_an_unknown_redirect_is_named() -> None:
    """A redirect to a topic that is not there is an error that names it."""
    go = "    - kind: BeginDialog\n      id: go\n      dialog: shop.topic.Nowhere\n"
    loaded = load_agent({"settings.mcs.yml": "schemaName: shop\n", "topics/A.mcs.yml": START + go})
    assert loaded.errors
    assert "shop.topic.Nowhere" in loaded.errors[0].message
