"""The worker is killed while a hub is asked: another is at it before the hub's time is over."""

import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from temporalio.testing import WorkflowEnvironment

from activities.agent_versions import AgentVersions
from protocol.conversation import ConversationStart, Deadlines, Phase
from settings.model import Settings
from simulators.custom_hub import CustomHubSimulator
from simulators.faults import Fault
from simulators.served import Served
from tests.support.agents import write_agent
from tests.support.conversing import Conversing
from tests.support.forked_worker import ForkedWorker
from tests.support.temporal import KEY
from tests.support.waiting import eventually
from workflows.client import Conversations

LONG = Fault(hang_seconds=60)
"""It is asked, and has not done anything when nobody waits for its answer any more."""
SHORTER_THAN_ONE_CALL = Deadlines(hub_answer=15)


@dataclass
class Mortal:
    """A conversation, its hub, and the worker that both live by."""

    conversation: Conversing
    hub: CustomHubSimulator
    worker: ForkedWorker

    async def dies_at(self, call: str, times: int) -> None:
        """Kill the worker when the hub has been called so often; another is started at once."""
        await eventually(lambda: self.hub.faults.calls.count(call) >= times)
        self.worker.replace()


def _settings(folder: Path, url: str, name: str) -> Settings:
    hub = {"kind": "custom", "url": url, "token": "env:HUB_TOKEN", "webhook_secret": "env:HUB_SECRET"}
    return Settings.model_validate(
        {
            "data_dir": folder,
            "encryption": {"keys": ["env:BATON_KEY"]},
            "agents": {"testing": {"path": folder / "testing"}},
            "hubs": {name: hub},
            "routes": [{"hub": name, "queue": "general"}],
        }
    )


@pytest.fixture
async def mortal(temporal: WorkflowEnvironment, tmp_path: Path) -> AsyncIterator[Mortal]:
    """A conversation that has begun."""
    name, hub, versions = f"mortal-{uuid4().hex[:8]}", CustomHubSimulator(), AgentVersions(tmp_path / "agents")
    versions.publish("testing", write_agent(tmp_path / "testing"))
    start = ConversationStart(agent="testing", version=versions.current("testing"), deadlines=SHORTER_THAN_ONE_CALL)
    async with Served(hub.app()) as url:
        address = temporal.client.service_client.config.target_host
        secrets = {"HUB_TOKEN": hub.token, "HUB_SECRET": hub.webhook_secret, "TEMPORAL_ADDRESS": address}
        key = {"BATON_KEY": base64.b64encode(KEY).decode()}
        worker = ForkedWorker(_settings(tmp_path, url, name), name, {**secrets, **key})
        worker.start()
        conversing = Conversing(temporal, Conversations(temporal.client, name), hub, start, hub_name=name)
        yield Mortal(await conversing.begin(), hub, worker)
        worker.kill()


async def test_while_it_opens_a_handoff(mortal: Mortal) -> None:
    """There is no other hub, and none is needed."""
    mortal.hub.fail_next("open", LONG)
    await mortal.conversation.say("Speak to agent")
    await mortal.dies_at("open", times=1)
    await mortal.conversation.until(Phase.QUEUED)
    assert len(mortal.hub.handoffs) == 1


async def test_while_it_tells_a_message(mortal: Mortal) -> None:
    """The representative reads it once."""
    handoff = await mortal.conversation.join()
    mortal.hub.fail_next("tell", LONG)
    await mortal.conversation.say("Are you there?")
    await mortal.dies_at("tell", times=1)
    await eventually(lambda: handoff.said == ["Are you there?"])
    assert await mortal.conversation.phase() is Phase.LIVE
