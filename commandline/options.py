"""The options that commands share, and what they lead to."""

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from pydantic import BaseModel

from settings.load import load_settings
from settings.model import Settings
from workflows.client import Conversations
from workflows.plugin import connect

Config = Annotated[Path | None, typer.Option("--config", help="baton.toml; default: BATON_CONFIG, or none.")]
DataDir = Annotated[Path | None, typer.Option("--data-dir", help="Where all state is; default: baton-data.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")]
Id = Annotated[str, typer.Argument(help="The conversation's id.")]

Result = TypeVar("Result")


def settings_of(config: Path | None, data_dir: Path | None) -> Settings:
    """The settings that a command works with."""
    return load_settings(config, data_dir)


def with_conversations(settings: Settings, work: Callable[[Conversations], Coroutine[Any, Any, Result]]) -> Result:
    """Run `work` with a connection to the conversations."""

    async def run() -> Result:
        return await work(Conversations(await connect(settings)))

    return asyncio.run(run())


def print_json(value: Any) -> None:
    """Print `value`, models included, as JSON."""
    sys.stdout.write(json.dumps(_plain(value), ensure_ascii=False, indent=2, default=str) + "\n")


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True, exclude_none=True)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return {key: _plain(item) for key, item in value.items()} if isinstance(value, dict) else value
