"""`baton connect`, `disconnect` and `connection`: an agent and Dynamics 365."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated
from uuid import uuid4

import typer

from commandline.failures import CommandError
from commandline.options import Config, DataDir, Json, print_json, settings_of
from protocol.connection import (
    Check,
    Connect,
    ConnectionState,
    Disconnect,
    Operation,
    Step,
    StepProgress,
    StepState,
)
from settings.model import Settings
from workflows.agent_connections import AgentConnections
from workflows.connection_record import MARKS
from workflows.connection_steps import CALLED_OFF
from workflows.plugin import connect as connect_temporal

Agent = Annotated[str, typer.Argument(help="The agent, as it is published.")]
Environment = Annotated[
    str, typer.Option("--environment", help="Its id, name or address (baton environments); default: the agent's own.")
]
CallOff = Annotated[bool, typer.Option("--call-off", help="Have a connect that is under way come to nothing instead.")]
App = Annotated[str, typer.Option("--app", help="The app registration's id; default: the configured, or Baton's own.")]
Now = Annotated[bool, typer.Option("--now", help="Move the conversations that are with representatives.")]
Watch = Annotated[bool, typer.Option("--watch", help="Go on to print what changes, until Ctrl-C.")]
CheckNow = Annotated[bool, typer.Option("--check", help="Look now whether it is as it was left.")]
Begin = Callable[[AgentConnections], Awaitable[ConnectionState]]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(connect)
    app.command()(disconnect)
    app.command()(connection)


def connect(  # noqa: PLR0913 - its options
    agent: Agent,
    environment: Environment = "",
    application: App = "",
    config: Config = None,
    data_dir: DataDir = None,
    *,
    call_off: CallOff = False,
    json: Json = False,
) -> None:
    """Connect an agent to Dynamics 365 Customer Service, or connect it again; safe to repeat.

    A connect goes on by itself, also when this command is ended: --call-off undoes what it has done.
    """
    if call_off:
        state = _carry_out(config, data_dir, agent, lambda all_: all_.call_off(agent), "", quiet=json)
        _tell_end(state, json=json, wished=CALLED_OFF)
        return
    wish = Connect(key=uuid4().hex, environment=environment, application=application)
    state = _carry_out(config, data_dir, agent, lambda all_: all_.connect(agent, wish), wish.key, quiet=json)
    _tell_end(state, json=json)
    if not json:
        typer.echo(f"Go to Omnichannel: {state.link}")


def disconnect(
    agent: Agent, config: Config = None, data_dir: DataDir = None, *, now: Now = False, json: Json = False
) -> None:
    """Disconnect an agent: it gets no more conversations; its registration and channels stay."""
    wish = Disconnect(key=uuid4().hex, now=now)
    _tell_end(
        _carry_out(config, data_dir, agent, lambda all_: all_.disconnect(agent, wish), wish.key, quiet=json), json=json
    )


def connection(  # noqa: PLR0913 - its options
    agent: Agent,
    config: Config = None,
    data_dir: DataDir = None,
    *,
    watch: Watch = False,
    check: CheckNow = False,
    json: Json = False,
) -> None:
    """Show where an agent's connection to Dynamics 365 stands."""
    if watch:
        asyncio.run(_watched(settings_of(config, data_dir), agent, json=json))
        return
    if check:
        wish = Check(key=uuid4().hex)
        state = _carry_out(config, data_dir, agent, lambda all_: all_.check(agent, wish), wish.key, quiet=True)
    else:
        state = asyncio.run(_read(settings_of(config, data_dir), agent))
    if json:
        print_json(_shown(state))
    else:
        _print(state)
    if check and (state.drift or state.operation.failure):
        raise typer.Exit(1)


