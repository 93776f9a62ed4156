"""Run the desk alone: `python -m desk --config FILE --data-dir DIR`."""

import argparse
import socket
from collections.abc import Sequence
from pathlib import Path

import uvicorn

from desk.app import DeskConfig, create_app
from settings.load import load_settings
from settings.logs import configure_logs
from settings.model import Settings
from settings.secrets import resolve


def config_of(settings: Settings) -> DeskConfig:
    """The desk of these settings, its secrets resolved."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return DeskConfig(
        database=settings.data_dir / "desk.db",
        token=resolve(settings.desk.token or ""),
        webhook_secret=resolve(settings.desk.webhook_secret or ""),
        signing_key=resolve(settings.gateway.signing_key or ""),
        queues=settings.desk.queues,
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the configuration and serve until a signal says stop."""
    parser = argparse.ArgumentParser(description="Baton's desk")
    parser.add_argument("--config", type=Path, help="baton.toml; default: BATON_CONFIG, or none")
    parser.add_argument("--data-dir", type=Path, help="where all state is; default: from the configuration")
    options = parser.parse_args(arguments)
    settings = load_settings(options.config, options.data_dir)
    configure_logs("desk")
    listening = socket.create_server((settings.desk.host, settings.desk.port), backlog=2048)
    # asyncio sets it only on sockets made with an explicit protocol; without it every answer waits 40 ms for an ACK.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    config = uvicorn.Config(
        create_app(config_of(settings)), log_config=None, access_log=False, timeout_graceful_shutdown=3
    )
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
