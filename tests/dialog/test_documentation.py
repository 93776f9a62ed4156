"""docs/topics.md names what runs, all of it and nothing else."""

import re
from pathlib import Path

from dialog.kinds import ACTION_KINDS, tables
from dialog.nodes import NODES
from dialog.powerfx.registry import FUNCTIONS

TEXT = (Path(__file__).parents[2] / "docs" / "topics.md").read_text(encoding="utf-8")


def named(part: str) -> set[str]:
    """Everything that stands in code in a part of the page."""
    return set(re.findall(r"`(\w+)`", part))


def test_the_tables_are_those_of_the_code() -> None:
    """`python -m dialog.kinds` prints them."""
    assert TEXT.partition("<!-- kinds")[2].partition("-->\n")[2].partition("<!-- end kinds")[0] == "\n".join(
        [*tables(), ""]
    )


def test_every_node_that_runs_is_in_the_table() -> None:
    """And everything in the table runs."""
    assert set(NODES) == set(ACTION_KINDS)


def test_every_function_is_named() -> None:
    """Those that formulas may call."""
    assert named(TEXT.partition("<!-- functions")[2].partition("<!-- end")[0]) == set(FUNCTIONS)
