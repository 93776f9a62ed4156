"""All commands by name."""

import sys

import typer

from commandline import agents, chat, conversations, histories, running
from commandline.failures import CommandError
from hubs.base import HubError
from settings.cipher import CipherError
from settings.load import SettingsError
from settings.secrets import SecretError
from workflows.client import ConversationError

app = typer.Typer(
    name="baton",
    help="Durable bot-to-human handoff: conversations go from an agent to a representative and back.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for module in (running, chat, conversations, agents, histories):
    module.register(app)

EXPECTED = (CommandError, ConversationError, CipherError, SecretError, SettingsError, HubError)
"""What an operator can do something about: one line, and status 1."""


def main() -> None:
    """Run the command that was typed."""
    try:
        app()
    except EXPECTED as error:
        sys.stderr.write(f"baton: {error}\n")
        sys.exit(1)
    except RuntimeError as error:
        # The client's own word for a Temporal that does not answer.
        if "Connection refused" not in str(error) and "Failed client connect" not in str(error):
            raise
        sys.stderr.write("baton: Temporal does not answer: is `baton up` running, and is TEMPORAL_ADDRESS right?\n")
        sys.exit(1)
