"""The sample agent, spoken to through the pure machine."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from activities.agent_versions import read_folder
from dialog import machine
from dialog.definition import AgentDefinition
from dialog.loader import load_agent
from dialog.machine import DialogState, TurnOutcome
from dialog.turn import HandoffOutcome, Request, Transfer, World
from protocol.activity import MESSAGE, Activity

CONTOSO = Path(__file__).parents[2] / "agents" / "contoso"


@dataclass
class Customer:
    """Somebody who talks to Contoso's agent."""

    agent: AgentDefinition
    state: DialogState = field(default_factory=DialogState)
    topic: str = ""
    requests: tuple[Request, ...] = ()

    @property
    def world(self) -> World:
        """A Tuesday at noon."""
        return World(datetime(2026, 11, 24, 12, tzinfo=UTC), Random(1), "conversation")  # noqa: S311 - chance, repeatable

    def arrives(self) -> list[str]:
        """What is said to somebody who opens the chat."""
        return self._took(machine.start(self.agent, self.state, self.world))

    def says(self, text: str) -> list[str]:
        """What is said in answer to `text`."""
        recognition = self.agent.recognizer().recognise(text, "test")
        heard = Activity(type=MESSAGE, text=text)
        return self._took(machine.hear(self.agent, self.state, heard, recognition, self.world))

    def comes_back(self, status: str, reason: str = "", note: str = "") -> list[str]:
        """What is said when a handoff is over."""
        outcome = HandoffOutcome(status=status, reason=reason, note=note)
        return self._took(machine.resume(self.agent, self.state, outcome, self.world))

    @property
    def transfer(self) -> Transfer:
        """The handoff that the last turn asked for."""
        return next(request for request in self.requests if isinstance(request, Transfer))

    def _took(self, outcome: TurnOutcome) -> list[str]:
        self.state, self.topic, self.requests = outcome.state, outcome.topic, outcome.requests
        return [activity.text or activity.type for activity in outcome.outgoing]


@pytest.fixture(scope="session")
def contoso() -> AgentDefinition:
    """The sample agent."""
    loaded = load_agent(read_folder(CONTOSO))
    assert loaded.definition, loaded.problems
    return loaded.definition


@pytest.fixture
def customer(contoso: AgentDefinition) -> Customer:
    """A customer who has just arrived."""
    arrived = Customer(contoso)
    arrived.arrives()
    return arrived


@pytest.fixture
def new_customer(contoso: AgentDefinition) -> Callable[[], Customer]:
    """Another customer."""
    return lambda: Customer(contoso)
