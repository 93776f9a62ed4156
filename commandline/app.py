"""All commands by name."""

import sys
import traceback
from typing import NoReturn

import typer

from commandline import agents, chat, connecting, conversations, histories, hubs, registering, running
from commandline.failures import CommandError
from hubs.errors import HubError
from settings.cipher import CipherError
from settings.load import SettingsError
from settings.secrets import SecretError
from workflows.agent_connections import AgentConnectionError
from workflows.client import ConversationError
from workflows.leaving import leave

app = typer.Typer(
    name="baton",
    help="Durable bot-to-human handoff: conversations go from an agent to a representative and back.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for module in (running, chat, conversations, agents, hubs, registering, connecting, histories):
    module.register(app)

EXPECTED = (
    AgentConnectionError,
    CommandError,
    ConversationError,
    CipherError,
    SecretError,
    SettingsError,
    HubError,
)
"""What an operator can do something about: one line, and status 1."""


def main() -> NoReturn:
    """Run the command that was typed, and end the process."""
    leave(_status())


def _status() -> int:
    """Run the command; returns the process' exit status."""
    try:
        app()
    except SystemExit as ended:
        return _of_exit(ended)
    except EXPECTED as error:
        sys.stderr.write(f"baton: {error}\n")
    except OSError as error:
        sys.stderr.write(f"baton: {error.filename}: {error.strerror}\n" if error.filename else f"baton: {error}\n")
    except RuntimeError as error:
        # The client's own word for a Temporal that does not answer.
        if "Connection refused" not in str(error) and "Failed client connect" not in str(error):
            traceback.print_exc()
        else:
            sys.stderr.write("baton: Temporal does not answer: is `baton up` running, and is TEMPORAL_ADDRESS right?\n")
    except Exception:  # noqa: BLE001 - the process ends here, and whoever mends it wants to know where
        traceback.print_exc()
    return 1


def _of_exit(ended: SystemExit) -> int:
    if isinstance(ended.code, str):
        sys.stderr.write(f"{ended.code}\n")
        return 1
    return ended.code or 0
