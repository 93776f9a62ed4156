"""What runs in an installation, and where it is reached."""

import json
import os
import sys

from settings.hubs import CustomHubSettings
from settings.login import mint_login
from settings.model import Settings
from settings.secrets import resolve

_TITLES = {
    "chat": "Chat, for customers",
    "desk": "Desk, for representatives",
    "console": "Console, for operators",
    "directline": "Direct Line",
    "temporal": "Temporal's own page",
}


def uses_embedded_temporal() -> bool:
    """Whether nobody has configured another Temporal by its standard environment."""
    return not (os.environ.get("TEMPORAL_ADDRESS") or os.environ.get("TEMPORAL_PROFILE"))


def uses_desk(settings: Settings) -> bool:
    """Whether a hub connection leads to the embedded desk."""
    custom = [hub for hub in settings.hubs.values() if isinstance(hub, CustomHubSettings)]
    return any(hub.url.rstrip("/") == settings.desk.url for hub in custom)


def addresses(settings: Settings) -> dict[str, str]:
    """Where everything is, with fresh login links for the two pages that need one."""
    key = resolve(settings.gateway.signing_key or "")
    found = {
        "chat": f"{settings.gateway.url}/chat",
        "desk": f"{settings.desk.url}/login?token={mint_login(key, 'desk')}",
        "console": f"{settings.gateway.url}/login?token={mint_login(key, 'console')}",
        "directline": f"{settings.gateway.url}/v3/directline",
        "temporal": f"http://127.0.0.1:{settings.temporal.ui_port}",
    }
    if not uses_desk(settings):
        del found["desk"]
    if not uses_embedded_temporal():
        del found["temporal"]
    return found


def announce(settings: Settings, *, as_json: bool) -> None:
    """Print the addresses."""
    found = addresses(settings)
    if as_json:
        sys.stdout.write(json.dumps(found) + "\n")
    else:
        lines = [f"  {_TITLES[name]:<28}{url}" for name, url in found.items()]
        links = "The links to desk and console work once, for a quarter of an hour; `baton login` prints new ones."
        sys.stdout.write("\n".join(["Baton is up.", "", *lines, "", links, "Stop with Ctrl-C.", ""]))
    sys.stdout.flush()
