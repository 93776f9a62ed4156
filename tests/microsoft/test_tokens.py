"""Tokens: in each form of credential, kept until shortly before they expire; what is new is told from what is wrong."""

import asyncio
import sys
import time
import types
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from microsoft.credentials import Certificate, ClientSecret, Credential, FederatedToken
from microsoft.errors import CredentialsError, ForbiddenError, NotYetError, UnavailableError
from microsoft.graph import SignInAudience
from microsoft.managed_identity import ManagedIdentityTokens
from microsoft.tenant import Tenant, tokens_of
from microsoft.tokens import CachedTokens, EntraTokens, Token
from simulators.entra import EntraSimulator
from simulators.faults import Fault
from simulators.microsoft import MicrosoftSimulator

ISSUER = "https://issuer.example"
SUBJECT = "system:serviceaccount:baton:worker"


def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65_537, key_size=2_048)


def _pem(key: rsa.RSAPrivateKey) -> str:
    plain = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain).decode()


def _certificate(key: rsa.RSAPrivateKey) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "baton")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    dated = builder.serial_number(1).not_valid_before(datetime.now(UTC))
    signed = dated.not_valid_after(datetime.now(UTC) + timedelta(days=1)).sign(key, hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.PEM).decode()


def _tokens(entra: EntraSimulator, credential: Credential, **changes: Any) -> EntraTokens:
    return EntraTokens(entra.url, entra.tenant, entra.client_id, credential, **changes)


def _scope(microsoft: MicrosoftSimulator) -> str:
    return f"{microsoft.graph.url}/.default"


@pytest.mark.parametrize("algorithm", ["PS256", "RS256"])
async def test_a_certificate(microsoft: MicrosoftSimulator, algorithm: Any) -> None:
    """Its own key signs; another one's does not, and what is no PEM is named without being shown."""
    key, other = _key(), _key()
    microsoft.entra.applications[microsoft.entra.client_id].certificates.append(_certificate(key))
    tokens = _tokens(microsoft.entra, Certificate(_certificate(key), _pem(key), algorithm))
    assert microsoft.entra.holds(f"Bearer {await tokens.token(_scope(microsoft))}", microsoft.graph.url)
    await tokens.close()
    for wrong, said in (
        (Certificate(_certificate(other), _pem(other), algorithm), "700027.*not one of the application's"),
        (Certificate(_certificate(key), _pem(other), algorithm), "700027"),
        (Certificate("hunter2", _pem(key), algorithm), "is no PEM"),
        (Certificate(_certificate(key), "hunter2", algorithm), "is no PEM"),
    ):
        tokens = _tokens(microsoft.entra, wrong)
        with pytest.raises(CredentialsError, match=said) as refused:
            await tokens.token(_scope(microsoft))
        assert "hunter2" not in str(refused.value)
        await tokens.close()


async def test_another_issuers_token(microsoft: MicrosoftSimulator, tmp_path: Path) -> None:
    """Read anew each time, as whoever issues it renews it."""
    key, file = _key(), tmp_path / "token"
    microsoft.entra.issuers[ISSUER] = key.public_key()
    microsoft.entra.applications[microsoft.entra.client_id].federated.append((ISSUER, SUBJECT))
    tokens = _tokens(microsoft.entra, FederatedToken(file))
    with pytest.raises(CredentialsError, match="cannot be read"):
        await tokens.token(_scope(microsoft))
    file.write_text("", encoding="utf-8")
    with pytest.raises(CredentialsError, match="is empty"):
        await tokens.token(_scope(microsoft))
    claims = {"iss": ISSUER, "sub": SUBJECT, "aud": "api://AzureADTokenExchange", "exp": int(time.time()) + 60}
    for changes, works in (({"sub": "another"}, False), ({"exp": 1}, False), ({}, True)):
        file.write_text(jwt.encode({**claims, **changes}, key, algorithm="RS256") + "\n", encoding="utf-8")
        if works:
            assert await tokens.token(_scope(microsoft))
        else:
            with pytest.raises(CredentialsError, match="AADSTS70021"):
                await tokens.token(_scope(microsoft))
    await tokens.close()


async def test_what_was_just_made_may_not_be_there_yet(microsoft: MicrosoftSimulator) -> None:
    """Within ten minutes that is worth another try; later, or for another reason, it is not."""
    microsoft.entra.lag.reads = 1
    for made_at, error in (
        (datetime.now(UTC), NotYetError),
        (datetime.now(UTC) - timedelta(minutes=11), CredentialsError),
        (None, CredentialsError),
    ):
        microsoft.entra.lag.wrote(microsoft.entra.client_id)
        tokens = _tokens(microsoft.entra, ClientSecret(microsoft.entra.client_secret), made_at=made_at)
        with pytest.raises(error, match="700016"):
            await tokens.token(_scope(microsoft))
        assert await tokens.token(_scope(microsoft))
        await tokens.close()
    tokens = _tokens(microsoft.entra, ClientSecret("wrong"), made_at=datetime.now(UTC))
    with pytest.raises(NotYetError, match="7000215"):
        await tokens.token(_scope(microsoft))
    await tokens.close()


async def test_a_resource_that_there_is_not(tenant: Tenant) -> None:
    """Its scope is told."""
    with pytest.raises(CredentialsError, match=r"AADSTS70011.*https://nowhere/.default"):
        await tenant.tokens.token("https://nowhere/.default")


