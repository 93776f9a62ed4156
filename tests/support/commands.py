"""`baton`'s commands in the tests' own process: to start another one costs two seconds each time."""

import asyncio
import base64
import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

from commandline.app import _status
from tests.support.connecting import Tenancy
from tests.support.temporal import KEY


@dataclass
class Commands:
    """What an administrator types, with the configuration of one installation."""

    config: Path

    async def __call__(self, *typed: str) -> tuple[int, str]:
        """The exit status, and what was printed."""
        return await asyncio.to_thread(run_command, *typed, "--config", str(self.config))


def run_command(*typed: str) -> tuple[int, str]:
    """Run one command, one at a time; returns its exit status, and what it printed."""
    said = io.StringIO()
    with pytest.MonkeyPatch.context() as patched, redirect_stdout(said), redirect_stderr(said):
        patched.setattr(sys, "argv", ["baton", *typed])
        patched.setenv("COLUMNS", "120")
        status = _status()
    return status, said.getvalue()


def commands_at(tenant: Tenancy, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Commands:
    """Commands for a tenancy whose worker is on `TASK_QUEUE`."""
    for name, secret in tenant.microsoft.secrets.items():
        monkeypatch.setenv(name, secret)
    target = tenant.environment.client.service_client.config.target_host
    monkeypatch.setenv("TEMPORAL_ADDRESS", target)
    key = tenant.hands.settings.data_dir / "keys" / "encryption.key"
    key.parent.mkdir(exist_ok=True)
    key.write_text(base64.b64encode(KEY).decode(), encoding="utf-8")
    config = folder / "baton.toml"
    data = f'data_dir = "{tenant.hands.settings.data_dir}"\n'
    config.write_text(f"{data}{tenant.microsoft.configuration()}\n", encoding="utf-8")
    return Commands(config)
