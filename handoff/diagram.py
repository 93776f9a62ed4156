"""The lifecycle table as a Mermaid diagram, for the docs: `python -m handoff.diagram` prints the page."""

import sys

from handoff.lifecycle import LIFE
from protocol.conversation import Phase

_HEAD = """# The life of a conversation

Generated from `handoff/lifecycle.py` by `python -m handoff.diagram`; a test holds the two together.

"""


def mermaid() -> str:
    """The state diagram: one arrow for each pair of phases, labelled with the events that lead along it."""
    arrows: dict[tuple[Phase, Phase], list[str]] = {}
    for (phase, event), step in LIFE.items():
        arrows.setdefault((phase, step.phase), []).append(event)
    lines = [f"    {source} --> {target}: {'<br/>'.join(events)}" for (source, target), events in arrows.items()]
    return "\n".join(["stateDiagram-v2", "    [*] --> agent", *lines, "    ended --> [*]"])


def table() -> str:
    """Every row of the table in words."""
    rows = [
        f"| {phase} | {event} | {step.phase} | {', '.join(step.effects) or '–'} | {step.notice or '–'} |"
        for (phase, event), step in LIFE.items()
    ]
    return "\n".join(
        ["| in phase | when | goes to | and does | and tells the customer |", "|---|---|---|---|---|", *rows]
    )


def page() -> str:
    """The whole page of the docs."""
    return f"{_HEAD}```mermaid\n{mermaid()}\n```\n\n{table()}\n"


if __name__ == "__main__":
    sys.stdout.write(page())
