"""What each turn of a conversation did, computed again from its recorded history.

A conversation neither writes a trace nor keeps one: since its turns are pure and its history is complete, whoever asks
has them told again, node by node, at some milliseconds a conversation and at no cost to a turn.
"""

import asyncio

from temporalio.client import Client, WorkflowHistory
from temporalio.worker import Replayer

from settings.cipher import Cipher
from workflows.client import ConversationError, Conversations, ConversationUnknownError
from workflows.conversation import Conversation
from workflows.plugin import BatonPlugin
from workflows.sessions import session_of
from workflows.turn_traces import TurnTrace, wanted

_one_at_a_time = asyncio.Lock()


class NotRetoldError(ConversationError):
    """The history cannot be told again here: another version wrote it, or the agent's version is not at hand."""


async def histories_of(client: Client, conversation: str) -> list[WorkflowHistory]:
    """The histories of all runs of a conversation, the first first.

    Raises:
        ConversationUnknownError: there is no such conversation.
    """
    found = [run async for run in client.list_workflows(f"WorkflowId = '{conversation.replace(chr(39), '')}'")]
    if not found:
        raise ConversationUnknownError(f"there is no conversation {conversation}")
    found.sort(key=lambda run: run.start_time)
    return [await client.get_workflow_handle(run.id, run_id=run.run_id).fetch_history() for run in found]


async def traces_of(client: Client, conversation: str, cipher: Cipher) -> list[TurnTrace]:
    """What every turn did, the first first, and once it is over what came of it.

    The process must have the agents installed (`workflows.library`), and a worker must run.

    Raises:
        ConversationUnknownError: there is no such conversation.
        NotRetoldError: it cannot be told again here.
    """
    histories = await histories_of(client, conversation)
    replayer = Replayer(workflows=[Conversation], plugins=[BatonPlugin(cipher)])
    async with _one_at_a_time:
        with wanted(conversation) as collected:
            for history in histories:
                result = await replayer.replay_workflow(history, raise_on_replay_failure=False)
                if result.replay_failure:
                    raise NotRetoldError(f"the history cannot be told again here: {result.replay_failure}")
            turns = list(collected)
    session = session_of(await Conversations(client).status(conversation), turns)
    return [*turns, session] if session else turns
