"""`baton validate`, `publish` and `agents`."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from activities.agent_versions import AgentVersions, NotPublishableError, read_folder
from commandline.failures import CommandError, fail
from commandline.options import Config, DataDir, Json, print_json, settings_of, with_conversations
from commandline.tables import print_table
from dialog.definition import AgentDefinition
from dialog.loader import Loaded, load_agents
from dialog.problems import Problem
from hubs.reliance import unmet
from hubs.table import ADAPTERS
from settings.model import Settings
from workflows.client import Conversations

Folder = Annotated[
    Path,
    typer.Argument(help="The agent's folder: of the VS Code extension, an unpacked solution, or a whole-bot export."),
]
Agent = Annotated[str, typer.Option("--agent", help="The agent's schema name, where the folder has several.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(validate)
    app.command()(publish)
    app.command()(agents)


def validate(
    folder: Folder, agent: Agent = "", config: Config = None, data_dir: DataDir = None, *, json: Json = False
) -> None:
    """Say everything that is wrong with an agent's folder, and what it wants of the hubs that they cannot do."""
    _check_folder(folder)
    found = load_agents(read_folder(folder))
    if agent and agent not in found:
        raise CommandError(f'{folder} has no agent "{agent}"; it has {", ".join(found)}')
    chosen = {name: loaded for name, loaded in found.items() if agent in {"", name}}
    settings = settings_of(config, data_dir)
    wanting = (problem for loaded in chosen.values() for problem in _unmet(folder, settings, loaded.definition))
    told = (problem for loaded in chosen.values() for problem in loaded.problems)
    problems = tuple(dict.fromkeys((*told, *wanting)))
    errors = [problem for problem in problems if problem.severity == "error"]
    if json:
        agents = {name: _counted(loaded) for name, loaded in chosen.items()}
        print_json({"valid": not errors, "agents": agents, "problems": problems})
    else:
        _print_problems(folder, problems)
        for name, loaded in chosen.items():
            typer.echo(f"{name}: {_counted(loaded)['topics']} topics, {_counted(loaded)['actions']} actions")
        typer.echo(_summary(problems))
    if errors:
        raise typer.Exit(1)


def _counted(loaded: Loaded) -> dict[str, int]:
    every = loaded.definition.topics.values() if loaded.definition else ()
    topics = sum(topic.is_conversation for topic in every)
    return {"topics": topics, "actions": len(every) - topics}


def publish(  # noqa: PLR0913 - a command has as many options
    folder: Folder,
    name: Annotated[str | None, typer.Option("--name", help="The agent's name; default: the folder's.")] = None,
    agent: Agent = "",
    config: Config = None,
    data_dir: DataDir = None,
    *,
    with_errors: Annotated[bool, typer.Option("--with-errors", help="Publish what loads in spite of errors.")] = False,
    json: Json = False,
) -> None:
    """Compile an agent to an immutable version, and make that the one that new conversations get."""
    _check_folder(folder)
    called = name or folder.resolve().name
    settings = settings_of(config, data_dir)
    versions = AgentVersions(settings.data_dir / "agents")
    try:
        published = versions.publish(called, folder, agent, with_errors=with_errors)
    except NotPublishableError as error:
        _print_problems(folder, error.problems)
        fail(f"{folder} is not published: {_summary(error.problems)}")
    unmet = _unmet(folder, settings, versions.load(called, published.version))
    if json:
        problems = (*published.problems, *unmet)
        print_json({"agent": called, **published.model_dump(mode="json"), "problems": problems})
    else:
        errors = tuple(found for found in published.problems if found.severity == "error")
        _print_problems(folder, (*errors, *unmet))
        typer.echo(f"{called} {published.version} is current{'' if published.new else ' (it was published before)'}")


def agents(config: Config = None, data_dir: DataDir = None, *, json: Json = False) -> None:
    """List the published versions, and how many conversations run on each."""
    settings = settings_of(config, data_dir)
    running = with_conversations(settings, _running)
    rows = _rows(settings, running)
    if json:
        print_json(rows)
        return
    headers = ("agent", "version", "published", "current", "conversations")
    print_table(headers, [tuple(row.values()) for row in rows], whole="version")


def _rows(settings: Settings, running: Counter[tuple[str, str]]) -> list[dict[str, object]]:
    versions = AgentVersions(settings.data_dir / "agents")
    return [
        {
            "agent": name,
            "version": version.version,
            "published": f"{version.published_at:%Y-%m-%d %H:%M}",
            "current": "yes" if version.current else "",
            "conversations": running[name, version.version],
        }
        for name in versions.names()
        for version in versions.versions(name)
    ]


async def _running(conversations: Conversations) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    async for execution in conversations.executions("ExecutionStatus = 'Running'"):
        status = await conversations.status(execution.id)
        found[status.agent, status.version] += 1
    return found


def _unmet(folder: Path, settings: Settings, definition: AgentDefinition | None) -> tuple[Problem, ...]:
    """What the topics want of the configured hubs that these cannot do."""
    known = {adapter.kind: adapter.capabilities for adapter in ADAPTERS}
    hubs = {name: known[hub.kind] for name, hub in settings.hubs.items() if hub.kind in known}
    return tuple(unmet(definition, read_folder(folder), hubs)) if definition else ()


def _check_folder(folder: Path) -> None:
    if not folder.is_dir():
        raise CommandError(f"{folder} is no folder")


def _print_problems(folder: Path, problems: tuple[Problem, ...]) -> None:
    for problem in problems:
        typer.echo(f"{folder / problem.file}{str(problem).removeprefix(problem.file)}")


def _summary(problems: tuple[Problem, ...]) -> str:
    errors = sum(problem.severity == "error" for problem in problems)
    warnings = len(problems) - errors
    return f"{errors} error{'' if errors == 1 else 's'}, {warnings} warning{'' if warnings == 1 else 's'}"
