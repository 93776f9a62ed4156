"""The log gives every activity one number, and finds it again wherever it is kept."""

from datetime import UTC, datetime

from handoff.seen import CAPACITY, SeenIds
from handoff.transcript import PAGE, WINDOW, Log, for_representatives
from protocol.activity import EVENT, MESSAGE, Activity, ChannelAccount

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
CUSTOMER = ChannelAccount(id="c", role="user")
BOT = ChannelAccount(id="b", role="bot")


def _log(count: int) -> Log:
    log = Log("conv")
    for number in range(count):
        log.append(Activity(type=MESSAGE, text=str(number)), CUSTOMER, NOON)
    return log


def test_an_activity_gets_the_next_number_as_its_id() -> None:
    """Ids are the conversation's, with the watermark in seven digits."""
    log = _log(2)
    assert [activity.id for activity in log.since(0).activities] == ["conv|0000001", "conv|0000002"]
    assert log.since(1).watermark == 2
    assert [activity.text for activity in log.since(1).activities] == ["1"]


def test_a_watermark_beyond_the_end_gives_nothing() -> None:
    """A client that knows everything is told nothing twice."""
    assert _log(3).since(99).activities == ()


def test_old_activities_leave_page_by_page() -> None:
    """A page that is in the store is named, and no longer kept."""
    log = _log(WINDOW)
    page = log.full_page()
    assert [activity.text for activity in page] == [str(number) for number in range(PAGE)]
    log.turn_page("first")
    assert log.full_page() == ()
    assert [page.name for page in log.since(0).pages] == ["first"]
    assert log.since(0).activities[0].text == str(PAGE)
    assert log.since(PAGE).pages == ()
    assert log.append(Activity(type=MESSAGE), BOT, NOON).id == f"conv|{WINDOW + 1:07d}"


def test_representatives_are_shown_what_was_said() -> None:
    """Messages of everybody and the customer's events; not our own status events."""
    log = _log(1)
    log.append(Activity(type=EVENT, name="handoff.status"), BOT, NOON)
    log.append(Activity(type=EVENT, name="pressed"), CUSTOMER, NOON)
    assert [activity.type for activity in for_representatives(log.recent)] == [MESSAGE, EVENT]


def test_the_ring_of_seen_ids_forgets_the_oldest() -> None:
    """It remembers a bounded number of keys, and what each was given."""
    seen = SeenIds()
    for number in range(CAPACITY + 1):
        seen.add(f"k{number}", f"a{number}")
    assert seen.get("k0") is None
    assert seen.get("k1") == "a1"
    assert SeenIds(seen.as_dict()).get(f"k{CAPACITY}") == f"a{CAPACITY}"
