"""The workflow `HubListener`: sees to it that somebody looks at a hub, exactly one in the cluster, for ever."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

from protocol.task_queues import hub_task_queue

NOTICED_WITHIN = timedelta(seconds=15)
"""A worker that shows no sign of life for so long has died; another one looks on."""
AT_MOST = timedelta(hours=1)
AGAIN = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=5))
"""However often workers were stopped or killed within the hour: nobody hears the hub meanwhile."""


@workflow.defn(name="HubListener")
class HubListener:
    """One hub connection's listener. Its id is `listener/<connection>`."""

    @workflow.run
    async def run(self, connection: str) -> None:
        """Have the hub looked at, and begin anew."""
        await workflow.execute_activity(
            "listen",
            task_queue=hub_task_queue(connection),
            heartbeat_timeout=NOTICED_WITHIN,
            start_to_close_timeout=AT_MOST,
            retry_policy=AGAIN,
            summary=f"look at {connection}",
        )
        workflow.continue_as_new(connection)
