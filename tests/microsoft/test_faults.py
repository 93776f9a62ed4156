"""Every call, every fault: it fails as one that may be tried again, and tried again there is one of everything."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from microsoft.application_user import ApplicationUser, ApplicationUsers, Bot
from microsoft.bot_service import Channel
from microsoft.conversation_rows import ConversationRows
from microsoft.dataverse import Dataverse
from microsoft.errors import UnavailableError
from microsoft.graph import Application, SignInAudience
from microsoft.queues import Queues
from microsoft.tenant import Tenant
from microsoft.workstreams import Workstreams
from simulators.dataverse_rules import busy
from simulators.faults import Fault
from simulators.microsoft import MicrosoftSimulator

NOBODY = "5c1e7b02-0000-4000-8000-000000000000"
FAULTS: dict[str, Fault] = {
    "429": Fault(429, 3),
    "503": Fault(503),
    "500 after commit": Fault(500, after_doing=True),
    "cut before": Fault(cut=True),
    "cut after commit": Fault(cut=True, after_doing=True),
}
BUSY = {f"busy: {limit}": busy(limit, 4) for limit in ("requests", "time", "at once")}


@dataclass
class Connected:
    """Everything that a connect has made before the call that is tried."""

    tenant: Tenant
    microsoft: MicrosoftSimulator
    dataverse: Dataverse
    application: Application
    bot: Bot
    user: ApplicationUser | None = None

    @property
    def users(self) -> ApplicationUsers:
        """The organisation's."""
        return ApplicationUsers(self.dataverse)

    @property
    def user_id(self) -> str:
        """The agent's application user."""
        assert self.user
        return self.user.id


Call = Callable[[Connected], Awaitable[Any]]


def _teams(it: Connected) -> Awaitable[Any]:
    resource = it.tenant.bot_of("contoso")
    assert resource
    return it.tenant.bot_service.ensure_channel(resource, Channel.TEAMS)


def _role(it: Connected) -> Awaitable[Any]:
    assert it.user
    return it.users.ensure_role(it.user)


NEW = ("baton-new", "New", SignInAudience.SINGLE_TENANT)
CALLS: dict[str, Call] = {
    "upsert_application": lambda it: it.tenant.graph.ensure_application(*NEW),
    "upsert_service_principal": lambda it: it.tenant.graph.ensure_service_principal(it.application.app_id),
    "upsert_federated": lambda it: it.tenant.graph.ensure_federated_credential(it.application, "w", "https://i", "s"),
    "add_password": lambda it: it.tenant.graph.add_password(it.application, "connect"),
    "environments": lambda it: it.tenant.environments.all(),
    "put_channel": _teams,
    "channel": _teams,
}
IN_DATAVERSE: dict[str, Call] = {
    "find_systemusers": lambda it: it.users.ensure(it.bot),
    "find_businessunits": lambda it: it.users.ensure(it.bot),
    "create_systemusers": lambda it: it.users.ensure(it.bot),
    "read_systemusers": lambda it: it.users.ensure(it.bot),
}
WITH_A_USER: dict[str, Call] = {
    "find_roles": _role,
    "associate_systemuserroles_association": _role,
    "change_systemusers": lambda it: it.users.set_enabled(it.user_id, enabled=False),
    "associate_queuemembership_association": lambda it: Queues(it.dataverse).add(
        it.microsoft.contoso.queue, it.user_id
    ),
    "disassociate_queuemembership_association": lambda it: Queues(it.dataverse).remove(
        it.microsoft.contoso.queue, it.user_id
    ),
    "change_msdyn_liveworkstreams": lambda it: Workstreams(it.dataverse).link(
        it.microsoft.contoso.workstream, it.user_id
    ),
    "read_msdyn_ocliveworkitems": lambda it: ConversationRows(it.dataverse).one(NOBODY),
}


@pytest.fixture
def connected(
    tenant: Tenant, microsoft: MicrosoftSimulator, dataverse: Dataverse, application: Application, bot: Bot
) -> Connected:
    """As it is before a connect."""
    return Connected(tenant, microsoft, dataverse, application, bot)


