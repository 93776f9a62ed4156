"""The load generator: a process of its own. It takes a job as JSON on its command line, and prints figures as JSON."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Any, NoReturn
from uuid import uuid4

from pydantic import BaseModel
from temporalio.client import Client

from benchmarks.bare_workflow import TASK_QUEUE, BareConversation
from benchmarks.figures import Figures
from benchmarks.receiving import ReceivingHub
from benchmarks.wire import CUSTOMER, REPRESENTATIVE, Customer
from simulators.served import Served
from workflows.leaving import leave

UTTERANCE = "hello"
"""Starts the sample agent's topic Greeting, which answers and ends."""


class Job(BaseModel):
    """What to do, where, how many at once, how long."""

    kind: str
    base: str
    secret: str = ""
    hub_port: int = 0
    at_once: int = 1
    seconds: float = 5.0
    """Of every repeated thing; a handoff is repeated with new conversations."""


async def _over_and_over(do: Callable[[], Awaitable[float]], seconds: float) -> list[float]:
    until, times = perf_counter() + seconds, []
    while perf_counter() < until:
        times.append(await do())
    return times


async def _all(each: list[Callable[[], Awaitable[float]]], seconds: float) -> Figures:
    began = perf_counter()
    rounds = await asyncio.gather(*(_over_and_over(do, seconds) for do in each))
    return Figures.of([time for times in rounds for time in times], perf_counter() - began)


async def turns(job: Job) -> dict[str, Any]:
    """Customers who speak as soon as they are answered."""
    customers = await asyncio.gather(*(Customer(job.base, job.secret).begin() for _ in range(job.at_once)))
    for customer in customers:
        await customer.turn(UTTERANCE)
    figures = await _all([lambda each=each: each.turn(UTTERANCE) for each in customers], job.seconds)  # type: ignore[misc]
    await asyncio.gather(*(customer.leave() for customer in customers))
    return {"turn": figures.model_dump(), "conversations": [customer.id for customer in customers]}


async def direct(job: Job) -> dict[str, Any]:
    """Updates of the bare engine, without anything between."""
    client = await Client.connect(job.base)
    handles = [
        await client.start_workflow(BareConversation.run, id=f"bare-{uuid4().hex}", task_queue=TASK_QUEUE)
        for _ in range(job.at_once)
    ]

    async def update(place: int) -> float:
        began = perf_counter()
        await handles[place].execute_update(BareConversation.answer, UTTERANCE)
        return perf_counter() - began

    for place in range(job.at_once):
        await update(place)
    figures = await _all([lambda place=place: update(place) for place in range(job.at_once)], job.seconds)  # type: ignore[misc]
    for handle in handles:
        await handle.terminate()
    return {"turn": figures.model_dump()}


async def long(job: Job) -> dict[str, Any]:
    """The 3,000th turn of a conversation and those about it, in turns with those about the 10th of another."""
    customer = await Customer(job.base, job.secret).begin()
    for _ in range(2_950):
        await customer.turn(UTTERANCE)
    young = await Customer(job.base, job.secret).begin()
    for _ in range(5):
        await young.turn(UTTERANCE)
    # At the same moment: a shared machine is now a fifth slower, now a fifth faster.
    pairs = [(await young.turn(UTTERANCE), await customer.turn(UTTERANCE)) for _ in range(100)]
    await customer.leave()
    await young.leave()
    early, late = (Figures.of(times, sum(times)) for times in map(list, zip(*pairs, strict=True)))
    return {"early": early.model_dump(), "late": late.model_dump(), "conversations": [customer.id]}


async def handoffs(job: Job) -> dict[str, Any]:
    """From the customer's message to the hub's receipt, then both directions of the relay."""
    hub = ReceivingHub()
    async with Served(hub.app(), job.hub_port):

        async def handed_over(customer: Customer) -> float:
            began = perf_counter()
            _, came = await asyncio.gather(customer.says("speak to agent"), hub.opened(customer.id))
            return came - began

        taken: list[Customer] = []

        async def another() -> float:
            customer = await Customer(job.base, job.secret).begin()
            taken.append(customer)
            return await handed_over(customer)

        handoff = await _all([another] * job.at_once, job.seconds)
        live = taken[-job.at_once :]
        for customer in live:
            await hub.accept(customer.id)
        to_hub = await _all([lambda each=each: _to_hub(hub, each) for each in live], job.seconds)  # type: ignore[misc]
        to_customer = await _all([lambda each=each: _to_customer(hub, each) for each in live], job.seconds)  # type: ignore[misc]
        await asyncio.gather(*(hub.call_back(each.id, {"type": "endOfConversation"}) for each in live))
        await asyncio.gather(*(customer.leave() for customer in taken))
    return {
        "handoff": handoff.model_dump(),
        "to the hub": to_hub.model_dump(),
        "to the customer": to_customer.model_dump(),
    }


async def _to_hub(hub: ReceivingHub, customer: Customer) -> float:
    began = perf_counter()
    said, echo = customer.says("and another thing"), customer.hears(CUSTOMER)
    _, _, came = await asyncio.gather(said, echo, hub.told(customer.id))
    return came - began


async def _to_customer(hub: ReceivingHub, customer: Customer) -> float:
    began = perf_counter()
    said = {"type": "message", "text": "let me see"}
    _, heard = await asyncio.gather(hub.call_back(customer.id, said), customer.hears(REPRESENTATIVE))
    return heard - began


JOBS = {"turns": turns, "direct": direct, "long": long, "handoffs": handoffs}


def main() -> NoReturn:
    """Do the job that the first argument describes."""
    job = Job.model_validate_json(sys.argv[1])
    print(json.dumps(asyncio.run(JOBS[job.kind](job))))
    leave()


if __name__ == "__main__":
    main()
