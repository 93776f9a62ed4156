"""What an agent may reach of the world outside: `[agents.NAME.world]`."""

from ipaddress import ip_network
from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator

from protocol.models import Owned
from settings.secrets import SecretRef

Seconds = Annotated[float, Field(gt=0, le=120)]


class ModelSettings(Owned):
    """A language model behind an endpoint that speaks as OpenAI's does (`POST URL/chat/completions`)."""

    url: str
    """Up to and without `/chat/completions`, such as `https://api.openai.com/v1`."""
    model: str
    key: SecretRef | None = None
    temperature: float = Field(default=0.0, ge=0, le=2)


class WorldSettings(Owned):
    """What an agent may reach, and where what it names is found. With none of it: the public web, and no knowledge."""

    hosts: tuple[str, ...] = ("*",)
    """Hosts that HTTP requests of topics may go to: `api.contoso.com`, `*.contoso.com`, `*` for any public one."""
    internal: tuple[str, ...] = ()
    """Hosts, and networks such as `10.1.0.0/16`, that may be reached though they are not on the public internet."""
    seconds: Seconds = 100
    """The most that any one call may take; a topic may ask for less."""
    max_bytes: Annotated[int, Field(gt=0, le=1_000_000)] = 250_000
    """The most that an answer may have."""
    flows: dict[str, SecretRef] = {}
    """The HTTP trigger's URL of each Power Automate flow, by the flow's id. It holds a signature, and is a secret."""
    operations: dict[str, SecretRef] = {}
    """An HTTP URL for each connector's operation, model, skill or tool, by its name in the topics."""
    model: ModelSettings | None = None
    knowledge: Path | None = None
    """A folder of texts (`*.md`, `*.txt`) in which answers are looked for."""

    @field_validator("internal")
    @classmethod
    def _are_networks(cls, internal: tuple[str, ...]) -> tuple[str, ...]:
        for name in internal:
            if "/" in name:
                ip_network(name)
        return internal
