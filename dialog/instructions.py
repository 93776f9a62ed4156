"""What a child agent's model is told: the main agent's instructions, its own, and what its caller gave it."""

import json
import re
from collections.abc import Iterator

from dialog.definition import AgentDefinition
from dialog.errors import TopicError
from dialog.naming import tail_of
from dialog.powerfx.encoding import plain
from dialog.powerfx.values import is_blank
from dialog.run import Run

LONGEST = 30_000
"""Characters of all of it; Copilot Studio lets an agent have 8,000."""
_COMPONENT = re.compile(r"\{(?:System\.Bot|Topic)\.Components\.\w+\.'([^']+)'\.DisplayName\}")
"""How the authoring tools write that another component is meant."""


def instructions_for(run: Run) -> str:
    """All that the model is told of the child agent on top."""
    written = (run.agent.instructions, run.frame.topic.instructions)
    told = [_told(run, each) for each in written if each.strip()]
    return "\n\n".join([*told, *_given(run)])[:LONGEST]


def _told(run: Run, written: str) -> str:
    """Instructions with components by the names that people call them, and with other formulas filled in."""
    named = _COMPONENT.sub(lambda found: _name(run.agent, found[1]), written)
    try:
        return run.text(named).strip()
    except TopicError:
        # Prose has braces, too.
        return named.strip()


def _name(agent: AgentDefinition, component: str) -> str:
    topic = agent.named(component)
    return topic.display_name if topic else tail_of(component)


def _given(run: Run) -> Iterator[str]:
    """The child agent's inputs, as far as its caller gave any."""
    given = {name: plain(value) for name, value in run.frame.variables.items() if not is_blank(value)}
    if given:
        yield "You were given:\n" + "\n".join(f"- {name}: {_shown(value)}" for name, value in given.items())


def _shown(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
