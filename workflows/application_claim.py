"""The workflow `ApplicationClaim`: which agent has an application id in one organisation.

Temporal's own uniqueness of workflow ids makes it one in the cluster, whoever connects at the same moment.
"""

from temporalio import workflow


@workflow.defn(name="ApplicationClaim")
class ApplicationClaim:
    """One application id in one organisation. Its id is `claim/<organisation>/<application>`; it lives while held."""

    @workflow.init
    def __init__(self) -> None:
        self._owner = ""

    @workflow.run
    async def run(self) -> None:
        """Live until nobody has it."""
        await workflow.wait_condition(lambda: bool(self._owner), timeout_summary="taken")
        await workflow.wait_condition(lambda: not self._owner and workflow.all_handlers_finished())

    @workflow.update(description="Take the claim, where nobody has it. Returns who has it.")
    def take(self, agent: str) -> str:
        """Take the claim, where nobody has it. Returns who has it now."""
        if not self._owner:
            self._owner = agent
            workflow.set_current_details(f"held by `{agent}`")
        return self._owner

    @workflow.update(description="Give the claim back; another agent's stays.")
    def give_back(self, agent: str) -> None:
        """Give the claim back; another agent's stays."""
        if self._owner == agent:
            self._owner = ""

    @workflow.query(description="Who has the claim.")
    def owner(self) -> str:
        """Who has the claim."""
        return self._owner
