"""Child agents: what their model is told, what it says, and how their caller goes on."""

import json
from typing import Any

from dialog.calls import Line
from dialog.errors import MODEL_FAILED
from dialog.loader import Loaded, load_agent
from dialog.recognizer import decide
from protocol.activity import MESSAGE, Activity
from protocol.conversation import Ranked, Recognition
from tests.support.talking import Customer, Node, ask, put, say, topic, when

MAIN = {"kind": "GptComponentMetadata", "instructions": "You work for Contoso."}
ADVISE = "please advise me"
HOURS = topic("OnRecognizedIntent", say("nine to five"), phrases=("opening hours",))


def child(instructions: str = "Advise on lamps.", **more: Any) -> Node:
    """A child agent."""
    begin = {"kind": "OnToolSelected", "id": "main", "description": "Knows which lamp fits."}
    return {"kind": "AgentDialog", "beginDialog": begin, "settings": {"instructions": instructions}, **more}


def loaded(advisor: Node, main: Node | None = MAIN, **topics: Node) -> Loaded:
    """An agent with that child agent."""
    files = {f"topics/{name}.mcs.yml": json.dumps(body) for name, body in topics.items()}
    files |= {"agent.mcs.yml": json.dumps(main)} if main else {}
    return load_agent(
        {"settings.mcs.yml": "schemaName: shop\n", "agents/Advisor/agent.mcs.yml": json.dumps(advisor), **files}
    )


def advised(advisor: Node, *actions: Node, main: Node | None = MAIN, **topics: Node) -> Customer:
    """A customer who has asked for what these actions do: by default a redirect to the child agent."""
    actions = actions or (go(), say("after"))
    found = loaded(advisor, main, A=topic("OnRecognizedIntent", *actions, phrases=(ADVISE,)), **topics)
    assert found.definition, found.problems
    talker = Customer(found.definition)
    talker.says(ADVISE)
    return talker


def go(**more: Any) -> Node:
    """A redirect to the child agent."""
    return {"kind": "BeginDialog", "id": "go", "dialog": "shop.agent.Advisor", **more}


def test_a_child_agents_model_has_its_instructions_and_the_main_agents() -> None:
    """And what the customer said; what it answers is said, and the caller goes on."""
    talker = advised(child())
    assert talker.asked.instructions == "You work for Contoso.\n\nAdvise on lamps."
    assert talker.asked.said == (Line(text=ADVISE),)
    assert talker.is_told({"text": "Take the **blue** one.", "asks": False}) == ["Take the **blue** one.", "after"]
    assert talker.heard[0].text_format == "markdown"
    assert talker.state.stack == ()


def test_a_child_agent_that_asks_hears_the_answer() -> None:
    """With all that was said before; its caller goes on when it asks no more."""
    talker = advised(child())
    assert talker.is_told({"text": "Which room?", "asks": True}) == ["Which room?"]
    assert talker.says("the kitchen") == []
    lines = [(line.text, line.by_model) for line in talker.asked.said]
    assert lines == [(ADVISE, False), ("Which room?", True), ("the kitchen", False)]
    assert talker.is_told({"text": "The bright one.", "asks": False}) == ["The bright one.", "after"]


def test_a_topic_may_interrupt_what_a_child_agent_asks() -> None:
    """What the child agent has asked is said again."""
    talker = advised(child(), H=HOURS)
    talker.is_told({"text": "Which room?", "asks": True})
    assert talker.says("opening hours") == ["nine to five", "Which room?"]
    talker.says("the kitchen")
    assert talker.asked.said[-1] == Line(text="the kitchen")


def test_inputs_are_bound_and_the_answer_is_the_output() -> None:
    """Formulas in the instructions read them; what else was given is listed."""
    declared = {"properties": {"Room": "String", "Lamps": "Number"}}
    advisor = child("For the {Topic.Room}.", inputType=declared, outputType={"properties": {"Advice": "String"}})
    redirect = go(
        input={"binding": {"Room": "hall", "Lamps": "=1 + 1"}}, output={"binding": {"Advice": "Topic.Advice"}}
    )
    talker = advised(advisor, redirect, say("<{Topic.Advice}>"), main=None)
    assert talker.asked.instructions == "For the hall.\n\nYou were given:\n- Room: hall\n- Lamps: 2"
    assert talker.is_told({"text": "Two.", "asks": False}) == ["Two.", "<Two.>"]


def test_components_are_called_by_their_names_and_prose_may_have_braces() -> None:
    """As the authoring tools write references; what is no formula stays as it is."""
    advisor = child("First {System.Bot.Components.Topics.'shop.topic.Prices'.DisplayName}, then {whatever it takes}.")
    prices = topic("OnRedirect", say("x"), root={"mcs.metadata": {"componentName": "Price list"}})
    assert "First Price list, then {whatever it takes}." in advised(advisor, Prices=prices).asked.instructions


