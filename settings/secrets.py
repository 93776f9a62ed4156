"""Secrets are never values but references: `env:NAME` or `file:PATH`."""

import os
from pathlib import Path
from typing import Annotated

from pydantic import StringConstraints

SecretRef = Annotated[str, StringConstraints(pattern=r"^(env|file):.+$")]
"""Where a secret is: `env:NAME` in the environment, or `file:PATH` in a file."""


class SecretError(Exception):
    """A reference leads nowhere; the message says what to set."""


def resolve(reference: str) -> str:
    """The secret that `reference` names.

    Raises:
        SecretError: there is no such environment variable or file, or it is empty.
    """
    kind, _, where = reference.partition(":")
    if kind not in {"env", "file"} or not where:
        raise SecretError("a secret is named by env:NAME or file:PATH; this is neither, and is not shown")
    value = os.environ.get(where, "") if kind == "env" else _read(Path(where), reference)
    if not value.strip():
        raise SecretError(f"{reference} is empty or not set: set it, or point the key in baton.toml elsewhere")
    return value.strip()


def _read(path: Path, reference: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        hint = "; `baton up` makes those in its data directory" if path.parent.name in {"keys", "direct_line"} else ""
        raise SecretError(f"{reference} cannot be read: {error.strerror}{hint}") from None
