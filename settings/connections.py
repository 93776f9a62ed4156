"""What is wrong with `[agents.NAME.connection]` that no type can say, and with routes to Dynamics 365."""

from collections.abc import Iterator

from settings.connection import AgentConnectionSettings
from settings.dynamics365 import Dynamics365Settings
from settings.model import Settings


def mistake_of_connections(settings: Settings) -> str:
    """The first mistake, and what to do; nothing where there is none."""
    return next(_mistakes(settings), "")


def _mistakes(settings: Settings) -> Iterator[str]:
    for name, agent in settings.agents.items():
        where, connection = f"[agents.{name}.connection]", agent.connection
        if connection == AgentConnectionSettings():
            continue
        if settings.microsoft is None:
            yield f"{where} needs [microsoft]: the tenant, and as whom Baton works there"
        if connection.hub:
            yield from _of_hub(settings, name, connection.hub, where)
    for number, route in enumerate(settings.routes, 1):
        for hub in (route.hub, *(fallback.partition("/")[0] for fallback in route.fallback)):
            leads = settings.hubs.get(hub)
            if isinstance(leads, Dynamics365Settings) and not (leads.messaging or leads.inside):
                told = "which is connected by neither [messaging] nor [inside]"
                yield f'[[routes]] number {number} leads to "{hub}", {told}: add one, docs/hubs/dynamics365.md'


def _of_hub(settings: Settings, agent: str, name: str, where: str) -> Iterator[str]:
    hub = settings.hubs.get(name)
    if not isinstance(hub, Dynamics365Settings):
        known = ", ".join(each for each, one in settings.hubs.items() if one.kind == "dynamics365") or "there is none"
        yield f'{where} hub = "{name}" is no connection of kind dynamics365: {known}'
    elif hub.inside and hub.inside.agent != agent:
        yield f'{where} hub = "{name}" is that of agent "{hub.inside.agent}" ([hubs.{name}.inside] agent)'
