"""Random topics and random replies: the machine never breaks, stays bounded, and does the same thing twice."""

from collections.abc import Iterable
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dialog.bounds import MAX_STACK
from dialog.definition import RULES, AgentDefinition, Topic
from dialog.machine import DialogState
from tests.support.talking import Customer, Node, ask, choices, go, put, say, topic, when

LIST = {"kind": "DynamicClosedListEntity", "items": "=Topic.Rows"}
ENTITIES = [
    *(
        f"{kind}PrebuiltEntity"
        for kind in ("String", "Boolean", "Number", "DateTime", "Country", "StreetAddress", "File")
    ),
    choices("Red", "Green", "Blue"),
    LIST,
    {**LIST, "allowMultipleValues": True},
    {"kind": "ClosedListEntityReference", "entityId": "shop.entity.Missing"},
]
CARD = (
    '{"type": "AdaptiveCard", "body": [{"type": "Input.Text", "id": "x"}, {"type": "TextBlock", "text": "{Topic.X}"}]}'
)
ASKING: list[Node] = [
    {},
    {"alwaysPrompt": True},
    {"repeatCount": 0},
    {"repeatCount": "=Topic.X"},
    {"defaultValue": "=Blank()"},
    {"skipQuestionMode": "AlwaysSkipIfVariableHasValue"},
    {"validation": "=Topic.X > 3", "invalidPrompt": "No."},
    {"interruptionPolicy": {"allowInterruption": False}},
    {"fallbackDialogOnInvalidEntity": "shop.topic.B"},
]
KINDS: list[Node] = [
    {"kind": "CSATQuestion", "variable": "Topic.X"},
    {"kind": "ResetVariable", "variable": "Topic.X"},
    {"kind": "ClearAllVariables"},
    {"kind": "SetMultipleVariables", "assignments": [{"variable": "Topic.X", "value": "=Topic.X & 1"}]},
    {"kind": "EditTable", "itemsVariable": "Topic.Rows", "changeType": "Add", "value": "=Topic.X"},
    {"kind": "EditTable", "itemsVariable": "Topic.Rows", "changeType": "TakeLast", "resultVariable": "Topic.X"},
    {"kind": "EditTableV2", "itemsVariable": "Topic.X", "changeType": {"kind": "ClearItemOperation"}},
    {"kind": "ParseValue", "variable": "Topic.X", "valueType": "Number", "value": "=Topic.X"},
    {"kind": "EmitEvent", "eventName": "counted", "eventValue": "=Topic.X"},
    {"kind": "RecognizeIntent", "userInput": "alpha start"},
    {"kind": "OAuthInput", "title": "Sign in"},
    {"kind": "SearchAndSummarizeContent", "userInput": "=Topic.X", "variable": "Topic.X"},
    {"kind": "HttpRequestAction", "url": "https://example.com", "response": "Topic.X"},
    {"kind": "InvokeFlowAction", "flowId": "f", "output": {"binding": {"a": "Topic.X"}}},
    {"kind": "BreakLoop"},
    {"kind": "ContinueLoop"},
    {"kind": "Nonsense"},
]
CARDS: list[Node] = [
    {"kind": "AdaptiveCardPrompt", "card": CARD},
    {"kind": "AdaptiveCardPrompt", "card": "=Topic.X"},
    {"kind": "AdaptiveCardPrompt", "card": "not a card"},
]
SUBMITTED = {"output": {"binding": {"x": "Topic.X"}}, "outputType": {"properties": {"x": "Number"}}}
FORMULAS = ["=1+1", '="a" & Topic.X', "=Topic.X + 1", "=1/0", "=Global.Y", "=Len(Global.Y)", "=Blank()", "=[1,2,3]"]
CONDITIONS = ["=true", "=false", "=IsBlank(Topic.X)", '=Topic.X = "yes"', "=Topic.X > 3", "=Global.Y = Topic.X"]
ENDINGS = ["EndDialog", "CancelAllDialogs", "EndConversation", "RepeatDialog", "CancelDialog"]
SUBMIT = "(submit a card)"
REPLIES = [
    "yes",
    "no",
    "12",
    "red",
    "alpha start",
    "beta start",
    "escalate me",
    "",
    "🙂",
    "{Topic.X}",
    "=1+1",
    "a" * 300,
    "3 of the green ones on 2026-12-24 in Germany",
    "red, blue and green",
    SUBMIT,
]
TOPICS = ["A", "B", "C"]


