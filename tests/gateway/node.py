"""The npm package botframework-directlinejs, unmodified, as a child process that a test talks through."""

import asyncio
import contextlib
import fcntl
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pytest

PACKAGES = ("botframework-directlinejs@0.15.8", "ws@8", "xhr2@0.2")
SCRIPT = Path(__file__).with_name("directlinejs.cjs")
CACHE = Path(tempfile.gettempdir()) / "baton-directlinejs"


def node_packages() -> Path:
    """The folder in which the npm packages are installed, once a machine; skips where they cannot be had."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("node and npm are not installed")
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        # Another process of the same run may be installing just now.
        fcntl.flock(lock, fcntl.LOCK_EX)
        _install(npm)
    return CACHE


def _install(npm: str) -> None:
    if not (CACHE / "installed").exists():
        (CACHE / "package.json").write_text('{"private": true}')
        command = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(CACHE), *PACKAGES]
        done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
        if done.returncode:
            pytest.skip(f"npm cannot install {PACKAGES[0]}: {done.stderr.strip().splitlines()[-1:]}")
        (CACHE / "installed").touch()


@dataclass
class NodeClient:
    """The client, what it heard and what it was told of its own messages, so far."""

    process: asyncio.subprocess.Process
    heard: list[dict[str, Any]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    statuses: list[str] = field(default_factory=list)
    drops: int = 0

    @property
    def texts(self) -> list[str]:
        """The texts of all messages heard."""
        return [each["text"] for each in self.heard if each["type"] == "message"]

    def tell(self, **command: Any) -> None:
        """Let the client do something."""
        assert self.process.stdin is not None
        self.process.stdin.write(orjson.dumps(command) + b"\n")

    async def listen(self) -> None:
        """Take note of everything that the client tells."""
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            told = orjson.loads(line)
            self.heard += [told["heard"]] if "heard" in told else []
            self.said += [told["said"]] if "said" in told else []
            self.statuses += [told["status"]] if "status" in told else []
            self.drops += "dropped" in told


@contextlib.asynccontextmanager
async def node_client(address: str, secret: str) -> AsyncIterator[NodeClient]:
    """A client that has begun a conversation at `address`."""
    arguments = (str(SCRIPT), address, secret, str(node_packages()))
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec("node", *arguments, stdin=pipe, stdout=pipe)
    client = NodeClient(process)
    listening = asyncio.create_task(client.listen())
    try:
        yield client
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        await listening
