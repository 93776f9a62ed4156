"""Record the golden histories: `python -m tests.histories.record NAME` adds `NAME-<story>.json` for each story.

With stories behind the name, `NAME STORY…`, only for those.

A recorded history is never changed. After a change of the workflow that old histories do not survive, the change is
wrong, not the history.
"""

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from shutil import copyfile

from temporalio.client import Client

from protocol.conversation import ConversationStart, Phase
from protocol.hub_events import HubEventKind
from simulators.faults import Fault
from tests.support.agents import write_agent
from tests.support.caring_agent import CARING
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


async def world_asked(house: House) -> Conversing:
    """A request over HTTP that takes long, a flow, an answer made of knowledge, one that nothing is known for."""
    house.world.faults.plan("order", Fault(status=503, hang_seconds=1))
    house.world.answers.append("Thirty days [1].")
    conversation = await house.conversing("asking").begin()
    for text in ("where is my order", "4711", "refund please", "may I return the lamp", "quantum physics"):
        await conversation.say(text)
    await conversation.send("endOfConversation")
    return conversation


async def ticket_left(house: House) -> Conversing:
    """No hub takes the conversation; a ticket is left at the second try, the topics hear of it, the bot goes on."""
    with tempfile.TemporaryDirectory() as folder:
        house.versions.publish("caring", write_agent(Path(folder), CARING))
    house.first.fail_next("open", Fault(status=422))
    house.second.fail_next("open", Fault(status=422))
    house.second.fail_next("ticket", Fault(status=503))
    conversation = await house.conversing("caring").begin()
    await conversation.say("Speak to agent")
    await conversation.until(Phase.AGENT)
    await conversation.say("ada@contoso.com")

    async def told() -> bool:
        return "Ticket left T-1." in await conversation.heard()

    await eventually(told)
    await conversation.say("Goodbye")
    return conversation


STORIES: dict[str, Callable[[House], Awaitable[Conversing]]] = {
    story.__name__: story for story in (bot_only, there_and_back, troubles, rolled_over, world_asked, ticket_left)
}


async def record(name: str, *titles: str) -> None:
    """Run the stories, by default every one, and write their histories down."""
    with tempfile.TemporaryDirectory() as scratch:
        async with temporal_server() as environment, open_house(environment, Path(scratch)) as house:
            for title in titles or STORIES:
                conversation = await STORIES[title](house)
                await write_down(environment.client, conversation.id, f"{name}-{title}")
                keep_agent(Path(scratch) / "agents", conversation.start)


async def write_down(client: Client, conversation: str, name: str) -> None:
    """Write the history of a conversation down, as soon as it is over.

    Raises:
        FileExistsError: there is one of that name, which never changes.
    """
    handle = client.get_workflow_handle(conversation)
    await handle.result()
    history = await handle.fetch_history()
    with (FOLDER / f"{name}.json").open("x", encoding="utf-8") as file:
        file.write(history.to_json())


def keep_agent(published: Path, start: ConversationStart) -> None:
    """Keep the agent's version that a conversation began with, beside those of earlier recordings."""
    kept = AGENTS / start.agent
    kept.mkdir(parents=True, exist_ok=True)
    for name in (f"{start.version}.json", "current"):
        if not (kept / name).exists():
            copyfile(published / start.agent / name, kept / name)


if __name__ == "__main__":
    asyncio.run(record(*sys.argv[1:]))
