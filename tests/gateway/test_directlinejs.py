import httpx

from tests.gateway.node import node_client
from tests.gateway.serving import SECRET
from tests.support.waiting import eventually


async def test_the_unmodified_npm_client_holds_a_conversation(http: httpx.AsyncClient) -> None:
    """It starts, hears the greeting, talks, loses its stream, reconnects by watermark, and has everything once."""
    async with node_client(str(http.base_url).rstrip("/"), SECRET) as node:
        await eventually(lambda: node.texts == ["Hello!"])
        node.tell(say="one")
        await eventually(lambda: node.texts == ["Hello!", "one", "You said: one"])
        node.tell(drop=True)
        await eventually(lambda: node.drops == 1)
        node.tell(say="two")
        # The package waits 3 to 15 seconds before it reconnects.
        await eventually(lambda: node.texts[3:] == ["two", "You said: two"])
        assert node.said == [node.heard[place]["id"] for place in (1, 3)]
        assert "ExpiredToken" not in node.statuses
