"""A simulator's settings as somebody copies them into `baton.toml`."""

import json
from collections.abc import Mapping
from typing import Any


def toml(table: str, values: Mapping[str, Any]) -> list[str]:
    """A table of TOML's, and those below it."""
    named = {json.dumps(name) if "." in name else name: value for name, value in values.items()}
    plain = [f"{name} = {json.dumps(value)}" for name, value in named.items() if not isinstance(value, Mapping)]
    below = [toml(f"{table}.{name}", value) for name, value in named.items() if isinstance(value, Mapping)]
    return [f"[{table}]", *plain, *(line for lines in below for line in lines)]
