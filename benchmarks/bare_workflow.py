"""The least that a durable conversation can be. It stands alone, for a workflow's file is loaded in a sandbox."""

from temporalio import workflow

TASK_QUEUE = "bare"


@workflow.defn
class BareConversation:
    """Does nothing, durably."""

    @workflow.run
    async def run(self) -> None:
        """Live until terminated."""
        await workflow.wait_condition(lambda: False)

    @workflow.update
    async def answer(self, text: str) -> str:
        """Say it again."""
        return text
