"""Where work waits for its workers: the names of the task queues."""

TASK_QUEUE = "baton"
"""Where conversations, and the Temporal activities that no hub owns, are worked on."""


def world_task_queue(conversations: str = TASK_QUEUE) -> str:
    """Where the world outside is asked for the conversations of a task queue: what takes long delays nothing else."""
    return f"{conversations}-world"


def hub_task_queue(connection: str) -> str:
    """The task queue on which everything goes to one hub connection, so that one slow hub delays no other."""
    return f"baton-hub-{connection}"


def remote_task_queue(conversations: str = TASK_QUEUE) -> str:
    """The task queue on which agents that run elsewhere are talked with: listening to them takes long, and no work."""
    return f"{conversations}-remote"
