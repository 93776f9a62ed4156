"""The sample agent, spoken to through the pure machine."""

from collections.abc import Callable
from pathlib import Path

import pytest

from activities.agent_versions import read_folder
from dialog.definition import AgentDefinition
from dialog.loader import load_agent
from tests.support.talking import Customer

CONTOSO = Path(__file__).parents[2] / "agents" / "contoso"


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
