"""Processes that are kept alive: started, watched, started again when they die, stopped in order."""

import asyncio
import ctypes
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

STOPS_WITHIN = 15.0
"""Seconds that a process may take to stop before it is killed."""
FIRST_DELAY, LONGEST_DELAY = 0.2, 5.0
"""Seconds before a process that died is started again: longer each time it dies young."""
YOUNG = 10.0
"""A process that lived for fewer seconds than this died young."""
_PR_SET_PDEATHSIG = 1


@dataclass
class Kept:
    """One process that is kept alive."""

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    longest_delay: float = LONGEST_DELAY
    process: asyncio.subprocess.Process | None = None
    _watch: asyncio.Task[None] | None = None

    async def start(self, tell: Callable[[str], None]) -> None:
        """Start it, and again whenever it dies."""
        await self._spawn()
        self._watch = asyncio.create_task(self._keep(tell))

    async def stop(self) -> None:
        """Ask it to stop, and wait until it has; kill it if it takes too long."""
        if self._watch:
            # First of all, so that one which has just died is not started again behind our back.
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        process = self.process
        if process and process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), STOPS_WITHIN)
            except TimeoutError:
                process.kill()
                await process.wait()

    @property
    def alive(self) -> bool:
        """Whether it runs now."""
        return self.process is not None and self.process.returncode is None

    async def _spawn(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *self.command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **self.environment},
                # A Ctrl-C at the terminal is for `up`, which stops the others in order.
                start_new_session=True,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            )

    async def _keep(self, tell: Callable[[str], None]) -> None:
        delay = FIRST_DELAY
        while self.process:
            began = asyncio.get_running_loop().time()
            status = await self.process.wait()
            lived = asyncio.get_running_loop().time() - began
            delay = min(delay * 2, self.longest_delay) if lived < YOUNG else FIRST_DELAY
            tell(f"{self.name} {_how(status)}; starting it again (its log: {self.log})")
            await asyncio.sleep(delay)
            await self._spawn()


def _how(status: int) -> str:
    return f"was killed by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"


def _die_with_parent() -> None:
    """Linux: when `up` is killed outright, nothing of it stays behind."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
