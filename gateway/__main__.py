"""Run the gateway alone: `python -m gateway --config FILE --data-dir DIR --port N`."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import structlog
import uvloop

from gateway.app import create_app
from gateway.assembly import assemble
from gateway.server import bound, serve
from settings.cipher import CipherError
from settings.load import SettingsError, load_settings
from settings.logs import configure_logs
from settings.model import Settings
from settings.secrets import SecretError
from workflows.leaving import leave

_logger = structlog.get_logger("gateway")


async def run(settings: Settings) -> None:
    """Serve until a signal says stop."""
    listening = bound(settings.gateway.host, settings.gateway.port)
    host, port = listening.getsockname()[:2]
    gateway = await assemble(settings)
    await serve(create_app(gateway), listening, lambda: _logger.info("gateway is ready", url=f"http://{host}:{port}"))


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Read the configuration, serve until a signal says stop, and end the process."""
    parser = argparse.ArgumentParser(prog="gateway", description="Baton's gateway")
    parser.add_argument("--config", type=Path, help="baton.toml; default: BATON_CONFIG, or none")
    parser.add_argument("--data-dir", type=Path, help="where all state is; default: from the configuration")
    parser.add_argument("--port", type=int, help="where to listen; default: from the configuration")
    options = parser.parse_args(arguments)
    try:
        settings = load_settings(options.config, options.data_dir, options.port)
    except SettingsError as error:
        sys.exit(f"gateway: {error}")
    configure_logs("gateway")
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(run(settings))
    except (SecretError, CipherError) as error:
        sys.exit(f"gateway: {error}")
    except OSError as error:
        sys.exit(f"gateway: cannot listen on {settings.gateway.host}:{settings.gateway.port}: {error.strerror}")
    leave()


if __name__ == "__main__":
    main()
