"""`baton up` and `baton login`."""

from typing import Annotated

import typer

from commandline.addresses import addresses
from commandline.options import Config, DataDir, Json, print_json
from commandline.up import run_up
from settings.load import load_settings

Port = Annotated[int | None, typer.Option("--port", help="The gateway's port; default: 8080.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(up)
    app.command()(login)


def up(config: Config = None, data_dir: DataDir = None, port: Port = None, *, json: Json = False) -> None:
    """Start everything: Temporal, worker, gateway and desk; print the addresses; run until Ctrl-C."""
    run_up(load_settings(config, data_dir, port), config, as_json=json)


def login(config: Config = None, data_dir: DataDir = None, port: Port = None, *, json: Json = False) -> None:
    """Print the addresses once more, with fresh login links."""
    found = addresses(load_settings(config, data_dir, port))
    if json:
        print_json(found)
        return
    for name, url in found.items():
        typer.echo(f"{name:<12}{url}")
