"""`baton hubs`, `hubs check` and `simulate`."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from activities.drained import Drained
from commandline.failures import CommandError, fail
from commandline.options import Config, DataDir, Json, print_json, settings_of, with_conversations
from hubs.base import HubError
from hubs.registry import connect
from protocol.conversation import Phase
from settings.model import Settings
from settings.secrets import SecretError, resolve
from simulators.registry import SERVICES, SIMULATORS
from simulators.running import simulate as run_simulator
from simulators.running import simulate_services
from workflows.client import Conversations

Name = Annotated[str | None, typer.Argument(help="With `check`: the connection.")]
Hub = Annotated[str, typer.Argument(help="The hub connection, as [hubs] names it.")]
What = Annotated[str | None, typer.Argument(help="`check` walks the way to one connection.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(hubs)
    app.command()(drain)
    app.command()(undrain)
    app.command()(simulate)


def hubs(
    what: What = None, name: Name = None, config: Config = None, data_dir: DataDir = None, *, json: Json = False
) -> None:
    """List the hub connections: whether each answers, who waits there, who is live. `hubs check NAME` tries one."""
    settings = settings_of(config, data_dir)
    if what is not None:
        _check(settings, what, name)
        return
    rows = with_conversations(settings, lambda conversations: _rows(settings, conversations))
    if json:
        print_json(rows)
        return
    table = Table("hub", "kind", "answers", "drained", "transferring", "waiting", "live")
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    Console().print(table)


def drain(hub: Hub, config: Config = None, data_dir: DataDir = None) -> None:
    """Give a hub no new handoffs, while it is being maintained; its live ones stay with it."""
    _drained(hub, config, data_dir).drain(hub)
    typer.echo(f"{hub} gets no new handoffs until `baton undrain {hub}`")


def undrain(hub: Hub, config: Config = None, data_dir: DataDir = None) -> None:
    """Give a hub new handoffs again."""
    _drained(hub, config, data_dir).undrain(hub)
    typer.echo(f"{hub} gets new handoffs again")


def _drained(hub: str, config: Path | None, data_dir: Path | None) -> Drained:
    settings = settings_of(config, data_dir)
    _known(settings, hub)
    return Drained(settings.data_dir)


def simulate(
    kind: Annotated[str, typer.Argument(help=f"One of: {', '.join([*SIMULATORS, *SERVICES])}.")],
    port: Annotated[int, typer.Option("--port", help="Where it listens; default: any free port.")] = 0,
) -> None:
    """Run a simulated hub, or Microsoft's services, to try without an account; prints the configuration for it."""
    if kind in SERVICES:
        asyncio.run(simulate_services(SERVICES[kind](), port, typer.echo))
        return
    if kind not in SIMULATORS:
        raise CommandError(f'there is no simulator "{kind}": {", ".join([*SIMULATORS, *SERVICES])}')
    asyncio.run(run_simulator(SIMULATORS[kind](), port, typer.echo))


async def _rows(settings: Settings, conversations: Conversations) -> list[dict[str, object]]:
    drained = Drained(settings.data_dir).names()
    return [
        {
            "hub": name,
            "kind": hub.kind,
            "answers": await _answer(settings, name) or "yes",
            "drained": "yes" if name in drained else "",
            **{phase: await _count(conversations, name, phase) for phase in _AT_A_HUB},
        }
        for name, hub in settings.hubs.items()
    ]


_AT_A_HUB = (Phase.TRANSFERRING, Phase.QUEUED, Phase.LIVE)


async def _count(conversations: Conversations, hub: str, phase: Phase) -> int:
    query = f"BatonHub = '{hub}' AND BatonPhase = '{phase}' AND ExecutionStatus = 'Running'"
    return (await conversations.client.count_workflows(query)).count


async def _answer(settings: Settings, name: str, tell: Callable[[str], None] = lambda _: None) -> str:
    """Why a hub does not answer as it should; nothing where it does. `tell` hears what was found in order."""
    try:
        hub = connect(name, settings.hubs[name], resolve)
    except SecretError as error:
        return str(error)
    try:
        async for found in hub.check():
            tell(found)
    except HubError as error:
        return str(error)
    finally:
        await hub.close()
    return ""


def _check(settings: Settings, what: str, name: str | None) -> None:
    if what != "check" or name is None:
        raise CommandError("write `baton hubs`, or `baton hubs check NAME`")
    _known(settings, name)
    kind = settings.hubs[name].kind
    if why := asyncio.run(_answer(settings, name, lambda found: typer.echo(f"{name} ({kind}): {found}"))):
        fail(why)
    typer.echo(f"Its callbacks come to {settings.gateway.url}/webhooks/{kind}/{name}")


def _known(settings: Settings, name: str) -> None:
    if name not in settings.hubs:
        raise CommandError(f'[hubs] has no connection "{name}": {", ".join(settings.hubs)}')
