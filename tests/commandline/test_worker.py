"""The worker as a process of its own."""

import signal
import subprocess
import sys
from pathlib import Path

from tests.support.waiting import PATIENCE

ROOT = Path(__file__).parents[2]
STUCK = """
import asyncio, datetime, worker

async def run(settings, stop):
    print("works", flush=True)
    await asyncio.Event().wait()

worker.run, worker.ENDS_WITHIN = run, datetime.timedelta(seconds=0.1)
asyncio.run(worker._until_signalled(None))
"""


def test_a_worker_that_cannot_stop_ends() -> None:
    """Whoever waits for it to be gone does not wait for ever."""
    with subprocess.Popen([sys.executable, "-c", STUCK], stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout
        assert process.stdout.readline() == "works\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 1
