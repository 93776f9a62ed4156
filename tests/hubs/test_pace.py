"""Pacing, on a clock that the tests turn."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from hubs.pace import HISTORY_AFTER, Pace


@dataclass
class Alarm:
    """One call that is to come."""

    at: float
    callback: Callable[[], None]
    gone: bool = False

    def cancel(self) -> None:
        """It shall not come."""
        self.gone = True


@dataclass
class Clock:
    """Time that passes when a test says so."""

    now: float = 100.0
    alarms: list[Alarm] = field(default_factory=list)

    def time(self) -> float:
        """Now."""
        return self.now

    def call_later(self, delay: float, callback: Callable[[], None], /) -> Alarm:
        """Remember it."""
        self.alarms.append(Alarm(self.now + delay, callback))
        return self.alarms[-1]

    async def passes(self, seconds: float) -> None:
        """Let time pass, alarm by alarm, and everybody who was let go come through."""
        until = self.now + seconds
        while due := [alarm for alarm in self.alarms if not alarm.gone and alarm.at <= until + 1e-9]:
            alarm = min(due, key=lambda each: each.at)
            alarm.gone = True
            self.now = max(self.now, alarm.at)
            alarm.callback()
        self.now = until
        await settled()


async def settled() -> None:
    """Everybody who can run has run."""
    for _ in range(5):
        await asyncio.sleep(0)


class Queue:
    """Callers of a pace, and the order in which they came through."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self.through: list[str] = []

    async def enter(self, *names: str, history: bool = False) -> list[asyncio.Task[None]]:
        """Let callers line up in this order."""
        tasks = [asyncio.create_task(self._pass(name, history=history)) for name in names]
        await settled()
        return tasks

    async def _pass(self, name: str, *, history: bool) -> None:
        await self._pace.turn(history=history)
        self.through.append(name)


@pytest.fixture
def clock() -> Clock:
    """A clock of one's own."""
    return Clock()


async def test_a_burst_goes_at_once_and_the_rest_at_the_rate(clock: Clock) -> None:
    """Ten in five seconds, three at once: the fourth comes half a second later."""
    queue = Queue(Pace(10, 5, burst=3, time=clock))
    await queue.enter(*"abcdef")
    assert queue.through == ["a", "b", "c"]
    await clock.passes(0.49)
    assert queue.through == ["a", "b", "c"]
    await clock.passes(0.01)
    assert queue.through == ["a", "b", "c", "d"]
    await clock.passes(1.0)
    assert queue.through == list("abcdef")


async def test_no_second_holds_more_than_the_rate(clock: Clock) -> None:
    """However long nobody called: rest fills the burst and no more."""
    queue = Queue(Pace(5, 1, burst=2, time=clock))
    await clock.passes(1000)
    await queue.enter(*map(str, range(50)))
    assert len(queue.through) == 2
    for second in range(1, 9):
        await clock.passes(1)
        assert len(queue.through) == 2 + 5 * second


async def test_what_is_said_now_goes_before_history(clock: Clock) -> None:
    """A customer's words do not wait behind somebody's long transcript."""
    queue = Queue(Pace(1, 1, time=clock))
    await queue.enter("h1", "h2", "h3", history=True)
    await queue.enter("now")
    await clock.passes(1)
    assert queue.through == ["h1", "now"]
    await clock.passes(2)
    assert queue.through == ["h1", "now", "h2", "h3"]


async def test_history_is_not_starved(clock: Clock) -> None:
    """One of the history goes after so many live ones."""
    queue = Queue(Pace(1, 1, time=clock))
    live = [f"l{number}" for number in range(2 * HISTORY_AFTER + 1)]
    await queue.enter(live[0])
    await queue.enter("h", history=True)
    await queue.enter(*live[1:])
    await clock.passes(100)
    assert queue.through.index("h") == HISTORY_AFTER + 1


async def test_retry_after_holds_everybody_back(clock: Clock) -> None:
    """A shorter one later does not shorten the longer one."""
    pace = Pace(100, 1, burst=10, time=clock)
    pace.hold(30)
    pace.hold(5)
    queue = Queue(pace)
    await queue.enter("a", "b")
    await queue.enter("h", history=True)
    await clock.passes(29.9)
    assert queue.through == []
    await clock.passes(0.1)
    assert queue.through == ["a", "b", "h"]


async def test_who_gives_up_has_used_nothing(clock: Clock) -> None:
    """Before the turn, and at the very moment of it."""
    pace = Pace(1, 1, time=clock)
    queue = Queue(pace)
    await queue.enter("a")
    waiting, _ = await queue.enter("b", "c")
    waiting.cancel()
    await clock.passes(1)
    assert queue.through == ["a", "c"]
    (late,) = await queue.enter("d")
    (_,) = await queue.enter("e")
    clock.now += 1
    pace.hold(0)
    # Let go, and cancelled before it came to know.
    late.cancel()
    await settled()
    assert late.cancelled()
    assert queue.through == ["a", "c", "e"]


async def test_nobody_waits_and_no_alarm_is_set(clock: Clock) -> None:
    """A pace at rest costs nothing."""
    queue = Queue(Pace(1, 1, burst=5, time=clock))
    await queue.enter("a", "b")
    assert [alarm for alarm in clock.alarms if not alarm.gone] == []


async def test_the_loop_is_the_clock_where_none_is_given() -> None:
    """As it runs outside of tests."""
    pace = Pace(1000, 1, burst=1)
    began = asyncio.get_running_loop().time()
    for _ in range(11):
        await pace.turn()
    assert asyncio.get_running_loop().time() - began >= 0.009
