"""The npm package botframework-directlinejs, unmodified, through a whole handoff."""

from tests.gateway.node import node_client
from tests.support.installation import Installation
from tests.support.persistent import PersistentRepresentative
from tests.support.waiting import eventually


async def test_it_goes_to_a_human_and_back_over_a_killed_gateway(
    running: Installation, representative: PersistentRepresentative
) -> None:
    """Everything that the representative says arrives once, in order, though the stream was lost between."""
    async with node_client(running.gateway, running.secret) as node:
        await eventually(lambda: len(node.texts) == 1)
        conversation = node.heard[0]["conversation"]["id"]
        node.tell(say="speak to agent")
        handoff = await representative.waiting(conversation)
        await representative.accept(handoff)
        await representative.say(handoff, "first")
        await eventually(lambda: "first" in node.texts)
        running.kill("gateway")
        await eventually(lambda: running.whole)
        await representative.say(handoff, "second")
        # The package waits 3 to 15 seconds before it reconnects.
        await eventually(lambda: "second" in node.texts)
        node.tell(say="thank you")

        async def relayed() -> bool:
            shown = await representative.show(handoff)
            return [each["text"] for each in shown["messages"] if each["role"] == "user"] == ["thank you"]

        await eventually(relayed)
        await representative.give_back(handoff, "all is well")
        await eventually(lambda: any("all is well" in text for text in node.texts))
        said = [text for text in node.texts if text in {"first", "second", "thank you"}]
        assert said == ["first", "second", "thank you"]