def loop(items: str, *actions: Node) -> Node:
    """A node that runs its actions for each item."""
    return {"kind": "Foreach", "items": items, "value": "Topic.Item", "index": "Topic.Index", "actions": list(actions)}


simple = st.one_of(
    st.sampled_from(["hello", "{Topic.X} and {Global.Y}", "{1/0}", "{not a formula", "}"]).map(say),
    st.tuples(st.sampled_from(["Topic.X", "Global.Y"]), st.sampled_from(FORMULAS)).map(lambda pair: put(*pair)),
    st.tuples(st.sampled_from(["Topic.X", "Global.Y"]), st.sampled_from(ENTITIES), st.sampled_from(ASKING)).map(
        lambda asked: ask(asked[0], asked[1], **asked[2])
    ),
    st.sampled_from(KINDS),
    st.sampled_from(CARDS).map(lambda card: {**card, **SUBMITTED}),
    st.sampled_from(TOPICS).map(go),
    st.sampled_from(ENDINGS).map(lambda kind: {"kind": kind}),
    st.just({"kind": "TransferConversationV2", "transferType": {"kind": "TransferToAgent"}}),
)
nodes = st.recursive(
    simple,
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(CONDITIONS), inner, inner).map(lambda t: when(t[0], t[1], otherwise=(t[2],))),
        st.tuples(st.sampled_from(["=[1, 2, 3]", "=Topic.X"]), inner, inner).map(lambda t: loop(t[0], t[1], t[2])),
    ),
)
bodies = st.lists(nodes, max_size=6)


def numbered(actions: Iterable[Node]) -> list[Node]:
    """The same nodes with ids of their own, and a jump to the first of them at the end now and then."""
    count = iter(range(10_000))

    def with_id(node: Node) -> Node:
        branches = [{**each, "actions": [*map(with_id, each["actions"])]} for each in node.get("conditions", [])]
        inner: Node = {"conditions": branches, "elseActions": [*map(with_id, node["elseActions"])]} if branches else {}
        if "actions" in node:
            inner["actions"] = [*map(with_id, node["actions"])]
        return {**node, **inner, "id": f"n{next(count)}"}

    return [with_id(node) for node in actions]


def agent_of(**topics: Node) -> AgentDefinition:
    """The agent of these topics, as the loader would make it; reading files is tried elsewhere."""
    named = {f"shop.topic.{name}": body for name, body in topics.items()}
    made = {name: Topic(name=name, display_name=name, body=body) for name, body in named.items()}
    return AgentDefinition(schema_name="shop", display_name="The shop", rules=RULES, topics=made)


def does(talker: Customer, reply: str) -> list[str]:
    """What is said to a reply; where a human has the conversation, they give it back."""
    if talker.state.stack and talker.state.stack[-1].waiting == "handoff":
        return talker.comes_back("returned")
    if talker.state.asking:
        return talker.is_told({"a": reply}, code="" if len(reply) > 3 else "FlowActionException")
    return talker.submits({"x": "12", "y": [1]}) if reply == SUBMIT else talker.says(reply)


@given(
    bodies=st.tuples(bodies, bodies, bodies),
    replies=st.lists(st.sampled_from(REPLIES), max_size=8),
    jumps=st.booleans(),
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_authored_and_said(bodies: tuple[list[Node], ...], replies: list[str], jumps: bool) -> None:  # noqa: FBT001
    """Every turn answers or waits; no frame is left behind; the state survives its way through JSON."""
    a, b, c = (numbered(body) for body in bodies)
    if jumps and a:
        a.append({"kind": "GotoAction", "id": "jump", "actionId": Random(len(a)).choice(a)["id"]})  # noqa: S311
    agent = agent_of(
        A=topic("OnConversationStart", *a),
        B=topic("OnRecognizedIntent", *b, phrases=("alpha start",)),
        C=topic("OnRecognizedIntent", *c, phrases=("beta start",), root={"startBehavior": "CancelOtherTopics"}),
        E=topic("OnError", say("error {System.Error.Code}")),
        S=topic("OnEscalate", say("a person"), phrases=("escalate me",)),
    )
    one, two = Customer(agent), Customer(agent)
    assert one.arrives() == two.arrives()
    for reply in replies:
        assert does(one, reply) == does(two, reply)
        assert one.state == two.state
        assert len(one.state.stack) <= MAX_STACK
        assert all(frame.waiting or frame is not one.state.stack[-1] for frame in one.state.stack)
        one.state = DialogState.model_validate_json(one.state.model_dump_json())
        assert one.state == two.state
