"""`[microsoft]`: one proof of who Baton is, in any of four forms; what is missing is named."""

import asyncio
from pathlib import Path

import pytest

from microsoft.queues import Queues
from microsoft.tenant import Tenant, tokens_of
from microsoft.tokens import EntraTokens
from settings.load import SettingsError, load_settings
from settings.model import Settings
from simulators.microsoft import MicrosoftSimulator
from simulators.running import simulate_services
from tests.support.waiting import eventually

WHO = '[microsoft]\ntenant = "t"\nclient_id = "c"\n'
SECRET = 'client_secret = "env:S"\n'


def _load(folder: Path, text: str) -> Settings:
    config = folder / "baton.toml"
    config.write_text(text, encoding="utf-8")
    return load_settings(config, environ={})


def test_without_it_there_is_none(tmp_path: Path) -> None:
    """Baton needs no tenant."""
    assert _load(tmp_path, "").microsoft is None


PROOFS = {
    "secret": SECRET,
    "certificate": '[microsoft.certificate]\ncertificate = "file:c.pem"\nprivate_key = "file:k.pem"\n',
    "federated": 'federated_token_file = "/var/run/secrets/token"\n',
}


@pytest.mark.parametrize("proof", PROOFS.values(), ids=PROOFS)
async def test_each_proof(tmp_path: Path, proof: str) -> None:
    """Gives tokens of Entra's, asked for when they are needed."""
    settings = _load(tmp_path, WHO + proof).microsoft
    assert settings
    tokens = tokens_of(settings, lambda reference: reference)
    assert isinstance(tokens, EntraTokens)
    await tokens.close()


def test_managed_identity_needs_no_client_id(tmp_path: Path) -> None:
    """It is the machine's own."""
    settings = _load(tmp_path, '[microsoft]\ntenant = "t"\nmanaged_identity = true\n').microsoft
    assert settings
    assert (settings.managed_identity, settings.client_id) == (True, "")


def test_a_file_is_meant_from_where_the_configuration_is(tmp_path: Path) -> None:
    """As every path of it."""
    settings = _load(tmp_path, WHO + 'federated_token_file = "tokens/baton"').microsoft
    assert settings
    assert settings.federated_token_file == tmp_path / "tokens" / "baton"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (WHO, "exactly one of client_secret, certificate, federated_token_file, managed_identity"),
        (WHO + SECRET + "managed_identity = true", "there are 2"),
        ('[microsoft]\ntenant = "t"\n' + SECRET, "client_id is missing"),
        ('[microsoft]\nclient_id = "c"\n' + SECRET, 'the key "microsoft.tenant" is missing'),
        (WHO + 'client_secret = "hunter2"', "is a secret: write where it is"),
        (WHO + SECRET + 'graf_url = "x"', 'no key "microsoft.graf_url"; did you mean "graph_url"'),
        (WHO + SECRET + '[microsoft.bots]\ncontoso = "b"', "bots needs subscription and resource_group"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str, said: str) -> None:
    """With what to write instead, and never with the secret."""
    with pytest.raises(SettingsError) as wrong:
        _load(tmp_path, text)
    assert said in str(wrong.value)
    assert "hunter2" not in str(wrong.value)


def test_what_the_simulator_prints_is_a_configuration(tmp_path: Path) -> None:
    """As somebody copies it."""
    simulated = MicrosoftSimulator()
    simulated.url = "http://127.0.0.1:9"
    settings = _load(tmp_path, simulated.configuration()).microsoft
    assert settings == simulated.parsed_settings()
    assert simulated.contoso.workstream in simulated.configuration()


async def test_it_is_served_for_people(tmp_path: Path) -> None:
    """What is printed reaches it, until it is stopped; the ids in it are the same at every start."""
    told: list[str] = []
    serving = asyncio.create_task(simulate_services(MicrosoftSimulator(), 0, told.append))
    await eventually(lambda: len(told) == 2)
    settings = _load(tmp_path, told[1]).microsoft
    assert settings
    tenant = Tenant(settings, MicrosoftSimulator().resolve)
    found = {each.name: each for each in await tenant.environments.all()}
    queues = await Queues(tenant.dataverse(found["Contoso"])).all()
    assert MicrosoftSimulator().contoso.queue in {queue.id for queue in queues}
    await tenant.close()
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving
