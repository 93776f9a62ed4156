"""Nodes that ask the world outside: what they ask, and what they make of the answer."""

from typing import Any

import pytest

from dialog.calls import HttpCall, KnowledgeCall, OperationCall, RecogniseCall
from dialog.errors import FLOW_FAILED, HTTP_FAILED, MODEL_FAILED, SIGN_IN
from dialog.machine import DialogState
from protocol.activity import Activity
from tests.support.talking import Customer, Node, ask, customer, go, put, say, topic, when

ON_ERROR = topic("OnError", say("error {System.Error.Code}"))
GO = ("do it now",)


def doing(*actions: Node, **topics: Node) -> Customer:
    """A customer whose words start these actions."""
    talker = customer(A=topic("OnRecognizedIntent", *actions, phrases=GO), E=ON_ERROR, **topics)
    talker.says(GO[0])
    return talker


def http(**more: Any) -> Node:
    """A request for an order."""
    return {
        "kind": "HttpRequestAction",
        "id": "http",
        "url": "https://api.contoso.com/orders/{Topic.Number}",
        "response": "Topic.Order",
        **more,
    }


def flow(**more: Any) -> Node:
    """A flow."""
    binding = {"number": "=Topic.Number"}
    return {"kind": "InvokeFlowAction", "id": "flow", "flowId": "f1", "input": {"binding": binding}, **more}


def search(**more: Any) -> Node:
    """A search of the agent's knowledge."""
    return {
        "kind": "SearchAndSummarizeContent",
        "id": "search",
        "userInput": "=System.Activity.Text",
        "variable": "Topic.Answer",
        **more,
    }


def test_a_request_is_made_of_what_the_author_wrote() -> None:
    """Formulas in the address, headers and body; JSON by its content."""
    talker = doing(
        put("Topic.Number", 4711),
        http(
            method="Post",
            headers={"X-Shop": "{Topic.Number}"},
            body={"kind": "JsonRequestContent", "content": '={n: Topic.Number, s: "ä"}'},
            requestTimeoutInMilliseconds=1500,
        ),
    )
    assert talker.asked == HttpCall(
        method="POST",
        url="https://api.contoso.com/orders/4711",
        headers={"X-Shop": "4711", "Content-Type": "application/json"},
        body='{"n": 4711, "s": "ä"}',
    )
    assert talker.state.asking is not None
    assert talker.state.asking.ask.seconds == 1.5


def test_an_answer_goes_into_variables_and_the_topic_goes_on() -> None:
    """Declared types are given to it, what is not declared stays; `System.Activity` is what it was."""
    schema = {
        "kind": "Record",
        "properties": {"due": "Date", "lines": {"kind": "Table", "properties": {"n": "Number"}}},
    }
    talker = doing(
        http(responseSchema=schema, responseHeaders="Topic.H"),
        say("{Year(Topic.Order.due)} {Sum(Topic.Order.lines, n)} {Topic.Order.more} {Topic.H.etag}"),
        say("{System.Activity.Text}"),
    )
    value = {"due": "2026-12-24", "lines": [{"n": 1}, {"n": 2}], "more": "x"}
    assert talker.is_told(value, status=200, headers={"etag": "e"}) == ["2026 3 x e", GO[0]]
    assert (talker.state.stack, talker.state.asking) == ((), None)


def test_an_answer_that_is_not_of_its_type_is_an_error_of_the_topic() -> None:
    """With the node's name in it."""
    talker = doing(http(responseSchema={"kind": "Record", "properties": {"n": "Number"}}), say("never"))
    assert talker.is_told({"n": "many"}, status=200) == ["error ContentError"]


def test_a_request_that_fails_goes_to_on_error() -> None:
    """By default."""
    assert doing(http(), say("never")).is_told(None, code=HTTP_FAILED, status=503) == [f"error {HTTP_FAILED}"]


def test_a_request_that_fails_goes_on_where_the_author_says_so() -> None:
    """Status and body are variables then."""
    handling = {"kind": "ContinueOnErrorBehavior", "statusCode": "Topic.S", "errorResponseBody": "Topic.B"}
    talker = doing(http(errorHandling=handling), say("{Topic.S} {Topic.B.why} {IsBlank(Topic.Order)}"))
    assert talker.is_told({"why": "full"}, code=HTTP_FAILED, status=503) == ["503 full true"]


def test_a_flows_outputs_are_bound_by_name() -> None:
    """And its failure has Copilot Studio's code."""
    bound = flow(output={"binding": {"state": "Topic.State", "none": "Topic.None"}})
    talker = doing(put("Topic.Number", 1), bound, say("{Topic.State} {IsBlank(Topic.None)}"))
    assert talker.asked == OperationCall(what="flow", name="f1", inputs={"number": 1})
    assert talker.is_told({"state": "sent"}) == ["sent true"]
    assert doing(bound).is_told(None, code=FLOW_FAILED) == [f"error {FLOW_FAILED}"]


