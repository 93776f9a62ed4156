"""Dataverse: a case for whoever found nobody, made once, and whether anybody is there."""

from datetime import UTC, datetime

import pytest

from hubs.base import Again
from hubs.dynamics365 import Dynamics365Hub
from hubs.errors import HubRefusedError, HubUnavailableError
from hubs.handoffs import Ticket
from settings.dynamics365 import Dynamics365Settings
from simulators.dynamics365 import Dynamics365Simulator
from simulators.faults import Fault
from simulators.served import Served
from tests.scenarios.contract import Contract, Recording


def _ticket(number: int = 1, contact: dict[str, str] | None = None) -> Ticket:
    return Ticket(
        key=f"c:ticket:{number}",
        conversation="c",
        subject="A refund " + "!" * 300,
        description="Order CO-1",
        contact=contact or {},
        priority=1,
    )


async def test_a_ticket_is_a_case_of_a_contact(hub: Dynamics365Hub, dynamics: Dynamics365Simulator) -> None:
    """With a number to quote, and where to look; the next one of the same customer is the same contact's."""
    left = await hub.leave_ticket(_ticket(1, {"name": "Ada O'Hara", "email": "ada@o'hara.example", "phone": "1"}))
    assert left.id == "CAS-00001"
    assert left.url
    assert left.url.startswith(f"{dynamics.url}/dataverse/main.aspx")
    await hub.leave_ticket(_ticket(2, {"email": "ADA@o'hara.example"}))
    first, second = dynamics.tickets()
    assert first["customerid_contact@odata.bind"] == second["customerid_contact@odata.bind"]
    assert (first["description"], first["prioritycode"], len(first["title"])) == ("Order CO-1", 1, 200)
    (contact,) = dynamics.dataverse.rows["contacts"].values()
    assert contact == {"lastname": "Ada O'Hara", "emailaddress1": "ada@o'hara.example", "telephone1": "1"}


@pytest.mark.parametrize("contact", [{}, {"email": "ada@example.com"}])
@pytest.mark.parametrize("fault", [Fault(503), Fault(500, after_doing=True)])
async def test_asked_again_it_is_one_case(
    hub: Dynamics365Hub, dynamics: Dynamics365Simulator, contact: dict[str, str], fault: Fault
) -> None:
    """Whether the contact, or the case, was made before it broke."""
    for step in ("contact", "case"):
        dynamics.faults.plan(step, fault)
        with pytest.raises(HubUnavailableError):
            await hub.leave_ticket(_ticket(1, contact))
    left = await hub.leave_ticket(_ticket(1, contact), again=Again())
    assert left == await hub.leave_ticket(_ticket(1, contact), again=Again())
    assert len(dynamics.tickets()) == len(dynamics.dataverse.rows["contacts"]) == 1


async def test_without_dataverse_there_are_no_tickets(dynamics: Dynamics365Simulator) -> None:
    """It is said which table is missing."""
    settings = {name: value for name, value in dynamics.settings().items() if name != "dataverse"}
    hub = Dynamics365Hub("support", Dynamics365Settings.model_validate(settings), dynamics.entra.client_secret)
    with pytest.raises(HubRefusedError, match=r"\[hubs.support.dataverse\] is missing"):
        await hub.leave_ticket(_ticket())
    await hub.close()


async def test_whether_anybody_is_there(hub: Dynamics365Hub, dynamics: Dynamics365Simulator) -> None:
    """For the queue, as routing will see it; closed says when it opens."""
    now = await hub.availability("billing")
    assert (now.open, now.opens_at, now.representatives, now.wait_seconds) == (True, None, 3, 45)
    item = {"value": "billing", "isDisplayable": True, "datatype": 192350000}
    assert dynamics.dataverse.asked[-1]["CustomContextItems"] == {"baton_Queue": item}
    dynamics.dataverse.open = False
    closed = await hub.availability(None)
    assert (closed.open, closed.opens_at) == (False, datetime(2026, 11, 26, 8, tzinfo=UTC))


async def test_availability_is_asked_as_the_contract_says() -> None:
    """Its action, and its body."""
    contract = Contract("dataverse_subset.json", "/dataverse/api/data/v9.2")
    dynamics = Dynamics365Simulator()
    recording = Recording(dynamics.app())
    async with Served(recording) as dynamics.url:
        hub = dynamics.adapter("support")
        await hub.availability("billing")
        await hub.close()
    asked = [request for request in recording.requests if request[1].startswith("/dataverse/")]
    assert len(asked) == 1
    for method, path, body in asked:
        contract.check(method, path, body)


@pytest.mark.parametrize(("status", "why"), [(403, "lacks a role"), (404, "dataverse.url or dataverse.workstream")])
async def test_what_dataverse_refuses_is_told(
    hub: Dynamics365Hub, dynamics: Dynamics365Simulator, status: int, why: str
) -> None:
    """With what an administrator can do."""
    dynamics.faults.plan("availability", Fault(status))
    with pytest.raises(HubRefusedError, match=why):
        await hub.availability(None)
