"""A worker in a process of its own that is killed, and started again, for the price of a fork.

A fresh Python takes two seconds to import everything that a worker is. Here one process has imported it, runs nothing,
and is forked each time: what is killed is a whole process with its connections all the same.
"""

import asyncio
import multiprocessing
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from multiprocessing import forkserver
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from temporalio.client import Client

import worker
from activities import alive
from activities.hands import Hands
from settings.model import Settings
from tests.support.dying import Dying
from workflows import connecting, connection_steps, draining, hub_calls
from workflows.plugin import connect

MISSED_AFTER = timedelta(seconds=1)
"""Instead of six seconds: then a worker that was killed in the middle of a step is missed."""
ROOT = Path(__file__).parents[2]
_FORKING = multiprocessing.get_context("forkserver")
_FORKING.set_forkserver_preload([__name__])


class ForkedWorker:
    """The worker of one task queue. `environment` is what its process finds in its environment."""

    def __init__(
        self, settings: Settings, task_queue: str, environment: dict[str, str], dying: Dying | None = None
    ) -> None:
        self._arguments = (settings, task_queue, environment, dying)
        self._process: BaseProcess | None = None

    def start(self) -> None:
        """Start it; returns at once."""
        # In Python 3.11 what is forked does not know where the tests' own imports come from.
        with pytest.MonkeyPatch.context() as patched:
            patched.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
            forkserver.ensure_running()
        self._process = _FORKING.Process(target=_work, args=self._arguments, daemon=True)
        self._process.start()

    def replace(self) -> None:
        """SIGKILL, and another is started at once."""
        self.kill()
        self.start()

    @asynccontextmanager
    async def revived(self) -> AsyncIterator[None]:
        """In the body it is started again whenever it has died by itself."""
        reviving = asyncio.create_task(self._revive())
        try:
            yield
        finally:
            reviving.cancel()

    async def _revive(self) -> None:
        loop = asyncio.get_running_loop()
        while self._process:
            died, sentinel = asyncio.Event(), self._process.sentinel
            loop.add_reader(sentinel, died.set)
            try:
                await died.wait()
            finally:
                loop.remove_reader(sentinel)
            self._process.join()
            self.start()

    def kill(self) -> None:
        """SIGKILL."""
        assert self._process
        self._process.kill()
        self._process.join()


def _work(settings: Settings, task_queue: str, environment: dict[str, str], dying: Dying | None) -> None:
    os.environ.update(environment)
    # Temporal turns no clock while it takes an activity for running: that its worker is dead is waited for in truth.
    for module in (connecting, connection_steps, draining, hub_calls):
        module.ALIVE_WITHIN = MISSED_AFTER  # type: ignore[attr-defined]  # they import it
    alive.SIGN_OF_LIFE = MISSED_AFTER.total_seconds() / 5
    asyncio.run(_until_killed(settings, task_queue, dying))


async def _until_killed(settings: Settings, task_queue: str, dying: Dying | None) -> None:
    client, hands = await connect(settings, "worker"), Hands.of(settings)
    if dying:
        config = client.config()
        config["interceptors"] = [*config["interceptors"], dying]
        client = Client(**config)
    async with AsyncExitStack() as working:
        for each in worker.workers(client, hands, task_queue):
            await working.enter_async_context(each)
        await asyncio.Event().wait()
