"""A folder with every mistake: each is told, with file, line, column, and what to write instead."""

from dialog.loader import load_agent
from dialog.published import to_bytes

BAD = """\
kind: AdaptiveDialog
startBehavior: CancelOther
beginDialog:
  kind: OnRecognisedIntent
  id: main
  actions:
    - kind: SendActivty
      id: one
    - kind: Question
      id: one
      variable: Local.Name
      prompt: Who are you?
      entity: NumberPrebuildEntity
    - kind: GotoAction
      id: jump
      actionId: tow
    - kind: BeginDialog
      id: go
      dialog: shop.topic.Escalat
    - kind: ConditionGroup
      id: cond
      conditions:
        - id: c1
          condition: =If(Topic.X
          actions: []
    - kind: SetVariable
      id: two
      variable: Topic.X
      value: =Lenn("abc")
"""
GOOD = "kind: AdaptiveDialog\nbeginDialog:\n  kind: OnEscalate\n  id: main\n  actions: []\n"
FILES = {
    "settings.mcs.yml": "schemaName: shop\n",
    "topics/Bad.mcs.yml": BAD,
    "topics/Escalate.mcs.yml": GOOD,
    "topics/Broken.mcs.yml": "kind: AdaptiveDialog\n  beginDialog: [\n",
}
WANTED = [
    (2, 'there is no startBehavior "CancelOther"', "CancelOtherTopics"),
    (4, 'there is no trigger "OnRecognisedIntent"', "OnRecognizedIntent"),
    (7, 'there is no node of kind "SendActivty"', "SendActivity"),
    (10, 'two nodes have the id "one"', "one of its own"),
    (11, '"Local.Name" cannot be set', "Topic.Name or Global.Name"),
    (13, 'there is no entity "NumberPrebuildEntity"', "NumberPrebuiltEntity"),
    (16, 'GotoAction goes to "tow"', "two"),
    (19, 'BeginDialog goes to "shop.topic.Escalat"', "shop.topic.Escalate"),
    (24, "", "character"),
    (29, "Lenn", "Len"),
]


def test_every_mistake_is_told_where_it_is_and_what_to_do() -> None:
    """All in one go, in the order of the file, and the broken file beside them."""
    loaded = load_agent(FILES)
    assert loaded.definition is not None
    assert set(loaded.definition.topics) == {"shop.topic.Bad", "shop.topic.Escalate"}
    told = [problem for problem in loaded.problems if problem.file == "topics/Bad.mcs.yml"]
    for line, what, instead in WANTED:
        here = [problem.message for problem in told if problem.line == line]
        assert any(what in message and instead in message for message in here), (line, here)
    assert any(problem.file == "topics/Broken.mcs.yml" and problem.line for problem in loaded.errors)
    assert all(problem.line and problem.column for problem in told)


def test_what_nobody_reaches_is_a_warning() -> None:
    """In a node that is turned off, or in a topic that nothing starts, a mistake stops nobody."""
    off = (
        "kind: AdaptiveDialog\nbeginDialog:\n  kind: {}\n  id: main\n  actions:\n    - kind: Nonsense\n      id: a\n{}"
    )
    files = {
        "settings.mcs.yml": "schemaName: shop\n",
        "topics/Escalate.mcs.yml": GOOD,
        "topics/A.mcs.yml": off.format("OnEscalate", "      disabled: true\n"),
        "topics/B.mcs.yml": off.format("OnSilence", ""),
    }
    loaded = load_agent(files)
    assert not loaded.errors
    assert sum("Nonsense" in problem.message for problem in loaded.problems) == 2
    files["topics/B.mcs.yml"] = off.format("OnConversationStart", "")
    assert [problem.file for problem in load_agent(files).errors] == ["topics/B.mcs.yml"]


def test_what_real_files_do_is_read() -> None:
    """A BOM, CRLF, a colon in a plain text, `Yes` as an id, and a key that begins with @."""
    text = (
        "\ufeffkind: AdaptiveDialog\r\nbeginDialog:\r\n  kind: OnConversationStart\r\n  id: main\r\n  actions:\r\n"
        "    - kind: SendActivity\r\n      id: Yes\r\n      activity: Choose one: this or that\r\n"
    )
    loaded = load_agent({"settings.mcs.yml": "schemaName: shop\n", "topics/A.mcs.yml": text})
    assert loaded.definition, loaded.problems
    step = loaded.definition.topics["shop.topic.A"].program.steps["Yes"]
    assert step.properties["activity"] == "Choose one: this or that"


def test_json_is_read_as_yaml_its_escapes_included() -> None:
    """Two escapes are one character; half of one is told by the replacement character, and can be published."""
    action = r'{"kind": "SendActivity", "id": "a", "activity": "\ud83d\ude42 and \ud83d"}'
    text = f'{{"kind": "AdaptiveDialog", "beginDialog": {{"kind": "OnEscalate", "id": "main", "actions": [{action}]}}}}'
    loaded = load_agent({"settings.mcs.yml": "schemaName: shop\n", "topics/A.mcs.yml": text})
    assert loaded.definition, loaded.problems
    assert loaded.definition.topics["shop.topic.A"].program.steps["a"].properties["activity"] == "🙂 and \ufffd"
    assert to_bytes(loaded.definition)