def _carry_out(  # noqa: PLR0913 - what every command of these has
    config: Path | None, data_dir: Path | None, agent: str, begin: Begin, key: str, *, quiet: bool
) -> ConnectionState:
    """Begin an operation, print its steps as they go on, and return how it ended."""
    settings = settings_of(config, data_dir)

    async def run() -> ConnectionState:
        connections = await _connections(settings)
        begun = await begin(connections)
        number = begun.keys.get(key, begun.operation.number)
        tell = _Told(quiet=quiet)
        state = begun
        async for state in connections.follow(agent, until=number):
            tell(state.operation)
        return state

    return asyncio.run(run())


async def _connections(settings: Settings) -> AgentConnections:
    return AgentConnections(await connect_temporal(settings))


async def _read(settings: Settings, agent: str) -> ConnectionState:
    return await (await _connections(settings)).state(agent)


async def _watched(settings: Settings, agent: str, *, json: bool) -> None:
    connections, tell, phase = await _connections(settings), _Told(quiet=json, names=True), ""
    async for state in connections.follow(agent):
        if json:
            print_json(_shown(state))
            continue
        tell(state.operation)
        if state.phase != phase:
            typer.echo(f"{agent} is {state.phase}")
            phase = state.phase


class _Told:
    """Prints each step's change once, and why one is tried again; `names`: under what is being done."""

    def __init__(self, *, quiet: bool, names: bool = False) -> None:
        self._quiet, self._names, self._before = quiet, names, Operation()

    def __call__(self, operation: Operation) -> None:
        new = self._before.number != operation.number
        before = () if new else tuple(map(_gist, self._before.steps))
        self._before = operation
        if self._quiet:
            return
        if new and self._names:
            typer.echo(f"{operation.kind}, begun {operation.begun:%Y-%m-%d %H:%M:%S} UTC:")
        for step in operation.steps:
            if _is_told(step) and _gist(step) not in before:
                typer.echo(_line(step))


def _gist(step: StepProgress) -> tuple[Step, StepState, str]:
    """What of a step is told once: each try of the same call has a request id of its own, in brackets."""
    detail = step.detail.partition(" (")[0] if step.state is StepState.DOING else step.detail
    return step.step, step.state, detail


def _is_told(step: StepProgress) -> bool:
    return step.state is not StepState.WAITING and (step.state is not StepState.DOING or bool(step.detail))


def _line(step: StepProgress) -> str:
    return f"  {MARKS[step.state]} {step.says}{': ' + step.detail if step.detail else ''}"


def _tell_end(state: ConnectionState, *, json: bool, wished: str = "") -> None:
    """How it ended. A failure of the type `wished` is none where nothing is left half done."""
    operation = state.operation
    if json:
        print_json(_shown(state))
    if operation.failure and (operation.left or operation.failure_type != wished):
        left = f" (left half done: {'; '.join(operation.left)})" if operation.left else ""
        raise CommandError(f"{operation.failure}{left}")
    if not json:
        for warning in state.warnings:
            typer.echo(f"warning: {warning}")
        typer.echo(f"{state.agent} is {state.phase}")


def _print(state: ConnectionState) -> None:
    typer.echo(f"{state.agent} is {state.phase}")
    if state.target:
        facts = {
            "environment": state.target.environment_name,
            "application": state.target.application,
            "user": state.target.user,
            "hub": state.target.hub,
            "omnichannel": state.link,
            "checked": f"{state.checked_at:%Y-%m-%d %H:%M}" if state.checked_at else "",
            "next check": f"{state.next_check:%Y-%m-%d %H:%M}" if state.next_check else "",
        }
        for name, value in facts.items():
            typer.echo(f"  {name:<14}{value}") if value else None
    for drift in state.drift:
        typer.echo(f"  drifted: {drift.step}: {drift.what}")
    for warning in state.warnings:
        typer.echo(f"  warning: {warning}")
    if state.operation.number:
        failure = f" failed: {state.operation.failure}" if state.operation.failure else ""
        typer.echo(f"{'Last' if state.operation.over else 'Now'}: {state.operation.kind}{failure}")
        for step in state.operation.steps:
            typer.echo(_line(step))


def _shown(state: ConnectionState) -> dict[str, object]:
    return {**state.model_dump(mode="json", exclude={"keys", "schema_version"}), "link": state.link}
