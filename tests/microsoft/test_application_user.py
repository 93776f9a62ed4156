"""The application user: found, made, adopted; refused where it is another agent's, disabled or not."""

import asyncio

import pytest

from microsoft.application_user import ApplicationUsers, Bot
from microsoft.errors import DuplicateBotAppIdError, ForbiddenError, MissingError, NotYetError, RefusedError
from microsoft.graph import SignInAudience
from microsoft.tenant import Tenant
from simulators.microsoft import MicrosoftSimulator
from simulators.organization import ROLE

BOT_USER = 192350001
NOBODY = "5c1e7b02-0000-4000-8000-000000000000"


async def test_it_is_made_once(users: ApplicationUsers, bot: Bot, microsoft: MicrosoftSimulator) -> None:
    """In the root business unit, with the bot's columns; enabled, and with its role, by steps of their own."""
    assert await users.find(bot.application_id) is None
    made = await users.ensure(bot)
    assert made == await users.ensure(bot) == await users.find(bot.application_id)
    assert (made.enabled, made.is_bot, made.bot_handle, made.roles) == (True, True, "baton-contoso", ())
    assert made.bot_application_id == bot.application_id
    assert made.business_unit == microsoft.contoso.root
    await users.ensure_role(made)
    await users.ensure_role(made)
    (row,) = microsoft.contoso.users(bot.application_id)
    assert microsoft.contoso.of("systemuserroles_association", made.id) == {microsoft.contoso.role}
    assert row["accessmode"] == 4
    found = await users.find(bot.application_id)
    assert found
    assert found.roles == (ROLE,)


async def test_the_bots_columns_may_have_to_follow(
    users: ApplicationUsers, bot: Bot, microsoft: MicrosoftSimulator
) -> None:
    """Where the creating request takes none of them."""
    microsoft.contoso.takes_bot_columns_at_once = False
    made = await users.ensure(bot)
    assert (made.is_bot, made.bot_handle) == (True, bot.handle)
    assert len(microsoft.contoso.users(bot.application_id)) == 1


@pytest.mark.parametrize("agent_type", [BOT_USER, None])
async def test_what_an_earlier_try_made_is_adopted(
    users: ApplicationUsers, bot: Bot, microsoft: MicrosoftSimulator, agent_type: int | None
) -> None:
    """Whether it came to the bot's columns or not."""
    marked = {"msdyn_botapplicationid": bot.application_id} if agent_type else {}
    there = microsoft.contoso.add_user(bot.application_id, msdyn_agentType=agent_type, **marked)
    adopted = await users.ensure(bot)
    assert (adopted.id, adopted.is_bot, adopted.bot_handle) == (there, True, bot.handle)


@pytest.mark.parametrize("disabled", [False, True])
async def test_another_agents_is_refused(
    users: ApplicationUsers, bot: Bot, microsoft: MicrosoftSimulator, *, disabled: bool
) -> None:
    """Copilot Studio's error 1004: also where the other agent is disconnected. Nothing of it is changed."""
    there = microsoft.contoso.add_user(bot.application_id, msdyn_bothandle="another", isdisabled=disabled)
    before = dict(microsoft.contoso.tables.rows["systemusers"][there])
    with pytest.raises(DuplicateBotAppIdError, match=r'agent "another"') as refused:
        await users.ensure(bot)
    assert ("disabled and still holds it" in str(refused.value)) is disabled
    assert refused.value.code == "DuplicateBotAppId"
    assert microsoft.contoso.tables.rows["systemusers"][there] == before


async def test_two_agents_race_for_one_application(
    users: ApplicationUsers, bot: Bot, microsoft: MicrosoftSimulator
) -> None:
    """Whichever comes first has it; the other one is told whose it is."""
    other = bot.model_copy(update={"handle": "another"})
    ended = await asyncio.gather(users.ensure(bot), users.ensure(other), return_exceptions=True)
    (row,) = microsoft.contoso.users(bot.application_id)
    refused = [each for each in ended if isinstance(each, DuplicateBotAppIdError)]
    assert len(refused) == 1
    assert row["msdyn_bothandle"] in {"baton-contoso", "another"}


async def test_a_deleted_user_holds_the_application_id(
    users: ApplicationUsers, bot: Bot, microsoft: MicrosoftSimulator
) -> None:
    """Only an administrator can do something about it."""
    microsoft.contoso.add_user(bot.application_id, deletedstate=1, msdyn_bothandle="another")
    assert await users.find(bot.application_id) is None
    with pytest.raises(RefusedError, match="delete it for good"):
        await users.ensure(bot)


async def test_several_users_are_somebodys_mistake(
    users: ApplicationUsers, bot: Bot, microsoft: MicrosoftSimulator
) -> None:
    """Which of them is meant cannot be known."""
    for _ in range(2):
        microsoft.contoso.add_user(bot.application_id)
    with pytest.raises(RefusedError, match="2 users of one application"):
        await users.ensure(bot)


async def test_dataverse_lags(tenant: Tenant, users: ApplicationUsers, bot: Bot, microsoft: MicrosoftSimulator) -> None:
    """An application that it does not know yet, a user that it does not show yet."""
    made = await tenant.graph.ensure_application("baton-b", "B", SignInAudience.SINGLE_TENANT)
    with pytest.raises(NotYetError, match="does not know the application"):
        await users.ensure(bot.model_copy(update={"application_id": made.app_id}))
    microsoft.contoso.lag.reads = 2
    await users.ensure(bot)
    with pytest.raises(NotYetError, match="does not show it yet"):
        await users.ensure(bot)
    assert (await users.ensure(bot)).bot_handle == bot.handle
    assert len(microsoft.contoso.users(bot.application_id)) == 1


async def test_disabled_and_enabled_again(users: ApplicationUsers, bot: Bot) -> None:
    """As often as it is asked for; whoever is gone is as good as disabled."""
    made = await users.ensure(bot)
    for enabled in (False, False, True, True):
        await users.set_enabled(made.id, enabled=enabled)
        found = await users.find(bot.application_id)
        assert found
        assert found.enabled is enabled
    await users.set_enabled(NOBODY, enabled=False)
    with pytest.raises(MissingError):
        await users.set_enabled(NOBODY, enabled=True)


async def test_a_role_that_there_is_not(users: ApplicationUsers, bot: Bot, microsoft: MicrosoftSimulator) -> None:
    """The role of another business unit does not do."""
    made = await users.ensure(bot)
    del microsoft.contoso.tables.rows["roles"][microsoft.contoso.role]
    with pytest.raises(RefusedError, match="provision Omnichannel"):
        await users.ensure_role(made)


async def test_who_may_not_enter_is_told(users: ApplicationUsers, bot: Bot, microsoft: MicrosoftSimulator) -> None:
    """Nobody there knows us, or knows us and has disabled us."""
    microsoft.contoso.callers[microsoft.entra.client_id] = False
    with pytest.raises(ForbiddenError, match="own application user is disabled"):
        await users.find(bot.application_id)
    microsoft.contoso.callers.clear()
    with pytest.raises(ForbiddenError, match=r"0x80072560.*application user of this environment"):
        await users.find(bot.application_id)


@pytest.mark.parametrize("text", ["", "x", f"{NOBODY} or true", f"{NOBODY})/x"])
async def test_what_is_no_id_is_asked_of_nobody(
    users: ApplicationUsers, microsoft: MicrosoftSimulator, text: str
) -> None:
    """Nothing gets into a filter or an address by way of an id."""
    with pytest.raises(RefusedError, match="an id is a GUID"):
        await users.find(text)
    assert microsoft.faults.calls == []
