"""A conversation of 3,000 turns: it rolls over by itself, loses nothing, and its last turns cost what its first do."""

import pytest
from temporalio.client import WorkflowExecution

from gateway.log import ConversationLog
from protocol.activity import MESSAGE, Activity
from protocol.conversation import Phase, Said
from tests.support.conversing import Conversing
from tests.support.house import House
from tests.support.waiting import eventually

TURNS = 3_000


@pytest.mark.timeout(300)
async def test_three_thousand_turns(house: House) -> None:
    """Every word is there once, in order; the runs and what they carry stay as small as they were."""
    conversation = await house.conversing().begin()
    recognizer = house.versions.load("testing", conversation.start.version).recognizer()
    for number in range(TURNS):
        text = f"number {number}"
        recognition = recognizer.recognise(text, conversation.start.version)
        said = Said(key=text, activity=Activity(type=MESSAGE, text=text), recognition=recognition)
        await conversation.conversations.post(conversation.id, said)

    log = await ConversationLog(conversation.conversations, house.hands.store).after(conversation.id, 0)
    texts = [activity.text for activity in log.activities if activity.type == MESSAGE]
    assert [text for text in texts if text and text.startswith("number")] == [f"number {at}" for at in range(TURNS)]
    replies = [text for text in texts if text and text.startswith("You said")]
    assert replies == [f"You said: number {at}" for at in range(TURNS)]
    assert [activity.id for activity in log.activities] == [
        f"{conversation.id}|{number:07d}" for number in range(1, log.watermark + 1)
    ]
    assert (await conversation.status()).turns == TURNS
    assert await conversation.phase() is Phase.AGENT

    runs = await _runs(conversation)
    assert len(runs) > 3
    early, late = [await _carried_bytes(conversation, run) for run in (runs[1], runs[-1])]
    assert late < 1.5 * early
    await _says_it_again(conversation, TURNS - 900)


async def _says_it_again(conversation: Conversing, number: int) -> None:
    """A repetition finds its first coming, though that was in an earlier run."""
    text = f"number {number}"
    before = (await conversation.status()).watermark
    await conversation.conversations.post(conversation.id, Said(key=text, activity=Activity(type=MESSAGE, text=text)))
    assert (await conversation.status()).watermark == before


async def _runs(conversation: Conversing) -> list[WorkflowExecution]:
    """The conversation's runs, the first first."""
    client = conversation.conversations.client
    found: list[WorkflowExecution] = []

    async def all_listed() -> bool:
        found[:] = [run async for run in client.list_workflows(f"WorkflowId = '{conversation.id}'")]
        return sum(run.status is not None and run.status.name == "RUNNING" for run in found) == 1

    await eventually(all_listed)
    return sorted(found, key=lambda run: run.start_time)


async def _carried_bytes(conversation: Conversing, run: WorkflowExecution) -> int:
    """The size of what a run was begun with."""
    handle = conversation.conversations.client.get_workflow_handle(conversation.id, run_id=run.run_id)
    first = await anext(aiter(handle.fetch_history_events(page_size=1)))
    return sum(len(payload.data) for payload in first.workflow_execution_started_event_attributes.input.payloads)
