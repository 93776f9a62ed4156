"""One handoff over three hubs, each of which fails in another way: what the customer reads, and what the hubs keep."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from temporalio.testing import WorkflowEnvironment

from activities.agent_versions import AgentVersions
from activities.hands import Hands
from activities.transcript_pages import TranscriptStore
from protocol.activity import MESSAGE, Activity
from protocol.conversation import ConversationStart, Deadlines, Phase, Said
from settings.model import GatewaySettings, RouteSettings, Settings
from simulators.custom import CustomStorySimulator
from simulators.faults import Fault
from simulators.genesys import GenesysSimulator
from simulators.hub import HubSimulator
from simulators.served import Served
from simulators.zendesk import ZendeskSimulator
from tests.gateway.serving import make_gateway, serving
from tests.support.agents import TESTING, write_agent
from tests.support.temporal import CIPHER, working
from tests.support.waiting import eventually
from workflows.client import Conversations


@dataclass
class Three:
    """One conversation, and three hubs in the order in which they are tried."""

    conversations: Conversations
    id: str
    hubs: dict[str, HubSimulator]

    async def say(self, text: str) -> None:
        """The customer says something."""
        await self.conversations.post(self.id, Said(key=uuid4().hex, activity=Activity(type=MESSAGE, text=text)))

    async def reads(self) -> list[str]:
        """What the customer was told on the way, in the words that they read."""
        log = (await self.conversations.activities(self.id)).activities
        return [each.text or "" for each in log if "baton" in (each.channel_data or {})]

    async def phase(self) -> Phase:
        """Where the conversation stands."""
        return (await self.conversations.status(self.id)).phase


@pytest.fixture
async def three(temporal: WorkflowEnvironment, tmp_path: Path) -> AsyncIterator[Three]:
    """Everything up, with impatient deadlines."""
    run = uuid4().hex[:6]
    simulators: tuple[HubSimulator, ...] = (CustomStorySimulator(), GenesysSimulator(), ZendeskSimulator())
    hubs = {f"{hub.kind}-{run}": hub for hub in simulators}
    versions = AgentVersions(tmp_path / "agents")
    version = versions.publish("testing", write_agent(tmp_path / "testing", TESTING)).version
    conversations = Conversations(temporal.client, f"failover-{run}")
    async with AsyncExitStack() as stack:
        for hub in hubs.values():
            hub.url = await stack.enter_async_context(Served(hub.app()))
        adapters = {name: hub.adapter(name) for name, hub in hubs.items()}
        url = await stack.enter_async_context(serving(make_gateway(conversations, tmp_path, hubs=adapters)))
        for name, hub in hubs.items():
            hub.callback = f"{url}/webhooks/{hub.kind}/{name}"
        first, *others = hubs
        settings = Settings(
            data_dir=tmp_path,
            routes=(RouteSettings(hub=first, fallback=tuple(others)),),
            gateway=GatewaySettings(public_url=url),
        )
        hands = Hands(settings, versions, TranscriptStore(tmp_path / "transcripts", CIPHER), adapters)
        await stack.enter_async_context(working(temporal.client, hands, f"failover-{run}"))
        deadlines = Deadlines(hub_answer=3, representative_joins=2)
        start = ConversationStart(agent="testing", version=version, deadlines=deadlines)
        acted = Three(conversations, f"failover-{run}", hubs)
        await conversations.start(acted.id, start)
        yield acted


async def test_each_hub_fails_in_another_way_and_the_next_takes_everything(three: Three) -> None:
    """Down, then nobody joins, then a representative: each try with the whole history, and no orphan anywhere."""
    custom, genesys, zendesk = three.hubs.values()
    custom.faults.plan("queue", *[Fault(status=503)] * 50)
    await three.say("remember the red bicycle")
    await three.say("Speak to agent")
    await eventually(lambda: bool(genesys.opened()))
    await three.say("is anybody there?")
    await eventually(lambda: bool(zendesk.opened()))
    key = zendesk.opened()[0]
    told = "\n".join(zendesk.history(key))
    assert "remember the red bicycle" in told
    assert "is anybody there?" in told
    await zendesk.join(key, "Ada")
    await zendesk.say(key, "I am here")

    async def live() -> bool:
        return await three.phase() is Phase.LIVE

    await eventually(live)
    await eventually(lambda: not genesys.is_open(genesys.opened()[0]))
    assert custom.opened() == []
    assert await three.reads() == [
        "I'm connecting you with a member of our team.",
        "We're still looking for someone who can help you.",
        "You're in the queue. Please stay here: the next free representative will join this chat.",
        "We're still looking for someone who can help you.",
        "You're in the queue. Please stay here: the next free representative will join this chat.",
        "Ada has joined the chat.",
    ]


async def test_when_all_fail_the_topic_knows_and_the_customer_reads_it(three: Three) -> None:
    """Down, refused, refused: back to the topic, with the reason, and nothing open anywhere."""
    custom, genesys, zendesk = three.hubs.values()
    custom.faults.plan("queue", *[Fault(status=503)] * 50)
    genesys.faults.plan("message", *[Fault(status=403)] * 5)
    zendesk.faults.plan("passControl", *[Fault(status=403)] * 5)
    await three.say("Speak to agent")

    async def told() -> bool:
        log = (await three.conversations.activities(three.id)).activities
        return "Nobody could take it: rejected." in [each.text for each in log]

    await eventually(told)
    assert await three.phase() is Phase.AGENT
    assert [hub.opened() for hub in three.hubs.values()] == [[], [], []]
    assert await three.reads() == [
        "I'm connecting you with a member of our team.",
        "We're still looking for someone who can help you.",
        "I'm sorry, our team can't take this conversation.",
    ]
