"""Deliveries that a hub has not taken at the first try, and trying them again now instead of at their time."""

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import PendingActivityState
from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.api.workflowservice.v1 import PauseActivityRequest, UnpauseActivityRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from activities.hub_delivery import PENDING
from workflows.client import ConversationUnavailableError, ConversationUnknownError

WHO = "baton retry"


async def stuck(client: Client, conversation: str) -> list[str]:
    """The Temporal activities of a conversation that wait for another try, by their ids.

    Raises:
        ConversationUnknownError: there is no such conversation.
        ConversationUnavailableError: Temporal does not answer.
    """
    try:
        described = await client.get_workflow_handle(conversation).describe()
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            raise ConversationUnknownError("there is no such conversation") from None
        raise ConversationUnavailableError(f"Temporal does not answer: {error.message}") from None
    return [each.activity_id for each in described.raw_description.pending_activities if _waits(each)]


def _waits(pending: PendingActivityInfo) -> bool:
    """Whether it failed and waits; one that is paused was left so by a retry that was cut off.

    A hub that has it, and calls back when it has done it, has not failed.
    """
    scheduled = pending.state == PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED
    benign = pending.last_failure.application_failure_info.type == PENDING
    return pending.paused or (scheduled and pending.attempt > 1 and not benign)


async def try_now(client: Client, conversation: str) -> int:
    """Have everything that waits for another try tried at once. Returns how much that was. Raises as `stuck` does.

    Pausing and letting go is Temporal's way to say so that keeps the number of the try: a reset would call it the first
    one, and an adapter then would not look whether the hub has taken it before.
    """
    waiting = await stuck(client, conversation)
    space, execution = client.namespace, WorkflowExecution(workflow_id=conversation)
    for each in waiting:
        pause = PauseActivityRequest(namespace=space, execution=execution, identity=WHO, id=each, reason=WHO)
        go_on = UnpauseActivityRequest(namespace=space, execution=execution, identity=WHO, id=each)
        try:
            await client.workflow_service.pause_activity(pause)
            await client.workflow_service.unpause_activity(go_on)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise ConversationUnavailableError(f"Temporal does not try it again: {error.message}") from None
    return len(waiting)
