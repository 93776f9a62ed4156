"""What a channel knows of the customer before they say anything: pre-chat answers, who they are, where they come from.

A variable that the agent declares takes a value from outside only where it says so (`isExternalInitializationAllowed`,
"External sources can set values" in Copilot Studio): a customer's own answer must not pass for what a topic has found
out. A name that the agent does not declare belongs to nobody, and is taken as it is.
"""

from collections.abc import Mapping
from typing import Any

from dialog.definition import AgentDefinition
from dialog.powerfx.encoding import to_json
from dialog.powerfx.values import from_plain
from dialog.state import DialogState


def given(agent: AgentDefinition, state: DialogState, values: Mapping[str, Any]) -> DialogState:
    """`state` with `values` as global variables; one that has a value keeps it."""
    taken = {
        name: to_json(from_plain(value))
        for name, value in values.items()
        if name not in state.globals and _may(agent, name)
    }
    if not taken:
        return state
    # What a topic sets later is the more recent, and wins where the representative is told the two under one name.
    return state.model_copy(
        update={"globals": {**state.globals, **taken}, "last_set": {**taken, **state.last_set}},
    )


def _may(agent: AgentDefinition, name: str) -> bool:
    declared = agent.variables.get(name)
    return declared is None or declared.get("isExternalInitializationAllowed") is True
