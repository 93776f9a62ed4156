"""Every request that an adapter makes is one of the vendor's contract, and a wrong one would be found."""

import asyncio
from datetime import UTC, datetime

import jsonschema
import pytest

from handoff.context import handoff_variables
from hubs.base import Again, Handoff, TakenHandoff, Ticket, WatchedHandoff
from hubs.genesys import GenesysHub
from protocol.activity import END_OF_CONVERSATION, MESSAGE, TYPING, Activity, Attachment, ChannelAccount
from simulators.custom import CustomStorySimulator
from simulators.dynamics365 import Dynamics365Simulator
from simulators.genesys import GenesysSimulator
from simulators.hub import HubSimulator
from simulators.served import Served
from simulators.zendesk import ZendeskSimulator
from tests.scenarios.contract import Contract, Recording
from tests.support.listener import Listener
from tests.support.waiting import eventually

CONTRACTS: dict[str, tuple[type[HubSimulator], str, str]] = {
    "custom": (CustomStorySimulator, "custom-hub.openapi.yaml", ""),
    "dynamics365": (Dynamics365Simulator, "d365_messaging_api.json", ""),
    "genesys": (GenesysSimulator, "genesys.openapi.json", ""),
    "zendesk": (ZendeskSimulator, "zendesk.openapi.json", "/sc"),
}
ELSEWHERE = {
    "dynamics365": ("/login/", "/dataverse/"),
    "genesys": ("/api/v2/conversations/callbacks",),
    "zendesk": ("/api/v2/tickets", "/api/v2/agent_availabilities"),
}
"""By kind: below these a simulator serves other APIs of the vendor's, which the contract at hand leaves out."""
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
USER, BOT = ChannelAccount(id="u", role="user"), ChannelAccount(id="b", name="Contoso", role="bot")


VARIABLES = handoff_variables(
    conversation="c",
    bot_id="b",
    bot_name="Contoso",
    language="en-US",
    last_topic="Escalate",
    topics=("Escalate",),
    phrases=("help",),
    message="be kind",
    own={"OrderNumber": "CO-1", "Deep": {"a": [1]}, "Nothing": None, "Half": 0.5, "Yes": True},
)


def _said(number: int, text: str, sender: ChannelAccount) -> Activity:
    return Activity(type=MESSAGE, id=f"c|{number:07d}", timestamp=NOON, from_=sender, text=text)


def _handoff() -> Handoff:
    return Handoff(
        key="c:1",
        conversation="c",
        number=1,
        opened_at=NOON,
        queue="general",
        skills=("billing",),
        variables=VARIABLES,
        transcript=tuple(_said(number, "words " * number, BOT if number % 2 else USER) for number in range(1, 60)),
        callback_url="http://127.0.0.1:9/webhooks",
    )


TICKET = Ticket(
    key="c:ticket:1",
    conversation="c",
    subject="Refund",
    description="Ada: help",
    contact={"name": "Ada", "email": "ada@example.com", "phone": "+4930123456"},
    queue="general",
    variables=VARIABLES,
)


@pytest.mark.parametrize("kind", CONTRACTS)
async def test_every_request_is_of_the_contract(kind: str) -> None:
    """Open, and open again; words, a file, typing; look; end."""
    simulator, document, prefix = CONTRACTS[kind]
    contract, hub = Contract(document, prefix), simulator()
    recording = Recording(hub.app())
    async with Served(recording) as hub.url:
        adapter = hub.adapter("support")
        opened = await adapter.open(_handoff())
        assert (await adapter.open(_handoff(), again=Again())).id == opened.id
        taken = TakenHandoff(id=opened.id, key="c:1")
        file = Attachment(content_type="image/png", content_url="https://example.com/a.png", name="a.png")
        await adapter.send(taken, _said(70, "hello", USER))
        await adapter.send(taken, _said(70, "hello", USER), again=Again())
        await adapter.send(taken, _said(71, "", USER).model_copy(update={"attachments": (file,)}))
        await adapter.send(taken, Activity(type=TYPING, id="t", timestamp=NOON, from_=USER))
        await adapter.tell_rest(_handoff(), taken)
        await adapter.availability("general")
        if isinstance(adapter, GenesysHub):
            await adapter.look(WatchedHandoff(conversation="c", id=opened.id))
            await _hear(adapter, WatchedHandoff(conversation="c", id=opened.id), hub)
        await adapter.send(taken, Activity(type=END_OF_CONVERSATION, id="e", timestamp=NOON, from_=USER))
        assert hub.said("c:1")[0] == "hello"
        assert [name.rpartition("/")[2] for name in hub.files("c:1")] == ["a.png"]
        assert hub.opened() == ["c:1"]
        if adapter.capabilities.tickets:
            await adapter.leave_ticket(TICKET)
        _ = [line async for line in adapter.check()]
        await adapter.close()
    assert len(recording.requests) > 5
    for (method, path, body), headers in zip(recording.requests, recording.headers, strict=True):
        if not path.startswith(ELSEWHERE.get(kind, ("nowhere",))):
            contract.check(method, path, body, headers)


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
