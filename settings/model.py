"""Every key of `baton.toml`, with its default.

Secrets are never values but references, `env:NAME` or `file:PATH`; `settings.secrets` resolves them.
"""

from datetime import date, timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator

from protocol.conversation import Deadlines
from protocol.models import Owned
from settings.hubs import HubSettings, SecretRef
from settings.microsoft import MicrosoftSettings

Port = Annotated[int, Field(ge=1, le=65_535)]


class GatewaySettings(Owned):
    """Where customers and hubs reach Baton."""

    host: str = "127.0.0.1"
    port: Port = 8080
    public_url: str | None = None
    """What hubs and customers reach; callbacks are built from it. Default: `http://host:port`."""
    token_seconds: int = 1_800
    """A Direct Line token's life."""
    max_upload_bytes: int = 4 * 1024 * 1024
    signing_key: SecretRef | None = None
    """Signs Direct Line tokens and login links. Default: a key that `up` makes in the data directory."""

    @property
    def url(self) -> str:
        """The address that others reach, without a slash at its end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")


WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def since_midnight(written: str) -> timedelta:
    """`09:30` as the time since midnight; 24:00 is the day's end.

    Raises:
        ValueError: it is no time of day.
    """
    hour, _, minute = written.strip().partition(":")
    span = timedelta(hours=int(hour), minutes=int(minute or 0))
    if not timedelta() <= span <= timedelta(days=1):
        raise ValueError("a time of day is from 00:00 to 24:00")
    return span


class OpeningHours(Owned):
    """When a queue of the desk takes conversations; without hours, always."""

    timezone: str = "UTC"
    hours: dict[str, str] = {}
    """By weekday, `monday = "09:00-17:30"`; a day that is missing is closed. They may run past midnight."""
    holidays: tuple[date, ...] = ()

    @field_validator("timezone")
    @classmethod
    def _is_a_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f'there is no time zone "{name}": write it as in "Europe/Berlin"') from None
        return name

    @field_validator("hours")
    @classmethod
    def _are_hours(cls, hours: dict[str, str]) -> dict[str, str]:
        for day, written in hours.items():
            begin, dash, end = written.partition("-")
            if day not in WEEKDAYS or not dash:
                raise ValueError(f'{day} = "{written}" are no hours: write them as in monday = "09:00-17:30"')
            since_midnight(begin)
            since_midnight(end)
        return hours


class DeskSettings(Owned):
    """The embedded desk's own process."""

    host: str = "127.0.0.1"
    port: Port = 8090
    token: SecretRef | None = None
    """What hubs' callers show the desk. Default: one that `up` makes."""
    webhook_secret: SecretRef | None = None
    """Signs the desk's callbacks. Default: one that `up` makes."""
    queues: dict[str, OpeningHours] = {"general": OpeningHours(), "stores": OpeningHours()}

    @property
    def url(self) -> str:
        """The desk's address."""
        return f"http://{self.host}:{self.port}"


class EncryptionSettings(Owned):
    """Keys of 32 bytes in base64. The first encrypts, all decrypt. Default: one that `up` makes."""

    keys: tuple[SecretRef, ...] = ()


class AgentSettings(Owned):
    """One agent: a folder that `up` publishes."""

    path: Path
    direct_line_secret: SecretRef | None = None
    """The Direct Line secret that names this agent, as Azure's does. Default: one that `up` makes."""


class RouteSettings(Owned):
    """One way for a handoff. The first whose `when` is true is taken, then its `fallback`, in order."""

    when: str = "true"
    """Power Fx over the handoff's variables."""
    hub: str
    queue: str | None = None
    skills: tuple[str, ...] = ()
    priority: int = Field(default=3, ge=1, le=5)
    fallback: tuple[str, ...] = ()
    """Other hub connections to try, as `hub` or `hub/queue`."""


class TemporalSettings(Owned):
    """Temporal. `TEMPORAL_ADDRESS` and its kin, where set, win, and `up` then starts no server of its own."""

    port: Port = 7233
    ui_port: Port = 8233
    namespace: str = "default"


class TracingSettings(Owned):
    """Where spans go; without an endpoint nothing is traced."""

    endpoint: str | None = None
    """An OpenTelemetry collector's address for traces over HTTP, such as `http://127.0.0.1:4318/v1/traces`."""


class Settings(Owned):
    """The whole of `baton.toml`."""

    gateway: GatewaySettings = GatewaySettings()
    desk: DeskSettings = DeskSettings()
    encryption: EncryptionSettings = EncryptionSettings()
    temporal: TemporalSettings = TemporalSettings()
    tracing: TracingSettings = TracingSettings()
    deadlines: Deadlines = Deadlines()
    agents: dict[str, AgentSettings] = {}
    hubs: dict[str, HubSettings] = {}
    microsoft: MicrosoftSettings | None = None
    routes: tuple[RouteSettings, ...] = ()
    data_dir: Path = Path("baton-data")
