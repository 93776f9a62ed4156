"""The table of what hubs can do is the adapters' own."""

from pathlib import Path

from hubs.base import Capabilities
from hubs.table import _TITLES, table

PAGE = Path(__file__).parents[2] / "docs" / "hubs" / "README.md"


def test_the_documentation_has_the_table() -> None:
    """`python -c "from hubs.table import table; print(table())"` gives what belongs there."""
    page = PAGE.read_text(encoding="utf-8")
    assert page.partition("keeps it current -->\n")[2].partition("\n<!-- end")[0] == table()


def test_every_capability_has_a_row() -> None:
    """One that was added later must not be left out."""
    assert set(_TITLES) == set(Capabilities.model_fields)
