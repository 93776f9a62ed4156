"""What a Temporal activity has begun ends when its worker stops, whatever becomes of a cancellation on the way."""

import asyncio

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities import ending
from activities.ending import end, until_worker_stops


@pytest.fixture(autouse=True)
def _again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ending, "AGAIN_AFTER", 0.01)


async def _loses_cancellations(times: int, begun: asyncio.Event) -> str:
    """Goes on as if nothing had been, so many times."""
    begun.set()
    for _ in range(times):
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            continue
    return "over"


async def _fails() -> None:
    raise LookupError("lost")


async def test_what_loses_cancellations_is_cancelled_until_it_is_over() -> None:
    """And what it comes to in the end, an exception too, is nobody's."""
    task = asyncio.create_task(_loses_cancellations(3, asyncio.Event()))
    await asyncio.sleep(0)
    await end(task)
    assert task.result() == "over"
    await end(asyncio.create_task(_fails()))


async def test_work_that_is_done_is_told() -> None:
    """As if there were no worker to stop; so is its failure."""
    environment = ActivityEnvironment()
    assert await environment.run(until_worker_stops, asyncio.sleep(0, "done")) == "done"
    with pytest.raises(LookupError, match="lost"):
        await environment.run(until_worker_stops, _fails())


@pytest.mark.parametrize("before", [True, False], ids=["before it begins", "while it works"])
async def test_a_worker_that_stops_is_not_kept(*, before: bool) -> None:
    """Also by an activity that begins as it stops, and that would never end."""
    environment, begun = ActivityEnvironment(), asyncio.Event()
    if before:
        environment.worker_shutdown()
    running = asyncio.create_task(environment.run(until_worker_stops, _loses_cancellations(2, begun)))
    if not before:
        await begun.wait()
        environment.worker_shutdown()
    with pytest.raises(ApplicationError) as handed_on:
        await running
    assert (handed_on.value.type, handed_on.value.non_retryable) == ("WorkerStops", False)


async def test_an_activity_that_is_cancelled_ends_what_it_has_begun() -> None:
    """The cancellation is its own all the same."""
    environment, begun = ActivityEnvironment(), asyncio.Event()
    running = asyncio.create_task(environment.run(until_worker_stops, _loses_cancellations(2, begun)))
    await begun.wait()
    environment.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
