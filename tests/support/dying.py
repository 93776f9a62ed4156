"""A worker that kills itself in the midst of a Temporal activity: as it begins, and once more when its work is done."""

import os
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from temporalio import activity, client, worker

BEGUN, DONE = "begun", "done"


@dataclass
class Dying(client.Interceptor, worker.Interceptor):
    """Dies twice in each of these activities, and never again: what it died of stands in the folder `marks`."""

    activities: frozenset[str]
    marks: Path

    def intercept_activity(self, next: worker.ActivityInboundInterceptor) -> worker.ActivityInboundInterceptor:  # noqa: A002 - the SDK's name
        """Stand before each activity."""
        return _Deadly(next, self)

    def deaths(self) -> set[str]:
        """What it has died of."""
        return {mark.name for mark in self.marks.iterdir()}

    def die(self, name: str, when: str) -> None:
        """SIGKILL, the first time that this is reached."""
        mark = self.marks / f"{name} {when}"
        if name in self.activities and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)


class _Deadly(worker.ActivityInboundInterceptor):
    def __init__(self, inner: worker.ActivityInboundInterceptor, dying: Dying) -> None:
        super().__init__(inner)
        self._dying = dying

    async def execute_activity(self, input: worker.ExecuteActivityInput) -> Any:  # noqa: A002 - the SDK's name
        name = activity.info().activity_type
        self._dying.die(name, BEGUN)
        result = await super().execute_activity(input)
        self._dying.die(name, DONE)
        return result
