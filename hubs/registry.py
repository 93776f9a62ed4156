"""From a connection's settings to its adapter."""

from collections.abc import Callable

from hubs.base import Hub
from hubs.custom import CustomHub
from hubs.dynamics365 import Dynamics365Hub
from hubs.genesys import GenesysHub
from hubs.liveperson import LivePersonHub
from hubs.salesforce import SalesforceHub
from hubs.servicenow import ServiceNowHub
from hubs.servicenow_auth import ServiceNowSecrets
from hubs.zendesk import ZendeskHub
from settings.dynamics365 import Dynamics365Settings
from settings.hubs import (
    CustomHubSettings,
    GenesysSettings,
    HubSettings,
    LivePersonSettings,
    SalesforceSettings,
    ServiceNowSettings,
    ZendeskSettings,
)

Secrets = Callable[[str], str]


def connect(name: str, settings: HubSettings, secrets: Secrets) -> Hub:
    """The adapter of the connection `name`; `secrets` resolves a reference to its value."""
    match settings:
        case CustomHubSettings():
            token, webhook = secrets(settings.token), secrets(settings.webhook_secret)
            return CustomHub(name, settings.url, token, webhook, timeout_seconds=settings.timeout_seconds)
        case ZendeskSettings():
            key, webhook = secrets(settings.key_secret), secrets(settings.webhook_secret)
            support = secrets(settings.support_token) if settings.support_token else ""
            return ZendeskHub(name, settings, key, webhook, support)
        case GenesysSettings():
            return GenesysHub(name, settings, secrets(settings.client_secret), secrets(settings.webhook_secret))
        case Dynamics365Settings():
            return Dynamics365Hub(name, settings, secrets(settings.client_secret))
        case ServiceNowSettings():
            return ServiceNowHub(name, settings, _of_servicenow(settings, secrets))
        case LivePersonSettings():
            shift = secrets(settings.shift_token) if settings.shift_token else None
            return LivePersonHub(name, settings, secrets(settings.client_secret), shift)
        case SalesforceSettings():
            return SalesforceHub(name, settings)


def _of_servicenow(settings: ServiceNowSettings, secrets: Secrets) -> ServiceNowSecrets:
    def known(reference: str | None) -> str:
        return secrets(reference) if reference else ""

    return ServiceNowSecrets(
        callback=secrets(settings.callback_secret),
        password=known(settings.password),
        client=known(settings.client_secret),
        token=known(settings.token),
        signature=known(settings.signature_secret),
    )
