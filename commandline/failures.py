"""How a command fails: one line that says what to do, and exit status 1 (2 for a wrong call)."""

from typing import NoReturn

import typer


class CommandError(Exception):
    """A command cannot do what it was asked; the message says why, and what to do."""


def fail(message: str) -> NoReturn:
    """End the command with status 1 and this line.

    Raises:
        typer.Exit: always.
    """
    typer.echo(f"baton: {message}", err=True)
    raise typer.Exit(1)
