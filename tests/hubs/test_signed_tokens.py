"""Signed tokens: whatever is wrong about one is found, and the issuer is asked for its keys as rarely as can be."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from hubs import signed_tokens
from hubs.errors import HubUnavailableError, WebhookError
from hubs.signed_tokens import SignedTokens
from simulators.entra import EntraSimulator
from simulators.faults import Fault, Faults
from simulators.served import Served

US = "our-application"


@dataclass
class Issuer:
    """An Entra on a socket, and the check of its tokens."""

    entra: EntraSimulator
    faults: Faults
    tokens: SignedTokens

    async def check(self, token: str, now: datetime | None = None) -> dict[str, Any]:
        """As a callback is checked."""
        header = f"Bearer {token}"
        await self.tokens.ready(header)
        return self.tokens.check(header, now or datetime.now(UTC)).claims


@pytest.fixture
async def issuer() -> AsyncIterator[Issuer]:
    """One whose keys nobody has fetched yet."""
    faults = Faults()
    entra = EntraSimulator(faults, set())
    async with Served(Starlette(routes=[Mount("/login", routes=entra.routes())])) as url:
        entra.url = f"{url}/login"
        root = f"{entra.url}/{entra.tenant}/v2.0"
        tokens = SignedTokens(f"{root}/.well-known/openid-configuration", issuers=("other", root), audiences=(US, "us"))
        yield Issuer(entra, faults, tokens)
        await tokens.close()


async def test_a_token_that_holds_says_its_claims(issuer: Issuer) -> None:
    """For any of our names."""
    assert (await issuer.check(issuer.entra.sign(US)))["appid"] == issuer.entra.client_id
    assert (await issuer.check(issuer.entra.sign("us", azp="x")))["azp"] == "x"


WRONG: dict[str, dict[str, Any]] = {
    "another's": {"aud": "somebody else"},
    "of another issuer": {"iss": "https://example.com/"},
    "too old": {"exp": 1_000_000_000},
    "of no end": {"exp": None},
    "too early": {"nbf": 4_000_000_000},
    "of no times": {"nbf": "soon"},
    "of no audience": {"aud": None},
}


@pytest.mark.parametrize("claims", WRONG.values(), ids=WRONG)
async def test_a_token_that_does_not_hold_is_refused(issuer: Issuer, claims: dict[str, Any]) -> None:
    """401, whatever it is."""
    with pytest.raises(WebhookError) as refused:
        await issuer.check(issuer.entra.sign(US, **claims))
    assert refused.value.status == 401


async def test_clocks_may_differ_by_five_minutes(issuer: Issuer) -> None:
    """Before it begins and after it ends."""
    token = issuer.entra.sign(US)
    for minutes, holds in ((-4, True), (64, True), (-6, False), (66, False)):
        try:
            await issuer.check(token, datetime.now(UTC) + timedelta(minutes=minutes))
        except WebhookError:
            assert not holds
        else:
            assert holds


async def test_what_is_no_signed_token_is_refused_without_asking_anybody(issuer: Issuer) -> None:
    """Nothing, another scheme, no JWT, one that names no key."""
    unnamed = jwt.encode({"aud": US}, "a secret of thirty-two characters", algorithm="HS256")
    for header in ("", "Basic YQ==", "Bearer", "Bearer x.y.z", f"Bearer {unnamed}"):
        await issuer.tokens.ready(header)
        with pytest.raises(WebhookError, match="signed bearer token"):
            issuer.tokens.check(header, datetime.now(UTC))
    assert issuer.faults.calls == []


async def test_another_algorithm_is_refused(issuer: Issuer) -> None:
    """One that takes the public key for a shared secret, or no signature at all."""
    named = jwt.get_unverified_header(issuer.entra.sign(US))["kid"]
    for forged in (
        jwt.encode({"aud": US}, "a secret of thirty-two characters", algorithm="HS256", headers={"kid": named}),
        jwt.encode({"aud": US}, "", algorithm="none", headers={"kid": named}),
    ):
        with pytest.raises(WebhookError, match="does not hold"):
            await issuer.check(forged)


async def test_a_changed_token_is_refused(issuer: Issuer) -> None:
    """Another's claims under this one's signature."""
    mine, other = issuer.entra.sign(US), issuer.entra.sign(US, appid="mallory")
    head, _, signature = mine.split(".")
    with pytest.raises(WebhookError, match="does not hold"):
        await issuer.check(f"{head}.{other.split('.')[1]}.{signature}")


async def test_keys_are_fetched_once_however_many_ask(issuer: Issuer) -> None:
    """Ten callbacks at a time, and one after."""
    await asyncio.gather(*(issuer.check(issuer.entra.sign(US)) for _ in range(10)))
    await issuer.check(issuer.entra.sign(US))
    assert issuer.faults.calls == ["metadata", "keys"]


async def test_a_new_key_is_fetched_and_an_invented_one_is_not(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The issuer rotates its keys; who invents key ids does not make us ask again and again."""
    await issuer.check(issuer.entra.sign(US))
    issuer.entra.rotate()
    for _ in range(3):
        with pytest.raises(WebhookError, match="does not publish"):
            await issuer.check(issuer.entra.sign(US))
    assert issuer.faults.calls == ["metadata", "keys"]
    monkeypatch.setattr(signed_tokens, "FETCHED_EVERY", 0)
    await issuer.check(issuer.entra.sign(US))
    assert issuer.faults.calls == ["metadata", "keys"] * 2


async def test_keys_are_kept_a_day_at_most(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then they are fetched again, or nothing holds."""
    await issuer.check(issuer.entra.sign(US))
    monkeypatch.setattr(signed_tokens, "KEPT_SECONDS", 0)
    monkeypatch.setattr(signed_tokens, "FETCHED_EVERY", 0)
    with pytest.raises(WebhookError, match="does not publish"):
        await issuer.check(issuer.entra.sign(US))
    assert issuer.faults.calls == ["metadata", "keys"] * 2


async def test_an_issuer_that_does_not_answer_makes_it_later(issuer: Issuer) -> None:
    """It is no fault of the callback's: it shall come again, and the issuer is not asked at each."""
    issuer.faults.plan("keys", Fault(status=503), Fault(status=503))
    for _ in range(3):
        with pytest.raises(HubUnavailableError, match="gives no keys now"):
            await issuer.check(issuer.entra.sign(US))
    assert issuer.faults.calls == ["metadata", "keys"]
