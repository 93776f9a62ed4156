"""An author is told what the configured hubs cannot do, where a topic relies on it."""

from dialog.loader import load_agent
from hubs.base import Capabilities
from hubs.reliance import unmet
from tests.support.talking import Node, files_of, say, topic, when

TICKET: Node = {
    "kind": "SendActivity",
    "id": "leave",
    "activity": {"kind": "EventActivity", "name": "handoff.ticket", "value": '={description: "x"}'},
}
NOTE = say("They left: {System.Handoff.Note}")
TOPICS = {"Failed": topic("OnEventActivity", TICKET), "After": topic("OnUnknownIntent", when("=true", NOTE))}


def _told(**hubs: Capabilities) -> list[str]:
    files = files_of(**TOPICS)
    agent = load_agent(files).definition
    assert agent
    return [f"{problem.file} {problem.severity} {problem.message}" for problem in unmet(agent, files, hubs)]


def test_tickets_need_one_hub_that_takes_them() -> None:
    """Any one will do: it is found by itself."""
    can, cannot = Capabilities(tickets=True), Capabilities()
    assert _told(desk=cannot, phone=can) == []
    assert _told(desk=cannot) == [
        "topics/Failed.mcs.yml warning none of the configured hubs takes tickets (desk): nothing comes of this event"
    ]


def test_a_note_needs_hubs_that_return() -> None:
    """Each that does not is named, once where it matters and not for every node around it."""
    (told,) = _told(desk=Capabilities(tickets=True), mute=Capabilities(tickets=True, returns=False))
    assert told.startswith("topics/After.mcs.yml warning System.Handoff.Note stays Blank with mute: it cannot give")


EXPORT = """\
kind: BotDefinition
entity:
  schemaName: shop
components:
  - kind: DialogComponent
    schemaName: shop.topic.Hello
    dialog:
      beginDialog:
        kind: OnConversationStart
        id: main
        actions:
          - kind: SendActivity
            id: hello
            activity: Hello
  - kind: DialogComponent
    schemaName: shop.topic.After
    dialog:
      beginDialog:
        kind: OnUnknownIntent
        id: main
        actions:
          - kind: SendActivity
            id: note
            activity: "They left: {System.Handoff.Note}"
"""


def test_a_whole_bot_export_is_told_of_where_it_stands() -> None:
    """All topics are in one file: the line and the column are those of the node's own property."""
    files = {"botContent.yml": EXPORT}
    agent = load_agent(files).definition
    assert agent
    (problem,) = unmet(agent, files, {"mute": Capabilities(tickets=True, returns=False)})
    line = next(number for number, text in enumerate(EXPORT.splitlines(), 1) if "System.Handoff.Note" in text)
    column = 1 + EXPORT.splitlines()[line - 1].index('"They')
    assert (problem.file, problem.line, problem.column) == ("botContent.yml", line, column)
