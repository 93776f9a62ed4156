"""Every key of `baton.toml`, with its default.

Secrets are never values but references, `env:NAME` or `file:PATH`; `settings.secrets` resolves them.
"""

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from handoff.breaker import BreakerRules
from handoff.hours import OpeningHours
from protocol.conversation import Deadlines
from protocol.models import Owned
from settings.connection import AgentConnectionSettings
from settings.hubs import HubSettings
from settings.microsoft import MicrosoftSettings
from settings.remote import RemoteSettings
from settings.secrets import SecretRef
from settings.signing_in import SignInSettings
from settings.world import WorldSettings

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
    """One agent: a folder that `up` publishes, or one that stays where it is."""

    path: Path | None = None
    remote: RemoteSettings | None = None
    """The agent runs elsewhere, behind Direct Line: there is nothing to publish."""
    schema_name: str = ""
    """Which agent of the folder, where it has several, as an unpacked solution may."""
    publish_with_errors: bool = False
    """Publish what loads in spite of errors, which show when a conversation reaches them."""
    direct_line_secret: SecretRef | None = None
    """The Direct Line secret that names this agent, as Azure's does. Default: one that `up` makes."""
    generic_handoff: bool = False
    """Its Direct Line clients are adapters of hubs themselves: they get `handoff.initiate`, and no route is tried."""
    connection: AgentConnectionSettings = AgentConnectionSettings()
    world: WorldSettings = WorldSettings()
    signin: SignInSettings = SignInSettings()
    recognizer: Literal["phrases", "model"] = "phrases"
    """What tells which topic a customer means: the trigger phrases, or the language model of `world`."""
    recognizer_seconds: float = Field(default=3.0, gt=0, le=8)
    """How long the model may take; then the phrases decide."""

    @model_validator(mode="after")
    def _is_somewhere(self) -> Self:
        if (self.path is None) == (self.remote is None):
            raise ValueError("an agent has either a path, its folder, or [agents.NAME.remote]")
        return self

    @model_validator(mode="after")
    def _has_a_model(self) -> Self:
        if self.recognizer == "model" and self.world.model is None:
            raise ValueError('recognizer = "model" needs [agents.NAME.world.model]: its url, and the model\'s name')
        return self


class RouteSettings(Owned):
    """One way for a handoff. The first that fits is taken, then its `fallback`, in order."""

    when: str = "true"
    """Power Fx over the handoff's variables."""
    language: tuple[str, ...] = ()
    """For these languages only: BCP 47 tags or their beginnings, such as `"de"` or `["fr-CH", "it-CH"]`."""
    hours: OpeningHours = OpeningHours()
    """When it is open; while it is closed a handoff goes to its fallback."""
    hub: str
    queue: str | None = None
    skills: tuple[str, ...] = ()
    priority: int | str = 3
    """1 is the most urgent, 5 the least; or Power Fx that says it: `'=If(Severity = "critical", 1, 3)'`."""
    fallback: tuple[str, ...] = ()
    """Other ways to try, as `hub` or `hub/queue`."""

    @field_validator("language", mode="before")
    @classmethod
    def _one_or_several(cls, written: Any) -> Any:
        return (written,) if isinstance(written, str) else written

    @field_validator("priority")
    @classmethod
    def _is_a_priority(cls, written: int | str) -> int | str:
        if not (written.startswith("=") if isinstance(written, str) else 1 <= written <= 5):
            raise ValueError("a priority is from 1 to 5, or a formula that begins with =")
        return written


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
    breaker: BreakerRules = BreakerRules()
    """When a hub that fails gets no new handoffs, and for how long."""
    data_dir: Path = Path("baton-data")
