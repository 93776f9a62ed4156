"""A hub that fails again and again is left alone for a while; then one handoff finds out."""

from datetime import UTC, datetime, timedelta

from handoff.breaker import Breaker, BreakerRules, BreakerState

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
RULES = BreakerRules(failures=3, within_seconds=60, for_seconds=0, cool_down_seconds=10)


def _later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def _open() -> Breaker:
    return Breaker().failed(3, NOW, RULES)


def test_failures_in_a_row_open_it() -> None:
    """As many as are configured, however they are bundled."""
    breaker = Breaker().failed(2, NOW, RULES)
    assert breaker.state is BreakerState.CLOSED
    assert breaker.failed(1, _later(5), RULES).state is BreakerState.OPEN


def test_a_hub_that_is_started_again_is_not_down() -> None:
    """However often it was asked meanwhile: only failures over some time open it, and an answer begins anew."""
    rules = RULES.model_copy(update={"for_seconds": 10})
    breaker = Breaker().failed(50, NOW, rules).failed(50, _later(9), rules)
    assert breaker.state is BreakerState.CLOSED
    assert breaker.failed(1, _later(10), rules).state is BreakerState.OPEN
    assert breaker.worked().failed(50, _later(10), rules).state is BreakerState.CLOSED
    assert breaker.at(_later(70), rules).untouched


def test_an_answer_between_ends_the_row() -> None:
    """So does time: failures that lie far apart are no outage."""
    breaker = Breaker().failed(2, NOW, RULES)
    assert breaker.worked().failed(2, _later(1), RULES).state is BreakerState.CLOSED
    assert breaker.failed(2, _later(61), RULES).state is BreakerState.CLOSED
    assert breaker.at(_later(61), RULES).untouched


def test_it_cools_down_and_lets_one_find_out() -> None:
    """The others do not wait for the one; asked twice, the one may twice."""
    breaker = _open()
    assert breaker.at(_later(9), RULES).state is BreakerState.OPEN
    assert breaker.probed_by("a", _later(9), RULES).probe == ""
    assert breaker.at(_later(10), RULES).state is BreakerState.HALF_OPEN
    probed = breaker.probed_by("a", _later(10), RULES)
    assert probed.probe == "a"
    assert probed.probed_by("a", _later(11), RULES).probe == "a"
    assert probed.probed_by("b", _later(11), RULES).probe == "a"
    assert probed.worked() == Breaker()


def test_a_probe_that_fails_opens_it_for_longer() -> None:
    """Twice as long each time, and no longer than ten times."""
    breaker, at = _open(), NOW
    for cool_down in (20, 40, 80, 100, 100):
        assert breaker.cool_until
        at = breaker.cool_until
        breaker = breaker.probed_by("a", at, RULES).failed(1, at, RULES)
        assert breaker.state is BreakerState.OPEN
        assert breaker.cool_until == at + timedelta(seconds=cool_down)


def test_a_probe_of_which_nothing_is_heard_is_replaced() -> None:
    """Its worker may have died."""
    probed = _open().probed_by("a", _later(10), RULES)
    assert probed.probed_by("b", _later(21), RULES).probe == "b"


def test_failures_of_live_conversations_do_not_keep_it_open_for_ever() -> None:
    """While it is open they change nothing but their number."""
    assert _open().failed(7, _later(5), RULES).cool_until == _later(10)


def test_a_live_conversation_that_gets_through_closes_it() -> None:
    """There is no better sign."""
    assert _open().worked().state is BreakerState.CLOSED


def test_a_drained_hub_is_drained_whatever_it_answers() -> None:
    """Only the operator lets it go, and no handoff probes it meanwhile."""
    drained = _open().model_copy(update={"drained": True})
    assert drained.worked() == Breaker(drained=True)
    assert drained.probed_by("a", _later(10), RULES).probe == ""
    assert not drained.worked().untouched
