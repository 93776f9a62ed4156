"""Tickets at ServiceNow: one record a ticket, found again by its key, with nothing lost."""

from collections.abc import AsyncIterator

import pytest

from hubs.errors import HubRefusedError, HubUnavailableError
from hubs.handoffs import Ticket
from hubs.servicenow import ServiceNowHub
from hubs.servicenow_auth import ServiceNowSecrets
from settings.hubs import ServiceNowSettings
from simulators.faults import Fault
from simulators.served import Served
from simulators.servicenow import ServiceNowSimulator
from tests.support.echoing import Told

TICKET = Ticket(
    key="c:ticket:1",
    conversation="c",
    subject="Refund",
    description="Where is my money?",
    contact={"email": "ada@example.com"},
    queue="billing",
    priority=1,
    variables={"OrderNumber": "CO-1", "va_BotName": "Contoso"},
)


@pytest.fixture
async def simulator() -> AsyncIterator[ServiceNowSimulator]:
    """An instance with a table of incidents."""
    hub = ServiceNowSimulator()
    async with Served(hub.app()) as hub.url:
        yield hub


@pytest.fixture
async def told(simulator: ServiceNowSimulator) -> AsyncIterator[Told]:
    """The adapter."""
    adapter = simulator.adapter("support")
    yield Told(adapter)
    await adapter.close()


async def test_a_ticket_is_a_record(simulator: ServiceNowSimulator, told: Told) -> None:
    """With how to reach the customer, and the columns that the configuration names."""
    left = await told.adapter.leave_ticket(TICKET)
    (record,) = simulator.tickets()
    assert left.id == record["number"]
    assert left.url == f"{simulator.url}/incident.do?sys_id={record['sys_id']}"
    assert (record["short_description"], record["correlation_id"]) == ("Refund", "c:ticket:1")
    assert (record["urgency"], record["u_order"]) == ("1", "CO-1")
    for words in ("ada@example.com", "Where is my money?", "queue: billing", "OrderNumber: CO-1"):
        assert words in record["description"]
    assert "work_notes" not in record


async def test_after_an_unclear_outcome_it_is_found(simulator: ServiceNowSimulator, told: Told) -> None:
    """It was left and the answer was lost; another ticket is another record."""
    simulator.faults.plan("ticket", Fault(status=504, after_doing=True))
    with pytest.raises(HubUnavailableError):
        await told.adapter.leave_ticket(TICKET)
    left = await told.adapter.leave_ticket(TICKET, again=told.again)
    assert [record["number"] for record in simulator.tickets()] == [left.id]
    another = await told.adapter.leave_ticket(TICKET.model_copy(update={"key": "c:ticket:2"}), again=told.again)
    assert another.id != left.id


async def test_what_is_too_long_is_whole_in_the_notes(simulator: ServiceNowSimulator, told: Told) -> None:
    """The columns are cut, and a key that no query can hold is hashed."""
    long = TICKET.model_copy(update={"key": "^" * 200, "subject": "s" * 200, "description": "d" * 9_000 + " the end"})
    left = await told.adapter.leave_ticket(long)
    assert (await told.adapter.leave_ticket(long, again=told.again)) == left
    (record,) = simulator.tickets()
    assert "s" * 200 in record["work_notes"]
    assert "the end" in record["work_notes"]


async def test_a_table_that_there_is_not(simulator: ServiceNowSimulator) -> None:
    """The key to look at is named, by the check as well."""
    settings = ServiceNowSettings.model_validate({**simulator.settings(), "ticket_table": "u_nowhere"})
    door = simulator.door
    secrets = ServiceNowSecrets(simulator.callback_secret, door.password, door.client_secret)
    adapter = ServiceNowHub("support", settings, secrets)
    with pytest.raises(HubRefusedError, match=r"\[hubs.support\] ticket_table"):
        await adapter.leave_ticket(TICKET)
    with pytest.raises(HubRefusedError, match=r"\[hubs.support\] ticket_table"):
        _ = [line async for line in adapter.check()]
    await adapter.close()
