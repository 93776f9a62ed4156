"""An agent that stays where it is, behind Direct Line: `[agents.NAME.remote]`."""

from typing import Self

from pydantic import model_validator

from protocol.models import Owned
from settings.secrets import SecretRef

DIRECT_LINE = "https://directline.botframework.com"


class RemoteSettings(Owned):
    """How the agent is reached, and what of its words mean a handoff."""

    secret: SecretRef | None = None
    """The Direct Line secret of its web channel."""
    token_endpoint: SecretRef | None = None
    """Copilot Studio's token endpoint, for an agent whose web channel asks for no secret. Whoever has it can talk to
    the agent, so it is named like a secret."""
    url: str | None = None
    """Direct Line's own address. Default: what Copilot Studio's endpoint names for its region, else the global one."""
    handoff_events: tuple[str, ...] = ("handoff.initiate",)
    """Events of the agent's that ask for a human. An author may have made one of his own, such as `GenesysHandoff`."""
    status_event: str = "handoff.status"
    """By which event the agent is told how the handoff went; empty: by none."""
    timeout_seconds: float = 15.0

    @model_validator(mode="after")
    def _is_reached(self) -> Self:
        if (self.secret is None) == (self.token_endpoint is None):
            raise ValueError("a remote agent has either a secret or a token_endpoint")
        return self
