"""Random topics and random replies: the machine never breaks, stays bounded, and does the same thing twice."""

from collections.abc import Iterable
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dialog.machine import DialogState
from dialog.run import MAX_STACK
from tests.support.talking import Customer, Node, ask, choices, go, load, put, say, topic, when

ENTITIES = ["StringPrebuiltEntity", "BooleanPrebuiltEntity", "NumberPrebuiltEntity", choices("Red", "Green", "Blue")]
FORMULAS = ["=1+1", '="a" & Topic.X', "=Topic.X + 1", "=1/0", "=Global.Y", "=Len(Global.Y)", "=Blank()", "=[1,2,3]"]
CONDITIONS = ["=true", "=false", "=IsBlank(Topic.X)", '=Topic.X = "yes"', "=Topic.X > 3", "=Global.Y = Topic.X"]
ENDINGS = ["EndDialog", "CancelAllDialogs", "EndConversation", "RepeatDialog", "CancelDialog"]
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
]
TOPICS = ["A", "B", "C"]

simple = st.one_of(
    st.sampled_from(["hello", "{Topic.X} and {Global.Y}", "{1/0}", "{not a formula", "}"]).map(say),
    st.tuples(st.sampled_from(["Topic.X", "Global.Y"]), st.sampled_from(FORMULAS)).map(lambda pair: put(*pair)),
    st.tuples(st.sampled_from(["Topic.X", "Global.Y"]), st.sampled_from(ENTITIES)).map(lambda pair: ask(*pair)),
    st.sampled_from(TOPICS).map(go),
    st.sampled_from(ENDINGS).map(lambda kind: {"kind": kind}),
    st.just({"kind": "TransferConversationV2", "transferType": {"kind": "TransferToAgent"}}),
)
nodes = st.recursive(
    simple,
    lambda inner: st.tuples(st.sampled_from(CONDITIONS), inner, inner).map(
        lambda t: when(t[0], t[1], otherwise=(t[2],))
    ),
)
bodies = st.lists(nodes, max_size=6)


def numbered(actions: Iterable[Node]) -> list[Node]:
    """The same nodes with ids of their own, and a jump to the first of them at the end now and then."""
    count = iter(range(10_000))

    def with_id(node: Node) -> Node:
        branches = [{**each, "actions": [*map(with_id, each["actions"])]} for each in node.get("conditions", [])]
        inner = {"conditions": branches, "elseActions": [*map(with_id, node["elseActions"])]} if branches else {}
        return {**node, **inner, "id": f"n{next(count)}"}

    return [with_id(node) for node in actions]


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
    loaded = load(
        A=topic("OnConversationStart", *a),
        B=topic("OnRecognizedIntent", *b, phrases=("alpha start",)),
        C=topic("OnRecognizedIntent", *c, phrases=("beta start",), root={"startBehavior": "CancelOtherTopics"}),
        E=topic("OnError", say("error {System.Error.Code}")),
        S=topic("OnEscalate", say("a person"), phrases=("escalate me",)),
    )
    assert loaded.definition, loaded.problems
    one, two = Customer(loaded.definition), Customer(loaded.definition)
    assert one.arrives() == two.arrives()
    for reply in replies:
        assert one.says(reply) == two.says(reply)
        assert one.state == two.state
        assert len(one.state.stack) <= MAX_STACK
        assert all(frame.waiting or frame is not one.state.stack[-1] for frame in one.state.stack)
        one.state = DialogState.model_validate_json(one.state.model_dump_json())
        assert one.state == two.state
