"""`baton up`: everything on one machine, each part a process of its own."""

import asyncio
import fcntl
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from temporalio.client import Client

from activities.agent_versions import AgentVersions, NotPublishableError
from commandline import embedded
from commandline.addresses import announce, uses_desk, uses_embedded_temporal
from commandline.failures import CommandError
from commandline.leading_nowhere import warn
from commandline.processes import Kept
from settings.certificates import trusted
from settings.keys import make_missing
from settings.model import Settings
from workflows.plugin import connect

READY_WITHIN = 90.0
"""Seconds until everything must answer."""
ROOT = Path(__file__).parents[1]


@contextmanager
def held(data_dir: Path) -> Iterator[None]:
    """The data directory, for this `up` alone.

    Raises:
        CommandError: another one has it.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / "up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            message = f"baton is up already on {data_dir}: stop it first, or give another --data-dir"
            raise CommandError(message) from None
        yield


def check_ports(settings: Settings) -> None:
    """Refuse to start where a port is taken, before anything is started.

    Raises:
        CommandError: it names the port, and the key that moves it.
    """
    ports = [(settings.gateway.host, settings.gateway.port, "--port, or [gateway] port")]
    if uses_desk(settings):
        ports.append((settings.desk.host, settings.desk.port, "[desk] port"))
    if uses_embedded_temporal():
        ports.append(("127.0.0.1", settings.temporal.port, "[temporal] port"))
        ports.append(("127.0.0.1", settings.temporal.ui_port, "[temporal] ui_port"))
    for number, (_, port, key) in enumerate(ports):
        if port in [other for _, other, _ in ports[:number]]:
            raise CommandError(f"port {port} is given twice: choose another by {key}")
    for host, port, key in ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                raise CommandError(f"port {port} of {host} is taken: choose another by {key}") from None


def publish_all(settings: Settings) -> None:
    """Publish the agents that the configuration names.

    Raises:
        CommandError: one has mistakes.
    """
    versions = AgentVersions(settings.data_dir / "agents")
    for name, agent in settings.agents.items():
        if agent.path is None:
            continue
        try:
            versions.publish(name, agent.path, agent.schema_name, with_errors=agent.publish_with_errors)
        except NotPublishableError as error:
            raise CommandError(f'agent "{name}" ({agent.path}) cannot be published:\n{error}') from None


def kept_processes(settings: Settings, config: Path | None) -> list[Kept]:
    """All processes, in the order in which they are started."""
    options = ["--data-dir", str(settings.data_dir), *(["--config", str(config)] if config else [])]
    port = {"BATON_GATEWAY__PORT": str(settings.gateway.port)}
    logs = settings.data_dir / "logs"

    def python(name: str, *what: str) -> Kept:
        return Kept(name, [sys.executable, *what, *options], logs / f"{name}.log", {"PYTHONPATH": str(ROOT), **port})

    processes = []
    if uses_embedded_temporal():
        processes.append(Kept("temporal", embedded.command(settings), logs / "temporal.log"))
    processes.append(python("worker", str(ROOT / "worker.py")))
    processes.append(python("gateway", "-m", "gateway"))
    if uses_desk(settings):
        processes.append(python("desk", "-m", "desk"))
    return processes


async def _until(what: str, true: Callable[[], Awaitable[bool]], log: Path) -> None:
    deadline = asyncio.get_running_loop().time() + READY_WITHIN
    while not await true():
        if asyncio.get_running_loop().time() > deadline:
            raise CommandError(f"{what} is not ready after {READY_WITHIN:.0f} s; its log: {log}")
        await asyncio.sleep(0.1)


async def _answers(url: str) -> bool:
    try:
        async with httpx.AsyncClient(verify=trusted()) as client:
            return (await client.get(url, timeout=2)).is_success
    except httpx.HTTPError:
        return False


async def _connected(settings: Settings, log: Path) -> Client:
    found: list[Client] = []

    async def connects() -> bool:
        try:
            found.append(await connect(settings))
        except RuntimeError:
            return False
        return True

    await _until("temporal", connects, log)
    return found[0]


async def start_all(settings: Settings, processes: list[Kept], tell: Callable[[str], None]) -> None:
    """Start every process, and return when each answers.

    Raises:
        CommandError: one does not.
    """
    logs = settings.data_dir / "logs"
    by_name = {process.name: process for process in processes}
    if "temporal" in by_name:
        await by_name["temporal"].start(tell)
    client = await _connected(settings, logs / "temporal.log")
    if "temporal" in by_name:
        await embedded.keep_for_a_month(client)
    for process in processes:
        if process.name != "temporal":
            await process.start(tell)
    # The gateway is ready when there is a worker too.
    await _until("gateway", lambda: _answers(f"http://{_reached(settings)}/readyz"), logs / "gateway.log")
    if "desk" in by_name:
        await _until("desk", lambda: _answers(f"{settings.desk.url}/healthz"), logs / "desk.log")


def _reached(settings: Settings) -> str:
    return f"{settings.gateway.host}:{settings.gateway.port}"


async def up(settings: Settings, config: Path | None, *, as_json: bool) -> None:
    """Run everything until a signal says stop.

    Raises:
        CommandError: something keeps it from starting.
    """
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    processes = kept_processes(settings, config)
    try:
        starting = asyncio.create_task(start_all(settings, processes, _tell))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            starting.result()
            announce(settings, as_json=as_json)
            warning = asyncio.create_task(warn(settings, _tell))
            await stop.wait()
            warning.cancel()
        else:
            starting.cancel()
    finally:
        # Those who take in work first, Temporal last: nobody loses what is under way.
        for name in ("gateway", "desk", "worker", "temporal"):
            for process in processes:
                if process.name == name:
                    await process.stop()


def _tell(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def run_up(settings: Settings, config: Path | None, *, as_json: bool) -> None:
    """Check, make what is missing, publish, and run."""
    with held(settings.data_dir):
        check_ports(settings)
        make_missing(settings)
        publish_all(settings)
        asyncio.run(up(settings, config, as_json=as_json))
