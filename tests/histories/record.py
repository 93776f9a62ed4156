"""Record the golden histories: `python -m tests.histories.record NAME` adds `NAME-<story>.json` for each story.

A recorded history is never changed. After a change of the workflow that old histories do not survive, the change is
wrong, not the history.
"""

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from shutil import copytree

from protocol.conversation import HubEventKind, Phase
from simulators.faults import Fault
from tests.support.conversing import Conversing
from tests.support.house import House, open_house
from tests.support.temporal import temporal_server
from tests.support.waiting import eventually

FOLDER = Path(__file__).parent
AGENTS = FOLDER / "agents"


async def bot_only(house: House) -> Conversing:
    """Greeting, a question, an unknown phrase, goodbye."""
    conversation = await house.conversing().begin()
    for text in ("Remember my name", "Grace", "something else", "Goodbye"):
        await conversation.say(text)
    return conversation


async def there_and_back(house: House) -> Conversing:
    """Handoff, relay both ways, typing, return, second handoff, close."""
    conversation = await house.conversing().begin()
    await conversation.join()
    await conversation.say("my till is on fire")
    await conversation.representative_types()
    await conversation.representative_says("put it out")
    await eventually(lambda: house.first.newest.said == ["my till is on fire"])
    await conversation.hub_says(HubEventKind.RETURNED, note="it is out")
    await conversation.join()
    await conversation.hub_says(HubEventKind.TRANSFERRED, queue="stores")
    await conversation.hub_says(HubEventKind.QUEUED, position=2, wait_seconds=60)
    await conversation.hub_says(HubEventKind.JOINED, representative={"id": "bob", "name": "Bob"})
    await conversation.hub_says(HubEventKind.ENDED)
    return conversation


async def troubles(house: House) -> Conversing:
    """A hub that fails, the next, nobody in time, the bot again, a customer who leaves."""
    conversation = await house.conversing().begin()
    house.first.fail_next("open", Fault(status=503), Fault(status=422))
    await conversation.say("Speak to agent")
    await conversation.until(Phase.QUEUED)
    await conversation.say("hurry")
    await conversation.let_pass(minutes=11)
    await conversation.until(Phase.AGENT)
    await conversation.escalate()
    await conversation.send("event", "handoff.cancel")
    await conversation.send("endOfConversation")
    return conversation


async def rolled_over(house: House) -> Conversing:
    """A conversation whose last run began with what earlier runs carried."""
    conversation = await house.conversing(turns_a_run=3).begin()
    for number in range(7):
        await conversation.say(f"turn {number}")
    await conversation.say("Goodbye")
    return conversation


STORIES: dict[str, Callable[[House], Awaitable[Conversing]]] = {
    story.__name__: story for story in (bot_only, there_and_back, troubles, rolled_over)
}


async def record(name: str) -> None:
    """Run every story and write its history down."""
    with tempfile.TemporaryDirectory() as scratch:
        async with temporal_server() as environment, open_house(environment, Path(scratch)) as house:
            for title, story in STORIES.items():
                conversation = await story(house)
                handle = environment.client.get_workflow_handle(conversation.id)
                await handle.result()
                history = await handle.fetch_history()
                (FOLDER / f"{name}-{title}.json").write_text(history.to_json(), encoding="utf-8")
            copytree(Path(scratch) / "agents", AGENTS, dirs_exist_ok=True)


if __name__ == "__main__":
    asyncio.run(record(sys.argv[1]))
