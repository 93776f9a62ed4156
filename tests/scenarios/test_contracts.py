"""Every request that an adapter makes is one of the vendor's contract, and a wrong one would be found."""

from contextlib import AsyncExitStack
from datetime import UTC, datetime

import jsonschema
import pytest

from hubs.base import Handoff, TakenHandoff, Ticket, WatchedHandoff
from hubs.genesys import GenesysHub
from hubs.salesforce import SalesforceHub
from protocol.activity import END_OF_CONVERSATION, MESSAGE, TYPING, Activity, Attachment, ChannelAccount
from simulators.dynamics365 import Dynamics365Simulator
from simulators.genesys import GenesysSimulator
from simulators.hub import HubSimulator
from simulators.liveperson import LivePersonSimulator
from simulators.salesforce import SalesforceSimulator
from simulators.served import Served
from simulators.servicenow import ServiceNowSimulator
from simulators.zendesk import ZendeskSimulator
from tests.scenarios.contract import Contract, Recording
from tests.support.echoing import told_by

CONTRACTS: dict[str, tuple[type[HubSimulator], str, str]] = {
    "dynamics365": (Dynamics365Simulator, "d365_messaging_api.json", ""),
    "genesys": (GenesysSimulator, "genesys.openapi.json", ""),
    "servicenow": (ServiceNowSimulator, "servicenow.openapi.json", ""),
    "liveperson": (LivePersonSimulator, "liveperson.openapi.json", ""),
    "salesforce": (SalesforceSimulator, "salesforce.openapi.json", ""),
    "zendesk": (ZendeskSimulator, "zendesk.openapi.json", "/sc"),
}
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
BEYOND: dict[str, tuple[str, ...]] = {"dynamics365": ("/login/", "/dataverse/"), "servicenow": ("/api/now/table/",)}
"""Paths of the vendor's other APIs, which the contract at hand does not have: tokens, and tickets."""
USER, BOT = ChannelAccount(id="u", role="user"), ChannelAccount(id="b", name="Contoso", role="bot")


def _said(number: int, text: str, sender: ChannelAccount) -> Activity:
    return Activity(type=MESSAGE, id=f"c|{number:07d}", timestamp=NOON, from_=sender, text=text)


def _handoff(session: str = "") -> Handoff:
    return Handoff(
        key="c:1",
        conversation="c",
        number=1,
        opened_at=NOON,
        queue="general",
        skills=("billing",),
        variables={"va_AgentMessage": "be kind", "va_BotName": "Contoso", "OrderNumber": "CO-1", "Deep": {"a": [1]}},
        transcript=tuple(_said(number, "words " * number, BOT if number % 2 else USER) for number in range(1, 60)),
        callback_url="http://127.0.0.1:9/webhooks",
        session=session,
    )


@pytest.mark.parametrize("kind", CONTRACTS)
async def test_every_request_is_of_the_contract(kind: str) -> None:
    """Open, and open again; words, a file, typing; look; end."""
    simulator, document, prefix = CONTRACTS[kind]
    contract, hub = Contract(document, prefix), simulator()
    recording = Recording(hub.app())
    async with AsyncExitStack() as stack:
        hub.url = await stack.enter_async_context(Served(recording))
        adapter = hub.adapter("support")
        told = await stack.enter_async_context(told_by(hub, adapter))
        handoff = _handoff((await adapter.prepare(_handoff())).session)
        opened = await told.open(handoff)
        assert (await adapter.open(handoff, again=told.again)).id == opened.id
        taken = TakenHandoff(id=opened.id, key="c:1", session=handoff.session)
        file = Attachment(content_type="image/png", content_url="https://example.com/a.png", name="a.png")
        await adapter.send(taken, _said(70, "hello", USER))
        await adapter.send(taken, _said(70, "hello", USER), again=told.again)
        await adapter.send(taken, _said(71, "", USER).model_copy(update={"attachments": (file,)}))
        await adapter.send(taken, Activity(type=TYPING, id="t", timestamp=NOON, from_=USER))
        if isinstance(adapter, GenesysHub):
            await adapter.look(WatchedHandoff(conversation="c", id=opened.id))
        if isinstance(adapter, SalesforceHub):
            _ = [line async for line in adapter.check()]
        await adapter.send(taken, Activity(type=END_OF_CONVERSATION, id="e", timestamp=NOON, from_=USER))
        assert hub.said("c:1")[0] == "hello"
        assert len(hub.said("c:1")) == 2
        assert hub.opened() == ["c:1"]
        if adapter.capabilities.tickets:
            await adapter.leave_ticket(Ticket(key="c:ticket:1", conversation="c", subject="s", description="d"))
        await adapter.close()
    assert len(recording.requests) > 5
    for (method, path, body), headers in zip(recording.requests, recording.headers, strict=True):
        if not path.startswith(BEYOND.get(kind, ())):
            contract.check(method, path, body)
            contract.check_headers(method, path, headers)


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
