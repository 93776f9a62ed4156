"""Every request of a connect and a disconnect is one of the services' contracts."""

import json

import jsonschema
import pytest

from microsoft.agent_rows import AgentRows
from microsoft.application_user import ApplicationUsers, Bot
from microsoft.bot_service import Channel
from microsoft.conversation_rows import ConversationRows
from microsoft.graph import SignInAudience
from microsoft.provisioning import survey
from microsoft.queues import Queues
from microsoft.tenant import Tenant
from microsoft.verification import Expected, verify
from microsoft.workstreams import Workstreams
from simulators.microsoft import MicrosoftSimulator
from simulators.served import Served
from tests.scenarios.contract import Contract, Recording

NOBODY = "5c1e7b02-0000-4000-8000-000000000000"
SERVICES: dict[str, tuple[str, str, int]] = {
    "/graph/": ("graph_applications.json", "/graph/v1.0", 10),
    "/power-platform/": ("bap_environments.json", "/power-platform", 4),
    "/organizations/contoso/": ("dataverse_subset.json", "/organizations/contoso/api/data/v9.2", 20),
    "/azure/": ("botservice.json", "/azure", 6),
}
"""By where each is: its contract, what stands before the contract's paths, and how many requests there are at least."""


async def _whole_connection(microsoft: MicrosoftSimulator, tenant: Tenant) -> None:
    """Everything that there is to be called, some of it twice."""
    for audience in SignInAudience:
        made = await tenant.graph.ensure_application("baton-contoso", "Contoso", audience, ("https://a.example",))
    await tenant.graph.application(made.app_id)
    await tenant.graph.ensure_service_principal(made.app_id)
    await tenant.graph.ensure_federated_credential(made, "worker", "https://issuer.example", "s")
    for _ in range(2):
        await tenant.graph.add_password(made, "connect")
    (found, *_) = [each for each in await tenant.environments.all() if each.name == "Contoso"]
    await tenant.environments.one(found.id)
    await survey([found], tenant.dataverse)
    del microsoft.contoso.settings["msdyn_IsCCaaSProvisioned"]
    await survey([found], tenant.dataverse)
    dataverse = tenant.dataverse(found)
    users, queues, streams = ApplicationUsers(dataverse), Queues(dataverse), Workstreams(dataverse)
    user = await users.ensure(Bot(application_id=made.app_id, handle="h", name="Contoso", environment_id=found.id))
    await users.set_enabled(user.id, enabled=True)
    await users.ensure_role(user)
    queue, stream = (await queues.all())[0], (await streams.all())[0]
    await queues.add(queue.id, user.id)
    await streams.link(stream.id, user.id)
    await AgentRows(dataverse).one(NOBODY)
    await AgentRows(dataverse).named("cr1_contoso")
    await ConversationRows(dataverse).one(NOBODY)
    await ConversationRows(dataverse).open_with(user.id)
    resource = tenant.bot_of("contoso")
    assert resource
    for channel in Channel:
        await tenant.bot_service.ensure_channel(resource, channel)
    expected = Expected(
        application_id=made.app_id, handle="h", queue_id=queue.id, workstream_id=stream.id, bot=resource
    )
    assert (await verify(expected, dataverse, tenant.bot_service)).holds
    await streams.unlink(stream.id, user.id)
    await queues.remove(queue.id, user.id)
    await users.set_enabled(user.id, enabled=False)


@pytest.fixture
async def requests() -> list[tuple[str, str, bytes]]:
    """All of them, in order."""
    microsoft = MicrosoftSimulator()
    recording = Recording(microsoft.app())
    async with Served(recording) as microsoft.url:
        tenant = Tenant(microsoft.parsed_settings(), microsoft.resolve)
        await _whole_connection(microsoft, tenant)
        await tenant.close()
    return recording.requests


@pytest.mark.parametrize(("place", "document", "prefix", "least"), [(at, *known) for at, known in SERVICES.items()])
async def test_every_request_is_of_its_contract(
    requests: list[tuple[str, str, bytes]], place: str, document: str, prefix: str, least: int
) -> None:
    """Its operation, and its body."""
    contract = Contract(document, prefix)
    asked = [request for request in requests if request[1].startswith(place)]
    assert len(asked) >= least
    for method, path, body in asked:
        contract.check(method, path, body)


def test_a_wrong_channel_is_found() -> None:
    """The check can fail in Swagger 2, too: another operation, a channel's inner properties without their switch."""
    contract = Contract("botservice.json")
    bot = "/subscriptions/s/resourceGroups/g/providers/Microsoft.BotService/botServices/b"
    with pytest.raises(AssertionError):
        contract.check("POST", f"{bot}/channels/MsTeamsChannel", b"{}")
    told = {"properties": {"channelName": "MsTeamsChannel", "properties": {"enableCalling": False}}}
    with pytest.raises(jsonschema.ValidationError):
        contract.check("PUT", f"{bot}/channels/MsTeamsChannel", json.dumps(told).encode())
