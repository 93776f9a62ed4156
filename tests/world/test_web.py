"""HTTP requests of topics: their limits, their retries, and where they do not go."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from activities.addresses import Door, GuardedTransport
from activities.web import Web
from dialog.calls import HttpCall
from dialog.errors import HTTP_FAILED, TOO_LARGE
from settings.world import WorldSettings
from simulators.faults import Fault
from simulators.world import WorldSimulator
from tests.support.waiting import PATIENCE


@pytest.fixture
async def web() -> AsyncIterator[Web]:
    """A client that may reach this machine."""
    client = Web(10_000, GuardedTransport(Door(WorldSettings(internal=("127.0.0.1",)))))
    yield client
    await client.close()


@pytest.fixture
async def outside() -> AsyncIterator[Web]:
    """A client that may reach the public internet only."""
    client = Web(10_000, GuardedTransport(Door(WorldSettings())))
    yield client
    await client.close()


def order(url: str) -> HttpCall:
    """A request that changes something."""
    return HttpCall(method="POST", url=f"{url}/orders", body=json.dumps({"item": "a lamp"}))


async def test_json_comes_back_as_what_it_says(web: Web, url: str, world: WorldSimulator) -> None:
    """With its status and headers; the author's own headers are sent, but not those that are ours."""
    call = HttpCall(url=f"{url}/orders/4711", headers={"X-Shop": "one", "Host": "evil.example"})
    answer = await web.send(call, PATIENCE)
    assert (answer.status, answer.value["state"], answer.code) == (200, "shipped", "")
    assert answer.headers["x-served-by"] == "simulator"
    assert world.requests[0]["headers"]["x-shop"] == "one"
    assert world.requests[0]["headers"]["host"] in url


async def test_a_refusal_is_an_error_with_its_body(web: Web, url: str) -> None:
    """The author's branch may read why."""
    answer = await web.send(HttpCall(url=f"{url}/orders/1"), PATIENCE)
    assert (answer.status, answer.code) == (404, HTTP_FAILED)
    assert answer.value == {"error": "there is no such order"}


async def test_reading_is_tried_again(web: Web, url: str, world: WorldSimulator) -> None:
    """After an answer that says that another may be better."""
    world.faults.plan("order", Fault(status=503), Fault(status=502))
    answer = await web.send(HttpCall(url=f"{url}/orders/4711"), PATIENCE)
    assert answer.status == 200
    assert world.faults.calls == ["order"] * 3


async def test_what_may_have_been_done_is_not_done_twice(web: Web, url: str, world: WorldSimulator) -> None:
    """A POST that was answered with 503 is not sent again, for it may have been carried out."""
    world.faults.plan("orders", Fault(status=503, after_doing=True))
    answer = await web.send(order(url), PATIENCE)
    assert (answer.status, len(world.requests)) == (503, 1)


async def test_what_surely_was_not_done_is_tried_again(web: Web, url: str, world: WorldSimulator) -> None:
    """A POST that was answered with 429 was not carried out."""
    world.faults.plan("orders", Fault(status=429, retry_after=0))
    answer = await web.send(order(url), PATIENCE)
    assert (answer.status, len(world.requests)) == (201, 1)


async def test_a_service_that_is_down_fails(web: Web) -> None:
    """After a few tries to connect."""
    answer = await web.send(HttpCall(url="http://127.0.0.1:9/"), PATIENCE)
    assert (answer.status, answer.code) == (502, HTTP_FAILED)


async def test_nobody_waits_longer_than_the_limit(web: Web, url: str, world: WorldSimulator) -> None:
    """Whatever the service does."""
    world.faults.plan("order", Fault(hang_seconds=30))
    begun = asyncio.get_running_loop().time()
    answer = await web.send(HttpCall(url=f"{url}/orders/4711"), 0.3)
    assert answer.status == 408
    assert asyncio.get_running_loop().time() - begun < 20


async def test_an_answer_that_is_too_large_is_not_read(web: Web, url: str) -> None:
    """It stops at the limit."""
    assert (await web.send(HttpCall(url=f"{url}/large?bytes=10001"), PATIENCE)).code == TOO_LARGE
    assert (await web.send(HttpCall(url=f"{url}/large?bytes=10000"), PATIENCE)).code == ""


async def test_the_inside_is_not_reached(outside: Web, url: str, world: WorldSimulator) -> None:
    """By address, by name, or written as no one would."""
    port = url.rpartition(":")[2]
    for host in ("127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0x7f.1", "2130706433"):
        answer = await outside.send(HttpCall(url=f"http://{host}:{port}/orders/4711"), PATIENCE)
        assert answer.code == HTTP_FAILED, host
    assert world.faults.calls == []


async def test_a_redirect_leads_inside_no_more_than_a_request(web: Web, url: str, world: WorldSimulator) -> None:
    """Every hop goes through the door: this client may reach 127.0.0.1, and no other address of this machine."""
    port = url.rpartition(":")[2]
    answer = await web.send(HttpCall(url=f"{url}/elsewhere?to=http://127.0.0.2:{port}/orders/4711"), PATIENCE)
    assert (answer.status, "inside the network" in answer.message) == (403, True)
    assert (await web.send(HttpCall(url=f"{url}/elsewhere?to={url}/orders/4711"), PATIENCE)).value["id"] == "4711"
    assert (await web.send(HttpCall(url=f"{url}/elsewhere?to={url}/elsewhere?to=x"), PATIENCE)).code == HTTP_FAILED
    assert world.faults.calls.count("order") == 1


@pytest.mark.parametrize(
    "address", ["", "file:///etc/passwd", "ftp://127.0.0.1/", "http://", "no address", "http://[", "//x"]
)
async def test_what_is_no_web_address_is_an_error(web: Web, address: str) -> None:
    """And nothing else."""
    assert (await web.send(HttpCall(url=address), PATIENCE)).code == HTTP_FAILED
