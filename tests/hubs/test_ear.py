"""What a listening adapter is given: the open handoffs with what belongs to each, and where they were heard up to."""

import asyncio
from collections.abc import Sequence
from typing import Any, cast

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.hub_listening import HubListening, _Ear
from hubs.base import Ear, Hub
from hubs.handoffs import WatchedHandoff
from protocol.hub_events import AtHub, HubEvent


async def test_one_conversation_that_does_not_answer_keeps_no_other_from_being_heard() -> None:
    """It is there as soon as it answers; cursors of what is no longer open are forgotten."""
    open_now = ["one", "two"]
    answering, asked = {"one"}, []

    async def watched(connection: str) -> Sequence[WatchedHandoff]:
        assert connection == "sf"
        return [WatchedHandoff(conversation=name, id=f"at-hub-{name}") for name in open_now]

    async def kept(conversation: str) -> AtHub | None:
        asked.append(conversation)
        return AtHub(key=f"{conversation}:1", session="s") if conversation in answering else None

    async def tell(event: HubEvent) -> None:
        raise AssertionError(event)

    ear = _Ear("sf", watched, kept, tell, {"at-hub-one": "7", "at-hub-old": "9"})
    assert [(each.key, each.session) for each in await ear.watched()] == [("one:1", "s")]
    assert ear.cursors == {"at-hub-one": "7"}
    answering.add("two")
    assert [each.key for each in await ear.watched()] == ["one:1", "two:1"]
    await ear.watched()
    assert asked == ["one", "two", "two"]
    open_now.remove("one")
    assert [each.key for each in await ear.watched()] == ["two:1"]


async def test_another_worker_goes_on_from_where_the_one_that_stops_was() -> None:
    """Its last sign of life has the cursors, and Temporal gives it to the next."""
    environment, told, heard = ActivityEnvironment(), list[Any](), asyncio.Event()
    environment.on_heartbeat = lambda *details: told.append(dict(details[0]))

    class Heard:
        async def listen(self, ear: Ear) -> None:
            ear.remember("at-hub-one", "8")
            heard.set()
            await asyncio.Event().wait()

    async def nobody(*_: object) -> Any:
        raise AssertionError

    listening = HubListening("sf", cast("Hub", Heard()), nobody, nobody, nobody)
    running = asyncio.create_task(environment.run(listening.listen))
    await heard.wait()
    environment.worker_shutdown()
    with pytest.raises(ApplicationError, match="another one goes on"):
        await running
    assert told[-1] == {"at-hub-one": "8"}
