"""Which environment an agent is connected to: the list of all of them, and the choice of one."""

from collections.abc import Callable, Iterable
from typing import Any

from temporalio import activity

from activities.agent_versions import AgentVersions, VersionMissingError
from activities.microsoft_access import TenantAccess, at_work
from microsoft.agent_rows import AgentRows
from microsoft.environments import Environment, EnvironmentState
from microsoft.errors import MissingError, RefusedError
from microsoft.provisioning import Provisioned, SurveyedEnvironment, provisioning_of, survey
from microsoft.tenant import Tenant
from protocol.connection import Target
from protocol.connection_steps import EnvironmentRow, Found, Wanted
from settings.connection import AgentConnectionSettings
from settings.model import Settings


class Choosing:
    """The Temporal activities that find out whether an agent may be connected, and to what."""

    def __init__(self, settings: Settings, versions: AgentVersions, access: TenantAccess) -> None:
        self._settings, self._versions, self._access = settings, versions, access

    def all(self) -> list[Callable[..., Any]]:
        """What a worker runs."""
        return [self.check_agent, self.find_environment]

    @activity.defn
    async def check_agent(self, wanted: Wanted) -> Found:
        """Only a published agent is connected. Brings what is configured for it."""
        target = wanted.target
        async with at_work():
            try:
                version = self._versions.current(target.agent)
            except VersionMissingError as error:
                raise RefusedError(f"only published agents can be connected: {error}") from None
            configured = configured_for(self._settings, target.agent)
            await self._check_copilot(configured)
        return Found(target=_with_configured(target, configured, self._settings), detail=f"version {version}")

    async def _check_copilot(self, configured: AgentConnectionSettings) -> None:
        """The agent in Copilot Studio, where it is one."""
        if not configured.copilot or not configured.environment:
            return
        tenant = self._access.open()
        environment = await tenant.environments.one(configured.environment)
        row = await AgentRows(tenant.dataverse(environment)).named(configured.copilot)
        if row is None:
            raise RefusedError(f'"{configured.copilot}" is no agent of environment "{environment.name}"')
        if not row.is_published:
            raise RefusedError(f'"{configured.copilot}" is not published: publish it in Copilot Studio first')

    @activity.defn
    async def find_environment(self, wanted: Wanted) -> Found:
        """The environment that was asked for, was connected before, or is the agent's own; with Omnichannel."""
        async with at_work():
            tenant = self._access.open()
            environment = await _asked_for(tenant, wanted)
            _refuse_without_dataverse(environment)
            found = await provisioning_of(environment, tenant.dataverse(environment))
            reason = "; ".join(found.reasons)
            if found.provisioned is Provisioned.NO:
                raise RefusedError(f'environment "{environment.name}" cannot be chosen: {reason}')
            unsure = found.provisioned is Provisioned.UNKNOWN
            if unsure and not wanted.wish.environment:
                raise RefusedError(_choose_it(environment, reason))
            region = await self._region_warning(tenant, wanted.target, environment)
        warning = f'whether "{environment.name}" has Omnichannel is unknown: {reason}' if unsure else ""
        warnings = "; ".join(each for each in (warning, region) if each)
        return Found(
            target=_chosen(wanted.target, environment), detail=f"{environment.name}; {reason}", warning=warnings
        )

    @staticmethod
    async def _region_warning(tenant: Tenant, target: Target, environment: Environment) -> str:
        """An agent and its Customer Service are to be in one region; another one is only warned of."""
        if not target.own_environment or target.own_environment == environment.id:
            return ""
        own = await tenant.environments.one(target.own_environment)
        if own.region == environment.region:
            return ""
        return f"the agent's environment is in {own.region}, and this one in {environment.region}"


def configured_for(settings: Settings, agent: str) -> AgentConnectionSettings:
    """`[agents.NAME.connection]`; of an agent that the file does not name, the defaults."""
    known = settings.agents.get(agent)
    return known.connection if known else AgentConnectionSettings()


async def environment_rows(tenant: Tenant, own: str = "") -> list[EnvironmentRow]:
    """All environments of the tenant, those without Customer Service too, each with the reasons.

    Raises:
        MicrosoftError: they cannot be listed.
    """
    surveyed = await survey(await tenant.environments.all(), tenant.dataverse)
    return [_row(each, own) for each in surveyed]


def _row(surveyed: SurveyedEnvironment, own: str) -> EnvironmentRow:
    environment, found = surveyed.environment, surveyed.provisioning
    return EnvironmentRow(
        id=environment.id,
        name=environment.name,
        region=environment.region,
        kind=environment.kind,
        url=environment.url or "",
        customer_service=found.provisioned.value,
        reason="; ".join(found.reasons),
        ready=environment.state is EnvironmentState.READY,
        own=environment.id == own,
    )


async def _asked_for(tenant: Tenant, wanted: Wanted) -> Environment:
    asked, target = wanted.wish.environment, wanted.target
    if asked:
        return _named(asked, await tenant.environments.all())
    if not (target.environment or target.own_environment):
        raise RefusedError(
            f"choose an environment: baton environments lists them; baton connect {target.agent} --environment ID"
        )
    return await tenant.environments.one(target.environment or target.own_environment)


def _named(asked: str, environments: Iterable[Environment]) -> Environment:
    """By id, address or name; a name must be that of one only."""
    known = asked.casefold().rstrip("/")
    everyone = list(environments)
    for each in everyone:
        if known in {each.id.casefold(), (each.url or "").casefold()}:
            return each
    called = [each for each in everyone if each.name.casefold() == known]
    if len(called) > 1:
        raise RefusedError(f'there are {len(called)} environments called "{asked}": give the id (baton environments)')
    if not called:
        raise MissingError(f'there is no environment "{asked}": baton environments lists them')
    return called[0]


def _refuse_without_dataverse(environment: Environment) -> None:
    if environment.state is not EnvironmentState.READY:
        raise RefusedError(f'environment "{environment.name}" cannot be chosen: {environment.reason}')


def _choose_it(environment: Environment, reason: str) -> str:
    return (
        f'whether "{environment.name}" has Omnichannel is unknown ({reason}): where you know that it has,'
        f" choose it with --environment {environment.id}"
    )


def _chosen(target: Target, environment: Environment) -> Target:
    same = target.environment == environment.id
    return target.model_copy(
        update={
            "environment": environment.id,
            "environment_name": environment.name,
            "organization": environment.organization_id or environment.id,
            "url": environment.url or "",
            "api_url": environment.api_url or "",
            "link": environment.omnichannel_link or "",
            "user": target.user if same else "",
        }
    )


def _with_configured(target: Target, configured: AgentConnectionSettings, settings: Settings) -> Target:
    bots = settings.microsoft.bots if settings.microsoft else {}
    return target.model_copy(
        update={
            "name": configured.name or target.agent,
            "hub": configured.hub,
            "own_environment": configured.environment,
            "queue": configured.queue,
            "workstream": configured.workstream,
            "bot": bots.get(target.agent, ""),
        }
    )
