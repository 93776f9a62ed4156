"""A hub that tells how a handoff stands: what has happened is the difference."""

from datetime import UTC, datetime
from typing import Any

import pytest

from handoff.record import HandoffRecord, Route
from handoff.standing import news_of
from protocol.activity import ChannelAccount
from protocol.hub_events import HubEvent, HubEventKind

ADA, BEN = ChannelAccount(id="ada"), ChannelAccount(id="ben")
WAITING: dict[str, Any] = {"state": "queued", "queue": "general", "as_of": 5}
LIVE: dict[str, Any] = {**WAITING, "state": "live", "representative": ADA}


@pytest.mark.parametrize(
    ("before", "now", "news"),
    [
        (WAITING, {"representative": ADA}, HubEventKind.JOINED),
        (LIVE, {"representative": ADA}, None),
        (LIVE, {"representative": ADA, "queue": "billing"}, None),
        (LIVE, {"representative": BEN}, HubEventKind.JOINED),
        (LIVE, {}, HubEventKind.LEFT),
        (LIVE, {"queue": "general"}, HubEventKind.LEFT),
        (LIVE, {"queue": "billing"}, HubEventKind.TRANSFERRED),
        (WAITING, {"queue": "billing"}, HubEventKind.TRANSFERRED),
        ({**WAITING, "queue": None}, {"queue": "general"}, None),
        ({**LIVE, "state": "queued"}, {"representative": ADA}, HubEventKind.JOINED),
        (WAITING, {}, None),
        (WAITING, {"wait_seconds": 60}, HubEventKind.QUEUED),
        ({**WAITING, "wait_seconds": 60}, {"wait_seconds": 60}, None),
        (LIVE, {"order": 5}, None),
        (LIVE, {"order": 4, "representative": BEN}, None),
    ],
)
def test_what_has_happened(before: dict[str, Any], now: dict[str, Any], news: HubEventKind | None) -> None:
    """What is as old as what was told before, or older, is none."""
    route = Route(hub="hub", queue="general")
    record = HandoffRecord(number=1, opened_at=datetime(2026, 11, 24, tzinfo=UTC), route=route, **before)
    stands = HubEvent(key="k", connection="hub", kind=HubEventKind.STANDS, handoff="h", **{"order": 6, **now})
    assert news_of(record, stands) is news