@pytest.mark.parametrize(
    ("node", "what", "name"),
    [
        ({"kind": "InvokeConnectorAction", "operationId": "Get"}, "connector", "Get"),
        ({"kind": "InvokeConnectorAction", "connectionProperties": {"operationId": "Get"}}, "connector", "Get"),
        ({"kind": "InvokeAIBuilderModelAction", "aIModelId": "m"}, "model", "m"),
        ({"kind": "InvokeSkillAction", "skillId": "s", "actionId": "a"}, "skill", "a"),
        ({"kind": "InvokeMcpToolAction", "serverSchemaName": "s", "toolName": "t"}, "tool", "t"),
        ({"kind": "WaitForConnectorTrigger", "operationId": "w"}, "trigger", "w"),
    ],
)
def test_operations_of_all_kinds(node: Node, what: str, name: str) -> None:
    """Each is asked for by its name; a single output gets the whole answer."""
    single = {"kind": "SingleVariableOutputBinding", "variable": "Topic.R"}
    talker = doing({"id": "n", "output": single, **node}, say("{Topic.R.ok}"))
    assert (talker.asked.what, talker.asked.name) == (what, name)
    assert talker.is_told({"ok": "yes"}) == ["yes"]


def test_an_operation_that_wants_a_sign_in_is_asked_again_after_it() -> None:
    """The Sign in topic comes first, once."""
    sign_in = topic("OnSignIn", say("{System.SignInReason}"))
    talker = doing(flow(), say("done"), S=sign_in)
    assert talker.is_told(None, code=SIGN_IN) == ["SignInRequired"]
    assert talker.is_told(None, code=SIGN_IN) == [f"error {SIGN_IN}"]
    talker = doing(flow(), say("done"), S=sign_in)
    talker.is_told(None, code=SIGN_IN)
    assert talker.is_told({}) == ["done"]


@pytest.mark.parametrize(("mode", "token"), [("Invoker", "abc"), ("Maker", "")])
def test_an_operation_in_the_customers_name_has_their_token(mode: str, token: str) -> None:
    """When they have signed in for it; one in its author's name has not."""
    node = {"kind": "InvokeConnectorAction", "id": "n", "operationId": "Get", "connectionProperties": {"mode": mode}}
    talker = doing(node, say("done"), S=topic("OnSignIn", {"kind": "OAuthInput", "id": "o"}))
    assert talker.asked.token == ""
    assert talker.is_told(None, code=SIGN_IN) == ["message"]
    talker.does("tokens/response", {"token": "abc"})
    assert talker.asked.token == token
    assert talker.is_told({}) == ["done"]


def test_no_answer_found_is_blank_and_no_error() -> None:
    """As in an agent without knowledge."""
    talker = doing(search(), when("=IsBlank(Topic.Answer)", say("nothing")))
    assert talker.asked == KnowledgeCall(text=GO[0])
    assert talker.is_told(None) == ["nothing"]


def test_an_answer_is_said_and_kept() -> None:
    """`autoSend` is on by default; `FullResponse` keeps the sources."""
    full = search(responseCaptureType="FullResponse")
    talker = doing(full, say("{Topic.Answer.Text.Content} {First(Topic.Answer.Text.CitationSources).Title}"))
    assert talker.is_told({"text": "Yes.", "sources": [{"Title": "t"}]}) == ["Yes.", "Yes. t"]
    assert doing(search(autoSend=False), say("{Topic.Answer}!")).is_told({"text": "Yes."}) == ["Yes.!"]


def test_a_model_that_fails_goes_to_on_error() -> None:
    """It is no answer that there is none."""
    assert doing(search()).is_told(None, code=MODEL_FAILED) == [f"error {MODEL_FAILED}"]


def test_boosting_that_finds_nothing_lets_the_fallback_speak() -> None:
    """And one that finds something ends the queue."""
    boost = topic(
        "OnUnknownIntent",
        search(),
        when("=!IsBlank(Topic.Answer)", {"kind": "EndDialog", "id": "end"}),
        priority=-1,
    )
    talker = customer(B=boost, F=topic("OnUnknownIntent", say("sorry {System.FallbackCount}")))
    talker.says("xyzzy")
    assert talker.is_told(None) == ["sorry 1"]
    talker.says("plugh")
    assert talker.is_told({"text": "A magic word."}) == ["A magic word."]


