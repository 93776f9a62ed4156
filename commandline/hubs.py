"""`baton hubs`, `hubs check`, `drain`, `undrain` and `simulate`."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from commandline.failures import CommandError, fail
from commandline.hub_check import walk
from commandline.leading_nowhere import leading_nowhere
from commandline.options import Config, DataDir, Json, print_json, settings_of, with_conversations
from commandline.tables import print_table
from dialog.problems import did_you_mean
from hubs.errors import HubError
from hubs.registry import connect
from settings.model import Settings
from settings.secrets import SecretError, resolve
from simulators.registry import SERVICES, SIMULATORS
from simulators.running import simulate as run_simulator
from simulators.running import simulate_services, until_stopped
from workflows.breakers import HubBreakers
from workflows.client import Conversations
from workflows.hub_rows import HubRow, answer_of, row_of

Name = Annotated[str | None, typer.Argument(help="With `check`: the connection.")]
Hub = Annotated[str, typer.Argument(help="The hub connection, as [hubs] names it.")]
What = Annotated[str | None, typer.Argument(help="`check` walks the way to one connection.")]
Handoff = Annotated[bool, typer.Option("--handoff", help="With `check`: open a real handoff, and end it again.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(hubs)
    app.command()(drain)
    app.command()(undrain)
    app.command()(simulate)


def hubs(  # noqa: PLR0913 - each is one option of the command
    what: What = None,
    name: Name = None,
    config: Config = None,
    data_dir: DataDir = None,
    *,
    handoff: Handoff = False,
    json: Json = False,
) -> None:
    """List the hub connections: whether each answers, who waits there, who is live. `hubs check NAME` tries one."""
    settings = settings_of(config, data_dir)
    if what is not None:
        _check(settings, what, name, handoff=handoff)
        return
    rows = with_conversations(settings, lambda conversations: _rows(settings, conversations))
    if json:
        print_json(rows)
        return
    headers = ("hub", "kind", "answers", "breaker", "drained", "transferring", "waiting", "live", "failing")
    shown = [row.model_dump() | {"drained": "yes" if row.drained else ""} for row in rows]
    print_table(headers, [tuple(row.values()) for row in shown], whole="hub")


def drain(hub: Hub, config: Config = None, data_dir: DataDir = None) -> None:
    """Give a hub no new handoffs, while it is being maintained; its live ones stay with it."""
    _set_drained(hub, config, data_dir, drained=True)
    typer.echo(f"{hub} gets no new handoffs until `baton undrain {hub}`")


def undrain(hub: Hub, config: Config = None, data_dir: DataDir = None) -> None:
    """Give a hub new handoffs again."""
    _set_drained(hub, config, data_dir, drained=False)
    typer.echo(f"{hub} gets new handoffs again")


def _set_drained(hub: str, config: Path | None, data_dir: Path | None, *, drained: bool) -> None:
    settings = settings_of(config, data_dir)
    _known(settings, hub)

    async def told(conversations: Conversations) -> None:
        await HubBreakers(conversations.client, settings.breaker).drain(hub, drained=drained)

    with_conversations(settings, told)


def simulate(
    kind: Annotated[str, typer.Argument(help=f"One of: {', '.join([*SIMULATORS, *SERVICES])}.")],
    port: Annotated[int, typer.Option("--port", help="Where it listens; default: any free port.")] = 0,
) -> None:
    """Run a simulated hub, or Microsoft's services, to try without an account; prints the configuration for it."""
    if kind in SERVICES:
        asyncio.run(until_stopped(simulate_services(SERVICES[kind](), port, typer.echo)))
        return
    if kind not in SIMULATORS:
        raise CommandError(f'there is no simulator "{kind}": {", ".join([*SIMULATORS, *SERVICES])}')
    asyncio.run(until_stopped(run_simulator(SIMULATORS[kind](), port, typer.echo)))


async def _rows(settings: Settings, conversations: Conversations) -> list[HubRow]:
    breakers = HubBreakers(conversations.client, settings.breaker)
    return [
        await row_of(name, hub.kind, await _answer(settings, name), conversations, breakers)
        for name, hub in settings.hubs.items()
    ]


async def _answer(settings: Settings, name: str) -> str:
    try:
        hub = connect(name, settings.hubs[name], resolve)
    except SecretError as error:
        return str(error)
    try:
        return await answer_of(hub)
    finally:
        await hub.close()


def _check(settings: Settings, what: str, name: str | None, *, handoff: bool) -> None:
    if what != "check" or name is None:
        raise CommandError("write `baton hubs`, or `baton hubs check NAME`")
    _known(settings, name)
    kind = settings.hubs[name].kind

    async def say() -> None:
        async for found in walk(settings, name, handoff=handoff):
            typer.echo(f"{name} ({kind}): {found}")
        if refused := await leading_nowhere(settings, name):
            raise CommandError("; ".join(refused))

    try:
        asyncio.run(say())
    except (HubError, SecretError) as error:
        fail(str(error))


def _known(settings: Settings, name: str) -> None:
    if name not in settings.hubs:
        hint = did_you_mean(name, settings.hubs) or f": {', '.join(settings.hubs)}"
        raise CommandError(f'[hubs] has no connection "{name}"{hint}')
