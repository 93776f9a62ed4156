"""What is measured: Baton as `up` runs it, and the bare engines on the same Temporal, all on free ports."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from temporalio.client import Client

from benchmarks.load import Job
from benchmarks.load_process import ROOT, done
from benchmarks.receiving import SECRET, TOKEN
from commandline.processes import Kept
from tests.support.installation import Installation, free_ports, installation
from workflows.plugin import connect


@dataclass
class Engines:
    """Everything that runs."""

    baton: Installation
    client: Client
    bare_port: int
    hub_port: int

    @property
    def temporal(self) -> str:
        """Temporal's address."""
        return f"127.0.0.1:{self.baton.settings.temporal.port}"

    def job(self, kind: str, **more: Any) -> Job:
        """A job at Baton's gateway."""
        base = f"{self.baton.gateway}/v3/directline"
        return Job(kind=kind, base=base, secret=self.baton.secret, hub_port=self.hub_port, **more)

    def bare_job(self, **more: Any) -> Job:
        """Turns at the bare gateway."""
        return Job(kind="turns", base=f"http://127.0.0.1:{self.bare_port}/v3/directline", **more)

    def direct_job(self, **more: Any) -> Job:
        """Updates of the bare engine."""
        return Job(kind="direct", base=self.temporal, **more)

    async def do(self, job: Job) -> bytes:
        """Let the load generator do a job.

        Raises:
            LoadError: it failed.
        """
        return await done("benchmarks.load", job.kind, job)


@asynccontextmanager
async def engines(folder: Path) -> AsyncIterator[Engines]:
    """Everything up, for as long as the `async with` lasts."""
    bare_port, hub_port = free_ports(2)
    async with installation(folder, _hub(folder, hub_port)) as baton:
        temporal = f"127.0.0.1:{baton.settings.temporal.port}"
        bare = [_bare(folder, "worker", temporal), _bare(folder, "gateway", temporal, str(bare_port))]
        try:
            for process in bare:
                await process.start(print)
            yield Engines(baton, await connect(baton.settings), bare_port, hub_port)
        finally:
            for process in bare:
                await process.stop()


def _hub(folder: Path, port: int) -> str:
    for name, secret in {"token": TOKEN, "secret": SECRET}.items():
        (folder / name).write_text(secret, encoding="utf-8")
    secrets = f'token = "file:{folder}/token"\nwebhook_secret = "file:{folder}/secret"\n'
    return f'[hubs.benchmark]\nkind = "custom"\nurl = "http://127.0.0.1:{port}"\n{secrets}'


def _bare(folder: Path, *what: str) -> Kept:
    command = [sys.executable, "-m", "benchmarks.bare", *what]
    return Kept(f"bare {what[0]}", command, folder / f"bare-{what[0]}.log", {"PYTHONPATH": str(ROOT)})
