"""What "Refresh" looks at: everything holds after a connect, and each thing that was changed is named."""

from collections.abc import Awaitable, Callable

import pytest

from microsoft.application_user import ApplicationUsers, Bot
from microsoft.bot_service import Channel
from microsoft.credentials import ClientSecret
from microsoft.dataverse import Dataverse
from microsoft.graph import Application
from microsoft.queues import Queues
from microsoft.tenant import Tenant
from microsoft.tokens import EntraTokens
from microsoft.verification import AGENT_SCOPE, Expected, Verification, verify
from microsoft.workstreams import Workstreams
from simulators.microsoft import MicrosoftSimulator

Verify = Callable[[], Awaitable[Verification]]


@pytest.fixture
async def verified(
    tenant: Tenant,
    dataverse: Dataverse,
    users: ApplicationUsers,
    bot: Bot,
    application: Application,
    microsoft: MicrosoftSimulator,
) -> Verify:
    """A connection that was made, and how it is looked at."""
    user = await users.ensure(bot)
    await users.ensure_role(user)
    await Queues(dataverse).add(microsoft.contoso.queue, user.id)
    await Workstreams(dataverse).link(microsoft.contoso.workstream, user.id)
    resource = tenant.bot_of("contoso")
    assert resource
    for channel in Channel:
        await tenant.bot_service.ensure_channel(resource, channel)
    secret = (await tenant.graph.add_password(application, "connect")).secret.get_secret_value()
    expected = Expected(
        application_id=bot.application_id,
        handle=bot.handle,
        queue_id=microsoft.contoso.queue,
        workstream_id=microsoft.contoso.workstream,
        bot=resource,
    )

    async def look() -> Verification:
        where = microsoft.entra.url, microsoft.entra.tenant
        tokens = EntraTokens(*where, bot.application_id, ClientSecret(secret))
        found = await verify(expected, dataverse, tenant.bot_service, (tokens, AGENT_SCOPE))
        await tokens.close()
        return found

    return look


async def test_everything_holds(verified: Verify) -> None:
    """Nine things."""
    found = await verified()
    assert found.wrong == ()
    assert found.holds
    assert len(found.findings) == 9


def _user(microsoft: MicrosoftSimulator) -> dict[str, object]:
    (user,) = microsoft.contoso.tables.rows["systemusers"].values()
    return user


DRIFTS: dict[str, tuple[Callable[[MicrosoftSimulator], object], str]] = {
    "disabled": (lambda it: _user(it).update(isdisabled=True), "application user: it is disabled"),
    "gone": (lambda it: it.contoso.tables.rows["systemusers"].clear(), "application user: it is gone"),
    "unmarked": (lambda it: _user(it).update(msdyn_botapplicationid=None), "bot columns"),
    "another's": (lambda it: _user(it).update(msdyn_bothandle="x"), 'bot handle: the user is marked as that of "x"'),
    "no role": (lambda it: it.contoso.members.clear(), "role: the user lacks"),
    "no queue": (lambda it: it.contoso.of("queuemembership_association", it.contoso.queue).clear(), "queue:"),
    "no bot": (
        lambda it: it.contoso.tables.change(
            "msdyn_liveworkstreams", it.contoso.workstream, {"_msdyn_bot_user_value": None}
        ),
        "workstream:",
    ),
    "channel off": (
        lambda it: it.bot_service.bots["contoso-bot"].pop("MsTeamsChannel"),
        "channel MsTeamsChannel: it is off",
    ),
    "no Omnichannel": (
        lambda it: it.bot_service.bots["contoso-bot"].pop("Omnichannel"),
        "channel Omnichannel: it is off",
    ),
    "no token": (
        lambda it: it.entra.applications.pop(str(_user(it)["applicationid"])),
        "token of the agent's application",
    ),
}


@pytest.mark.parametrize(("drift", "said"), DRIFTS.values(), ids=DRIFTS)
async def test_what_was_changed_is_named(
    verified: Verify, microsoft: MicrosoftSimulator, drift: Callable[[MicrosoftSimulator], object], said: str
) -> None:
    """One thing at a time."""
    drift(microsoft)
    found = await verified()
    assert not found.holds
    assert any(wrong.startswith(said) for wrong in found.wrong), found.wrong