def test_a_topic_may_search_instead() -> None:
    """OnKnowledgeRequested: what it puts into System.SearchResults goes along with the question."""
    own = topic("OnKnowledgeRequested", put("System.SearchResults", '=[{Content: "about " & System.SearchQuery}]'))
    talker = doing(search(), K=own)
    assert talker.asked.found == ({"Content": f"about {GO[0]}"},)


def test_a_topic_may_change_or_hold_back_what_a_model_says() -> None:
    """OnGeneratedResponse: System.ContinueResponse = false, and its own words instead."""
    held = topic(
        "OnGeneratedResponse",
        put("System.ContinueResponse", "=false"),
        say('{Substitute(System.Response.FormattedText, "[1]", "")}'),
    )
    assert doing(search(), say("after"), G=held).is_told({"text": "Yes[1]"}) == ["Yes", "after"]
    seen = topic("OnGeneratedResponse", say("look:"))
    assert doing(search(), say("after"), G=seen).is_told({"text": "Yes"}) == ["look:", "Yes", "after"]


def test_knowledge_may_be_searched_and_queries_made() -> None:
    """As a table, and as a text."""
    results = {"kind": "SearchKnowledgeSources", "id": "s", "userInput": "lamps", "result": "Topic.R"}
    assert doing(results, say("{First(Topic.R).Title}")).is_told([{"Title": "t"}]) == ["t"]
    query = {"kind": "CreateSearchQuery", "id": "q", "result": "Topic.Q"}
    talker = doing(query, say("{Topic.Q.SearchQuery}"))
    assert (talker.asked.wants, talker.asked.text) == ("query", GO[0])
    assert talker.is_told("lamps") == ["lamps"]


def test_a_text_is_understood_as_if_it_had_been_said() -> None:
    """RecognizeIntent starts the topic, and goes on when it has ended."""
    node = {"kind": "RecognizeIntent", "id": "r", "userInput": "opening hours"}
    talker = doing(node, say("after"), H=topic("OnRecognizedIntent", say("nine to five"), phrases=("opening hours",)))
    assert talker.asked == RecogniseCall(text="opening hours")
    ranked = [ranked.model_dump() for ranked in talker.agent.recognizer().recognise("opening hours", "v").ranked]
    assert talker.is_told(ranked) == ["nine to five", "after"]


def test_a_text_that_means_nothing_goes_to_the_fallback() -> None:
    """Boosting first; where it ends the queue, the fallback is silent; the topic goes on."""
    node = {"kind": "RecognizeIntent", "id": "r", "userInput": "xyzzy"}
    first = topic("OnUnknownIntent", say("first"), {"kind": "EndDialog", "id": "e"}, priority=-1)
    assert doing(node, say("after"), B=first, F=topic("OnUnknownIntent", say("never"))).is_told([]) == [
        "first",
        "after",
    ]
    first = topic("OnUnknownIntent", say("first"), priority=-1)
    talker = doing(node, say("after"), B=first, F=topic("OnUnknownIntent", say("second")))
    assert talker.is_told([]) == ["first", "second", "after"]


def test_an_answer_to_nobody_changes_nothing() -> None:
    """The topic that asked was given up meanwhile."""
    talker = doing(http(), say("never"))
    talker.says("something else")
    assert talker.state.asking is None
    before = talker.state
    assert talker.is_told({"late": True}) == []
    assert talker.state == before


def test_a_question_to_the_world_survives_its_way_through_json() -> None:
    """State is plain JSON, whatever waits."""
    talker = doing(http(), say("{Topic.Order}"))
    talker.state = DialogState.model_validate_json(talker.state.model_dump_json())
    assert talker.is_told("x", status=200) == ["x"]


def test_it_is_said_that_it_takes_long_where_the_author_wants_it() -> None:
    """The message is made when the question is; whoever runs the conversation says it when it is time."""
    settings = {"allowLatencyMessage": True, "latencyMessage": "One moment.", "latencyMessageDelayInMilliseconds": 700}
    talker = doing(flow(latencyMessageSettings=settings))
    assert talker.state.asking is not None
    bidden = talker.state.asking.ask
    assert isinstance(bidden.latency, Activity)
    assert (bidden.latency.text, bidden.latency_seconds) == ("One moment.", 0.7)
    assert doing(flow(latencyMessageSettings={**settings, "allowLatencyMessage": False})).state.asking is not None


def test_the_world_is_asked_in_a_topic_that_was_called() -> None:
    """Its outputs reach the caller when the answer has come."""
    called = topic("OnRedirect", http(), put("Topic.State", "=Topic.Order.state"))
    talker = doing(go("C", output={"binding": {"State": "Topic.S"}}), say("{Topic.S}"), ask("Topic.Z"), C=called)
    assert talker.is_told({"state": "sent"}, status=200) == ["sent", "What?"]
