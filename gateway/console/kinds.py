"""The seven customer engagement hubs as the console calls them, and what it shows of a connection's settings."""

from collections.abc import Iterator

from pydantic import BaseModel

from settings.hubs import HubSettings

TITLES = {
    "dynamics365": "Dynamics 365 Customer Service",
    "genesys": "Genesys Cloud",
    "liveperson": "LivePerson",
    "salesforce": "Salesforce",
    "servicenow": "ServiceNow",
    "zendesk": "Zendesk",
    "custom": "Generic, and the desk",
}
"""By kind, in the order of the page."""
IS_SET = "set, by reference"


def shown_settings(hub: HubSettings) -> list[tuple[str, str]]:
    """Each key with its value; of a secret only that it is set: not even where."""
    return list(_shown(hub, ""))


def _shown(model: BaseModel, within: str) -> Iterator[tuple[str, str]]:
    for name in type(model).model_fields:
        value, key = getattr(model, name), f"{within}{name}"
        if isinstance(value, BaseModel):
            yield from _shown(value, f"{key}.")
        elif value not in (None, "", (), {}):
            yield key, IS_SET if _is_secret(value) else _text(value)


def _is_secret(value: object) -> bool:
    return isinstance(value, str) and value.startswith(("env:", "file:"))


def _text(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} = {each}" for name, each in value.items())
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
