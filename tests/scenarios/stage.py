"""Everything that the story needs: a conversation, a worker, a gateway for the callbacks, and one simulated hub."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from temporalio.testing import WorkflowEnvironment

from activities.agent_versions import AgentVersions
from activities.hands import Hands
from activities.transcript_pages import TranscriptStore
from hubs.base import Capabilities, Hub
from protocol.activity import END_OF_CONVERSATION, MESSAGE, Activity
from protocol.conversation import ConversationStart, Deadlines, Phase, Said
from settings.model import GatewaySettings, RouteSettings, Settings
from simulators.hub import HubSimulator
from simulators.served import Served
from tests.gateway.serving import make_gateway, serving
from tests.support.agents import TESTING, write_agent
from tests.support.talking import put, topic
from tests.support.temporal import CIPHER, working
from tests.support.waiting import eventually
from workflows.client import Conversations

TYPES: tuple[Any, ...] = (
    "words",
    42,
    3.5,
    True,
    "=Date(2026,11,24)",
    "=[1,2,3]",
    '={a: 1, b: "two"}',
    "äöü 🙂",
    "=Blank()",
)
VARIABLES = {f"Value{number}": TYPES[number % len(TYPES)] for number in range(24)} | {"OrderNumber": "CO-10443"}
"""25 variables of every type."""
FILL = topic(
    "OnRecognizedIntent",
    *(put(f"Global.{name}", value) for name, value in VARIABLES.items()),
    phrases=("fill everything",),
)


@dataclass
class Stage:
    """One conversation, and the hub that it is handed to."""

    conversations: Conversations
    hub: HubSimulator
    adapter: Hub
    start: ConversationStart
    id: str

    async def another(self, **deadlines: float) -> "Stage":
        """Another conversation, over the same hub."""
        begin = self.start.model_copy(update={"deadlines": Deadlines(**deadlines)})
        begun = replace(self, start=begin, id=f"story-{uuid4().hex[:12]}")
        await self.conversations.start(begun.id, begin)
        return begun

    async def say(self, text: str) -> None:
        """The customer says something."""
        await self.post(Activity(type=MESSAGE, text=text))

    async def leave(self) -> None:
        """The customer closes the chat for good."""
        await self.post(Activity(type=END_OF_CONVERSATION))

    async def post(self, activity: Activity) -> None:
        """The customer's client posts something."""
        await self.conversations.post(self.id, Said(key=uuid4().hex, activity=activity))

    @property
    def can(self) -> Capabilities:
        """What the hub can do."""
        return self.adapter.capabilities

    async def escalate(self) -> str:
        """The customer asks for a person; returns the handoff's key when the hub has it."""
        number = len((await self.conversations.status(self.id)).handoffs) + 1
        await self.say("Speak to agent")
        await self.reaches(Phase.QUEUED, Phase.LIVE)
        key = f"{self.id}:{number}"
        assert self.hub.opened().count(key) == 1
        return key

    async def reaches(self, *phases: Phase) -> None:
        """Wait until the conversation is in one of these phases."""

        async def there() -> bool:
            return (await self.conversations.status(self.id)).phase in phases

        await eventually(there)

    async def hub_has(self, key: str, texts: list[str]) -> None:
        """Wait until the representative has these words of the customer's, and then: these and no others."""
        await eventually(lambda: len(self.hub.said(key)) >= len(texts))
        assert self.hub.said(key) == texts

    async def read(self, role: str) -> list[str]:
        """What one role has said, as the customer reads it; notices are left out."""
        log = (await self.conversations.activities(self.id)).activities
        return [
            each.text
            for each in log
            if each.type == MESSAGE and each.text and each.role == role and "baton" not in (each.channel_data or {})
        ]

    async def customer_has(self, texts: list[str]) -> None:
        """Wait until the customer has read these words of the representative's, and then: these and no others."""

        async def there() -> bool:
            return len(await self.read("agent")) >= len(texts)

        await eventually(there)
        assert await self.read("agent") == texts

    async def files(self) -> list[str]:
        """The ends of the addresses, or the names, of the files that the representative sent."""
        log = (await self.conversations.activities(self.id)).activities
        found = [file for each in log if each.role == "agent" for file in each.attachments or ()]
        return [(file.content_url or file.name or "").rpartition("/")[2] for file in found]


@asynccontextmanager
async def stage(
    environment: WorkflowEnvironment, hub: HubSimulator, root: Path, deadlines: Deadlines | None = None
) -> AsyncIterator[Stage]:
    """Everything up, and the conversation begun."""
    name = f"{hub.kind}-{uuid4().hex[:6]}"
    versions = AgentVersions(root / "agents")
    files = {**TESTING, "topics/Fill.mcs.yml": json.dumps(FILL)}
    version = versions.publish("testing", write_agent(root / "testing", files)).version
    conversations = Conversations(environment.client, name)
    async with Served(hub.app()) as hub.url:
        adapter = hub.adapter(name)
        gateway = make_gateway(conversations, root, hubs={name: adapter})
        async with serving(gateway) as url:
            hub.callback = f"{url}/webhooks/{hub.kind}/{name}"
            routes = (RouteSettings(hub=name, queue="general"),)
            settings = Settings(data_dir=root, routes=routes, gateway=GatewaySettings(public_url=url))
            hands = Hands(settings, versions, TranscriptStore(root / "transcripts", CIPHER), {name: adapter})
            async with working(environment.client, hands, name):
                begin = ConversationStart(agent="testing", version=version, deadlines=deadlines or Deadlines())
                acted = Stage(conversations, hub, adapter, begin, f"story-{uuid4().hex[:12]}")
                await conversations.start(acted.id, begin)
                yield acted
