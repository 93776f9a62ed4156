"""What is wrong with a configuration, in one line that names the nearest known key."""

import typing
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError

from settings.model import Settings


def explained(error: ValidationError, file: str) -> str:
    """The first mistake: the file, the key, and what to do."""
    first = error.errors()[0]
    where = first["loc"]
    key = ".".join(str(part) for part in where)
    if first["type"] == "extra_forbidden":
        known = _known(where[:-1])
        close = get_close_matches(str(where[-1]), known, 1, 0.5)
        hint = f'did you mean "{close[0]}"?' if close else f"there are: {', '.join(known)}"
        return f'{file}: there is no key "{key}"; {hint}'
    if first["type"] == "missing":
        return f'{file}: the key "{key}" is missing'
    if first["type"] == "string_pattern_mismatch" and "env|file" in str(first.get("ctx")):
        return f'{file}: "{key}" is a secret: write where it is, "env:NAME" or "file:PATH", not the secret itself'
    return f'{file}: "{key}": {first["msg"][:1].lower()}{first["msg"][1:]}'


def _known(where: Sequence[int | str]) -> list[str]:
    """The keys that there are at a place of the configuration."""
    at: Any = Settings
    for part in where:
        at = _below(at, part)
    return list(at.model_fields) if isinstance(at, type) and issubclass(at, BaseModel) else []


def _below(at: Any, part: int | str) -> Any:
    if isinstance(at, type) and issubclass(at, BaseModel):
        field = at.model_fields.get(str(part))
        return field.annotation if field else None
    arguments = typing.get_args(at)
    return arguments[1] if typing.get_origin(at) is dict else arguments[0] if arguments else None
