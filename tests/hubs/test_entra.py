"""Entra's tokens on a hub's line: one renewal at a time, and each refusal says what to look at."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from hubs.entra_access import EntraAccess
from hubs.errors import HubRefusedError, HubUnavailableError
from microsoft.credentials import ClientSecret
from microsoft.tokens import EntraTokens
from simulators.entra import EntraSimulator
from simulators.faults import Fault, Faults
from simulators.served import Served
from tests.support.waiting import PATIENCE

RESOURCE = "https://contoso.crm4.dynamics.com"
SCOPE = f"{RESOURCE}/.default"


@pytest.fixture
async def entra() -> AsyncIterator[EntraSimulator]:
    """One tenant on a socket."""
    simulated = EntraSimulator(Faults(), {RESOURCE})
    async with Served(Starlette(routes=[Mount("/login", routes=simulated.routes())])) as url:
        simulated.url = f"{url}/login"
        yield simulated


def _tokens(entra: EntraSimulator, **changes: str) -> EntraTokens:
    known = {"tenant": entra.tenant, "client_id": entra.client_id, "client_secret": entra.client_secret, **changes}
    secret = ClientSecret(known["client_secret"])
    return EntraTokens(f"{entra.url}/", known["tenant"], known["client_id"], secret, timeout=PATIENCE)


async def test_a_token_is_what_the_resource_takes(entra: EntraSimulator) -> None:
    """With the seconds that it lives."""
    tokens = _tokens(entra)
    token = await tokens.fetch(SCOPE)
    assert token.seconds == 3_599
    assert entra.holds(f"Bearer {token.value}", RESOURCE)
    await tokens.close()


REFUSALS: dict[str, tuple[dict[str, str], str]] = {
    "a wrong secret": ({"client_secret": "wrong"}, "AADSTS7000215: the client secret is wrong"),
    "no secret": ({"client_secret": ""}, "AADSTS7000218: the client secret is missing"),
    "another application": ({"client_id": "another"}, "AADSTS700016: the application is not in this tenant"),
    "another tenant": ({"tenant": "another"}, "AADSTS90002: there is no such tenant"),
}


@pytest.mark.parametrize(("changes", "why"), REFUSALS.values(), ids=REFUSALS)
async def test_a_refusal_says_what_to_look_at(entra: EntraSimulator, changes: dict[str, str], why: str) -> None:
    """The connection, its keys and Entra's code; never the secret."""
    tokens = _tokens(entra, **changes)
    with pytest.raises(HubRefusedError) as refused:
        await EntraAccess("support", tokens, SCOPE).token()
    assert why in str(refused.value)
    assert "[hubs.support]" in str(refused.value)
    await tokens.close()


async def test_a_resource_that_there_is_not(entra: EntraSimulator) -> None:
    """The scope is told: it is made of settings."""
    tokens = _tokens(entra)
    with pytest.raises(HubRefusedError, match=r"AADSTS70011.*scope https://nowhere/.default"):
        await EntraAccess("support", tokens, "https://nowhere/.default").token()
    await tokens.close()


@pytest.mark.parametrize(
    ("fault", "wait"),
    [(Fault(status=429, retry_after=7), 7.0), (Fault(status=503), None), (Fault(200, body=b"{}"), None)],
)
async def test_what_may_work_later(entra: EntraSimulator, fault: Fault, wait: float | None) -> None:
    """At Entra's own pace where it names one; an answer that is no token is none."""
    entra._faults.plan("token", fault)
    tokens = _tokens(entra)
    with pytest.raises(HubUnavailableError) as failed:
        await EntraAccess("support", tokens, SCOPE).token()
    assert failed.value.retry_after == wait
    await tokens.close()
    with pytest.raises(HubUnavailableError, match="does not answer"):
        await EntraAccess(
            "support", EntraTokens("http://127.0.0.1:9", "t", "c", ClientSecret("s"), timeout=1), SCOPE
        ).token()


async def test_one_renewal_however_many_ask(entra: EntraSimulator) -> None:
    """Twenty callers, one token."""
    tokens = _tokens(entra)
    access = EntraAccess("support", tokens, SCOPE)
    assert len(set(await asyncio.gather(*(access.token() for _ in range(20))))) == 1
    assert entra._faults.calls == ["token"]
    await tokens.close()
