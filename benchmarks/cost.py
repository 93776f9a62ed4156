"""What a conversation costs beside time: history events a turn, worker memory, and whether a long one costs more."""

import asyncio
import json

import psutil
from pydantic import BaseModel

from benchmarks.engines import Engines
from benchmarks.figures import Figures

CACHED = 400
"""Conversations whose memory is taken together."""
TURNS = 5


class Cost(BaseModel):
    """Of one conversation."""

    events_a_turn: float
    kilobytes_cached: float
    early_turns: Figures
    """The 5th to the 105th of a conversation."""
    late_turns: Figures
    """The last hundred of another one, of over 3,000 turns, in turns with them."""
    runs: int
    """How many times the long conversation's history was begun anew, and once more."""


async def cost(engines: Engines) -> Cost:
    """Measure all of it."""
    long = json.loads(await engines.do(engines.job("long")))
    return Cost(
        events_a_turn=await events_a_turn(engines),
        kilobytes_cached=await kilobytes_cached(engines),
        early_turns=long["early"],
        late_turns=long["late"],
        runs=await _runs(engines, long["conversations"][0]),
    )


async def events_a_turn(engines: Engines) -> float:
    """How many history events one turn adds, of one customer who speaks when answered."""
    done = json.loads(await engines.do(engines.job("turns", seconds=2.0)))
    description = await engines.client.get_workflow_handle(done["conversations"][0]).describe()
    # The first turn is made before the count begins.
    return round(float(description.history_length / (done["turn"]["count"] + 1)), 2)


async def kilobytes_cached(engines: Engines) -> float:
    """What the worker grows by, for each conversation that it keeps cached after some turns."""
    await _converse(engines, 50)
    before = _memory(engines)
    await _converse(engines, CACHED)
    return round((_memory(engines) - before) / CACHED / 1_000, 1)


async def _converse(engines: Engines, conversations: int) -> None:
    await engines.do(engines.job("turns", at_once=conversations, seconds=TURNS))
    await asyncio.sleep(1)


def _memory(engines: Engines) -> int:
    process = engines.baton.processes["worker"].process
    if process is None:
        raise RuntimeError("there is no worker")
    return int(psutil.Process(process.pid).memory_full_info().uss)


async def _runs(engines: Engines, conversation: str) -> int:
    return (await engines.client.count_workflows(f"WorkflowId = '{conversation}'")).count
