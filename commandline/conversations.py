"""`baton list`, `show`, `transcript`, `timeline`, and what an operator may do to a conversation."""

from collections.abc import Callable
from typing import Annotated
from uuid import uuid4

import typer

from activities.agent_versions import AgentVersions
from activities.transcript_pages import TranscriptStore
from commandline.failures import CommandError
from commandline.options import Config, DataDir, Id, Json, print_json, settings_of, with_conversations
from commandline.tables import print_table
from protocol.activity import MESSAGE, Activity
from protocol.conversation import Operate, Operation, Phase
from protocol.status import Status
from settings.cipher import cipher_of
from settings.model import Settings
from workflows import library
from workflows.client import Conversations
from workflows.retelling import traces_of
from workflows.stuck import try_now
from workflows.trace_lines import lines_of
from workflows.turn_traces import TurnTrace

MOST = 200
"""Conversations that `list` shows unless told otherwise."""


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("list")(list_)
    app.command()(show)
    app.command()(transcript)
    app.command()(timeline)
    for operation in (Operation.END, Operation.RETURN, Operation.REROUTE):
        app.command(str(operation))(_operation(operation))
    app.command()(retry)


def list_(
    phase: Annotated[Phase | None, typer.Option("--phase", help="Only those in this phase.")] = None,
    most: Annotated[int, typer.Option("--most", help="At most so many, the newest first.")] = MOST,
    config: Config = None,
    data_dir: DataDir = None,
    *,
    json: Json = False,
) -> None:
    """List conversations, the newest first."""

    async def read(conversations: Conversations) -> list[Status]:
        found: list[Status] = []
        async for execution in conversations.executions(f"BatonPhase = '{phase}'" if phase else ""):
            found.append(await conversations.status(execution.id))
            if len(found) == most:
                break
        return found

    rows = with_conversations(settings_of(config, data_dir), read)
    if json:
        print_json(rows)
        return
    headers = ("id", "phase", "agent", "topic", "hub", "turns", "started")
    print_table(headers, map(_row, rows), whole="id")


def _row(status: Status) -> tuple[object, ...]:
    hub = status.handoffs[-1].hub if status.handoffs else ""
    started = f"{status.started:%Y-%m-%d %H:%M:%S}" if status.started else ""
    return status.id, status.phase, status.agent, status.topic, hub, status.turns, started


def show(conversation: Id, config: Config = None, data_dir: DataDir = None, *, json: Json = False) -> None:
    """Show where a conversation stands."""
    status = with_conversations(settings_of(config, data_dir), lambda all_: all_.status(conversation))
    if json:
        print_json(status)
        return
    for name, value in status.model_dump(mode="json", exclude={"timeline", "handoffs", "tickets"}).items():
        typer.echo(f"{name:<20}{value if value is not None else ''}")
    for handoff in status.handoffs:
        where = "/".join(part for part in (handoff.hub, handoff.queue) if part)
        by = f", {handoff.representative}" if handoff.representative else ""
        typer.echo(f"{'handoff ' + str(handoff.number):<20}{handoff.state} at {where}{by}")
    for number, ticket in enumerate(status.tickets, 1):
        typer.echo(f"{'ticket ' + str(number):<20}{ticket.state} at {ticket.hub or 'no hub yet'} {ticket.id}".rstrip())


def transcript(conversation: Id, config: Config = None, data_dir: DataDir = None, *, json: Json = False) -> None:
    """Print everything that was said, from the first word."""
    settings = settings_of(config, data_dir)
    said = with_conversations(settings, lambda conversations: _read_all(conversations, settings, conversation))
    if json:
        print_json(said)
        return
    for activity in said:
        if activity.type == MESSAGE:
            name = (activity.from_ and (activity.from_.name or activity.from_.id)) or activity.role
            typer.echo(f"{activity.timestamp:%Y-%m-%d %H:%M:%S}  {name}: {activity.text or ''}")


async def _read_all(conversations: Conversations, settings: Settings, conversation: str) -> list[Activity]:
    found = await conversations.activities(conversation)
    if not found.pages:
        return list(found.activities)
    store = TranscriptStore(settings.data_dir / "transcripts", cipher_of(settings))
    return [*store.read_all(found.pages), *found.activities]


def timeline(
    conversation: Id,
    config: Config = None,
    data_dir: DataDir = None,
    *,
    trace: Annotated[bool, typer.Option("--trace", help="And what every turn did, node by node.")] = False,
    json: Json = False,
) -> None:
    """Print what happened, and when."""
    settings = settings_of(config, data_dir)
    if trace:
        library.install(AgentVersions(settings.data_dir / "agents"))
    status, turns = with_conversations(settings, lambda all_: _told(all_, settings, conversation, trace=trace))
    if json:
        print_json(turns if trace else status.timeline)
        return
    lines = [(each.at, f"{each.at:%Y-%m-%d %H:%M:%S}  {each.what} {each.detail}".rstrip()) for each in status.timeline]
    lines += [(turn.at, line) for turn in turns for line in lines_of(turn)]
    for _, line in sorted(lines, key=lambda pair: pair[0]):
        typer.echo(line)


async def _told(
    conversations: Conversations, settings: Settings, conversation: str, *, trace: bool
) -> tuple[Status, list[TurnTrace]]:
    status = await conversations.status(conversation)
    turns = await traces_of(conversations.client, conversation, cipher_of(settings)) if trace else []
    return status, turns


def retry(conversation: Id, config: Config = None, data_dir: DataDir = None, *, json: Json = False) -> None:
    """Try again now: what a hub has not taken yet, or a handoff that no human could take."""
    settings = settings_of(config, data_dir)
    tried, phase = with_conversations(settings, lambda all_: _tried_again(all_, conversation))
    if json:
        print_json({"id": conversation, "deliveries": tried, "phase": phase})
    elif tried:
        typer.echo(f"{conversation}: {tried} {'delivery is' if tried == 1 else 'deliveries are'} tried again now")
    else:
        typer.echo(f"{conversation}: its handoff is tried again, from the first route")


async def _tried_again(conversations: Conversations, conversation: str) -> tuple[int, Phase]:
    if tried := await try_now(conversations.client, conversation):
        return tried, (await conversations.status(conversation)).phase
    status = await conversations.status(conversation)
    if not (status.phase is Phase.AGENT and status.handoffs and status.handoffs[-1].state == "failed"):
        raise CommandError("nothing of it waits for another try, and its last handoff did not fail")
    wish = Operate(key=uuid4().hex, operation=Operation.RETRY)
    return 0, (await conversations.operate(conversation, wish)).phase


_HELP = {
    Operation.END: "End a conversation: the customer is told, and its hub.",
    Operation.RETURN: "Take a conversation back from its hub, and give it to the bot.",
    Operation.REROUTE: "Take a conversation from its hub, and try the next route.",
}


def _operation(operation: Operation) -> Callable[..., None]:
    def command(
        conversation: Id,
        note: Annotated[str | None, typer.Option("--note", help="What the bot's topic is told.")] = None,
        config: Config = None,
        data_dir: DataDir = None,
        *,
        json: Json = False,
    ) -> None:
        wish = Operate(key=uuid4().hex, operation=operation, note=note)
        turn = with_conversations(settings_of(config, data_dir), lambda all_: all_.operate(conversation, wish))
        if json:
            print_json({"id": conversation, "phase": turn.phase})
        else:
            typer.echo(f"{conversation} is in phase {turn.phase}")

    command.__doc__ = _HELP[operation]
    return command