async def test_a_new_agents_credentials(tenant: Tenant, microsoft: MicrosoftSimulator) -> None:
    """As a connect tries them: they do not work yet, and then they do."""
    application = await tenant.graph.ensure_application("baton-a", "A", SignInAudience.SINGLE_TENANT)
    microsoft.entra.lag.reads = 1
    await tenant.graph.ensure_service_principal(application.app_id)
    password = await tenant.graph.add_password(application, "connect")
    secret = password.secret.get_secret_value()
    tokens = tenant.agent_tokens(application.app_id, secret, made_at=datetime.now(UTC))
    with pytest.raises(NotYetError):
        await tokens.token(_scope(microsoft))
    assert await tokens.token(_scope(microsoft))
    await tokens.close()


class _Counted(CachedTokens):
    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds
        self.fetched: list[str] = []

    async def fetch(self, scope: str) -> Token:
        await asyncio.sleep(0.01)
        self.fetched.append(scope)
        return Token(value=f"{scope}-{len(self.fetched)}", seconds=self.seconds)

    async def close(self) -> None:
        return


async def test_one_fetch_for_each_scope() -> None:
    """However many ask at once; each scope has its own."""
    tokens = _Counted(3_600)
    asked = [tokens.token(scope) for scope in ("a", "b") for _ in range(10)]
    assert len(set(await asyncio.gather(*asked))) == 2
    assert sorted(tokens.fetched) == ["a", "b"]


async def test_a_token_is_used_until_five_minutes_before_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then another one is fetched; one that lives shorter than that is used for half its life."""
    now = 1_000.0
    monkeypatch.setattr("microsoft.tokens.time", types.SimpleNamespace(monotonic=lambda: now))
    for seconds, good_for in ((3_600.0, 3_300.0), (200.0, 100.0)):
        tokens = _Counted(seconds)
        first = await tokens.token("a")
        now += good_for - 1
        assert await tokens.token("a") == first
        now += 2
        assert await tokens.token("a") != first


async def test_one_renewal_for_all_that_were_refused() -> None:
    """Whoever comes with an old token that was replaced already gets the new one."""
    tokens = _Counted(3_600)
    old = await tokens.token("a")
    assert len(set(await asyncio.gather(*(tokens.token("a", instead_of=old) for _ in range(10))))) == 1
    assert len(tokens.fetched) == 2


async def test_a_token_that_expires_midway_is_replaced(tenant: Tenant, microsoft: MicrosoftSimulator) -> None:
    """The caller does not notice; a service that refuses the new one, too, is told."""
    assert await tenant.environments.all()
    microsoft.entra.expire()
    assert len(await tenant.environments.all()) == 5
    assert microsoft.faults.calls.count("token") == 2
    microsoft.faults.plan("environments", Fault(401), Fault(401))
    with pytest.raises(ForbiddenError, match="answered 401"):
        await tenant.environments.all()


async def test_entra_that_does_not_answer(microsoft: MicrosoftSimulator, tenant: Tenant) -> None:
    """Is the same as a service that does not, at its own pace."""
    microsoft.faults.plan("token", Fault(429, 9), Fault(503), Fault(cut=True))
    waits: list[float | None] = []
    for _ in range(3):
        with pytest.raises(UnavailableError, match="Entra") as failed:
            await tenant.graph.application("5c1e7b02-0000-4000-8000-000000000000")
        waits.append(failed.value.retry_after)
    assert waits == [9.0, None, None]


async def test_managed_identity_without_the_extra(
    microsoft: MicrosoftSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is said which one."""
    monkeypatch.setitem(sys.modules, "azure.identity.aio", None)
    settings = microsoft.parsed_settings(client_secret=None, managed_identity=True)
    with pytest.raises(CredentialsError, match="extra `azure`"):
        tokens_of(settings, microsoft.resolve)


class _AzureError(Exception):
    pass


class CredentialUnavailableError(_AzureError):
    """Named as azure-identity's."""


class _Identity:
    """What azure-identity's class of this name promises."""

    def __init__(self, client_id: str | None = None) -> None:
        self.client_id = client_id
        self.fails: list[Exception] = [CredentialUnavailableError(), _AzureError()]
        self.closed = False

    async def get_token(self, scope: str) -> Any:
        if self.fails:
            raise self.fails.pop(0)
        return types.SimpleNamespace(token=f"{self.client_id} {scope}", expires_on=int(time.time()) + 3_600)

    async def close(self) -> None:
        self.closed = True


async def test_managed_identity(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without one, an endpoint that fails, and then a token that is kept as any other."""
    modules = {"azure.identity.aio": {"ManagedIdentityCredential": _Identity}}
    modules["azure.core.exceptions"] = {"AzureError": _AzureError}  # type: ignore[dict-item]  # another class
    for name, content in modules.items():
        module = types.ModuleType(name)
        module.__dict__.update(content)
        monkeypatch.setitem(sys.modules, name, module)
    for parent in ("azure", "azure.identity", "azure.core"):
        monkeypatch.setitem(sys.modules, parent, types.ModuleType(parent))
    tokens = ManagedIdentityTokens("mine")
    with pytest.raises(CredentialsError, match="no managed identity"):
        await tokens.token("s")
    with pytest.raises(UnavailableError, match="_AzureError"):
        await tokens.token("s")
    assert await tokens.token("s") == await tokens.token("s") == "mine s"
    await tokens.close()
    assert tokens._credential.closed
