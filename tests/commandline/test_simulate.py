"""`baton simulate` stops as it is told to, whoever listens to it."""

import asyncio
import re
import signal

import pytest

from hubs.salesforce import SalesforceHub
from settings.hubs import SalesforceSettings
from simulators.salesforce import SalesforceSimulator
from tests.commandline.test_up import STARTER
from tests.support.salesforce import Scene, listening
from tests.support.waiting import eventually


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
async def test_it_stops_cleanly_while_somebody_listens(number: signal.Signals) -> None:
    """A stream that would never end by itself is cut; nothing is said of it."""
    process = await asyncio.create_subprocess_exec(
        *STARTER, "simulate", "salesforce", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    assert process.stdout
    at = re.search(r"http://127.0.0.1:\d+", (await process.stdout.readline()).decode())
    assert at
    org = SalesforceSimulator()
    org.url = at[0]
    adapter = SalesforceHub("sf", SalesforceSettings.model_validate(org.settings()))
    scene = Scene(org, adapter)
    async with listening(adapter, scene.ear):
        await scene.open()
        await eventually(lambda: any("simulated representative" in said for said in scene.ear.said()))
        process.send_signal(number)
        _, complaints = await process.communicate()
    await adapter.close()
    assert (process.returncode, complaints.decode()) == (0, "")
