"""Reading `baton.toml`."""
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path

from settings.model import Settings


def load_settings(config: Path | None, data_dir: Path | None = None, port: int | None = None, environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings of a file."""
    return Settings.model_validate(tomllib.loads(config.read_text()) if config else {})
