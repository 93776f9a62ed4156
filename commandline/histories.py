"""`baton export` and `replay`: a conversation's history as a file, and whether this version would have written it."""

import asyncio
import json as jsonlib
from pathlib import Path
from typing import Annotated, Any

import typer
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from activities.agent_versions import AgentVersions
from commandline.failures import CommandError, fail
from commandline.options import Config, DataDir, Id, Json, print_json, settings_of, with_conversations
from settings.cipher import cipher_of
from settings.model import Settings
from workflows import library
from workflows.client import Conversations
from workflows.conversation import Conversation
from workflows.plugin import BatonPlugin
from workflows.retelling import histories_of


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(export)
    app.command()(replay)


def export(
    conversation: Id,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A file; default: standard output.")] = None,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Write a conversation's whole history, all its runs, as JSON (encrypted as it is kept)."""
    runs = with_conversations(settings_of(config, data_dir), lambda all_: _runs(all_, conversation))
    text = jsonlib.dumps({"conversation": conversation, "runs": runs}, indent=1)
    if output is None:
        typer.echo(text)
    else:
        output.write_text(text + "\n", encoding="utf-8")
        typer.echo(f"{len(runs)} run{'' if len(runs) == 1 else 's'} written to {output}", err=True)


async def _runs(conversations: Conversations, conversation: str) -> list[dict[str, Any]]:
    return [jsonlib.loads(history.to_json()) for history in await histories_of(conversations.client, conversation)]


def replay(
    files: Annotated[list[Path], typer.Argument(help="Histories, as `export` writes them.")],
    config: Config = None,
    data_dir: DataDir = None,
    *,
    json: Json = False,
) -> None:
    """Replay histories on this version; status 1 where one diverges."""
    settings = settings_of(config, data_dir)
    library.install(AgentVersions(settings.data_dir / "agents"))
    results = asyncio.run(_replay_all(settings, files))
    if json:
        print_json(results)
    else:
        for result in results:
            typer.echo(f"{result['file']}: {'replays' if result['error'] is None else result['error']}")
    if any(result["error"] for result in results):
        fail("a history diverges: this version may not run conversations that another one began")


async def _replay_all(settings: Settings, files: list[Path]) -> list[dict[str, str | None]]:
    replayer = Replayer(workflows=[Conversation], plugins=[BatonPlugin(cipher_of(settings))])
    results: list[dict[str, str | None]] = []
    for file in files:
        for number, history in enumerate(_histories(file), 1):
            result = await replayer.replay_workflow(history, raise_on_replay_failure=False)
            error = str(result.replay_failure) if result.replay_failure else None
            results.append({"file": f"{file} run {number}", "error": error})
    return results


def _histories(file: Path) -> list[WorkflowHistory]:
    try:
        content = jsonlib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CommandError(f"{file} is no history: {error}") from None
    runs = content.get("runs", [content])
    return [WorkflowHistory.from_json(str(content.get("conversation", file.stem)), run) for run in runs]
