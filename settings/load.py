"""Reading `baton.toml` and the environment into settings, with a default for everything.

Without any configuration the sample agent talks, and the embedded desk takes its handoffs.
"""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from settings.connections import mistake_of_connections
from settings.hubs import CustomHubSettings
from settings.model import AgentSettings, GatewaySettings, RouteSettings, Settings
from settings.routes import mistake_of
from settings.unknown import explained

SAMPLE_AGENT = Path(__file__).parents[1] / "agents" / "contoso"
_PREFIX = "BATON_"


class SettingsError(Exception):
    """The configuration is wrong; the message says where, and what to write instead."""


def load_settings(
    config: Path | None = None,
    data_dir: Path | None = None,
    port: int | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Settings:
    """The settings of `config`, or of the file that `BATON_CONFIG` names, with the environment's above them.

    Raises:
        SettingsError: a key that there is not, a value that is none, or a file that cannot be read.
    """
    file = config or _configured(environ)
    content = _with_environment(_read(file) if file else {}, environ)
    try:
        settings = Settings.model_validate(content)
    except ValidationError as error:
        raise SettingsError(explained(error, str(file or "environment"))) from None
    settings = _with_defaults(_with_options(_with_paths(settings, file), data_dir, port))
    _check_routes(settings)
    if mistake := mistake_of_connections(settings):
        raise SettingsError(mistake)
    return _with_references(settings)


def _configured(environ: Mapping[str, str]) -> Path | None:
    """The file that `BATON_CONFIG` names, else `baton.toml` where there is one here."""
    if environ.get("BATON_CONFIG"):
        return Path(environ["BATON_CONFIG"])
    here = Path("baton.toml")
    return here if here.exists() else None


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{file} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file} is no TOML: {error}") from None


def _with_environment(content: dict[str, Any], environ: Mapping[str, str]) -> dict[str, Any]:
    """`BATON_GATEWAY__PORT=9000` is `[gateway] port = 9000`."""
    for name, value in environ.items():
        if not name.startswith(_PREFIX) or name == "BATON_CONFIG":
            continue
        *tables, key = name.removeprefix(_PREFIX).lower().split("__")
        table = content
        for part in tables:
            inner = table.setdefault(part, {})
            if not isinstance(inner, dict):
                raise SettingsError(f"{name} is set in the environment, but {part} is no table")
            table = inner
        table[key] = _typed(value)
    return content


def _typed(value: str) -> Any:
    try:
        return tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return value


def _with_options(settings: Settings, data_dir: Path | None, port: int | None) -> Settings:
    changes: dict[str, Any] = {"data_dir": data_dir.absolute()} if data_dir else {}
    if port:
        changes["gateway"] = settings.gateway.model_copy(update={"port": port})
    return settings.model_copy(update=changes)


def _with_paths(settings: Settings, file: Path | None) -> Settings:
    """A path in the file is meant from where the file is."""
    base = file.parent if file else Path.cwd()
    agents = {
        name: agent.model_copy(update={"path": agent.path and (base / agent.path).resolve()})
        for name, agent in settings.agents.items()
    }
    changes: dict[str, Any] = {"agents": agents, "data_dir": (base / settings.data_dir).absolute()}
    if settings.microsoft and (token := settings.microsoft.federated_token_file):
        changes["microsoft"] = settings.microsoft.model_copy(update={"federated_token_file": base / token})
    return settings.model_copy(update=changes)


def _with_defaults(settings: Settings) -> Settings:
    changes: dict[str, Any] = {}
    if not settings.agents:
        changes["agents"] = {"contoso": AgentSettings(path=SAMPLE_AGENT)}
    hubs = settings.hubs
    if not hubs:
        references = {"token": _made(settings, "desk.token"), "webhook_secret": _made(settings, "desk.webhook_secret")}
        hubs = changes["hubs"] = {"desk": CustomHubSettings(url=settings.desk.url, **references)}
    if not settings.routes:
        changes["routes"] = (RouteSettings(hub=next(iter(hubs))),)
    return settings.model_copy(update=changes)


def _check_routes(settings: Settings) -> None:
    """A route leads to a hub that there is, by formulas that are some.

    Raises:
        SettingsError: it does not.
    """
    for number, route in enumerate(settings.routes, 1):
        if mistake := mistake_of(route, settings.hubs):
            raise SettingsError(f"[[routes]] number {number}: {mistake}")


def _with_references(settings: Settings) -> Settings:
    """Secrets that are not configured are those that `up` makes in the data directory."""
    gateway: GatewaySettings = settings.gateway.model_copy(
        update={"signing_key": settings.gateway.signing_key or _made(settings, "signing.key")}
    )
    keys = settings.encryption.keys or (_made(settings, "encryption.key"),)
    agents = {
        name: agent.model_copy(
            update={"direct_line_secret": agent.direct_line_secret or _made(settings, f"direct_line/{name}.secret")}
        )
        for name, agent in settings.agents.items()
    }
    desk = {
        "token": settings.desk.token or _made(settings, "desk.token"),
        "webhook_secret": settings.desk.webhook_secret or _made(settings, "desk.webhook_secret"),
    }
    return settings.model_copy(
        update={
            "gateway": gateway,
            "agents": agents,
            "desk": settings.desk.model_copy(update=desk),
            "encryption": settings.encryption.model_copy(update={"keys": keys}),
        }
    )


def _made(settings: Settings, name: str) -> str:
    return f"file:{settings.data_dir.absolute() / 'keys' / name}"
