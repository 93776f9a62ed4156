"""Every other kind of node that a text conversation reaches."""

from typing import Any

import pytest

from tests.support.talking import Customer, Node, ask, customer, load, put, say, topic, when

ON_ERROR = topic("OnError", say("error {System.Error.Code}: {System.Error.Message}"))


def runs(*actions: Node, **topics: Node) -> list[str]:
    """What these actions say, run as the conversation starts."""
    loaded = load(S=topic("OnConversationStart", *actions), E=ON_ERROR, **topics)
    assert loaded.definition, loaded.problems
    return Customer(loaded.definition).arrives()


def loop(items: str, *actions: Node, **more: Any) -> Node:
    """For each."""
    return {
        "kind": "Foreach",
        "id": "loop",
        "items": items,
        "value": "Topic.Item",
        "index": "Topic.Index",
        "actions": list(actions),
        **more,
    }


def parse(value: Any, value_type: Any, **more: Any) -> Node:
    """Read a value."""
    return {"kind": "ParseValue", "id": "parse", "variable": "Topic.P", "value": value, "valueType": value_type, **more}


def test_a_loop_runs_for_each_item_and_forgets_its_variables() -> None:
    """Single columns are the values themselves, the index begins at 0."""
    said = runs(loop('=["a", "b"]', say("{Topic.Index}{Topic.Item}")), say("{IsBlank(Topic.Item)}"))
    assert said == ["0a", "1b", "true"]
    assert runs(loop('=[{N: "x"}, {N: "y"}]', say("{Topic.Item.N}"))) == ["x", "y"]


def test_a_loop_over_nothing_or_one_thing() -> None:
    """Blank is no item; what is no table is one."""
    assert runs(loop("=Blank()", say("never")), say("after")) == ["after"]
    assert runs(loop("=5", say("{Topic.Item}"))) == ["5"]
    assert runs(loop("=[1,2]"), say("after")) == ["after"]


def test_a_loop_sees_its_items_as_they_were() -> None:
    """What the body adds is not looped over."""
    add = {"kind": "EditTable", "id": "add", "itemsVariable": "Topic.T", "value": "=9"}
    assert runs(put("Topic.T", "=[1, 2]"), loop("=Topic.T", add, say("{Topic.Item}")), say("{CountRows(Topic.T)}")) == [
        "1",
        "2",
        "4",
    ]


def test_breaking_and_continuing() -> None:
    """Also from within a branch; loops in loops are left one at a time."""
    skip = when("=Topic.Item = 2", {"kind": "ContinueLoop", "id": "c"})
    stop = when("=Topic.Item = 4", {"kind": "BreakLoop", "id": "b"})
    assert runs(loop("=[1,2,3,4,5]", skip, stop, say("{Topic.Item}")), say("after")) == ["1", "3", "after"]
    inner = loop("=[1,2]", {"kind": "BreakLoop", "id": "b"}, id="inner", value="Topic.J", index=None)
    assert runs(loop("=[1,2]", inner, say("{Topic.Item}"))) == ["1", "2"]


def test_a_break_outside_of_a_loop_is_an_error() -> None:
    """And says where."""
    assert "stands in no loop" in runs({"kind": "BreakLoop", "id": "b"})[0]


def test_a_question_in_a_loop_waits_in_it() -> None:
    """Where it stands is kept between turns; asked anew for each item."""
    talker = customer(
        A=topic(
            "OnConversationStart",
            loop("=[1,2]", ask("Topic.X", prompt="{Topic.Item}?", alwaysPrompt=True), say("{Topic.X}")),
            say("end"),
        )
    )
    assert talker.says("one") == ["one", "2?"]
    assert talker.says("two") == ["two", "end"]


def test_a_jump_out_of_a_loop_ends_it() -> None:
    """Coming back begins it anew."""
    count = put("Topic.N", "=Topic.N + 1")
    again = when("=Topic.N < 2", {"kind": "GotoAction", "id": "g", "actionId": "put Topic.N"})
    assert runs(count, loop("=[1,2]", say("{Topic.Item}"), again)) == ["1", "1", "2"]


