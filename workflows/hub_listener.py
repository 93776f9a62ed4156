"""The workflow `HubListener`: sees to it that somebody looks at a hub, exactly one in the cluster, for ever."""

from datetime import timedelta

from temporalio import workflow

from protocol.task_queues import hub_task_queue

NOTICED_WITHIN = timedelta(seconds=15)
"""A worker that shows no sign of life for so long has died; another one looks on."""
AT_MOST = timedelta(hours=1)


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
            summary=f"look at {connection}",
        )
        workflow.continue_as_new(connection)
