"""The connection to Dynamics 365 Customer Service, and the ways by which it reaches Omnichannel."""

from typing import Literal

from protocol.models import Owned
from settings.secrets import SecretRef


class Dynamics365MessagingSettings(Owned):
    """The messaging API: Baton pushes conversations in from outside."""

    url: str
    """`https://m-<organisation id>.<geo>.omnichannelengagementhub.com`, the host of the chat widget's snippet."""
    organization: str
    """The organisation's id, a GUID."""
    channel: str
    """The id of the custom messaging channel's record (`msdyn_occustommessagingchannelid`)."""
    zone: str = "crm"
    """As in the organisation's URL: `crm`, `crm4`, …"""
    scope: str = ""
    """What the token is asked for. Default: `https://<organization without dashes>-c.<zone>.dynamics.com/.default`."""
    webhook_audiences: tuple[str, ...] = ()
    """For whom a callback's token may be. Default: the client id and `api://<client id>`."""
    hidden_variables: tuple[str, ...] = ()
    """Variables that routing may read and representatives are not shown."""
    history_per_second: float = 5
    """How many messages of a long history are told in a second, beside the live ones."""


class Dynamics365InsideSettings(Owned):
    """The agent inside Omnichannel: the connection's application is a bot whose endpoint is `/api/messages`."""

    agent: str
    """The agent that answers there, as [agents] names it."""
    tenant: str = ""
    """Of the bot registration: whose tokens the connector takes. Default: the connection's; `botframework.com` for a
    multi-tenant bot."""
    scope: str = "https://api.botframework.com/.default"
    issuer: str = "https://api.botframework.com"
    metadata_url: str = "https://login.botframework.com/v1/.well-known/openidconfiguration"
    """Where the keys are with which Omnichannel's tokens are signed."""
    service_hosts: tuple[str, ...] = ("*.botframework.com", "smba.trafficmanager.net")
    """The connectors that are trusted: hosts, reached by https, or whole origins."""
    end_shape: Literal["tags", "command"] = "tags"
    """How the agent ends a conversation; Microsoft's pages show both."""
    looks_every: float = 15
    """Seconds between two looks at a conversation that was handed over, where Dataverse is configured: one request for
    each that is open, of the 6,000 in five minutes that Dataverse takes from one user."""


class Dynamics365DataverseSettings(Owned):
    """The organisation's Dataverse: for tickets (cases), whether anybody is there, and what became of a handoff."""

    url: str
    """`https://<org>.crm<n>.dynamics.com`."""
    workstream: str = ""
    """The workstream whose queue is asked for representatives; without it the hub counts as open."""


class Dynamics365Settings(Owned):
    """Dynamics 365 Customer Service: one application of Entra's, and the ways by which it reaches Omnichannel."""

    kind: Literal["dynamics365"]
    tenant: str
    client_id: str
    client_secret: SecretRef
    login_url: str = "https://login.microsoftonline.com"
    """Entra's authority: tokens come from there, and the keys of callbacks' tokens."""
    messaging: Dynamics365MessagingSettings | None = None
    inside: Dynamics365InsideSettings | None = None
    dataverse: Dynamics365DataverseSettings | None = None
    timeout_seconds: float = 10
