"""An Omnichannel whose customers talk to our agent, and a hub beside it, for what it does not take."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from temporalio.testing import WorkflowEnvironment

from activities.agent_versions import AgentVersions
from activities.hands import Hands
from activities.transcript_pages import TranscriptStore
from gateway.botframework_incoming import conversation_of
from protocol.conversation import ConversationReference, ConversationStart, Deadlines, Phase
from protocol.status import Status
from settings.model import GatewaySettings, RouteSettings, Settings
from simulators.custom import CustomStorySimulator
from simulators.omnichannel import BOT, Held, OmnichannelSimulator
from simulators.served import Served
from tests.gateway.serving import make_gateway, serving
from tests.scenarios.contract import Recording
from tests.support.agents import TESTING, write_agent
from tests.support.talking import put, say, topic
from tests.support.temporal import CIPHER, working
from tests.support.waiting import eventually
from worker import listen
from workflows.client import Conversations

GREETING = "Hello, {Global.Tier} customer."
FILES = {
    **TESTING,
    "topics/ConversationStart.mcs.yml": json.dumps(
        topic("OnConversationStart", say(GREETING), put("Global.Greeted", "=true"))
    ),
    "variables/Verified.mcs.yml": "kind: GlobalVariableComponent\nname: Verified\nscope: Conversation\n",
    "topics/Three.mcs.yml": json.dumps(
        topic("OnRecognizedIntent", say("one"), say("two"), say("three"), phrases=("count to three",))
    ),
}


@dataclass
class Inside:
    """One customer in Omnichannel, and what becomes of them."""

    omnichannel: OmnichannelSimulator
    beside: CustomStorySimulator
    conversations: Conversations
    connection: str
    versions: AgentVersions
    recording: Recording
    held: Held = field(default_factory=lambda: Held("nobody"))

    async def arrive(self, **context: Any) -> None:
        """A customer opens the chat, and is greeted."""
        self.held = await self.omnichannel.arrive({"Tier": "gold", **context})
        await self.reads("Hello, gold customer.")

    async def say(self, text: str) -> None:
        """They write."""
        await self.omnichannel.say(self.held, text)

    async def reads(self, text: str) -> None:
        """Wait until they have read it."""
        await eventually(lambda: text in self.held.shown)

    @property
    def id(self) -> str:
        """Baton's id of the conversation."""
        return conversation_of(self.reference)

    @property
    def reference(self) -> ConversationReference:
        """Where the customer is."""
        return ConversationReference.model_validate(
            {
                "connection": self.connection,
                "service_url": self.omnichannel.service_url,
                "conversation": self.held.id,
                "bot": BOT,
                "customer": {"id": "29:customer", "role": "user"},
            }
        )

    def start(self, **more: Any) -> ConversationStart:
        """What the conversation begins with, where a test begins it."""
        version = self.versions.current("testing")
        return ConversationStart(
            agent="testing", version=version, channel="omnichannel", reference=self.reference, **more
        )

    async def status(self) -> Status:
        """Where it stands at Baton's."""
        return await self.conversations.status(self.id)

    async def reaches(self, phase: Phase) -> None:
        """Wait for a phase, and until everything has gone out."""

        async def there() -> bool:
            status = await self.status()
            return status.phase is phase and not status.waiting_to_deliver

        await eventually(there)


@asynccontextmanager
async def inside_stage(environment: WorkflowEnvironment, root: Path, **settings: Any) -> AsyncIterator[Inside]:
    """Everything up; `settings` are the adapter's."""
    run = uuid4().hex[:6]
    connection, other = f"omnichannel-{run}", f"desk-{run}"
    omnichannel, beside = OmnichannelSimulator(), CustomStorySimulator()
    versions = AgentVersions(root / "agents")
    versions.publish("testing", write_agent(root / "testing", FILES))
    conversations = Conversations(environment.client, f"inside-{run}")
    recording = Recording(omnichannel.app())
    async with AsyncExitStack() as stack:
        omnichannel.url = await stack.enter_async_context(Served(recording))
        beside.url = await stack.enter_async_context(Served(beside.app()))
        hubs = {connection: omnichannel.adapter(connection, "testing", **settings), other: beside.adapter(other)}
        deadlines = Deadlines(hub_answer=5)
        gateway = make_gateway(conversations, root, hubs=hubs, versions=versions)
        gateway.settings = gateway.settings.model_copy(update={"deadlines": deadlines})
        url = await stack.enter_async_context(serving(gateway))
        omnichannel.endpoint = f"{url}/api/messages"
        known = Settings(data_dir=root, routes=(RouteSettings(hub=other),), gateway=GatewaySettings(public_url=url))
        hands = Hands(known, versions, TranscriptStore(root / "transcripts", CIPHER), hubs)
        await stack.enter_async_context(working(environment.client, hands, f"inside-{run}"))
        await listen(environment.client, hands, f"inside-{run}")
        yield Inside(omnichannel, beside, conversations, connection, versions, recording)
