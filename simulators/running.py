"""A simulator for people: at a hub with a representative who accepts whoever comes, and answers what is said."""

import asyncio
import signal
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Protocol

import httpx
from starlette.applications import Starlette

from simulators.hub import HubSimulator
from simulators.served import Served

LOOKS_EVERY = 0.2
NAME = "Robin"


class Representative:
    """Takes every handoff of a simulated hub, and repeats what the customer says; `bye` ends it."""

    def __init__(self, hub: HubSimulator) -> None:
        self._hub = hub
        self._answered: dict[str, int] = {}

    async def look(self) -> None:
        """Accept who is new, and answer what was said since the last look."""
        for key in self._hub.opened():
            if key not in self._answered and self._hub.is_open(key):
                self._answered[key] = 0
                await self._hub.join(key, NAME)
                await self._hub.say(key, f"Hello, this is {NAME}, a simulated representative. Say bye to end.")
            for text in self._hub.said(key)[self._answered.get(key, 0) :]:
                self._answered[key] += 1
                await self._answer(key, text)

    async def _answer(self, key: str, text: str) -> None:
        if text.strip().casefold() == "bye":
            await self._hub.say(key, "Goodbye!")
            await self._hub.end(key)
        else:
            await self._hub.type(key)
            await self._hub.say(key, f"You said: {text}")


async def simulate(hub: HubSimulator, port: int, tell: Callable[[str], None]) -> None:
    """Serve `hub` until cancelled, with a representative in it; `tell` gets the configuration that reaches it."""
    async with Served(hub.app(), port) as hub.url:
        hub.callback = f"http://127.0.0.1:8080/webhooks/{hub.kind}/simulated"
        tell(f"# {hub.kind} simulated at {hub.url}; it calls back to {hub.callback}")
        tell(f"# Put this into baton.toml, and the secrets into the environment of `baton up`:\n{hub.configuration()}")
        representative = Representative(hub)
        while True:
            try:
                await representative.look()
            except httpx.HTTPError as error:
                tell(f"# Baton does not take the callback: {type(error).__name__}")
            await asyncio.sleep(LOOKS_EVERY)


async def until_stopped(simulation: Coroutine[Any, Any, None]) -> None:
    """Run `simulation` until SIGINT or SIGTERM, and let it clear up."""
    running = asyncio.create_task(simulation)
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, running.cancel)
    with suppress(asyncio.CancelledError):
        await running


class Services(Protocol):
    """What is simulated and is no hub."""

    kind: str
    url: str

    def app(self) -> Starlette:
        """Everything on one address."""
        ...

    def configuration(self) -> str:
        """`baton.toml`'s part, and the environment, as somebody copies them."""
        ...


async def simulate_services(services: Services, port: int, tell: Callable[[str], None]) -> None:
    """Serve `services` until cancelled; `tell` gets the configuration that reaches them."""
    async with Served(services.app(), port) as services.url:
        tell(f"# {services.kind} simulated at {services.url}")
        tell(f"# Put this into baton.toml, and the secret into the environment:\n{services.configuration()}")
        await asyncio.Event().wait()