@pytest.mark.parametrize(
    ("value", "value_type", "shown", "expected"),
    [
        ('{"a": 1}', {"kind": "Record", "properties": {"a": "Number"}}, "{Topic.P.a + 1}", "2"),
        ('{"a": "1"}', {"kind": "Record", "properties": {"a": {"type": "Number"}}}, "{Topic.P.a + 1}", "2"),
        ('[{"a": 1}, {"a": 2}]', {"kind": "Table", "properties": {"a": "Number"}}, "{Sum(Topic.P, a)}", "3"),
        ("[1, 2]", {"kind": "Table", "properties": {"Value": "Number"}}, "{Sum(Topic.P, Value)}", "3"),
        ("12", "Number", "{Topic.P + 1}", "13"),
        ("true", "Boolean", "{!Topic.P}", "false"),
        ("plain text", "String", "{Topic.P}", "plain text"),
        ("2026-12-24", "Date", "{Day(Topic.P)}", "24"),
        ("2026-12-24T10:00:00", "DateTime", "{Hour(Topic.P)}", "10"),
        ('{"x": {"y": [1]}}', {"kind": "Record"}, "{CountRows(Topic.P.x.y)}", "1"),
        ("no JSON", {"kind": "Record", "properties": {}}, "{IsBlank(Topic.P)}", "true"),
        ("many", "Number", "{IsBlank(Topic.P)}", "true"),
        ("", {"kind": "Table"}, "{IsBlank(Topic.P)}", "true"),
    ],
)
def test_values_are_read_as_their_type(value: str, value_type: Any, shown: str, expected: str) -> None:
    """What cannot have it is Blank, by default."""
    assert runs(parse(value, value_type), say(shown)) == [expected]


def test_a_value_that_cannot_have_its_type_is_an_error_where_the_author_wants_it() -> None:
    """`errorPolicy: ThrowError`."""
    assert runs(parse("many", "Number", errorPolicy="ThrowError"))[0].startswith("error ContentError: ParseValue parse")


def test_what_the_tables_edits_do() -> None:
    """In both forms."""

    def edit(kind: str, **more: Any) -> Node:
        return {"kind": "EditTable", "id": kind, "itemsVariable": "Topic.T", "changeType": kind, **more}

    def operate(kind: str, **more: Any) -> Node:
        operation = {"kind": f"{kind}Operation", **more}
        return {"kind": "EditTableV2", "id": kind, "itemsVariable": "Topic.T", "changeType": operation}

    shown = say('{Concat(Topic.T, Text(Value), ",")}|{Topic.R}')
    start = put("Topic.T", "=[1, 2, 3]")
    assert runs(start, edit("Add", value="=4"), shown) == ["1,2,3,4|"]
    assert runs(start, edit("Remove", value="=2"), shown) == ["1,3|"]
    assert runs(start, operate("TakeFirstItem", resultVariable="Topic.R"), shown)[0].startswith("2,3|")
    assert runs(start, operate("TakeLastItem", resultVariable="Topic.R"), shown)[0].startswith("1,2|")
    assert runs(start, operate("ClearItems"), shown) == ["|"]
    assert runs(start, operate("AddItem", value="=4"), shown) == ["1,2,3,4|"]


def test_an_event_of_a_topics_own_goes_to_topics_and_else_to_the_client() -> None:
    """Or to the client in any case."""
    raised = {"kind": "EmitEvent", "id": "emit", "eventName": "Lamp", "eventValue": "={n: 1}"}
    heard = topic("OnEventActivity", say("heard {System.Activity.Value.n}"), eventName="Lamp")
    assert runs(raised, say("after"), L=heard) == ["heard 1", "after"]
    assert runs(raised, say("after")) == ["event", "after"]
    assert runs({**raised, "eventType": "Activity"}, L=heard) == ["event"]
    assert runs({**raised, "eventType": "DialogEvent"}, say("after")) == ["after"]


def test_members_changes_and_what_no_path_leads_to() -> None:
    """The rest of the schema."""
    members = {"kind": "GetConversationMembers", "id": "m", "variable": "Topic.M"}
    assert runs(members, say("{CountRows(Topic.M)}")) == ["2"]
    assert runs({"kind": "DeleteActivity", "id": "d", "activityId": "x"}) == ["messageDelete"]
    assert runs({"kind": "UpdateActivity", "id": "u", "activity": "new"}) == ["new"]
    cut = {"kind": "DisconnectedNodeContainer", "id": "c", "actions": [say("never")]}
    assert runs(cut, say("after")) == ["after"]
    assert runs({"kind": "SignOutUser", "id": "s"}, {"kind": "LogCustomTelemetryEvent", "id": "l"}) == []


