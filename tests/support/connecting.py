"""Agents to be connected, a worker that connects them, and a simulated tenant to connect them to."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from temporalio.testing import WorkflowEnvironment

from activities.agent_versions import AgentVersions
from activities.hands import Hands
from activities.microsoft_access import TenantAccess
from activities.transcript_pages import TranscriptStore
from hubs.base import Hub
from hubs.custom import CustomHub
from protocol.connection import Check, Connect, ConnectionState, Disconnect
from protocol.conversation import ConversationStart
from settings.connection import AgentConnectionSettings
from settings.model import AgentSettings, RouteSettings, Settings
from simulators.custom_hub import CustomHubSimulator
from simulators.microsoft import MicrosoftSimulator
from simulators.served import Served
from tests.support.agents import write_agent
from tests.support.conversing import Conversing
from tests.support.temporal import CIPHER, working
from tests.support.waiting import PATIENCE, eventually
from workflows.agent_connections import AgentConnections, WishRefusedError, connection_id
from workflows.client import Conversations


@dataclass
class Tenancy:
    """A tenant, an agent in it, and what is wished of its connection."""

    environment: WorkflowEnvironment
    microsoft: MicrosoftSimulator
    connections: AgentConnections
    hands: Hands
    task_queue: str
    agent: str
    other: str
    """Another agent, published too."""
    omnichannel: CustomHubSimulator
    """The hub that its connection leads to."""
    desk: CustomHubSimulator
    """The hub that takes what is moved."""
    application: str = ""

    async def connect(self, agent: str = "", **wish: Any) -> ConnectionState:
        """Connect, and wait until that is over."""
        begun = await self.begin(agent, **wish)
        return await self.over(begun, agent)

    async def begin(self, agent: str = "", **wish: Any) -> ConnectionState:
        """Begin to connect."""
        wish = {"key": uuid4().hex, "environment": "Contoso", "application": self.application, **wish}
        return await self.connections.connect(agent or self.agent, Connect(**wish))

    async def disconnect(self, *, now: bool = False) -> ConnectionState:
        """Disconnect, and wait until that is over."""
        begun: list[ConnectionState] = []

        async def taken() -> bool:
            try:
                begun.append(await self.begin_to_disconnect(now=now))
            except WishRefusedError as refused:
                # The connection may be looked at by itself just then; whoever asks waits for that.
                if "is being checked" not in str(refused):
                    raise
            return bool(begun)

        await eventually(taken)
        return await self.over(begun[0])

    async def begin_to_disconnect(self, *, now: bool = False) -> ConnectionState:
        """Begin to disconnect."""
        return await self.connections.disconnect(self.agent, Disconnect(key=uuid4().hex, now=now))

    def configure(self, **changes: Any) -> None:
        """Change what the agent's connection is configured to, as a restarted worker reads it."""
        agents = self.hands.settings.agents
        connection = agents[self.agent].connection.model_copy(update=changes)
        agents[self.agent] = agents[self.agent].model_copy(update={"connection": connection})

    async def conversing(self) -> Conversing:
        """A conversation of the agent's that is with a representative of its connection's hub."""
        conversation = await self._conversation()
        await conversation.join()
        return conversation

    async def escalating(self) -> None:
        """A conversation of the agent's that asks for a person."""
        await (await self._conversation()).say("Speak to agent")

    async def _conversation(self) -> Conversing:
        begin = ConversationStart(agent=self.agent, version=self.hands.versions.current(self.agent))
        conversations = Conversations(self.environment.client, self.task_queue)
        name = self.hands.settings.routes[0].hub
        conversation = Conversing(self.environment, conversations, self.omnichannel, begin, hub_name=name)
        return await conversation.begin()

    async def check(self) -> ConnectionState:
        """Look now, and wait until that is over."""
        return await self.over(await self.connections.check(self.agent, Check(key=uuid4().hex)))

    async def over(self, begun: ConnectionState, agent: str = "") -> ConnectionState:
        """The state in which the operation that `begun` tells of is over."""
        state = begun
        async for state in self.connections.follow(agent or self.agent, until=begun.operation.number):  # noqa: B007
            pass
        return state

    async def let_pass(self, span: timedelta) -> None:
        """Turn the connection's clock."""
        handle = self.environment.client.get_workflow_handle(connection_id(self.agent))
        await self.environment.fast_forward(handle, span)

    def register(self, agent: str) -> str:
        """An app registration with its service principal, as an administrator may have made it. Returns its id."""
        made = self.microsoft.graph._made(f"by-hand-{agent}-{uuid4().hex[:6]}", {"displayName": agent})
        self.microsoft.graph.service_principals.add(made["appId"])
        return str(made["appId"])

    @property
    def user(self) -> dict[str, Any] | None:
        """The agent's application user in the organisation, which has one at most."""
        found = self.microsoft.contoso.users(self.application)
        assert len(found) <= 1
        return found[0] if found else None

    @property
    def roles(self) -> set[str]:
        """Of that user."""
        assert self.user
        return self.microsoft.contoso.of("systemuserroles_association", self.user["systemuserid"])

    @property
    def in_queue(self) -> bool:
        """Whether that user is in the configured queue."""
        organization, user = self.microsoft.contoso, self.user
        return bool(user and user["systemuserid"] in organization.of("queuemembership_association", organization.queue))

    @property
    def linked(self) -> bool:
        """Whether that user is the workstream's bot."""
        organization, user = self.microsoft.contoso, self.user
        row = organization.tables.one("msdyn_liveworkstreams", organization.workstream)
        return bool(user and row.get("_msdyn_bot_user_value") == user["systemuserid"])

    @property
    def is_whole(self) -> bool:
        """Whether everything is there that a connection is."""
        user = self.user
        channels = self.microsoft.bot_service.bots["contoso-bot"]
        enabled = bool(user and not user["isdisabled"])
        return enabled and bool(self.roles) and self.in_queue and self.linked and len(channels) == 2

    @property
    def is_undone(self) -> bool:
        """Whether nothing is left that gets traffic: no user, or one that is disabled and nowhere."""
        user = self.user
        return user is None or (bool(user["isdisabled"]) and not self.in_queue and not self.linked)


