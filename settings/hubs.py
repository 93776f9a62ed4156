"""Hub connections: one model a kind, each with what its hub's administrator is asked for (docs/hubs/)."""

from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Tag, model_validator

from protocol.models import Owned
from settings.dynamics365 import Dynamics365Settings
from settings.secrets import SecretRef


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
    auth: Literal["basic", "jwt"] = "basic"
    """How the key is used: as it is, or to sign tokens with."""
    webhook_secret: SecretRef
    """The `secret` that creating the webhook answered with."""
    workspace: str = "zd:agentWorkspace"
    """The switchboard integration of the agents."""
    ticket_fields: dict[str, str] = {}
    """By variable the id of the ticket field that gets its value."""
    tags: tuple[str, ...] = ()
    support_url: str = ""
    """`https://<subdomain>.zendesk.com`, for tickets and for who is online."""
    support_email: str = ""
    """The agent whose API token it is."""
    support_token: SecretRef | None = None
    asks_first: bool = False
    """Where no agent is online, the handoff goes to the next route."""
    calls_per_minute: int = 600
    """No rate is published: Baton keeps to this, and to every `Retry-After`."""
    timeout_seconds: float = 10


class ServiceNowSettings(Owned):
    """ServiceNow, through the Virtual Agent Bot Integration API. What is given of the credentials is used."""

    kind: Literal["servicenow"]
    url: str
    """`https://<instance>.service-now.com`."""
    username: str = ""
    password: SecretRef | None = None
    """Of an integration user: Basic, or with a client OAuth. Tickets want one."""
    client_id: str = ""
    client_secret: SecretRef | None = None
    token: SecretRef | None = None
    """Message authentication by a static token."""
    signature_secret: SecretRef | None = None
    """Message authentication by a hash of each request."""
    callback_secret: SecretRef
    """What the callback's own header holds: `X-Baton-Secret`, set at the outbound configuration."""
    context: dict[str, str] = {}
    """Chat context variables by name, beside those that Baton sends."""
    callback_within_seconds: float = 15
    """A handoff that ServiceNow has received and not called back about has then failed; less than `hub_answer`."""
    asks_again_after_seconds: float = 3
    """Where the Virtual Agent answers a transfer with words of its own, it is asked once more after so long."""
    ticket_table: str = "incident"
    ticket_fields: dict[str, str] = {}
    """By variable the column of the ticket that gets its value."""
    timeout_seconds: float = 10

    @model_validator(mode="after")
    def _known_somehow(self) -> Self:
        """Halves of credentials, or none at all, would be seen by nothing but the hub's silence."""
        if bool(self.username) != bool(self.password) or bool(self.client_id) != bool(self.client_secret):
            raise ValueError("username goes with password, and client_id with client_secret")
        if self.client_id and not self.username:
            raise ValueError("client_id wants a username and a password beside it")
        if not (self.username or self.token or self.signature_secret):
            raise ValueError("give username and password, token, or signature_secret")
        return self


class LivePersonSettings(Owned):
    """LivePerson, through the Connector API."""

    kind: Literal["liveperson"]
    account: str
    client_id: str
    client_secret: SecretRef
    """Also signs the webhooks."""
    directory: str = "https://api.liveperson.net"
    """The service that knows where the account's other services are (CSDS)."""
    services: dict[str, str] = {}
    """By service (`sentinel`, `idp`, `asyncMessagingEnt`, `shiftstatus`) its address; the directory knows others."""
    skills: dict[str, str] = {}
    """By queue the id of the skill. Any other queue is left to the account's own routing."""
    campaign: str = ""
    """The campaign's id, and the engagement's: what the vendor prefers to skills for routing."""
    engagement: str = ""
    signature: Literal["sha1", "sha256"] = "sha1"
    signature_encoding: Literal["base64", "hex"] = "base64"
    shift_token: SecretRef | None = None
    """A bearer token for the Shift Status API, which takes none of the application's; without it all is open."""
    sends_per_second: float = 5
    """Of all conversations of the account together. The vendor publishes no number."""
    echo_seconds: float = 5
    """How long the echo of what may have been sent is waited for before it is sent again."""
    max_text: int = 4_000
    """Characters of one message. The vendor publishes no number."""
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
    notifications: Literal["socket", "polling"] = "socket"
    """How Baton comes to know who joins and when it ends; where the socket is broken, it polls."""
    queues: dict[str, str] = {}
    """By queue the id of Genesys' own, for who is on it and how long one waits."""
    asks_first: bool = False
    """A queue of `queues` that nobody is on is not asked: the handoff goes to the next route."""
    callback_queue: str = ""
    """The id of the queue that takes callbacks, where a ticket's own queue is not in `queues`."""
    calls_per_minute: int = 300
    """This process's part of what the client's token may."""
    max_text: int = 4_000
    """Characters of one message; no bound of the vendor's is published."""
    max_attributes: int = 20
    max_attribute_bytes: int = 1_900
    """Of all attributes together; as careful as others' middleware is."""
    timeout_seconds: float = 10


class SalesforceSettings(Owned):
    """Salesforce, through Enhanced Chat (Messaging for In-App and Web) API v2. A guest needs no secret."""

    kind: Literal["salesforce"]
    url: str
    """`https://<domain>.my.salesforce-scrt.com`, the `Url` of the deployment's code snippet."""
    organization_id: str
    deployment: str
    """The `DeveloperName` of the Embedded Service deployment, of type Custom Client."""
    parameters: dict[str, str] = {}
    """By variable, or by `handoff.key`, `.queue`, `.skills`, `.priority`, `.language` or `.summary`, the channel's
    custom parameter that gets its value. No other parameter is sent."""
    parameter_length: int = 255
    """Characters of a parameter's value; the administrator sets it with the parameter."""
    text_length: int = 4_000
    """Characters of a message; no bound of the vendor's is published."""
    messages_per_minute: int = 20
    """In one conversation; Salesforce takes 22."""
    stream: bool = True
    """Else the conversations' entries are looked at every `looks_every_seconds`."""
    looks_every_seconds: float = 2
    silent_seconds: float = 90
    """A stream that sends nothing for so long, no ping either, is opened anew."""
    left_without_routing_ends: bool = True
    """A representative who leaves a conversation that then needs routing has ended it: so it is in orgs that do not
    tell that a session ends."""
    acknowledges: bool = False
    """Whether Salesforce is told that its representatives' messages were delivered."""
    files_from: tuple[str, ...] = ()
    """The beginnings of addresses from which customers' files are fetched: the gateway's own public address. A file
    from elsewhere goes along as its address: what a customer names is not fetched from inside."""
    timeout_seconds: float = 10


def _kind(value: Any) -> str:
    """A connection that does not say its kind is of the custom contract."""
    return str(value.get("kind", "custom") if isinstance(value, dict) else value.kind)


HubSettings = Annotated[
    Annotated[CustomHubSettings, Tag("custom")]
    | Annotated[ZendeskSettings, Tag("zendesk")]
    | Annotated[ServiceNowSettings, Tag("servicenow")]
    | Annotated[LivePersonSettings, Tag("liveperson")]
    | Annotated[GenesysSettings, Tag("genesys")]
    | Annotated[SalesforceSettings, Tag("salesforce")]
    | Annotated[Dynamics365Settings, Tag("dynamics365")],
    Discriminator(_kind),
]