def test_what_only_a_telephone_can_do_is_said_when_it_is_reached() -> None:
    """No earlier."""
    phone = {
        "kind": "TransferConversationV2",
        "id": "t",
        "transferType": {"kind": "TransferToPhoneNumber", "phoneNumber": "1"},
    }
    assert runs(say("before"), phone) == [
        "before",
        "error ContentError: a transfer to a phone number is not for text channels",
    ]


def test_an_unknown_kind_is_an_error_when_it_is_reached() -> None:
    """The topic's other ways run."""
    unknown = {"kind": "SendHttpRequst", "id": "x"}
    said = runs(when("=false", unknown), say("fine"), {**unknown, "id": "y"})
    assert said[0] == "fine"
    assert said[1].startswith('error ContentError: there are no nodes of kind "SendHttpRequst"')


def test_a_trace_shows_what_the_turn_did() -> None:
    """As Copilot Studio's own test pane is sent it: nodes, exits, variables set; and what was understood."""
    talker = customer(
        A=topic(
            "OnRecognizedIntent",
            put("Topic.X", "=1"),
            put("Global.Y", "two"),
            when("=Topic.X = 1", say("one")),
            phrases=("count for me",),
        )
    )
    talker.says("count for me")
    told = {getattr(each, "valueType", ""): each.value for each in talker.traces}
    assert told["IntentRecognition"]["intentId"] == "shop.topic.A"
    assert told["IntentRecognition"]["intentScore"] == 1
    first, second, third, fourth = told["DialogTracingInfo"]["actions"]
    assert (first["actionId"], first["actionType"], first["topicId"]) == ("put Topic.X", "SetVariable", "shop.topic.A")
    assert first["variableState"] == {"dialogState": {"X": 1}, "globalState": {}}
    assert second["variableState"] == {"dialogState": {}, "globalState": {"Y": "two"}}
    assert third["conditionItemExit"] == ["if =Topic.X = 1"]
    assert fourth["actionType"] == "SendActivity"


def told_of(talker: Customer, value_type: str) -> list[Any]:
    """The values of the last turn's traces of a type, in order."""
    return [each.value for each in talker.traces if getattr(each, "valueType", "") == value_type]


def test_each_assignment_is_told_as_in_a_transcript() -> None:
    """By the variable's whole name, after the nodes, in order; one that is set twice is told twice."""
    nodes = (put("Topic.X", "=1"), put("Global.Y", "two"), put("Topic.X", "=3"))
    talker = customer(A=topic("OnRecognizedIntent", *nodes, phrases=("count for me",)))
    talker.says("count for me")
    assert told_of(talker, "VariableAssignment") == [
        {"name": "X", "id": "Topic.X", "newValue": 1, "type": "local"},
        {"name": "Y", "id": "Global.Y", "newValue": "two", "type": "global"},
        {"name": "X", "id": "Topic.X", "newValue": 3, "type": "local"},
    ]
    kinds = [getattr(each, "valueType", "") for each in talker.traces]
    assert kinds.index("DialogTracingInfo") < kinds.index("VariableAssignment")


def test_a_survey_is_told_once_and_its_answer_with_the_score() -> None:
    """A customer who must be asked again is asked the same survey; one who rates nothing has not answered."""
    survey = {"kind": "CSATQuestion", "id": "rate", "variable": "Topic.Rating"}
    talker = customer(A=topic("OnRecognizedIntent", survey, say("bye"), phrases=("rate this chat",)))
    talker.says("rate this chat")
    assert told_of(talker, "CSATSurveyRequest") == [{}]
    talker.says("zzz")
    assert told_of(talker, "CSATSurveyRequest") == []
    talker.says("4")
    assert told_of(talker, "CSATSurveyResponse") == [{"score": 4}]
    talker.says("rate this chat")
    talker.says("zzz")
    assert talker.says("zzz") == ["bye"]
    assert told_of(talker, "CSATSurveyResponse") == []


def test_an_authors_outcome_is_in_the_trace() -> None:
    """It may stand on any node."""
    thanks = {**say("you are welcome"), "conversationOutcome": "ResolvedImplied"}
    talker = customer(A=topic("OnRecognizedIntent", thanks, phrases=("thank you",)))
    talker.says("thank you")
    (told,) = told_of(talker, "DialogTracingInfo")
    assert told["actions"][0]["resultTrace"] == {"conversationOutcome": "ResolvedImplied"}
