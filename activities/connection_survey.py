"""How a connection stands in Dynamics 365 and Azure: before it is made, after it, and every few hours."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from temporalio import activity

from activities.application_user import bot_of
from activities.environments import configured_for
from activities.microsoft_access import TenantAccess, at_work
from microsoft.application_user import ApplicationUsers, duplicate
from microsoft.environments import EnvironmentState
from microsoft.errors import DuplicateBotAppIdError, MissingError, NotYetError
from microsoft.provisioning import Provisioned, provisioning_of
from microsoft.tenant import Tenant
from microsoft.tokens import EntraTokens
from microsoft.verification import AGENT_SCOPE, Expected, Finding, verify
from protocol.connection import Step, Target
from protocol.connection_steps import Found, Standing, Survey
from settings.model import Settings
from settings.secrets import SecretError, resolve

LOOKED_AT = {
    "application user": Step.ENABLED,
    "bot columns": Step.USER,
    "bot handle": Step.USER,
    "role": Step.ROLE,
    "queue": Step.QUEUE,
    "workstream": Step.WORKSTREAM,
    "channel MsTeamsChannel": Step.TEAMS,
    "channel Omnichannel": Step.OMNICHANNEL,
    "token of the agent's application": Step.APPLICATION,
}
"""By what `microsoft.verification` looks at, the step that sets it right."""


class Surveying:
    """The Temporal activities that only look."""

    def __init__(self, settings: Settings, access: TenantAccess) -> None:
        self._settings, self._access = settings, access

    def all(self) -> list[Callable[..., Any]]:
        """What a worker runs."""
        return [self.survey, self.check_connection, self.verify_connected, self.verify_disabled]

    @activity.defn
    async def survey(self, target: Target) -> Survey:
        """What is there already, and whether the user is another agent's."""
        async with at_work():
            return await self._survey(target)

    @activity.defn
    async def check_connection(self, target: Target) -> Survey:
        """As `survey`, with whether the environment still has Omnichannel, and the agent its credentials."""
        async with at_work():
            found = await self._survey(target, with_token=True)
            provisioned = await self._provisioned(target)
        return found.model_copy(update={"standing": {Step.ENVIRONMENT: provisioned, **found.standing}})

    @activity.defn
    async def verify_connected(self, target: Target) -> Found:
        """Everything holds; what was just done may take a while to be seen."""
        async with at_work():
            found = await self._survey(target, with_token=True)
            if not found.ours:
                raise DuplicateBotAppIdError(found.whose)
            missing = [each for each in found.drift if each.step is not Step.APPLICATION]
            if missing:
                raise NotYetError("not there yet: " + "; ".join(f"{each.step}: {each.what}" for each in missing))
        warning = found.standing.get(Step.APPLICATION, Standing(holds=True)).what
        return Found(target=target.model_copy(update={"user": found.user}), detail=target.link, warning=warning)

    @activity.defn
    async def verify_disabled(self, target: Target) -> Found:
        """The user gets nothing any more: it is disabled, or gone."""
        async with at_work():
            tenant = self._access.open()
            users = ApplicationUsers(tenant.dataverse_at(target.url, target.api_url or None))
            user = await users.find(target.application)
            if user and user.enabled and user.is_of(bot_of(target)):
                raise NotYetError("the application user is still enabled")
        return Found(target=target)

    async def _survey(self, target: Target, *, with_token: bool = False) -> Survey:
        tenant, configured = self._access.open(), configured_for(self._settings, target.agent)
        dataverse = tenant.dataverse_at(target.url, target.api_url or None)
        user = await ApplicationUsers(dataverse).find(target.application)
        bot = tenant.bot_of(target.agent) if target.bot else None
        tokens = self._tokens(tenant, target) if with_token else None
        expected = Expected(
            application_id=target.application,
            handle=target.agent,
            queue_id=target.queue or None,
            workstream_id=target.workstream or None,
            bot=bot,
        )
        scoped = (tokens, AGENT_SCOPE) if tokens else None
        try:
            found = await verify(expected, dataverse, tenant.bot_service, scoped)
        finally:
            if tokens:
                await tokens.close()
        ours = user is None or user.is_of(bot_of(target))
        return Survey(
            user=user.id if user else "",
            ours=ours,
            whose="" if ours or user is None else str(duplicate(user)),
            standing=_standing(found.findings, target),
            check_seconds=configured.check_hours * 3_600,
            mend=configured.mend,
        )

    def _tokens(self, tenant: Tenant, target: Target) -> EntraTokens | None:
        secret = configured_for(self._settings, target.agent).client_secret
        try:
            return tenant.agent_tokens(target.application, resolve(secret)) if secret else None
        except SecretError:
            return None

    async def _provisioned(self, target: Target) -> Standing:
        tenant = self._access.open()
        try:
            environment = await tenant.environments.one(target.environment)
        except MissingError:
            return Standing(holds=False, what="the environment is gone")
        if environment.state is not EnvironmentState.READY:
            return Standing(holds=False, what=environment.reason)
        found = await provisioning_of(environment, tenant.dataverse(environment))
        return Standing(holds=found.provisioned is not Provisioned.NO, what="; ".join(found.reasons))


def _standing(findings: tuple[Finding, ...], target: Target) -> dict[Step, Standing]:
    """By step; where the user is gone nothing that is its holds."""
    wrong: defaultdict[Step, list[str]] = defaultdict(list)
    for finding in findings:
        wrong[LOOKED_AT[finding.what]].extend([finding.wrong] if finding.wrong else [])
    if Step.USER not in wrong:
        gone = [Step.USER, Step.ROLE, *([Step.QUEUE] if target.queue else [])]
        for step in (*gone, *([Step.WORKSTREAM] if target.workstream else [])):
            wrong[step].append("there is no application user")
    return {step: Standing(holds=not what, what="; ".join(what)) for step, what in wrong.items()}
