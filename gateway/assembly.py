"""A gateway made from the settings."""

from pathlib import Path

from activities.agent_versions import AgentVersions
from activities.transcript_pages import TranscriptStore
from gateway.context import Gateway
from hubs.registry import connect as connect_hub
from settings.cipher import cipher_of
from settings.login import LoginTokens
from settings.model import Settings
from settings.secrets import resolve
from workflows import library
from workflows.client import Conversations
from workflows.encryption import EncryptionCodec
from workflows.plugin import connect

OPERATORS = "console"
"""The audience of login links for operators; the desk has its own."""


async def assemble(settings: Settings) -> Gateway:
    """Connect to Temporal, open the stores and the connections to the hubs.

    Raises:
        RuntimeError: Temporal does not answer.
    """
    client = await connect(settings, "gateway")
    versions = AgentVersions(settings.data_dir / "agents")
    # For operators, who have a conversation's history told again here.
    library.install(versions)
    cipher = cipher_of(settings)
    signing_key = resolve(settings.gateway.signing_key or _made(settings, "signing.key")).encode()
    return Gateway(
        settings=settings,
        conversations=Conversations(client),
        versions=versions,
        pages=TranscriptStore(settings.data_dir / "transcripts", cipher),
        hubs={name: connect_hub(name, hub, resolve) for name, hub in settings.hubs.items()},
        secrets={
            name: resolve(agent.direct_line_secret or _made(settings, f"direct_line/{name}.secret"))
            for name, agent in settings.agents.items()
        },
        signing_key=signing_key,
        cipher=cipher,
        login=LoginTokens(signing_key, OPERATORS),
        codec=EncryptionCodec(cipher),
        temporal=client,
    )


def _made(settings: Settings, name: str) -> str:
    """The reference to a secret that `up` makes in the data directory."""
    return f"file:{Path(settings.data_dir) / 'keys' / name}"
