"""A load generator in a process of its own, so that what it takes is not the measured process' own."""

import asyncio
import sys
from pathlib import Path

from pydantic import BaseModel

ROOT = Path(__file__).parents[1]
DONE_WITHIN = 180.0
"""Seconds that a job may take: the longest, a conversation of 3,050 turns, takes some 40."""
SHOWN = 2_000
"""Characters of what a load generator complained of, the last ones."""


class LoadError(Exception):
    """The load generator failed; the message is what it said."""


async def done(module: str, kind: str, job: BaseModel) -> bytes:
    """Let `python -m module JOB` do a job; returns what it printed. `kind` is what errors call the job.

    Raises:
        LoadError: it failed, or was not done in time.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, job.model_dump_json()),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        said, complaint = await asyncio.wait_for(process.communicate(), DONE_WITHIN)
    except TimeoutError:
        process.kill()
        raise LoadError(f"{kind}: not done after {DONE_WITHIN:.0f} s") from None
    if process.returncode:
        raise LoadError(f"{kind}: {complaint.decode()[-SHOWN:]}")
    return said
