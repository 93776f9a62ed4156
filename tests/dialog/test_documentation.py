"""docs/topics.md names what runs, all of it and nothing else."""

import re
from pathlib import Path

from dialog.kinds import RUN_TRIGGERS
from dialog.nodes import NODES
from dialog.powerfx.registry import FUNCTIONS

TEXT = (Path(__file__).parents[2] / "docs" / "topics.md").read_text(encoding="utf-8")


def named(part: str) -> set[str]:
    """Everything that stands in code in a part of the page."""
    return set(re.findall(r"`(\w+)`", part))


def test_every_node_is_in_the_table() -> None:
    """The table's first column is the registry."""
    rows = re.findall(r"^\| (`.*?) \|", TEXT, re.MULTILINE)
    assert named(" ".join(rows)) == set(NODES)


def test_every_trigger_is_named() -> None:
    """Those that fire."""
    section = TEXT.partition("## Triggers")[2].partition("A topic with")[0]
    assert named(section) == RUN_TRIGGERS


def test_every_function_is_named() -> None:
    """Those that formulas may call."""
    assert named(TEXT.partition("<!-- functions")[2].partition("<!-- end")[0]) == set(FUNCTIONS)
