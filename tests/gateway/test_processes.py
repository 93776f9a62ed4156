import asyncio
import signal
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from temporalio.testing import WorkflowEnvironment

from tests.gateway.node import node_client
from tests.gateway.processes import SECRET, Processes, free_port, open_processes
from tests.gateway.serving import Customer
from tests.support.patient import patient_client
from tests.support.waiting import PATIENCE, eventually

ADA = {"id": "ada", "name": "Ada", "role": "agent"}
ACCEPTED = {"type": "event", "name": "handoff.status", "from": ADA, "value": {"state": "accepted", "agent": ADA}}


def message(text: str) -> dict[str, Any]:
    """A representative's message."""
    return {"type": "message", "text": text, "from": ADA}


@pytest.fixture(scope="module")
async def processes(
    temporal: WorkflowEnvironment, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Processes]:
    """A worker process with a simulated hub."""
    async with open_processes(temporal, tmp_path_factory.mktemp("processes")) as opened:
        yield opened


async def test_a_representative_reaches_a_socket_at_another_gateway(processes: Processes) -> None:
    """The hub calls one gateway back, and the customer at the other hears it, without asking."""
    async with processes.gateway() as (called_back, _), processes.gateway(free_port()) as (address, _):
        assert called_back != address
        async with patient_client(address) as http:
            customer = await Customer(http).begin_with(SECRET)
            async with customer.stream() as ear:
                assert await ear.texts(1) == ["Hello, how can I help?"]
                before = len(processes.hub.handoffs)
                await customer.say("Speak to agent")
                await eventually(lambda: len(processes.hub.handoffs) > before)
                handoff = processes.hub.newest
                assert handoff.callback.startswith(called_back)
                assert (await processes.hub.call_back(handoff, ACCEPTED)).status_code == 202
                for _ in range(2):
                    answer = await processes.hub.call_back(handoff, message("Ada here."), key="same")
                    assert answer.status_code == 202
                await ear.until("Ada here.")
                await customer.say("My till is broken")
                await eventually(lambda: handoff.said[-1:] == ["My till is broken"])
            texts = [each.get("text") for each in (await customer.read())["activities"]]
            assert texts.count("Ada here.") == 1


async def test_a_killed_gateway_costs_nothing(processes: Processes) -> None:
    """Its customer goes on at another with the same token, and hears what was said in between, once."""
    async with processes.gateway() as (address, _), patient_client(address) as http:
        async with (
            processes.gateway(free_port()) as (elsewhere, process),
            patient_client(elsewhere) as lost,
        ):
            customer = await Customer(lost).begin_with(SECRET)
            await customer.say("Speak to agent")
            await eventually(lambda: _taken(processes, customer))
            process.send_signal(signal.SIGKILL)
            await process.wait()
        handoff = processes.hub.newest
        await processes.hub.call_back(handoff, ACCEPTED)
        await processes.hub.call_back(handoff, message("Are you there?"))
        customer.http = http
        again = (await customer.call("GET", f"conversations/{customer.conversation}?watermark=1")).json()
        async with customer.stream(again["streamUrl"]) as ear:
            await ear.until("Are you there?")
            activity = {"type": "message", "text": "Yes", "id": "yes"}
            ids = {(await customer.post(activity)).json()["id"] for _ in range(3)}
            assert len(ids) == 1
            await eventually(lambda: handoff.said == ["Yes"])


async def test_sigterm_ends_a_gateway_well(processes: Processes) -> None:
    """It lets its sockets go and ends with status 0."""
    async with (
        processes.gateway(free_port()) as (address, process),
        patient_client(address) as http,
    ):
        await eventually(lambda: _ready(http))
        customer = await Customer(http).begin_with(SECRET)
        async with customer.stream() as ear:
            await ear.frame()
            process.terminate()
            assert await asyncio.wait_for(process.wait(), PATIENCE) == 0


def _taken(processes: Processes, customer: Customer) -> bool:
    return any(customer.conversation in handoff.callback for handoff in processes.hub.handoffs.values())


async def _ready(http: httpx.AsyncClient) -> bool:
    return (await http.get("/readyz")).status_code == 200


async def test_forged_callbacks_are_refused(processes: Processes) -> None:
    """A callback signed with another secret is a 401, whatever it says."""
    async with processes.gateway() as (address, _), patient_client(address) as http:
        customer = await Customer(http).begin_with(SECRET)
        await customer.say("Speak to agent")
        await eventually(lambda: _taken(processes, customer))
        own = processes.hub.webhook_secret
        processes.hub.webhook_secret = "whsec_Zm9yZ2VkLWZvcmdlZC1mb3JnZWQtZm9yZ2VkLWZvcmdlZA=="
        try:
            assert (await processes.hub.call_back(processes.hub.newest, message("forged"))).status_code == 401
        finally:
            processes.hub.webhook_secret = own


async def test_the_unmodified_npm_client_goes_through_a_handoff(processes: Processes) -> None:
    """It talks to the bot and a representative, loses its stream, reconnects, and has every message once."""
    hub = processes.hub
    async with processes.gateway() as (address, _), node_client(address, SECRET) as node:
        await eventually(lambda: node.texts == ["Hello, how can I help?"])
        node.tell(say="Something odd")
        await eventually(lambda: node.texts[-1] == "You said: Something odd")
        before = len(hub.handoffs)
        node.tell(say="Speak to agent")
        await eventually(lambda: len(hub.handoffs) > before)
        await hub.call_back(hub.newest, ACCEPTED)
        await hub.call_back(hub.newest, message("Ada here."))
        await eventually(lambda: "Ada here." in node.texts)
        node.tell(drop=True)
        await eventually(lambda: node.drops == 1)
        await hub.call_back(hub.newest, message("Still there?"))
        node.tell(say="Yes, I am")
        # The package waits 3 to 15 seconds before it reconnects.
        await eventually(lambda: node.texts[-2:] == ["Still there?", "Yes, I am"])
        await eventually(lambda: hub.newest.said[-1:] == ["Yes, I am"])
        ids = [each["id"] for each in node.heard]
        assert len(ids) == len(set(ids))
        assert set(node.said) <= set(ids)
        assert "ExpiredToken" not in node.statuses
