"""The sample agent, spoken to through the pure machine."""

from collections.abc import Callable
from pathlib import Path

import pytest

from activities.agent_versions import read_folder
from dialog.definition import AgentDefinition
from dialog.loader import load_agent
from tests.support.talking import Customer

CONTOSO = Path(__file__).parents[2] / "agents" / "contoso"


class Shopper(Customer):
    """A customer of Contoso, which has no knowledge to search: what is searched there is not found."""

    def says(self, text: str) -> list[str]:
        """What is said in answer to `text`, the search included."""
        said = super().says(text)
        return [*said, *self.is_told()] if self.state.asking else said


@pytest.fixture(scope="session")
def contoso() -> AgentDefinition:
    """The sample agent."""
    loaded = load_agent(read_folder(CONTOSO))
    assert loaded.definition, loaded.problems
    return loaded.definition


@pytest.fixture
def customer(contoso: AgentDefinition) -> Customer:
    """A customer who has just arrived."""
    arrived = Shopper(contoso)
    arrived.arrives()
    return arrived


@pytest.fixture
def new_customer(contoso: AgentDefinition) -> Callable[[], Customer]:
    """Another customer."""
    return lambda: Shopper(contoso)
