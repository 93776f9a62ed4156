"""The variables that a human is given along with a conversation, or with a ticket."""

from collections.abc import Mapping
from typing import Any

from dialog.powerfx.encoding import from_json, plain
from dialog.powerfx.values import Record
from dialog.run import Run


def variables_of(run: Run, context: Any = None) -> dict[str, Any]:
    """The author's variables by bare name; where names meet, the one set most recently.

    `context` is what the node *Transfer conversation* says of them; without it, all.
    """
    context = context if isinstance(context, Mapping) else {}
    if context.get("kind") == "ExpressionTransferContext":
        value = run.value(context.get("value"))
        return {name: plain(field) for name, field in value.items()} if isinstance(value, Record) else {}
    everything = {**_declared(run), **{name: from_json(value) for name, value in run.last_set.items()}}
    which = context.get("variables", "All")
    if which == "Global":
        everything = {**_declared(run), **run.globals}
    elif which == "Topic":
        everything = {name: value for name, value in everything.items() if name not in run.globals}
    return {name: plain(value) for name, value in everything.items() if value is not None}


def _declared(run: Run) -> dict[str, Any]:
    return {name: run.globals.get(name) for name in run.agent.variables}
