"""Dates and times: calendars, clocks that are put forward and back, and the conversation's own zone."""

from datetime import datetime, timedelta

import pytest

from dialog.data_types import typed
from tests.support.formulas import shown

CALENDAR = [
    ("Date(2024, 2, 30)", "Date(2024,3,1)"),
    ("DateAdd(Date(2024, 1, 31), 1, TimeUnit.Months)", "Date(2024,2,29)"),
    ("DateAdd(DateTime(2024, 1, 31, 10, 0, 0), 90, TimeUnit.Minutes)", "DateTime(2024,1,31,11,30,0,0)"),
    ("DateDiff(Date(2023, 12, 31), Date(2024, 1, 1), TimeUnit.Years)", "1"),
    ("DateDiff(Date(2024, 1, 1), Date(2024, 3, 1))", "60"),
    ("DateDiff(DateTime(2024, 1, 1, 0, 59, 0), DateTime(2024, 1, 1, 1, 0, 0), TimeUnit.Hours)", "1"),
    ("EDate(Date(2024, 1, 31), 1) = EOMonth(Date(2024, 2, 1), 0)", "true"),
    ("Year(Date(2026, 3, 4)) & Month(Date(2026, 3, 4)) & Day(Date(2026, 3, 4))", '"202634"'),
    ("Hour(Time(13, 14, 15)) & Minute(Time(13, 14, 15)) & Second(Time(13, 14, 15))", '"131415"'),
    ("Weekday(Date(2026, 3, 4)) & Weekday(Date(2026, 3, 4), StartOfWeek.Monday)", '"43"'),
    ("WeekNum(Date(2026, 1, 4))", "2"),
    ("Date(2026, 3, 4) + 1", "Date(2026,3,5)"),
    ("Date(2026, 3, 4) - Date(2026, 3, 1)", "3"),
    ("Date(2026, 3, 4) < Date(2026, 3, 5) && Date(2026, 3, 4) = DateTime(2026, 3, 4, 0, 0, 0)", "true"),
    ("Date(9999, 12, 31) + 1", "Error({Kind:ErrorKind.InvalidArgument})"),
    ('DateValue("March 4, 2026") = DateValue("2026-03-04")', "true"),
    ('DateTimeValue("2026-03-04T05:06:07Z")', "DateTime(2026,3,4,5,6,7,0)"),
    ('TimeValue("3:05 PM")', "Time(15,5,0,0)"),
    ('DateValue("nonsense")', "Error({Kind:ErrorKind.InvalidArgument})"),
    ("DateDiff(DateValue(Topic.Day), Date(2026, 3, 14))", "10"),
]


@pytest.mark.parametrize(("formula", "expected"), CALENDAR)
def test_the_calendar(formula: str, expected: str) -> None:
    """The value, as Power Fx writes it."""
    assert shown(formula) == expected


@pytest.mark.parametrize(
    ("zone", "formula", "expected"),
    [
        ("UTC", "Now()", "DateTime(2026,11,24,13,14,15,0)"),
        ("America/New_York", "Now()", "DateTime(2026,11,24,8,14,15,0)"),
        ("Pacific/Auckland", "Today()", "Date(2026,11,25)"),
        ("Pacific/Auckland", "UTCToday()", "Date(2026,11,24)"),
        ("Pacific/Auckland", "IsToday(Date(2026, 11, 25))", "true"),
        ("America/New_York", "TimeZoneOffset()", "300"),
        ("America/New_York", "TimeZoneOffset(Date(2026, 7, 1))", "240"),
        ("America/New_York", 'DateTimeValue("2026-07-01T12:00:00Z")', "DateTime(2026,7,1,8,0,0,0)"),
        (
            "America/New_York",
            "DateAdd(DateTime(2026, 3, 8, 1, 30, 0), 1, TimeUnit.Hours)",
            "DateTime(2026,3,8,3,30,0,0)",
        ),
        (
            "America/New_York",
            "DateDiff(DateTime(2026, 3, 8, 1, 0, 0), DateTime(2026, 3, 8, 3, 0, 0), TimeUnit.Hours)",
            "1",
        ),
        (
            "America/New_York",
            "DateAdd(DateTime(2026, 3, 7, 12, 0, 0), 1, TimeUnit.Days)",
            "DateTime(2026,3,8,12,0,0,0)",
        ),
        ("America/New_York", "Text(DateTime(2026, 7, 1, 8, 0, 0), DateTimeFormat.UTC)", '"2026-07-01T12:00:00.000Z"'),
    ],
)
def test_the_conversations_clock(zone: str, formula: str, expected: str) -> None:
    """Now is what hangs on the customer's wall; spans are time that really passes."""
    assert shown(formula, timezone=zone) == expected


@pytest.mark.parametrize(
    ("text", "kind", "moment"),
    [
        ("2026-07-01T12:00:00Z", "DateTime", datetime(2026, 7, 1, 8)),  # noqa: DTZ001 - Power Fx has no zones
        ("2026-07-01T12:00:00", "DateTime", datetime(2026, 7, 1, 12)),  # noqa: DTZ001 - likewise
        ("2026-07-01T12:00:00Z", "DateTimeNoTimeZone", datetime(2026, 7, 1, 12)),  # noqa: DTZ001 - likewise
        ("05:06:07", "Time", timedelta(hours=5, minutes=6, seconds=7)),
    ],
)
def test_what_others_send_goes_by_the_conversations_clock(text: str, kind: str, moment: object) -> None:
    """A moment of JSON that is declared as one can be compared with Now()."""
    assert typed(text, kind, "America/New_York") == moment
