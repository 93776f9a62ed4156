"""An author is told what the configured hubs cannot do, where a topic relies on it."""

import json

from hubs.base import Capabilities
from hubs.reliance import unmet
from tests.support.talking import Node, load, say, topic, when

TICKET: Node = {
    "kind": "SendActivity",
    "id": "leave",
    "activity": {"kind": "EventActivity", "name": "handoff.ticket", "value": '={description: "x"}'},
}
NOTE = say("They left: {System.Handoff.Note}")
TOPICS = {"Failed": topic("OnEventActivity", TICKET), "After": topic("OnUnknownIntent", when("=true", NOTE))}


def _told(**hubs: Capabilities) -> list[str]:
    agent = load(**TOPICS).definition
    assert agent
    files = {f"topics/{name}.mcs.yml": json.dumps(body) for name, body in TOPICS.items()}
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
