"""One simulated hub and its customers, as a process of their own: handoffs and relays, and one bare HTTP call beside.

It takes a job as JSON on its command line, and prints figures as JSON.
"""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from time import perf_counter
from typing import Any, NoReturn

import httpx
from pydantic import BaseModel
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from benchmarks.figures import Figures
from benchmarks.wire import REPRESENTATIVE, Customer
from settings.certificates import trusted
from simulators.hub import HubSimulator
from simulators.registry import SIMULATORS
from simulators.served import Served
from workflows.leaving import leave

BARE = "/bare"
BREATH = 0.25
"""Seconds between two messages: a hub's own limits would otherwise be what is measured."""
JOINED_WITHIN = 20.0
LOOKS_EVERY = 0.002
"""Seconds between two looks at a hub that works after it has answered."""


class HubJob(BaseModel):
    """Which hub, where Baton is, and how often everything is done."""

    kind: str
    port: int
    callback: str
    base: str
    secret: str
    conversations: int = 5
    messages: int = 6
    """In each of the conversations, each way."""


class Arrivals:
    """A hub's app that says when a request has been worked on, and answers the bare call itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._worked = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and tell who waits."""
        if scope["type"] == "http" and scope["path"] == BARE:
            await receive()
            await PlainTextResponse("ok")(scope, receive, send)
            return
        try:
            await self._app(scope, receive, send)
        finally:
            self._worked.set()

    async def until(self, true: Callable[[], bool]) -> float:
        """When a request made `true` hold."""
        while not true():
            self._worked.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._worked.wait(), LOOKS_EVERY)
        return perf_counter()


async def figures(job: HubJob) -> dict[str, Any]:
    """Everything that is measured of one hub."""
    hub = SIMULATORS[job.kind]()
    arrivals = Arrivals(hub.app())
    async with Served(arrivals, job.port) as hub.url:
        hub.callback = job.callback
        bare = await _bare(hub.url, job.conversations * job.messages)
        customers = [await Customer(job.base, job.secret).begin() for _ in range(job.conversations)]
        handoffs = [await _handed_over(hub, arrivals, customer) for customer in customers]
        for customer in customers:
            await hub.join(_key(customer), "Ada")
            await _spoken(hub, customer, "hello")
        to_hub = await _each(customers, job.messages, lambda who, text: _to_hub(hub, arrivals, who, text))
        to_customer = await _each(customers, job.messages, lambda who, text: _spoken(hub, who, text))
        for customer in customers:
            await hub.end(_key(customer))
            await customer.leave()
    taken = {"bare": bare, "handoff": handoffs, "to the hub": to_hub, "to the customer": to_customer}
    return {name: Figures.of(times, sum(times)).model_dump() for name, times in taken.items()}


async def _bare(url: str, times: int) -> list[float]:
    taken = []
    async with httpx.AsyncClient(verify=trusted(), base_url=url) as client:
        await client.post(BARE, json={})
        for number in range(times):
            began = perf_counter()
            await client.post(BARE, json={"text": f"message {number}"})
            taken.append(perf_counter() - began)
    return taken


async def _handed_over(hub: HubSimulator, arrivals: Arrivals, customer: Customer) -> float:
    began = perf_counter()
    _, came = await asyncio.gather(
        customer.says("speak to agent"), arrivals.until(lambda: _key(customer) in hub.opened())
    )
    return came - began


async def _each(
    customers: list[Customer], messages: int, do: Callable[[Customer, str], Awaitable[float]]
) -> list[float]:
    taken = []
    for number in range(messages):
        for customer in customers:
            await asyncio.sleep(BREATH)
            taken.append(await do(customer, f"message {number}"))
    return taken


async def _to_hub(hub: HubSimulator, arrivals: Arrivals, customer: Customer, text: str) -> float:
    before = len(hub.said(_key(customer)))
    began = perf_counter()
    said = arrivals.until(lambda: len(hub.said(_key(customer))) > before)
    _, came = await asyncio.gather(customer.says(text), said)
    return came - began


async def _spoken(hub: HubSimulator, customer: Customer, text: str) -> float:
    """From the representative's word until it is on the customer's stream."""
    began = perf_counter()
    heard = asyncio.wait_for(customer.hears(REPRESENTATIVE), JOINED_WITHIN)
    _, came = await asyncio.gather(hub.say(_key(customer), text), heard)
    return came - began


def _key(customer: Customer) -> str:
    return f"{customer.id}:1"


def main() -> NoReturn:
    """Do the job that the first argument describes."""
    job = HubJob.model_validate_json(sys.argv[1])
    print(json.dumps(asyncio.run(figures(job))))
    leave()


if __name__ == "__main__":
    main()
