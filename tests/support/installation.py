"""A whole installation, as `baton up` runs it: each part a process of its own, on free ports, kept alive."""

import os
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from commandline.processes import Kept
from commandline.up import kept_processes, publish_all, start_all
from settings.keys import make_missing
from settings.load import load_settings
from settings.model import Settings
from settings.secrets import resolve


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on now."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def write_config(folder: Path, more: str = "") -> Path:
    """A `baton.toml` on free ports, with the sample agent and the desk."""
    gateway, desk, temporal, ui = free_ports(4)
    config = folder / "baton.toml"
    config.write_text(
        f'data_dir = "{folder / "data"}"\n[gateway]\nport = {gateway}\n[desk]\nport = {desk}\n'
        f"[temporal]\nport = {temporal}\nui_port = {ui}\n{more}",
        encoding="utf-8",
    )
    return config


@dataclass
class Installation:
    """What runs, where it is reached, and what was killed."""

    settings: Settings
    processes: dict[str, Kept]
    told: list[str] = field(default_factory=list)
    kills: list[str] = field(default_factory=list)
    _killed: set[int] = field(default_factory=set)

    @property
    def gateway(self) -> str:
        """The gateway's address."""
        return self.settings.gateway.url

    @property
    def desk(self) -> str:
        """The desk's address."""
        return self.settings.desk.url

    @property
    def desk_token(self) -> str:
        """What opens the desk's own API."""
        return resolve(self.settings.desk.token or "")

    @property
    def secret(self) -> str:
        """The sample agent's Direct Line secret."""
        return resolve(next(iter(self.settings.agents.values())).direct_line_secret or "")

    def freeze(self, name: str) -> None:
        """SIGSTOP a process: it does nothing, and whoever is connected to it does not know. `kill` ends that."""
        process = self.processes[name].process
        if process and process.returncode is None:
            os.kill(process.pid, signal.SIGSTOP)

    def kill(self, name: str) -> None:
        """SIGKILL a process; it is started again by itself."""
        process = self.processes[name].process
        if process and process.returncode is None:
            os.kill(process.pid, signal.SIGKILL)
            self.kills.append(name)
            self._killed.add(process.pid)

    @property
    def whole(self) -> bool:
        """Whether every process runs, those that were killed included: as others."""
        return all(
            kept.alive and kept.process is not None and kept.process.pid not in self._killed
            for kept in self.processes.values()
        )


@asynccontextmanager
async def installation(folder: Path, more: str = "") -> AsyncIterator[Installation]:
    """Everything up, for as long as the `async with` lasts."""
    config = write_config(folder, more)
    settings = load_settings(config)
    make_missing(settings)
    publish_all(settings)
    processes = kept_processes(settings, config)
    running = Installation(settings, {process.name: process for process in processes})
    try:
        await start_all(settings, processes, running.told.append)
        yield running
    finally:
        for process in reversed(processes):
            await process.stop()
