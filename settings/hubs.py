"""Hub connections: one model a kind, each with what its hub's administrator is asked for (docs/hubs/)."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, StringConstraints, Tag

from protocol.models import Owned

SecretRef = Annotated[str, StringConstraints(pattern=r"^(env|file):.+$")]
"""Where a secret is: `env:NAME` in the environment, or `file:PATH` in a file."""


class CustomHubSettings(Owned):
    """Any hub of the custom contract: the embedded desk, or somebody's own."""

    kind: Literal["custom"] = "custom"
    url: str
    token: SecretRef
    webhook_secret: SecretRef
    timeout_seconds: float = 10


class ZendeskSettings(Owned):
    """Zendesk, through Sunshine Conversations v2 and its switchboard."""

    kind: Literal["zendesk"]
    url: str
    """`https://<subdomain>.zendesk.com/sc`."""
    app_id: str
    key_id: str
    key_secret: SecretRef
    webhook_secret: SecretRef
    """The `secret` that creating the webhook answered with."""
    workspace: str = "zd:agentWorkspace"
    """The switchboard integration of the agents."""
    ticket_fields: dict[str, str] = {}
    """By variable the id of the ticket field that gets its value."""
    tags: tuple[str, ...] = ()
    timeout_seconds: float = 10


class ServiceNowSettings(Owned):
    """ServiceNow, through the Virtual Agent Bot Integration API."""

    kind: Literal["servicenow"]
    url: str
    """`https://<instance>.service-now.com`."""
    username: str
    password: SecretRef
    callback_secret: SecretRef
    """What the callback's own header holds: `X-Baton-Secret`, set at the outbound configuration."""
    context: dict[str, str] = {}
    """Chat context variables by name, beside those that Baton sends."""
    timeout_seconds: float = 10


class LivePersonSettings(Owned):
    """LivePerson, through the Connector API."""

    kind: Literal["liveperson"]
    account: str
    client_id: str
    client_secret: SecretRef
    """Also signs the webhooks."""
    directory: str = "https://api.liveperson.net"
    """The service that knows where the account's other services are (CSDS)."""
    skills: dict[str, str] = {}
    """By queue the id of the skill."""
    signature: Literal["sha1", "sha256"] = "sha1"
    timeout_seconds: float = 10


class GenesysSettings(Owned):
    """Genesys Cloud, through Open Messaging."""

    kind: Literal["genesys"]
    api: str
    """`https://api.<region>`."""
    login: str
    """`https://login.<region>`."""
    client_id: str
    client_secret: SecretRef
    integration: str
    """The Open Messaging integration's id."""
    webhook_secret: SecretRef
    """The integration's outbound notification webhook signature secret token."""
    timeout_seconds: float = 10


def _kind(value: Any) -> str:
    """A connection that does not say its kind is of the custom contract."""
    return str(value.get("kind", "custom") if isinstance(value, dict) else value.kind)


HubSettings = Annotated[
    Annotated[CustomHubSettings, Tag("custom")]
    | Annotated[ZendeskSettings, Tag("zendesk")]
    | Annotated[ServiceNowSettings, Tag("servicenow")]
    | Annotated[LivePersonSettings, Tag("liveperson")]
    | Annotated[GenesysSettings, Tag("genesys")],
    Discriminator(_kind),
]
