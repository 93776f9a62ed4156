"""Whether Customer Service's Omnichannel is really there: yes, no, or that it can't be told; always with the reasons.

Source: what Microsoft's own form script asks (the setting `msdyn_IsCCaaSProvisioned`). The solutions of Omnichannel are
preinstalled in every Customer Service organisation, so neither they nor their tables prove anything by being there.
"""

import asyncio
from collections.abc import Callable, Iterable
from enum import StrEnum

from pydantic import Field

from microsoft.application_user import ROLE
from microsoft.dataverse import Dataverse, quoted
from microsoft.environments import Environment, EnvironmentState
from microsoft.errors import ForbiddenError, MicrosoftError, MissingError
from protocol.models import Foreign, Owned

SETTING = "msdyn_IsCCaaSProvisioned"
TABLE = "msdyn_ocliveworkitem"
CUSTOMER_SERVICE = ("msdynce_Service", "msdynce_ServiceAnchor")
AT_ONCE = 4
"""So many environments are asked at a time."""


class Provisioned(StrEnum):
    """Whether conversations can be taken there."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Provisioning(Owned):
    """What was found, and why."""

    provisioned: Provisioned
    reasons: tuple[str, ...]


class SurveyedEnvironment(Owned):
    """An environment, and whether it can be chosen."""

    environment: Environment
    provisioning: Provisioning

    @property
    def can_be_chosen(self) -> bool:
        """Only one where Omnichannel is provisioned."""
        return self.provisioning.provisioned is Provisioned.YES


class _Solution(Foreign):
    uniquename: str = ""
    version: str = ""


class _Setting(Foreign):
    value: str = Field(default="", alias="Value")


class _Settings(Foreign):
    detail: _Setting | None = Field(default=None, alias="SettingDetail")


class _Role(Foreign):
    name: str = ""


async def provisioning_of(environment: Environment, dataverse: Dataverse | None) -> Provisioning:
    """The probe of one environment. What goes wrong is a reason, and no error."""
    if environment.state is EnvironmentState.WITHOUT_DATAVERSE:
        return Provisioning(provisioned=Provisioned.NO, reasons=(environment.reason,))
    if environment.state is EnvironmentState.NOT_READY or dataverse is None:
        return Provisioning(provisioned=Provisioned.UNKNOWN, reasons=(environment.reason,))
    try:
        await dataverse.call("GET", "/WhoAmI()")
        return await _probe(dataverse)
    except MicrosoftError as error:
        return Provisioning(provisioned=Provisioned.UNKNOWN, reasons=(str(error),))


async def survey(
    environments: Iterable[Environment], dataverse_of: Callable[[Environment], Dataverse]
) -> tuple[SurveyedEnvironment, ...]:
    """All of them, in their order. `dataverse_of` is asked for those with a Dataverse that is ready."""
    places = asyncio.Semaphore(AT_ONCE)

    async def one(environment: Environment) -> SurveyedEnvironment:
        ready = environment.state is EnvironmentState.READY
        async with places:
            found = await provisioning_of(environment, dataverse_of(environment) if ready else None)
        return SurveyedEnvironment(environment=environment, provisioning=found)

    return tuple(await asyncio.gather(*(one(environment) for environment in environments)))


async def _probe(dataverse: Dataverse) -> Provisioning:
    service, customer_service = await _customer_service(dataverse)
    setting = await _setting(dataverse)
    if setting is None:
        return await _without_setting(dataverse, service, installed=customer_service)
    if setting.casefold() != "true":
        how = "provision Omnichannel in the Copilot Service admin center"
        return Provisioning(provisioned=Provisioned.NO, reasons=(service, f"Omnichannel is not provisioned: {how}"))
    if not await dataverse.rows(_Role, "roles", select=("roleid", "name"), where=f"name eq {quoted(ROLE)}"):
        how = f'the role "{ROLE}" is missing: provisioning may still be under way'
        return Provisioning(provisioned=Provisioned.UNKNOWN, reasons=(service, "Omnichannel is provisioned", how))
    return Provisioning(provisioned=Provisioned.YES, reasons=(service, "Omnichannel is provisioned"))


async def _without_setting(dataverse: Dataverse, service: str, *, installed: bool) -> Provisioning:
    """Where the setting cannot be read, only what is missing says something."""
    answer = await dataverse.call(
        "GET", f"/EntityDefinitions(LogicalName='{TABLE}')", params={"$select": "LogicalName"}, accepted=(404,)
    )
    if not answer.is_success:
        how = "Omnichannel's tables are missing"
        return Provisioning(provisioned=Provisioned.NO, reasons=(service, how))
    untold = f"whether Omnichannel is provisioned can't be told: the setting {SETTING} cannot be read"
    trap = (
        "its tables are there, as they are in every Customer Service organisation"
        if installed
        else "its tables are there"
    )
    return Provisioning(provisioned=Provisioned.UNKNOWN, reasons=(service, untold, trap))


async def _customer_service(dataverse: Dataverse) -> tuple[str, bool]:
    where = " or ".join(f"uniquename eq {quoted(name)}" for name in CUSTOMER_SERVICE)
    found = await dataverse.rows(_Solution, "solutions", select=("uniquename", "version"), where=where)
    if not found:
        return "Dynamics 365 Customer Service is not installed", False
    return f"Dynamics 365 Customer Service {found[0].version} is installed".replace("  ", " "), True


async def _setting(dataverse: Dataverse) -> str | None:
    """The setting's value; None where there is none to be read."""
    try:
        answer = await dataverse.call("GET", f"/RetrieveSetting(SettingName='{SETTING}')")
    except (MissingError, ForbiddenError):
        return None
    detail = dataverse.parsed(_Settings, answer).detail
    return detail.value if detail else None
