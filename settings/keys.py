"""The secrets of an installation that configures none: made once in its data directory, for its owner's eyes only."""

import base64
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from settings.cipher import new_key
from settings.hubs import CustomHubSettings
from settings.model import Settings


def make_missing(settings: Settings) -> None:
    """Make every secret that the settings refer to in the data directory, and that is not there yet."""
    folder = settings.data_dir.absolute() / "keys"
    makers: dict[str, Callable[[], str]] = {"encryption.key": new_key, "desk.webhook_secret": _webhook_secret}
    for reference in _references(settings):
        path = Path(reference.removeprefix("file:"))
        if reference.startswith("file:") and path.is_relative_to(folder):
            _make(path, makers.get(path.name, _token))


def _references(settings: Settings) -> list[str]:
    found = [settings.gateway.signing_key, settings.desk.token, settings.desk.webhook_secret, *settings.encryption.keys]
    found.extend(agent.direct_line_secret for agent in settings.agents.values())
    # Only the desk's own are made; another hub's secrets come from its administrator.
    custom = [hub for hub in settings.hubs.values() if isinstance(hub, CustomHubSettings)]
    found.extend(secret for hub in custom for secret in (hub.token, hub.webhook_secret))
    return [reference for reference in found if reference]


def _token() -> str:
    return secrets.token_urlsafe(32)


def _webhook_secret() -> str:
    """As Standard Webhooks writes them."""
    return "whsec_" + base64.b64encode(os.urandom(32)).decode()


def _make(path: Path, make: Callable[[], str]) -> None:
    """Write a secret, unless another process was first: nobody ever sees half of one."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(make() + "\n", encoding="utf-8")
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
