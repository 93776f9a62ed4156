"""An agent that stays in Copilot Studio, and a hub that takes what it hands over."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from temporalio.testing import WorkflowEnvironment

from activities.agent_versions import AgentVersions
from activities.hands import Hands
from activities.transcript_pages import TranscriptStore
from protocol.conversation import ConversationStart, Phase
from protocol.remote import REMOTE, RemoteRules
from protocol.status import Status
from settings.model import AgentSettings, GatewaySettings, RouteSettings, Settings
from settings.remote import RemoteSettings
from simulators.copilot_studio import CopilotStudioSimulator, Talk
from simulators.custom import CustomStorySimulator
from simulators.served import Served
from tests.gateway.serving import make_gateway, serving
from tests.scenarios.stage import Stage
from tests.support.temporal import CIPHER, working
from tests.support.waiting import eventually
from workflows.client import Conversations

GREETING = "Hello, I'm Contoso's agent in the cloud."


@dataclass
class RemoteStage(Stage):
    """One conversation with the agent."""

    studio: CopilotStudioSimulator

    @property
    def talk(self) -> Talk:
        """The conversation as the agent knows it."""
        return self.studio.newest

    async def hears(self, *texts: str) -> None:
        """Wait until the agent has said as much, and then: this and no more."""

        async def there() -> bool:
            return len(await self.read("bot")) >= len(texts)

        await eventually(there)
        assert await self.read("bot") == list(texts)

    async def escalates(self, said: str = "a person please") -> str:
        """The customer asks, and the agent hands over; returns the handoff's key when the hub has it."""
        number = len((await self.status()).handoffs) + 1
        await self.say(said)
        await self.reaches(Phase.QUEUED, Phase.LIVE)
        key = f"{self.id}:{number}"
        assert self.hub.opened().count(key) == 1
        return key

    async def status(self) -> Status:
        """Where the conversation stands."""
        return await self.conversations.status(self.id)


@asynccontextmanager
async def remote_stage(
    environment: WorkflowEnvironment,
    root: Path,
    studio: CopilotStudioSimulator,
    *,
    by_secret: bool = False,
    **begins: Any,
) -> AsyncIterator[RemoteStage]:
    """Everything up, and the conversation begun. `begins` is what it begins with besides."""
    name, hub = f"remote-{uuid4().hex[:6]}", CustomStorySimulator()
    conversations, versions = Conversations(environment.client, name), AgentVersions(root / "agents")
    async with Served(studio.app()) as studio.url, Served(hub.app()) as hub.url:
        secret, endpoint = root / "secret", root / "endpoint"
        secret.write_text(studio.tokens.secret, encoding="utf-8")
        endpoint.write_text(studio.token_endpoint, encoding="utf-8")
        remote = (
            RemoteSettings(secret=f"file:{secret}", url=studio.url)
            if by_secret
            else RemoteSettings(token_endpoint=f"file:{endpoint}")
        )
        adapter = hub.adapter(name)
        async with serving(make_gateway(conversations, root, hubs={name: adapter})) as url:
            hub.callback = f"{url}/webhooks/{hub.kind}/{name}"
            settings = Settings(
                data_dir=root,
                agents={"cloud": AgentSettings(remote=remote)},
                routes=(RouteSettings(hub=name, queue="general"),),
                gateway=GatewaySettings(public_url=url),
            )
            hands = Hands(settings, versions, TranscriptStore(root / "transcripts", CIPHER), {name: adapter})
            async with working(environment.client, hands, name):
                start = ConversationStart(agent="cloud", version=REMOTE, **{"remote": RemoteRules(), **begins})
                acted = RemoteStage(conversations, hub, adapter, start, f"remote-{uuid4().hex[:12]}", studio)
                await conversations.start(acted.id, start)
                yield acted
