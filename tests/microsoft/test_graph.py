"""App registrations: one however often they are asked for, and secrets that are known to one place only."""

import asyncio
from datetime import UTC, datetime

import pytest

from microsoft.errors import ForbiddenError, NotYetError, RefusedError
from microsoft.graph import Application, SignInAudience
from microsoft.tenant import Tenant
from simulators.microsoft import MicrosoftSimulator


@pytest.mark.parametrize("audience", SignInAudience)
async def test_an_application_is_made_once_and_brought_up_to_date(
    tenant: Tenant, microsoft: MicrosoftSimulator, audience: SignInAudience
) -> None:
    """Whatever account types it supports; redirect URIs that are not given stay."""
    made = await tenant.graph.ensure_application("baton-a", "A", audience, ("https://a.example/back",))
    again = await tenant.graph.ensure_application("baton-a", "A, renamed", audience)
    assert (again.id, again.display_name) == (made.id, "A, renamed")
    assert again.redirect_uris == ("https://a.example/back",)
    assert again.sign_in_audience == audience.value
    assert len(microsoft.graph.applications) == 1
    assert await tenant.graph.application(made.app_id) == again
    assert await tenant.graph.named_application("baton-a") == again


async def test_a_name_may_have_what_a_path_may_not(tenant: Tenant) -> None:
    """A quote, a space, a percent sign."""
    made = await tenant.graph.ensure_application("baton's 100% own", "A", SignInAudience.SINGLE_TENANT)
    assert made.unique_name
    assert await tenant.graph.application(made.app_id) == made


async def test_what_there_is_not_is_none(tenant: Tenant) -> None:
    """By either key."""
    assert await tenant.graph.application("5c1e7b02-0000-4000-8000-000000000000") is None
    assert await tenant.graph.named_application("nothing") is None


async def test_the_directory_lags(tenant: Tenant, microsoft: MicrosoftSimulator) -> None:
    """What was just made is not there yet, which is worth another try, and then it is there."""
    microsoft.graph.lag.reads = 2
    made = await tenant.graph.ensure_application("baton-a", "A", SignInAudience.SINGLE_TENANT)
    for _ in range(2):
        with pytest.raises(NotYetError):
            await tenant.graph.ensure_service_principal(made.app_id)
    await tenant.graph.ensure_service_principal(made.app_id)
    await tenant.graph.ensure_service_principal(made.app_id)
    assert microsoft.graph.service_principals == {made.app_id}


async def test_a_secret_of_the_same_marker_is_one(
    tenant: Tenant, application: Application, microsoft: MicrosoftSimulator
) -> None:
    """Whoever asked before has lost it; another marker's stays."""
    await tenant.graph.add_password(application, "somebody else's")
    first = await tenant.graph.add_password(application, "connect 1")
    ends = datetime(2027, 1, 1, tzinfo=UTC)
    second = await tenant.graph.add_password(application, "connect 1", ends_at=ends)
    assert second.ends_at == ends
    shown = microsoft.graph.applications[application.id]["passwordCredentials"]
    assert [each["displayName"] for each in shown] == ["somebody else's", "connect 1"]
    assert first.secret.get_secret_value() not in repr(first)
    for password, works in ((first, False), (second, True)):
        tokens = tenant.agent_tokens(application.app_id, password.secret.get_secret_value())
        if works:
            assert await tokens.token(f"{microsoft.graph.url}/.default")
        else:
            with pytest.raises(RefusedError, match="7000215"):
                await tokens.token(f"{microsoft.graph.url}/.default")
        await tokens.close()


async def test_secrets_that_two_add_at_once_are_removed_by_the_next(
    tenant: Tenant, application: Application, microsoft: MicrosoftSimulator
) -> None:
    """Neither sees the other's; whoever comes after them leaves one."""
    await asyncio.gather(*(tenant.graph.add_password(application, "connect 1") for _ in range(3)))
    await tenant.graph.add_password(application, "connect 1")
    assert len(microsoft.graph.applications[application.id]["passwordCredentials"]) == 1
    assert await tenant.graph.remove_passwords(application, "connect 1") == 1


async def test_a_federated_credential_is_one(
    tenant: Tenant, application: Application, microsoft: MicrosoftSimulator
) -> None:
    """Made, and then changed."""
    for subject in ("system:serviceaccount:baton:worker", "system:serviceaccount:baton:other"):
        await tenant.graph.ensure_federated_credential(application, "worker", "https://issuer.example", subject)
    (known,) = microsoft.graph.federated[application.id].values()
    assert known["subject"] == "system:serviceaccount:baton:other"
    assert known["audiences"] == ["api://AzureADTokenExchange"]


async def test_a_permission_that_is_missing_is_named(tenant: Tenant, microsoft: MicrosoftSimulator) -> None:
    """With which one."""
    microsoft.graph.may_write = False
    with pytest.raises(ForbiddenError, match=r"Authorization_RequestDenied.*Application.ReadWrite.OwnedBy"):
        await tenant.graph.ensure_application("baton-a", "A", SignInAudience.SINGLE_TENANT)
