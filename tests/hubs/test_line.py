"""The HTTP line: how long a hub wants us to wait."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from hubs.line import retry_after


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
