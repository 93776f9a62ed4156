"""Why a step of a connection is being tried again: Temporal knows of each try that failed before the workflow does."""

from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError

from protocol.connection import ConnectionState, StepState

NO_SIGN_OF_LIFE = "whoever was at it gave no more sign of life, or no answer in time"


async def with_reason(client: Client, workflow_id: str, state: ConnectionState) -> ConnectionState:
    """`state`, where the step that is under way says what its last try failed with; unchanged where none failed."""
    doing = any(step.state is StepState.DOING for step in state.operation.steps)
    why = await _last_failure(client, workflow_id) if doing else ""
    if not why:
        return state
    steps = tuple(
        step.model_copy(update={"detail": f"tried again, for {why}"}) if step.state is StepState.DOING else step
        for step in state.operation.steps
    )
    return state.model_copy(update={"operation": state.operation.model_copy(update={"steps": steps})})


async def _last_failure(client: Client, workflow_id: str) -> str:
    """In one line; empty where no try has failed, or Temporal does not say."""
    try:
        described = await client.get_workflow_handle(workflow_id).describe()
    except RPCError:
        return ""
    for pending in described.raw_description.pending_activities:
        if pending.HasField("last_failure"):
            failure = await client.data_converter.decode_failure(pending.last_failure)
            return failure.message if isinstance(failure, ApplicationError) else NO_SIGN_OF_LIFE
    return ""
