"""Every Temporal activity of connecting agents to Dynamics 365, wired to the tenant and to the other workflows."""

from collections.abc import Callable, Iterator
from typing import Any

from activities.agent_versions import AgentVersions
from activities.app_registration import Registering
from activities.application_claim import Claiming
from activities.application_user import UserSteps
from activities.connection_survey import Surveying
from activities.environments import Choosing
from activities.microsoft_access import TenantAccess
from activities.open_handoffs import OpenHandoffs
from activities.teams_channel import ChannelSteps
from settings.model import Settings
from workflows.agent_connections import AgentConnections
from workflows.client import Conversations
from workflows.moving import Moving


def connecting(
    settings: Settings,
    versions: AgentVersions,
    tenant: TenantAccess,
    conversations: Conversations,
    connections: AgentConnections,
) -> Iterator[Callable[..., Any]]:
    """All of them, for the worker that runs connections."""
    moving = Moving(conversations)
    yield from Choosing(settings, versions, tenant).all()
    yield from Registering(settings, tenant).all()
    yield from Claiming(connections.take_claim, connections.give_claim_back).all()
    yield from Surveying(settings, tenant).all()
    yield from UserSteps(tenant).all()
    yield from ChannelSteps(tenant).all()
    yield from OpenHandoffs(settings, moving.count, moving.move).all()