def test_without_an_answer_or_instructions_it_says_nothing_and_returns() -> None:
    """No provider, nothing to say, or nobody who wrote what shall be done."""
    assert advised(child()).is_told(None) == ["after"]
    talker = advised({"kind": "AgentDialog", "beginDialog": {"kind": "OnToolSelected", "id": "main"}}, main=None)
    assert [activity.text for activity in talker.heard] == ["after"]


def test_a_child_agents_own_nodes_run_first() -> None:
    """Where its trigger has actions."""
    advisor = child()
    advisor["beginDialog"]["actions"] = [put("Topic.Lamp", "blue"), say("One moment.")]
    talker = advised(advisor)
    assert [activity.text for activity in talker.heard] == ["One moment."]
    assert "- Lamp: blue" in talker.asked.instructions


def test_a_model_that_fails_goes_to_on_error() -> None:
    """As every question to the world does."""
    talker = advised(child(), E=topic("OnError", say("error {System.Error.Code}")))
    assert talker.is_told(None, code=MODEL_FAILED) == [f"error {MODEL_FAILED}"]


def test_topics_look_at_what_a_child_agent_is_about_to_say() -> None:
    """One may keep it back; the exchange goes on as if it had been said."""
    looks = topic("OnGeneratedResponse", put("System.ContinueResponse", "=false"), say("no"))
    talker = advised(child(), L=looks)
    assert talker.is_told({"text": "Psst.", "asks": False}) == ["no", "after"]


def test_a_model_may_choose_a_child_agent_and_the_conversation_goes_on_there() -> None:
    """What it is asked next is its own, though the recogniser takes the answer for it again."""
    found = loaded(child(), H=HOURS)
    assert found.definition
    meant = Recognition(version="1", ranked=(Ranked(topic="shop.agent.Advisor", score=0.9),))
    assert decide(meant).winner == "shop.agent.Advisor"
    talker = Customer(found.definition)
    talker.means("which lamp for me?", meant)
    assert talker.asked.said == (Line(text="which lamp for me?"),)
    talker.is_told({"text": "Which room?", "asks": True})
    talker.means("the kitchen", meant)
    assert talker.asked.said[-1] == Line(text="the kitchen")
    assert talker.is_told({"text": "The bright one.", "asks": False}) == ["The bright one."]
    assert talker.state.stack == ()


def test_a_model_may_choose_a_child_agent_while_a_question_is_open() -> None:
    """The question is asked again when the child agent is done."""
    found = loaded(child(), S=topic("OnConversationStart", ask("Topic.N", "NumberPrebuiltEntity", "How many?")))
    assert found.definition
    talker = Customer(found.definition)
    talker.arrives()
    talker.means("which lamp?", Recognition(version="1", ranked=(Ranked(topic="shop.agent.Advisor", score=0.9),)))
    assert talker.is_told({"text": "The bright one.", "asks": False}) == ["The bright one.", "How many?"]


def test_an_agent_of_before_returns_from_its_child_agents_at_once() -> None:
    """What an older Baton has published goes on as it began."""
    found = loaded(child(), A=topic("OnRecognizedIntent", go(), say("after"), phrases=(ADVISE,)))
    assert found.definition
    assert Customer(found.definition.model_copy(update={"rules": 2})).says(ADVISE) == ["after"]


def test_validation_tells_what_a_child_agent_needs() -> None:
    """A model, instructions, and a description to be chosen by."""
    told = [problem.message for problem in loaded(child()).problems if "Advisor" in problem.file]
    assert told == [
        "a model answers here, [agents.NAME.world.model]: without one this child agent says nothing, and returns"
    ]
    bare = {"kind": "AgentDialog", "beginDialog": {"kind": "OnToolSelected", "id": "main"}}
    told = [problem.message for problem in loaded(bare, None).problems if "Advisor" in problem.file]
    assert told == ["a child agent without instructions says nothing, and returns"]
    told = [problem.message for problem in loaded(bare).problems if "Advisor" in problem.file]
    assert told[1].startswith("no description: no model can choose this child agent")


def test_the_nodes_of_a_child_agent_are_checked_as_a_topics_are() -> None:
    """What surely fails is an error."""
    advisor = child()
    advisor["beginDialog"]["actions"] = [{"kind": "BeginDialog", "id": "b", "dialog": "shop.topic.Nowhere"}]
    assert [problem.message for problem in loaded(advisor).errors if "Advisor" in problem.file] == [
        'BeginDialog goes to "shop.topic.Nowhere", which this agent does not have'
    ]


def test_a_topic_has_no_such_node() -> None:
    """It is an error when it is reached."""
    stray = topic("OnConversationStart", when("=true", {"kind": "AgentDialog", "id": "x"}))
    found = loaded(child(), S=stray, E=topic("OnError", say("{System.Error.Code}")))
    assert found.definition
    assert Customer(found.definition).arrives() == ["ContentError"]


def test_a_reply_that_is_no_text_is_told_all_the_same() -> None:
    """A file, or what a card has submitted."""
    talker = advised(child())
    talker.is_told({"text": "Show me.", "asks": True})
    talker.hears(Activity(type=MESSAGE, value={"n": 1}))
    assert talker.asked.said[-1].text == "{'n': 1}"
