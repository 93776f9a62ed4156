"""Record the golden history of a conversation inside Omnichannel: `python -m tests.histories.record_inside NAME`.

As with the others: a recorded history is never changed.
"""

import asyncio
import sys
import tempfile
from pathlib import Path

from protocol.conversation import Phase
from tests.histories.record import keep_agent, write_down
from tests.scenarios.inside_stage import Inside, inside_stage
from tests.support.temporal import temporal_server


async def handed_over_in_place(inside: Inside) -> None:
    """Replies that are pushed, some of one turn; a handoff on the customer's own channel, whose end is looked for."""
    await inside.arrive(OrderNumber="CO-10443")
    await inside.say("count to three")
    await inside.reads("three")
    await inside.say("Speak to agent")
    await inside.reaches(Phase.QUEUED)
    inside.omnichannel.join(inside.held, "Ada")
    await inside.reaches(Phase.LIVE)
    inside.omnichannel.close(inside.held)
    await inside.reaches(Phase.ENDED)


async def record(name: str) -> None:
    """Run the story and write its history down."""
    with tempfile.TemporaryDirectory() as scratch:
        async with temporal_server() as environment, inside_stage(environment, Path(scratch)) as inside:
            await handed_over_in_place(inside)
            await write_down(environment.client, inside.id, f"{name}-{handed_over_in_place.__name__}")
            keep_agent(Path(scratch) / "agents", inside.start())


if __name__ == "__main__":
    asyncio.run(record(sys.argv[1]))
