"""Each process is killed with SIGKILL at each step of a conversation, several conversations at once.

Afterwards every message of every party is there once, in order, at the other side. The seed decides when within a
step the kill comes; it is printed, and `CHAOS_SEED` runs a failure again.
"""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest

from tests.support.installation import Installation, installation
from tests.support.persistent import PersistentCustomer, PersistentRepresentative
from tests.support.waiting import eventually

PROCESSES = ("worker", "gateway", "desk", "temporal")
AT_ONCE = 3
"""Conversations that run beside each other."""
LATEST = 0.08
"""Seconds into a step at which the kill comes at the latest."""
RANDOM_KILLS = 12
SEED = int(os.environ.get("CHAOS_SEED") or secrets.randbelow(2**32))


@pytest.fixture(scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Installation]:
    """Everything up, started again by itself when it dies."""
    async with installation(tmp_path_factory.mktemp("chaos")) as up:
        for kept in up.processes.values():
            # They die young again and again, and it is known why.
            kept.longest_delay = 0.4
        yield up


@dataclass
class Scripted:
    """One conversation from its greeting to its end, step by step."""

    running: Installation
    name: str
    customer: PersistentCustomer = field(init=False)
    representative: PersistentRepresentative = field(init=False)
    handoffs: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Bring the two parties."""
        self.customer = PersistentCustomer(self.running)
        self.representative = PersistentRepresentative(self.running, f"Rep-{self.name}")

    def steps(self) -> list[Callable[[], Awaitable[None]]]:
        """What happens, in order."""
        return [
            self.begins,
            lambda: self.customer.say(f"{self.name} blargh"),
            lambda: self.customer.say("speak to agent"),
            self.is_accepted,
            lambda: self.both_say(1),
            lambda: self.both_say(2),
            self.is_read,
            lambda: self.representative.give_back(self.handoffs[-1], f"note for {self.name}"),
            self.is_back,
            lambda: self.customer.say("speak to agent"),
            self.is_accepted,
            lambda: self.both_say(3),
            self.is_read,
            lambda: self.representative.finish(self.handoffs[-1]),
        ]

    async def begins(self) -> None:
        """The customer opens the chat."""
        await self.customer.begin()

    async def is_accepted(self) -> None:
        """The handoff comes to the desk, and is accepted."""
        handoff = await self.representative.waiting(self.customer.id)
        await self.representative.accept(handoff)
        self.handoffs.append(handoff)
        await self.hears("has joined the chat", count=len(self.handoffs))

    async def both_say(self, number: int) -> None:
        """Both write at the same time."""
        await asyncio.gather(
            self.customer.say(f"{self.name} question {number}"),
            self.representative.say(self.handoffs[-1], f"{self.name} answer {number}"),
        )

    async def is_read(self) -> None:
        """The representative has read the customer's last words: who closes before does not want them."""

        async def read() -> bool:
            shown = await self.representative.show(self.handoffs[-1])
            return self.customer.said[-1] in [message["text"] for message in shown["messages"]]

        await eventually(read)

    async def is_back(self) -> None:
        """The bot has the conversation again, and the representative's note."""
        await self.hears(f"note for {self.name}")

    async def hears(self, words: str, count: int = 1) -> None:
        """Wait until the customer has read this."""

        async def heard() -> bool:
            return sum(words in str(activity.get("text")) for activity in await self.customer.log()) >= count

        await eventually(heard)

    async def ends(self) -> None:
        """Wait until the conversation is over for the customer."""

        async def over() -> bool:
            return any(activity["type"] == "endOfConversation" for activity in await self.customer.log())

        await eventually(over)

    async def everything_is_there_once(self) -> None:
        """Each message of each party once, in order, at the other side; two handoffs, each with its whole history."""
        await self.ends()
        assert await self.customer.texts("user") == self.customer.said
        assert await self.customer.texts("agent") == self.representative.said
        found = await self.representative.handoffs(self.customer.id)
        assert [handoff["id"] for handoff in found] == self.handoffs
        assert [handoff["key"].rpartition(":")[2] for handoff in found] == ["1", "2"]
        last = await self.representative.show(self.handoffs[-1])
        told = [said["text"] for said in last["history"] if said["from"]["role"] == "user"]
        told += [message["text"] for message in last["messages"] if message["role"] == "user" and message["text"]]
        assert told == self.customer.said
        for handoff in self.handoffs:
            shown = await self.representative.show(handoff)
            mine = [message for message in shown["messages"] if message["role"] == "agent"]
            assert [message["delivery"] for message in mine] == ["delivered"] * len(mine)

    async def close(self) -> None:
        """Let go of the connections."""
        await self.customer.close()
        await self.representative.close()


@asynccontextmanager
async def _scripted(running: Installation, name: str) -> AsyncIterator[list[Scripted]]:
    """Conversations that have not begun; whatever becomes of them, nothing of theirs stays open."""
    scripts = [Scripted(running, f"{name}-{number}") for number in range(AT_ONCE)]
    async with AsyncExitStack() as stack:
        for script in scripts:
            stack.push_async_callback(script.close)
        yield scripts


async def _all_alive(running: Installation) -> None:
    await eventually(lambda: running.whole)


async def _killed_meanwhile(running: Installation, name: str, delay: float) -> None:
    await asyncio.sleep(delay)
    running.kill(name)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("process", PROCESSES)
async def test_a_process_killed_at_every_step_loses_nothing(running: Installation, process: str) -> None:
    """Twelve kills of one process, one in the middle of each step, under three conversations at once."""
    chance = Random(f"{SEED}-{process}")  # noqa: S311 - chance that can be repeated
    print(f"CHAOS_SEED={SEED}")  # noqa: T201 - what runs a failure again
    before = len(running.kills)
    async with _scripted(running, process) as scripts:
        for step in zip(*(script.steps() for script in scripts), strict=True):
            await _all_alive(running)
            delay = chance.uniform(0, LATEST)
            await asyncio.gather(_killed_meanwhile(running, process, delay), *(act() for act in step))
        for script in scripts:
            await script.everything_is_there_once()
    assert len(running.kills) - before >= 12


@pytest.mark.timeout(200)
async def test_processes_killed_at_random_lose_nothing(running: Installation) -> None:
    """Whichever process it hits, while the conversations run at their own pace."""
    chance = Random(f"{SEED}-random")  # noqa: S311 - chance that can be repeated
    print(f"CHAOS_SEED={SEED}")  # noqa: T201 - what runs a failure again
    done = asyncio.Event()

    async def killer() -> None:
        for _ in range(RANDOM_KILLS):
            await _all_alive(running)
            if done.is_set():
                return
            running.kill(chance.choice(PROCESSES))
            await asyncio.sleep(chance.uniform(1.0, 4.0))

    async def run(script: Scripted) -> None:
        for act in script.steps():
            await act()

    async with _scripted(running, "random") as scripts:
        killing = asyncio.create_task(killer())
        await asyncio.gather(*(run(script) for script in scripts))
        done.set()
        await killing
        for script in scripts:
            await script.everything_is_there_once()


def test_there_were_enough_kills(running: Installation) -> None:
    """The suite proves something only if it killed."""
    assert len(running.kills) >= 40
    assert set(running.kills) == set(PROCESSES)


def test_the_installation_is_what_up_runs(running: Installation) -> None:
    """Nothing was stubbed: the four processes of `baton up`."""
    assert set(running.processes) == set(PROCESSES)
    assert Path(running.settings.data_dir / "temporal.db").exists()
