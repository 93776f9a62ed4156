"""Worker and gateways as the processes that they are in earnest, over the tests' Temporal."""

import asyncio
import contextlib
import os
import socket
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from temporalio.testing import WorkflowEnvironment

from activities.agent_versions import AgentVersions
from settings.cipher import new_key
from simulators.custom_hub import CustomHubSimulator
from simulators.served import Served
from tests.support.agents import write_agent
from tests.support.waiting import PATIENCE

ROOT = Path(__file__).parents[2]
SECRET = "the testing agent's secret"

CONFIG = """
data_dir = "{root}"

[gateway]
port = {port}
signing_key = "file:{root}/keys/signing.key"

[encryption]
keys = ["file:{root}/keys/encryption.key"]

[agents.testing]
path = "{root}/testing"
direct_line_secret = "file:{root}/keys/testing.secret"

[hubs.counter]
kind = "custom"
url = "{hub_url}"
token = "file:{root}/keys/counter.token"
webhook_secret = "file:{root}/keys/counter.webhook"

[[routes]]
hub = "counter"
queue = "general"
"""


def free_port() -> int:
    """A port that nobody has now."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@dataclass
class Processes:
    """The processes of one installation, started one by one."""

    root: Path
    hub: CustomHubSimulator
    temporal: str
    port: int = field(default_factory=free_port)
    """The first gateway's: hubs call back there."""

    def prepare(self, hub_url: str) -> None:
        """Write the configuration and its secrets, and publish the agent."""
        keys = {
            "signing.key": "a signing key of thirty-two bytes",
            "encryption.key": new_key(),
            "testing.secret": SECRET,
            "counter.token": self.hub.token,
            "counter.webhook": self.hub.webhook_secret,
        }
        (self.root / "keys").mkdir()
        for name, value in keys.items():
            path = self.root / "keys" / name
            path.write_text(value)
            path.chmod(0o600)
        (self.root / "baton.toml").write_text(CONFIG.format(root=self.root, port=self.port, hub_url=hub_url))
        AgentVersions(self.root / "agents").publish("testing", write_agent(self.root / "testing"))

    @contextlib.asynccontextmanager
    async def running(self, *command: str) -> AsyncIterator[asyncio.subprocess.Process]:
        """One process, from when it says that it is ready to the end of the context."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *command,
            "--config",
            str(self.root / "baton.toml"),
            "--data-dir",
            str(self.root),
            cwd=ROOT,
            env=os.environ | {"TEMPORAL_ADDRESS": self.temporal},
            stderr=asyncio.subprocess.PIPE,
        )
        log = asyncio.create_task(_until_ready(process))
        try:
            await asyncio.wait_for(asyncio.shield(log), PATIENCE)
            log = asyncio.create_task(_drain(process))
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            await asyncio.wait_for(process.wait(), PATIENCE)
            await log

    @contextlib.asynccontextmanager
    async def gateway(self, port: int | None = None) -> AsyncIterator[tuple[str, asyncio.subprocess.Process]]:
        """A gateway's address and process; without `port`, the one that hubs call back."""
        port = port or self.port
        async with self.running("-m", "gateway", "--port", str(port)) as process:
            yield f"http://127.0.0.1:{port}", process


async def _until_ready(process: asyncio.subprocess.Process) -> None:
    assert process.stderr is not None
    lines = []
    async for line in process.stderr:
        lines.append(line.decode())
        if "is ready" in lines[-1]:
            return
    raise AssertionError("it did not start:\n" + "".join(lines[-30:]))


async def _drain(process: asyncio.subprocess.Process) -> None:
    assert process.stderr is not None
    while await process.stderr.read(65536):
        pass


@contextlib.asynccontextmanager
async def open_processes(environment: WorkflowEnvironment, root: Path) -> AsyncIterator[Processes]:
    """An installation with a worker and a simulated hub; gateways are the tests' to start."""
    hub = CustomHubSimulator()
    processes = Processes(root, hub, environment.client.service_client.config.target_host)
    async with Served(hub.app()) as hub_url:
        processes.prepare(hub_url)
        async with processes.running("worker.py"):
            yield processes
