"""The ways by which ServiceNow knows us: each is taken, a wrong one is told where the instance tells."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from pydantic import ValidationError

from hubs.base import Hub
from hubs.errors import HubPendingError, HubRefusedError
from hubs.handoffs import Ticket
from hubs.registry import connect
from hubs.servicenow import ENDPOINT
from hubs.servicenow_auth import signature
from settings.hubs import ServiceNowSettings
from simulators.served import Served
from simulators.servicenow import ServiceNowSimulator
from simulators.servicenow_door import Knows
from tests.hubs.test_servicenow import HANDOFF
from tests.scenarios.contract import Recording
from tests.support.echoing import told_by


@pytest.fixture
async def simulator() -> AsyncIterator[ServiceNowSimulator]:
    """An instance with Agent Chat."""
    hub = ServiceNowSimulator()
    async with Served(hub.app()) as hub.url:
        yield hub


def test_the_signature_is_hexadecimal_sha1() -> None:
    """RFC 2202's second vector of HMAC-SHA1."""
    assert signature("Jefe", b"what do ya want for nothing?") == "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"


@pytest.mark.parametrize("knows", Knows)
async def test_each_way_is_taken(simulator: ServiceNowSimulator, knows: Knows) -> None:
    """As the settings' references name the secrets, so the instance wants them."""
    simulator.door.knows = knows
    settings = ServiceNowSettings.model_validate(simulator.settings())
    adapter = connect("support", settings, lambda reference: simulator.secrets[reference.removeprefix("env:")])
    async with told_by(simulator, adapter) as told:
        assert await told.open(HANDOFF)
    await adapter.close()


@pytest.mark.parametrize("knows", Knows)
async def test_a_wrong_secret_is_an_error_or_silence(simulator: ServiceNowSimulator, knows: Knows) -> None:
    """A user is refused at once; message authentication fails in silence, which ends the handoff all the same."""
    simulator.door.knows = knows
    settings = {**simulator.settings(), "callback_within_seconds": 0.2}
    secrets = {**dict.fromkeys(simulator.secrets, "wrong"), "SERVICENOW_CALLBACK": simulator.callback_secret}
    known = ServiceNowSettings.model_validate(settings)
    adapter = connect("support", known, lambda reference: secrets[reference.removeprefix("env:")])
    async with told_by(simulator, adapter) as told:
        with pytest.raises(HubRefusedError, match=r"baton\.toml \[hubs.support\]"):
            await told.open(HANDOFF)
    assert simulator.opened() == []
    await adapter.close()


async def test_what_is_signed_is_what_is_sent() -> None:
    """Compact JSON as JavaScript writes it, beyond ASCII unescaped."""
    simulator = ServiceNowSimulator()
    simulator.door.knows = Knows.SIGNATURE
    recording = Recording(simulator.app())
    async with Served(recording) as simulator.url:
        adapter = simulator.adapter("support")
        with pytest.raises(HubPendingError):
            await adapter.open(HANDOFF)
        await adapter.close()
    ((method, path, body),) = recording.requests
    assert (method, path) == ("POST", ENDPOINT)
    assert "ä" in body.decode()
    assert body == json.dumps(json.loads(body), ensure_ascii=False, separators=(",", ":")).encode()


async def test_a_token_is_renewed_once_for_all(simulator: ServiceNowSimulator) -> None:
    """The password once, then the refresh token; where that is revoked, the password again; one renewal for all."""
    adapter = simulator.adapter("support")
    await asyncio.gather(*(_checked(adapter) for _ in range(5)))
    assert simulator.door.granted == ["password"]
    assert simulator.expire_tokens()
    await asyncio.gather(*(_checked(adapter) for _ in range(5)))
    assert simulator.door.granted == ["password", "refresh_token"]
    simulator.door.revoke()
    await _checked(adapter)
    assert simulator.door.granted == ["password", "refresh_token", "password"]
    await adapter.close()


async def test_tickets_want_a_user(simulator: ServiceNowSimulator) -> None:
    """Message authentication is for the one endpoint only, and that is said before anything is asked."""
    simulator.door.knows = Knows.TOKEN
    adapter = simulator.adapter("support")
    with pytest.raises(HubRefusedError, match=r"set baton\.toml"):
        await adapter.leave_ticket(Ticket(key="c:ticket:1", conversation="c", subject="s", description="d"))
    assert len(await _checked(adapter)) == 1
    await adapter.close()


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"username": "u"},
        {"password": "env:P"},
        {"username": "u", "password": "env:P", "client_id": "c"},
        {"client_id": "c", "client_secret": "env:S"},
        {"token": "static"},
    ],
)
def test_half_a_credential_is_found_at_once(given: dict[str, str]) -> None:
    """Before a hub is silent about it."""
    whole = {"kind": "servicenow", "url": "https://i.service-now.com", "callback_secret": "env:C", **given}
    with pytest.raises(ValidationError):
        ServiceNowSettings.model_validate(whole)


async def _checked(adapter: Hub) -> list[str]:
    return [line async for line in adapter.check()]
