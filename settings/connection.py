"""`[agents.NAME.connection]`: how an agent is connected to Dynamics 365."""

from typing import Annotated

from pydantic import Field, StringConstraints

from protocol.models import Owned
from settings.secrets import SecretRef

_GUID = r"^([0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12})?$"
Guid = Annotated[str, StringConstraints(pattern=_GUID)]


class AgentConnectionSettings(Owned):
    """What connecting an agent takes beside `[microsoft]`. All may be left out, and chosen when it is connected."""

    hub: str = ""
    """The connection of `[hubs]` that this agent's conversations come in by: routes to it are passed over while the
    agent is not connected."""
    name: str = ""
    """What representatives see; default: the agent's name."""
    application: Guid = ""
    """The id of its app registration; default: the one that `baton register-app` made."""
    client_secret: SecretRef | None = None
    """The registration's own secret; with it, checks try whether a token can be had."""
    environment: str = ""
    """The id of its own Power Platform environment: where Customer Service is provisioned there, nobody is asked."""
    copilot: str = ""
    """The schema name of the Copilot Studio agent, where it is one: it must be published in its own environment."""
    queue: Guid = ""
    """The id of the queue that it shall be in."""
    workstream: Guid = ""
    """The id of the workstream whose bot it shall be."""
    check_hours: float = Field(default=6, gt=0)
    """How often it is looked at whether the connection is as it was left."""
    mend: bool = False
    """Whether what has drifted is set right."""
    finish_minutes: float = Field(default=60, ge=0)
    """How long a disconnect waits for the conversations that are with representatives, before it moves them."""