@asynccontextmanager
async def tenancy(
    environment: WorkflowEnvironment, root: Path, *, task_queue: str = "", **own: Any
) -> AsyncIterator[Tenancy]:
    """Two published agents, of which the first is configured by `own`; a tenant; two hubs; and a worker.

    The agents' names are new each time, for all tests share one Temporal.
    """
    mark = uuid4().hex[:8]
    microsoft, agents = MicrosoftSimulator(), (f"contoso-{mark}", f"fabrikam-{mark}")
    task_queue = task_queue or f"baton-{mark}"
    versions = AgentVersions(root / "agents")
    for agent in agents:
        versions.publish(agent, write_agent(root / agent))
    hubs = {f"omnichannel-{mark}": CustomHubSimulator(), f"desk-{mark}": CustomHubSimulator()}
    async with AsyncExitStack() as serving:
        microsoft.url = await serving.enter_async_context(Served(microsoft.app()))
        adapters: dict[str, Hub] = {}
        for name, hub in hubs.items():
            url = await serving.enter_async_context(Served(hub.app()))
            adapters[name] = CustomHub(name, url, hub.token, hub.webhook_secret, timeout_seconds=PATIENCE)
        settings = _settings(root, microsoft, agents[0], tuple(hubs), own)
        hands = Hands(settings, versions, TranscriptStore(root / "transcripts", CIPHER), adapters)
        # The secret is the simulator's own, and in no environment variable.
        hands.__dict__["tenant"] = TenantAccess(settings, microsoft.resolve)
        await serving.enter_async_context(working(environment.client, hands, task_queue))
        connections = AgentConnections(environment.client, task_queue)
        found = Tenancy(
            environment,
            microsoft,
            connections,
            hands,
            task_queue,
            agent=agents[0],
            other=agents[1],
            omnichannel=hubs[f"omnichannel-{mark}"],
            desk=hubs[f"desk-{mark}"],
        )
        found.application = found.register(agents[0])
        yield found


def _settings(
    root: Path, microsoft: MicrosoftSimulator, agent: str, hubs: tuple[str, ...], own: dict[str, Any]
) -> Settings:
    organization = microsoft.contoso
    configured = {"queue": organization.queue, "workstream": organization.workstream, "hub": hubs[0], **own}
    connection = AgentConnectionSettings(**configured)
    return Settings(
        data_dir=root,
        microsoft=microsoft.parsed_settings(bots={agent: "contoso-bot"}),
        agents={agent: AgentSettings(path=root / agent, connection=connection)},
        routes=(RouteSettings(hub=hubs[0], fallback=(hubs[1],)),),
    )
