"""Any mix of kinds, with fitting properties and unfitting ones: the machine never breaks, and does the same twice."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dialog.bounds import MAX_STACK
from dialog.calls import Answer
from dialog.definition import RULES, AgentDefinition, Topic
from dialog.kinds import ACTION_KINDS, TRIGGER_KINDS
from dialog.machine import DialogState
from tests.support.talking import Customer, Node

NAMES = ["A", "B", "C", "D"]
VARIABLES = ["Topic.X", "Global.Y", "init:Topic.T", "System.Recognizer.SelectedIntent", "System.X", "", "X", 5, None]
VALUES = [
    "=1/0",
    "=[1,2]",
    '=[{A: "x"}]',
    "={B: 1}",
    "=Topic.X",
    "=Global.Y",
    "text {Topic.X}",
    "{1/0}",
    "=Blank()",
    '{"a": [1]}',
    7,
    True,
    None,
    [],
    {},
    {"kind": "AutomaticTransferContext"},
    "=no formula (",
]
TOPICS = [f"shop.topic.{name}" for name in NAMES]
BINDINGS = [
    {"binding": {"X": "Topic.X"}},
    {"binding": {"X": "=Topic.X"}},
    {"kind": "SingleVariableOutputBinding", "variable": "Global.Y"},
    {},
    "x",
]
PROPERTIES: dict[str, list[Any]] = {
    "variable": VARIABLES,
    "itemsVariable": VARIABLES,
    "resultVariable": VARIABLES,
    "result": VARIABLES,
    "response": VARIABLES,
    "index": VARIABLES,
    "value": [*VARIABLES, *VALUES],
    "items": VALUES,
    "activity": VALUES,
    "prompt": VALUES,
    "card": VALUES,
    "eventName": ["E", *VALUES],
    "eventValue": VALUES,
    "eventType": ["Activity", "DialogEvent", "odd"],
    "userInput": VALUES,
    "url": ["https://x.example/{Topic.X}", *VALUES],
    "method": ["Post", "Odd", None, 3],
    "headers": [{"A": "{Topic.X}"}, "x", None],
    "body": [{"kind": "JsonRequestContent", "content": "=Topic.X"}, {"kind": "RawRequestContent"}, "x"],
    "errorHandling": [
        {"kind": "ContinueOnErrorBehavior", "statusCode": "Topic.X"},
        {"kind": "RaiseErrorBehavior"},
        "x",
    ],
    "requestTimeoutInMilliseconds": [10, "=Topic.X", "x", -1, None],
    "responseSchema": [{"kind": "Record", "properties": {"a": "Number"}}, "String", {"kind": "Table"}, 5],
    "valueType": [{"kind": "Record", "properties": {"a": "Number"}}, "Boolean", "DateTime", "odd", None, []],
    "errorPolicy": ["ThrowError", "DefaultBlank"],
    "entity": [
        "StringPrebuiltEntity",
        "BooleanPrebuiltEntity",
        "Odd",
        {"kind": "DynamicClosedListEntity", "items": "=Topic.X"},
    ],
    "dialog": [*TOPICS, "=Topic.X", "shop.topic.Nowhere", None],
    "actionId": ["n0", "n1", "n3", "nowhere"],
    "changeType": ["Add", "Remove", "TakeFirst", "Clear", "Odd", {"kind": "AddItemOperation", "value": "=1"}, {}],
    "assignments": [[{"variable": "Topic.X", "value": "=1"}], "x", [5], None],
    "input": BINDINGS,
    "output": BINDINGS,
    "autoSend": [True, False, "=Topic.X"],
    "clearTopicQueue": [True, False],
    "activityProcessed": [True, False, False, "=Topic.X"],
    "latencyMessageSettings": [{"allowLatencyMessage": True, "latencyMessage": "{Topic.X}"}, "x"],
    "knowledgeSources": [{"kind": "SearchSpecificKnowledgeSources", "knowledgeSources": ["a"]}, "x"],
    "responseCaptureType": ["FullResponse", "TextOnly"],
    "errorhandling": [{}],
    "transferType": [{"kind": "TransferToAgent"}, {"kind": "TransferToPhoneNumber"}, "x"],
    "variables": ["ConversationScopedVariables", "=Topic.X", "odd"],
    "flowId": ["f", None],
    "operationId": ["o", None],
    "conditions": [[]],
}
TYPES = ["invoke", "conversationUpdate", "typing", "odd"]
ANSWERS = [
    Answer(),
    Answer(value={"text": "Yes.", "sources": [{"Title": "t"}, 5]}),
    Answer(value={"text": None}),
    Answer(value={"text": "Which?", "asks": True}),
    Answer(value="text", status=200, headers={"a": "b"}),
    Answer(value=[1, {"a": 2}, None], status=200),
    Answer(value={"a": {"b": [True, 1e300]}}, status=201),
    Answer(value=[{"topic": "shop.topic.B", "score": 1.0}]),
    Answer(value=[{"odd": 1}]),
    Answer(code="FlowActionException", message="no", status=500),
    Answer(code="AuthenticationNotConfigured", status=401),
]


@st.composite
def node(draw: st.DrawFn, depth: int = 2) -> Node:
    """A node of any kind, with some properties, and actions below it now and then."""
    kind = draw(st.sampled_from([*ACTION_KINDS, "NoSuchKind"]))
    required = ACTION_KINDS[kind].required if kind in ACTION_KINDS else ()
    some = draw(st.lists(st.sampled_from(sorted(PROPERTIES)), max_size=3))
    made: Node = {"kind": kind}
    for name in {*required, *some}:
        made[name] = draw(st.sampled_from(PROPERTIES.get(name, VALUES)))
    if depth and kind in {"Foreach", "ActionScope", "DisconnectedNodeContainer"}:
        made["actions"] = draw(st.lists(node(depth - 1), max_size=3))
    if depth and kind == "ConditionGroup":
        condition = draw(st.sampled_from(["=true", "=false", "=Topic.X = 1", "=1/0", "=Topic.X"]))
        branch = {"id": "c", "condition": condition, "actions": draw(st.lists(node(depth - 1), max_size=2))}
        made["conditions"] = [branch]
        made["elseActions"] = draw(st.lists(node(depth - 1), max_size=2))
    return made


def numbered(actions: list[Any], count: list[int]) -> list[Node]:
    """The same nodes with ids of their own."""
    made = []
    for action in actions:
        named = {**action, "id": f"n{count[0]}"}
        count[0] += 1
        for name in ("actions", "elseActions"):
            if isinstance(named.get(name), list):
                named[name] = numbered(named[name], count)
        if isinstance(named.get("conditions"), list):
            named["conditions"] = [
                {**each, "actions": numbered(each["actions"], count)} for each in named["conditions"]
            ]
        made.append(named)
    return made


@st.composite
def agents(draw: st.DrawFn) -> AgentDefinition:
    """Four topics with any triggers, one of which a phrase starts; the last may be a child agent."""
    triggers = st.sampled_from(sorted(TRIGGER_KINDS))
    topics = {}
    for number, name in enumerate(NAMES):
        kind = ["OnConversationStart", "OnRecognizedIntent", None, None][number] or draw(triggers)
        begin = {
            "kind": kind,
            "id": "main",
            "intent": {"triggerQueries": [f"start {name}"]},
            "durationInSeconds": draw(st.sampled_from([900, "=Global.Y", None, "x"])),
            "eventName": draw(st.sampled_from(["E", None])),
            "actions": numbered(draw(st.lists(node(), max_size=5)), [0]),
        }
        behavior = draw(st.sampled_from(["Default", "Default", "CancelOtherTopics"]))
        body = {"kind": "AdaptiveDialog", "startBehavior": behavior, "beginDialog": begin}
        topics[f"shop.topic.{name}"] = Topic(name=f"shop.topic.{name}", display_name=name, body=body)
    child = topics["shop.topic.D"]
    settings = {"instructions": draw(st.sampled_from(["Be kind to {Topic.X}.", "{1/0}", "{no formula", ""]))}
    body = {**child.body, "kind": "AgentDialog", "settings": settings, "outputType": {"properties": {"X": "String"}}}
    if draw(st.booleans()):
        topics[child.name] = child.model_copy(update={"body": body})
    return AgentDefinition(
        schema_name="shop",
        display_name="Shop",
        instructions=draw(st.sampled_from(["", "Hi."])),
        rules=RULES,
        topics=topics,
    )


happenings = st.one_of(
    st.tuples(st.just("says"), st.sampled_from(["start B", "start C", "start D", "yes", "1", "", "123456", "x" * 100])),
    st.tuples(st.just("does"), st.sampled_from(["E", "tokens/response", "odd"])),
    st.tuples(st.just("sends"), st.sampled_from(TYPES)),
    st.tuples(st.just("is_silent"), st.sampled_from([900.0, 1800.0, 5.0])),
    st.tuples(st.just("comes_back"), st.sampled_from(["returned", "failed"])),
    st.tuples(st.just("answer"), st.sampled_from(ANSWERS)),
)


def happens(to: Customer, what: str, detail: Any) -> list[str]:
    """Let something happen to a customer."""
    if what == "answer":
        return to.is_told(**detail.model_dump())
    heard: list[str] = getattr(to, what)(detail)
    return heard


@given(agent=agents(), story=st.lists(happenings, max_size=8))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_any_mix_of_kinds(agent: AgentDefinition, story: list[tuple[str, Any]]) -> None:
    """Whatever happens: no exception, nothing left half done, plain JSON, and the same again."""
    one, two = Customer(agent), Customer(agent)
    assert one.arrives() == two.arrives()
    for what, detail in story:
        assert happens(one, what, detail) == happens(two, what, detail)
        assert one.state == two.state
        assert len(one.state.stack) <= MAX_STACK
        assert not one.state.stack or one.state.stack[-1].waiting
        asking = [frame for frame in one.state.stack if frame.waiting == "world"]
        assert bool(asking) == bool(one.state.asking)
        one.state = DialogState.model_validate_json(one.state.model_dump_json())
        assert one.state == two.state
