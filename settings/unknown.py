"""What is wrong with a configuration, in one line that names the nearest known key."""

import types
import typing
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError

from settings.hubs import HubSettings
from settings.model import Settings

_KINDS: dict[str, type[BaseModel]] = {
    typing.get_args(tagged)[1].tag: typing.get_args(tagged)[0]
    for tagged in typing.get_args(typing.get_args(HubSettings)[0])
}


def explained(error: ValidationError, file: str) -> str:
    """The first mistake: the file, the key, and what to do."""
    first = error.errors()[0]
    where = first["loc"]
    key = ".".join(str(part) for part in _without_kind(where))
    if first["type"].startswith("union_tag"):
        return f'{file}: "{key}.kind" says which hub it is, one of: {", ".join(_KINDS)}'
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


def _without_kind(where: Sequence[int | str]) -> list[int | str]:
    """Pydantic names a hub's kind as if it were a key below the connection."""
    return [part for place, part in enumerate(where) if not (where[0] == "hubs" and place == 2 and part in _KINDS)]


def _known(where: Sequence[int | str]) -> list[str]:
    """The keys that there are at a place of the configuration."""
    at: Any = Settings
    for part in where:
        at = _below(at, part)
    return list(at.model_fields) if isinstance(at, type) and issubclass(at, BaseModel) else []


def _below(at: Any, part: int | str) -> Any:
    if isinstance(at, type) and issubclass(at, BaseModel):
        field = at.model_fields.get(str(part))
        return _unless_none(field.annotation) if field else None
    if at == HubSettings:
        return _KINDS.get(str(part))
    arguments = typing.get_args(at)
    return arguments[1] if typing.get_origin(at) is dict else arguments[0] if arguments else None


def _unless_none(annotation: Any) -> Any:
    """Of a table that may be left out, the table."""
    given = [each for each in typing.get_args(annotation) if each is not type(None)]
    optional = isinstance(annotation, types.UnionType) and len(given) == 1
    return given[0] if optional else annotation
