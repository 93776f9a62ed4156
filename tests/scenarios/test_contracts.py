"""Every request that an adapter makes is one of the vendor's contract, and a wrong one would be found."""

import asyncio
from contextlib import AsyncExitStack

import jsonschema
import pytest

from hubs.genesys import GenesysHub
from hubs.handoffs import TakenHandoff, WatchedHandoff
from protocol.activity import END_OF_CONVERSATION, TYPING, Activity
from simulators.custom import CustomStorySimulator
from simulators.dynamics365 import Dynamics365Simulator
from simulators.genesys import GenesysSimulator
from simulators.hub import HubSimulator
from simulators.liveperson import LivePersonSimulator
from simulators.salesforce import SalesforceSimulator
from simulators.served import Served
from simulators.servicenow import ServiceNowSimulator
from simulators.zendesk import ZendeskSimulator
from tests.scenarios.contract import Contract, Recording
from tests.scenarios.told import NOON, PHOTO, TICKET, USER, handoff, prepared, said
from tests.support.echoing import told_by
from tests.support.listener import Listener
from tests.support.waiting import eventually

CONTRACTS: dict[str, tuple[type[HubSimulator], str, str]] = {
    "custom": (CustomStorySimulator, "custom-hub.openapi.yaml", ""),
    "dynamics365": (Dynamics365Simulator, "d365_messaging_api.json", ""),
    "genesys": (GenesysSimulator, "genesys.openapi.json", ""),
    "liveperson": (LivePersonSimulator, "liveperson.openapi.json", ""),
    "salesforce": (SalesforceSimulator, "salesforce.openapi.json", ""),
    "servicenow": (ServiceNowSimulator, "servicenow.openapi.json", ""),
    "zendesk": (ZendeskSimulator, "zendesk.openapi.json", "/sc"),
}
BEYOND: dict[str, tuple[str, ...]] = {
    "dynamics365": ("/login/", "/dataverse/"),
    "genesys": ("/api/v2/conversations/callbacks",),
    "servicenow": ("/api/now/table/",),
    "zendesk": ("/api/v2/tickets", "/api/v2/agent_availabilities"),
}
"""By kind the paths of the vendor's other APIs, which the contract at hand does not have: tokens, and tickets."""
PROBES_WRONGLY = frozenset(["servicenow"])
"""To check the way to it means to ask for what it must refuse, so that nothing comes of it."""


@pytest.mark.parametrize("kind", CONTRACTS)
async def test_every_request_is_of_the_contract(kind: str) -> None:
    """Open, and open again; words, a file, typing; look; end."""
    simulator, document, prefix = CONTRACTS[kind]
    contract, hub = Contract(document, prefix), simulator()
    recording = Recording(hub.app())
    async with AsyncExitStack() as stack:
        hub.url = await stack.enter_async_context(Served(recording))
        adapter = hub.adapter("support")
        stack.push_async_callback(adapter.close)
        heard = await stack.enter_async_context(told_by(hub, adapter))
        asked = await prepared(adapter, handoff())
        opened = await heard.open(asked)
        assert (await adapter.open(asked, again=heard.again)).id == opened.id
        taken = TakenHandoff(id=opened.id, key="c:1", session=asked.session)
        await adapter.send(taken, said(70, "hello"))
        await adapter.send(taken, said(70, "hello"), again=heard.again)
        await adapter.send(taken, said(71, "").model_copy(update={"attachments": (PHOTO,)}))
        await adapter.send(taken, Activity(type=TYPING, id="t", timestamp=NOON, from_=USER))
        await adapter.tell_rest(asked, taken)
        await adapter.availability("general")
        if isinstance(adapter, GenesysHub):
            await adapter.look(WatchedHandoff(conversation="c", id=opened.id))
            await _hear(adapter, WatchedHandoff(conversation="c", id=opened.id), hub)
        await adapter.send(taken, Activity(type=END_OF_CONVERSATION, id="e", timestamp=NOON, from_=USER))
        assert hub.said("c:1")[0] == "hello"
        if adapter.capabilities.attachments:
            # A file that cannot be had goes as its address.
            assert "a.png" in str([*hub.files("c:1"), *hub.said("c:1")])
        assert hub.opened() == ["c:1"]
        if adapter.capabilities.tickets:
            await adapter.leave_ticket(TICKET)
        if kind not in PROBES_WRONGLY:
            _ = [line async for line in adapter.check()]
    assert len(recording.requests) > 5
    for (method, path, body), headers in zip(recording.requests, recording.headers, strict=True):
        if not path.startswith(BEYOND.get(kind, ())):
            contract.check(method, path, body)
            contract.check_headers(method, path, headers)


async def _hear(adapter: GenesysHub, handoff: WatchedHandoff, hub: HubSimulator) -> None:
    """Until the conversation is subscribed to."""
    assert isinstance(hub, GenesysSimulator)
    listening = asyncio.create_task(adapter.listen(Listener([handoff])))
    await eventually(lambda: hub.api.channels.subscribed(handoff.id))
    listening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await listening


def test_a_wrong_field_is_found() -> None:
    """The check can fail: another operation, another type, a field that is missing."""
    contract = Contract("genesys.openapi.json")
    path = "/api/v2/conversations/messages/i/inbound/open/message"
    with pytest.raises(AssertionError):
        contract.check("PUT", path, b"{}")
    with pytest.raises(jsonschema.ValidationError):
        contract.check("POST", path, b'{"text": "no channel"}')
    with pytest.raises(jsonschema.ValidationError):
        contract.check("POST", path, b'{"channel": {"from": {"id": 5, "idType": "Opaque"}, "time": "t"}}')


def test_a_missing_header_is_found() -> None:
    """Or one that is not as the contract wants it."""
    contract = Contract("salesforce.openapi.json")
    with pytest.raises(AssertionError, match="X-Org-Id"):
        contract.check_headers(
            "GET", "/eventrouter/v1/sse", {"accept": "text/event-stream", "authorization": "Bearer a"}
        )
    with pytest.raises(jsonschema.ValidationError):
        contract.check_headers("GET", "/iamessage/api/v2/conversation/c", {"authorization": "Basic a"})
