"""The simulated Salesforce org: strict about what the adapter never does, and looked at without bothering anybody."""

import tomllib
from collections.abc import AsyncIterator

import pytest

from hubs.errors import HubRefusedError
from hubs.salesforce import SalesforceHub
from hubs.salesforce_history import uuid_of
from settings.hubs import SalesforceSettings
from simulators.salesforce import SalesforceSimulator
from simulators.served import Served
from tests.support.patient import patient_client


@pytest.fixture
async def hub() -> AsyncIterator[SalesforceSimulator]:
    """A simulated org."""
    simulator = SalesforceSimulator()
    async with Served(simulator.app()) as simulator.url:
        yield simulator


async def test_check_bothers_nobody(hub: SalesforceSimulator) -> None:
    """A guest who never speaks."""
    adapter = hub.adapter("support")
    assert len([line async for line in adapter.check()]) == 2
    assert hub.opened() == []
    await adapter.close()


@pytest.mark.parametrize(("changed", "said"), [("organization_id", "deployment"), ("deployment", "deployment")])
async def test_check_says_what_is_wrong(hub: SalesforceSimulator, changed: str, said: str) -> None:
    """The settings to look at, by name."""
    settings = SalesforceSettings.model_validate({**hub.settings(), changed: "00D000000000009"})
    adapter = SalesforceHub("support", settings)
    with pytest.raises(HubRefusedError, match=rf"\[hubs.support\].*{said}"):
        _ = [line async for line in adapter.check()]
    await adapter.close()


async def test_the_simulator_is_strict(hub: SalesforceSimulator) -> None:
    """What the adapter never does is refused: a test that passes proves something."""
    root = f"{hub.url}/iamessage/api/v2"
    token, _ = hub.org.admit()
    async with patient_client(headers={"Authorization": f"Bearer {token}"}) as client:
        body = {"conversationId": "93AD2EE1-c1ee-4ae4-a21b-7b5e37b8b1c8", "esDeveloperName": hub.deployment}
        assert (await client.post(f"{root}/conversation", json=body)).status_code == 400
        body["conversationId"] = body["conversationId"].lower()
        unknown = {**body, "routingAttributes": {"Unknown": "x"}}
        assert (await client.post(f"{root}/conversation", json=unknown)).status_code == 400
        assert (await client.post(f"{root}/conversation", json=body)).status_code == 201
        assert (await client.post(f"{root}/conversation", json=body)).status_code == 400
        statuses = []
        for number in range(23):
            content = {"formatType": "Text", "text": "a"}
            message = {"id": uuid_of(str(number)), "messageType": "StaticContentMessage", "staticContent": content}
            path = f"{root}/conversation/{body['conversationId']}/message"
            sent = {"message": message, "esDeveloperName": hub.deployment}
            statuses.append((await client.post(path, json=sent)).status_code)
        assert statuses == [202] * 22 + [429]
        other, _ = hub.org.admit()
        theirs = {"Authorization": f"Bearer {other}"}
        path = f"{root}/conversation/{body['conversationId']}"
        assert (await client.get(path, headers=theirs)).status_code == 404
        assert (await client.get(path, headers={"Authorization": "Bearer x"})).status_code == 401


def test_what_it_prints_is_a_configuration(hub: SalesforceSimulator) -> None:
    """Names with dots are quoted, so that they stay names."""
    printed = tomllib.loads(hub.configuration())["hubs"]["simulated"]
    assert SalesforceSettings.model_validate(printed) == SalesforceSettings.model_validate(hub.settings())
