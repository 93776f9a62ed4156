"""What a worker works with: stores, the connections to hubs, the tenant, and the world outside."""

from dataclasses import dataclass
from functools import cached_property

from activities.agent_versions import AgentVersions
from activities.asking_world import AskingWorld
from activities.microsoft_access import TenantAccess
from activities.model_recognition import ModelRecognition
from activities.recognition import Recognising
from activities.remote_agents import RemoteAgents
from activities.transcript_pages import TranscriptStore
from hubs.base import Hub
from hubs.registry import connect
from settings.cipher import cipher_of
from settings.model import Settings
from settings.secrets import resolve


@dataclass(frozen=True)
class Hands:
    """What a worker works with, made from the settings once."""

    settings: Settings
    versions: AgentVersions
    store: TranscriptStore
    hubs: dict[str, Hub]

    @cached_property
    def tenant(self) -> TenantAccess:
        """The tenant of `[microsoft]`."""
        return TenantAccess(self.settings, resolve)

    @cached_property
    def remote(self) -> RemoteAgents:
        """The agents that run elsewhere."""
        return RemoteAgents(self.settings, resolve)

    @cached_property
    def model(self) -> ModelRecognition:
        """What asks language models what a customer means."""
        return ModelRecognition(self.settings, resolve)

    @cached_property
    def recognising(self) -> Recognising:
        """What finds out what a customer means."""
        return Recognising(self.versions, self.model)

    @cached_property
    def world(self) -> AskingWorld:
        """What asks the world outside."""
        return AskingWorld(self.settings, self.recognising, resolve)

    @classmethod
    def of(cls, settings: Settings) -> "Hands":
        """Open the stores and the connections to the hubs."""
        return cls(
            settings=settings,
            versions=AgentVersions(settings.data_dir / "agents"),
            store=TranscriptStore(settings.data_dir / "transcripts", cipher_of(settings)),
            hubs={name: connect(name, hub, resolve) for name, hub in settings.hubs.items()},
        )

    async def close(self) -> None:
        """Close the pooled connections."""
        for hub in self.hubs.values():
            await hub.close()
        await self.tenant.close()
        await self.world.close()
        await self.model.close()
        await self.remote.close()
