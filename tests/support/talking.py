"""An agent spoken to through the pure machine, and agents written down as Python has them."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any

from dialog import machine
from dialog.calls import Answer
from dialog.definition import AgentDefinition
from dialog.loader import Loaded, load_agent
from dialog.machine import DialogState, TurnOutcome
from dialog.turn import HandoffOutcome, LeaveTicket, Request, Transfer, World
from protocol.activity import EVENT, MESSAGE, Activity
from protocol.conversation import Recognition
from protocol.signing_in import SignIn

Node = dict[str, Any]


@dataclass
class Customer:
    """Somebody who talks to an agent."""

    agent: AgentDefinition
    state: DialogState = field(default_factory=DialogState)
    topic: str = ""
    requests: tuple[Request, ...] = ()
    traces: tuple[Activity, ...] = ()
    heard: tuple[Activity, ...] = ()
    seed: int = 1
    sign_in: SignIn = field(default_factory=SignIn)

    @property
    def world(self) -> World:
        """A Tuesday at noon."""
        random = Random(self.seed)  # noqa: S311 - chance, repeatable
        noon = datetime(2026, 11, 24, 12, tzinfo=UTC)
        return World(noon, random, "conversation", sign_in=self.sign_in, tracing=True)

    def arrives(self) -> list[str]:
        """What is said to somebody who opens the chat."""
        return self._took(machine.start(self.agent, self.state, self.world))

    def says(self, text: str) -> list[str]:
        """What is said in answer to `text`."""
        recognition = self.agent.recognizer().recognise(text, "test")
        heard = Activity(type=MESSAGE, text=text)
        return self._took(machine.hear(self.agent, self.state, heard, recognition, self.world))

    def means(self, text: str, recognition: Recognition) -> list[str]:
        """What is said in answer to `text`, of which somebody has found out what it means."""
        heard = Activity(type=MESSAGE, text=text)
        return self._took(machine.hear(self.agent, self.state, heard, recognition, self.world))

    def hears(self, activity: Activity) -> list[str]:
        """What is said in answer to an activity of any shape, which means no topic."""
        return self._took(machine.hear(self.agent, self.state, activity, None, self.world))

    def does(self, name: str, value: Any = None) -> list[str]:
        """What is said when the customer's client sends an event."""
        heard = Activity(type=EVENT, name=name, value=value)
        return self._took(machine.hear(self.agent, self.state, heard, None, self.world))

    def submits(self, value: Any) -> list[str]:
        """What is said when the customer fills in a card."""
        heard = Activity(type=MESSAGE, value=value)
        return self._took(machine.hear(self.agent, self.state, heard, None, self.world))

    def comes_back(self, status: str, reason: str = "", note: str = "", *, tickets: bool = False) -> list[str]:
        """What is said when a handoff is over; `tickets`: one could be left."""
        outcome = HandoffOutcome(status=status, reason=reason, note=note, takes_tickets=tickets)
        return self._took(machine.resume(self.agent, self.state, outcome, self.world))

    def reads_of_ticket(self, state: str, number: str = "") -> list[str]:
        """What is said when it is known what became of a ticket."""
        self.state = self.state.model_copy(update={"handoff": {**self.state.handoff, "ticket": number}})
        left = {"state": state, "id": number}
        return self._took(machine.ticket_left(self.agent, self.state, left, self.world))

    @property
    def ticket(self) -> LeaveTicket:
        """The ticket that the last turn asked for."""
        return next(request for request in self.requests if isinstance(request, LeaveTicket))

    def is_told(self, value: Any = None, **more: Any) -> list[str]:
        """What is said when the world has answered."""
        answer = Answer(value=value, **more)
        return self._took(machine.answered(self.agent, self.state, answer, self.world))

    def sends(self, activity_type: str, value: Any = None) -> list[str]:
        """What is said when the customer's client sends what is neither message nor event."""
        heard = Activity(type=activity_type, value=value)
        return self._took(machine.hear(self.agent, self.state, heard, None, self.world))

    def is_silent(self, seconds: float) -> list[str]:
        """What is said when the customer has said nothing for so long."""
        return self._took(machine.silent(self.agent, self.state, seconds, self.world))

    @property
    def asked(self) -> Any:
        """What the world is asked."""
        assert self.state.asking is not None, "the world is not being asked"
        return self.state.asking.ask.call

    @property
    def transfer(self) -> Transfer:
        """The handoff that the last turn asked for."""
        return next(request for request in self.requests if isinstance(request, Transfer))

    def _took(self, outcome: TurnOutcome) -> list[str]:
        self.state, self.topic, self.requests = outcome.state, outcome.topic, outcome.requests
        self.traces, self.heard = outcome.traces, outcome.outgoing
        return [activity.text or activity.type for activity in outcome.outgoing]


def say(text: str) -> Node:
    """A node that says something."""
    return {"kind": "SendActivity", "id": f"say {text}"[:60], "activity": text}


def ask(variable: str, entity: Any = "StringPrebuiltEntity", prompt: str = "What?", **more: Any) -> Node:
    """A node that asks."""
    return {
        "kind": "Question",
        "id": f"ask {variable}",
        "variable": variable,
        "prompt": prompt,
        "entity": entity,
        **more,
    }


def put(variable: str, value: Any) -> Node:
    """A node that sets a variable."""
    return {"kind": "SetVariable", "id": f"put {variable}", "variable": variable, "value": value}


def go(topic: str, **more: Any) -> Node:
    """A node that redirects."""
    return {"kind": "BeginDialog", "id": f"go {topic}", "dialog": f"shop.topic.{topic}", **more}


def when(condition: str, *actions: Node, otherwise: tuple[Node, ...] = ()) -> Node:
    """A node with two branches."""
    branch = {"id": f"if {condition}", "condition": condition, "actions": list(actions)}
    return {"kind": "ConditionGroup", "id": f"when {condition}", "conditions": [branch], "elseActions": list(otherwise)}


def choices(*names: str, **more: Any) -> Node:
    """A closed list of these choices."""
    items = [{"id": name, "displayName": name} for name in names]
    return {"kind": "EmbeddedEntity", "definition": {"kind": "ClosedListEntity", "items": items, **more}}


def topic(kind: str, *actions: Node, phrases: tuple[str, ...] = (), root: Node | None = None, **more: Any) -> Node:
    """A topic with this trigger."""
    intent = {"intent": {"triggerQueries": list(phrases)}} if phrases else {}
    begin = {"kind": kind, "id": "main", **intent, **more, "actions": list(actions)}
    return {"kind": "AdaptiveDialog", **(root or {}), "beginDialog": begin}


def load(**topics: Node) -> Loaded:
    """What the loader makes of an agent of these topics."""
    return load_agent(files_of(**topics))


def files_of(**topics: Node) -> dict[str, str]:
    """The files of an agent of these topics. JSON is YAML."""
    files = {f"topics/{name}.mcs.yml": json.dumps(body) for name, body in topics.items()}
    return {"settings.mcs.yml": "schemaName: shop\n", **files}


def customer(**topics: Node) -> Customer:
    """A customer who has arrived at an agent of these topics."""
    loaded = load(**topics)
    assert loaded.definition is not None, loaded.problems
    arrived = Customer(loaded.definition)
    arrived.arrives()
    return arrived