async def _tried_again(
    it: Connected, operation: str, call: Call, fault: Fault, first: Connected | None = None
) -> UnavailableError:
    """The call, made by `first`, goes wrong once; then it works, and works again. Returns how it went wrong."""
    it.microsoft.faults.plan(operation, fault)
    with pytest.raises(UnavailableError) as failed:
        await call(first or it)
    await call(it)
    await call(it)
    assert operation in it.microsoft.faults.calls
    return failed.value


def _no_more_than_one(it: Connected) -> None:
    graph, contoso = it.microsoft.graph, it.microsoft.contoso
    names = [each["uniqueName"] for each in graph.applications.values()]
    assert len(names) == len(set(names))
    for each in graph.applications.values():
        markers = [password["displayName"] for password in each["passwordCredentials"]]
        assert len(markers) == len(set(markers))
    assert len(contoso.users(it.bot.application_id)) <= 1


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("operation", CALLS)
async def test_in_the_tenant(connected: Connected, operation: str, fault: Fault) -> None:
    """Graph, Power Platform, Azure."""
    failed = await _tried_again(connected, operation, CALLS[operation], fault)
    assert failed.retry_after == fault.retry_after
    _no_more_than_one(connected)


@pytest.mark.parametrize("fault", [*FAULTS.values(), *BUSY.values()], ids=[*FAULTS, *BUSY])
@pytest.mark.parametrize("operation", IN_DATAVERSE)
async def test_making_a_user(connected: Connected, operation: str, fault: Fault) -> None:
    """One, whose it is."""
    failed = await _tried_again(connected, operation, IN_DATAVERSE[operation], fault)
    assert failed.retry_after == fault.retry_after
    _no_more_than_one(connected)
    user = await connected.users.find(connected.bot.application_id)
    assert user
    assert (user.bot_handle, user.is_bot, user.enabled) == (connected.bot.handle, True, True)


@pytest.mark.parametrize("fault", [*FAULTS.values(), *BUSY.values()], ids=[*FAULTS, *BUSY])
@pytest.mark.parametrize("operation", WITH_A_USER)
async def test_with_a_user(connected: Connected, operation: str, fault: Fault) -> None:
    """Role, queue, workstream, disabling, and reading."""
    connected.user = await connected.users.ensure(connected.bot)
    if operation == "disassociate_queuemembership_association":
        await Queues(connected.dataverse).add(connected.microsoft.contoso.queue, connected.user.id)
    failed = await _tried_again(connected, operation, WITH_A_USER[operation], fault)
    assert failed.retry_after == fault.retry_after
    _no_more_than_one(connected)


@pytest.mark.parametrize("after_doing", [False, True])
@pytest.mark.parametrize("operation", ["add_password", "put_channel", "create_systemusers"])
async def test_an_answer_that_comes_too_late(connected: Connected, operation: str, *, after_doing: bool) -> None:
    """Whether the work was done in the meantime or not."""
    tenant = Tenant(connected.microsoft.parsed_settings(timeout_seconds=2), connected.microsoft.resolve)
    impatient = replace(connected, tenant=tenant, dataverse=tenant.dataverse_at(connected.microsoft.contoso.url))
    fault = Fault(hang_seconds=30, after_doing=after_doing)
    await _tried_again(connected, operation, {**CALLS, **IN_DATAVERSE}[operation], fault, impatient)
    _no_more_than_one(connected)
    await tenant.close()


async def test_unlinking_again(connected: Connected) -> None:
    """Its answer was lost: then it is unlinked already."""
    user = await connected.users.ensure(connected.bot)
    streams, stream = Workstreams(connected.dataverse), connected.microsoft.contoso.workstream
    await streams.link(stream, user.id)
    connected.microsoft.faults.plan("disassociate_msdyn_bot_user", Fault(cut=True, after_doing=True))
    with pytest.raises(UnavailableError):
        await streams.unlink(stream, user.id)
    await streams.unlink(stream, user.id)
    assert (await streams.one(stream)).bot_user is None


@pytest.mark.parametrize("calls", [CALLS, IN_DATAVERSE], ids=["tenant", "dataverse"])
async def test_a_token_that_expires_before_any_call(connected: Connected, calls: dict[str, Call]) -> None:
    """Is replaced, and the call made."""
    for call in calls.values():
        connected.microsoft.entra.expire()
        await call(connected)
    _no_more_than_one(connected)
