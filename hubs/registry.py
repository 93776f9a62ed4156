"""From a connection's settings to its adapter."""

from collections.abc import Callable

from hubs.base import Hub
from hubs.custom import CustomHub
from settings.model import HubSettings


def connect(name: str, settings: HubSettings, secrets: Callable[[str], str]) -> Hub:
    """The adapter of the connection `name`; `secrets` resolves a reference to its value."""
    return CustomHub(
        name,
        settings.url,
        secrets(settings.token),
        secrets(settings.webhook_secret),
        timeout_seconds=settings.timeout_seconds,
    )
