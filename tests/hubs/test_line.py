"""The HTTP line: how long a hub wants us to wait."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from hubs.errors import HubUnavailableError
from hubs.line import LONGEST_HOLD, Line, retry_after
from hubs.pace import Pace
from simulators.custom_hub import CustomHubSimulator
from simulators.faults import Fault
from simulators.served import Served
from tests.support.waiting import PATIENCE


class Told(Pace):
    """A pace that only notes for how long it shall hold."""

    def __init__(self) -> None:
        super().__init__(1000, 1, 1000)
        self.holds: list[float] = []

    def hold(self, seconds: float) -> None:
        """Note it."""
        self.holds.append(seconds)


@pytest.mark.parametrize("value", ["", "soon", "-5", "Tue, 99 Nov 2026"])
def test_what_names_no_time_names_none(value: str) -> None:
    """Then our own pace will do."""
    assert retry_after(httpx.Response(429, headers={"retry-after": value})) is None


def test_seconds_and_dates_are_both_times() -> None:
    """A date that has passed is now."""
    assert retry_after(httpx.Response(429, headers={"retry-after": "7"})) == 7
    for minutes, bounds in ((2, (100, 120)), (-2, (0, 0))):
        date = format_datetime(datetime.now(UTC) + timedelta(minutes=minutes), usegmt=True)
        seconds = retry_after(httpx.Response(429, headers={"retry-after": date}))
        assert seconds is not None
        assert bounds[0] <= seconds <= bounds[1]


@pytest.mark.parametrize(
    ("fault", "holds"),
    [
        (Fault(429, 3), [3]),
        (Fault(429, 200), [LONGEST_HOLD]),
        (Fault(429), []),
        (Fault(503, 200), []),
    ],
)
async def test_a_hub_that_finds_us_too_fast_holds_the_connection(fault: Fault, holds: list[float]) -> None:
    """Not longer than a call may take, and not where it is down: whoever waits for that may be told to try again."""
    pace, hub = Told(), CustomHubSimulator()
    async with Served(hub.app()) as url:
        headers = {"Authorization": f"Bearer {hub.token}"}
        line = Line("support", url, headers=headers, credentials="token", timeout=PATIENCE, pace=pace)
        hub.fail_next("queue", fault)
        with pytest.raises(HubUnavailableError) as refused:
            await line.call("GET", "/queues/general")
        assert refused.value.retry_after == fault.retry_after
        await line.close()
    assert pace.holds == holds
