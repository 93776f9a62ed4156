"""Transfer conversation: from the bot to a human."""

from collections.abc import Mapping
from typing import Any

from dialog.errors import CONTENT, TopicError
from dialog.nodes.context import variables_of
from dialog.nodes.registry import Flow, node
from dialog.nodes.talking import activity_of
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
    run.requests.append(Transfer(message=note or None, variables=variables_of(run, transfer.get("context"))))
    run.frame.waiting = "handoff"
    run.trace("transfer", step)
    return Flow.WAIT
