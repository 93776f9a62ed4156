"""Transfer conversation: from the bot to a human."""

from collections.abc import Mapping
from typing import Any

from dialog.errors import CONTENT, TopicError
from dialog.nodes.registry import Flow, node
from dialog.nodes.talking import activity_of
from dialog.powerfx.values import Record, from_json, plain
from dialog.program import Step
from dialog.run import Run
from dialog.turn import Transfer


@node("TransferConversationV2")
def transfer_conversation(run: Run, step: Step) -> Flow:
    """Ask for a human, with the whole context; the nodes behind go on when the human gives the conversation back."""
    transfer = step.properties.get("transferType")
    transfer = transfer if isinstance(transfer, Mapping) else {}
    if transfer.get("kind", "TransferToAgent") != "TransferToAgent":
        raise TopicError(CONTENT, "a transfer to a phone number is not for text channels")
    return _transfer(run, step, transfer)


@node("TransferConversation")
def old_transfer_conversation(run: Run, step: Step) -> Flow:
    """The node's older form, which has its properties at its own level."""
    return _transfer(run, step, step.properties)


def _transfer(run: Run, step: Step, transfer: Mapping[str, Any]) -> Flow:
    if run.frame.waiting == "handoff":
        # Reached again while the handoff is open: one is enough.
        return Flow.WAIT
    message = transfer.get("messageToAgent")
    note = activity_of(run, message).text if message is not None else None
    run.requests.append(Transfer(message=note or None, variables=_variables(run, transfer.get("context"))))
    run.frame.waiting = "handoff"
    run.trace("transfer", step)
    return Flow.WAIT


def _variables(run: Run, context: Any) -> dict[str, Any]:
    """The author's variables by bare name; where names meet, the one set most recently."""
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
