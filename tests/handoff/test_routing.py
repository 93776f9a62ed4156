"""A handoff goes to the first route that fits, then to its fallbacks, each once."""

from datetime import UTC, datetime

import pytest

from handoff.context import handoff_variables
from handoff.hours import OpeningHours
from handoff.record import HandoffRecord, Route
from handoff.routing import Choice, PassedOver, RouteRule, choose, fitting, speaks, takers_of_tickets
from handoff.tries import still_looks, verdict

STORES = RouteRule(when="stores", routes=(Route(hub="desk", queue="stores"), Route(hub="genesys")))
ELSE = RouteRule(when="true", routes=(Route(hub="desk", queue="general"),))
TUESDAY_NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MONDAYS = OpeningHours(hours={"monday": "09:00-17:00"})


def test_the_first_rule_that_holds_wins() -> None:
    """Rules are asked in order."""
    assert fitting([STORES, ELSE], lambda when: when in {"true", "stores"}, "en-US") == [STORES, ELSE]
    assert fitting([STORES, ELSE], lambda when: when == "true", "en-US") == [ELSE]
    assert choose([STORES, ELSE], (), (), TUESDAY_NOON).route == STORES.routes[0]


def test_a_route_that_failed_is_not_tried_again() -> None:
    """Its fallback is next, then the later rules that hold, then nothing."""
    tried: list[str] = []
    while route := choose([STORES, ELSE], tried, (), TUESDAY_NOON).route:
        tried.append(route.name)
    assert tried == ["desk/stores", "genesys", "desk/general"]


def test_a_route_outside_its_hours_is_passed_over_and_says_when_it_opens() -> None:
    """Its fallbacks, which have hours of their own hub, are tried meanwhile."""
    rule = STORES.model_copy(update={"hours": MONDAYS})
    choice = choose([rule], (), (), TUESDAY_NOON)
    assert choice.route == Route(hub="genesys")
    opens = datetime(2026, 11, 30, 9, tzinfo=UTC)
    assert choice.passed == (PassedOver(route="desk/stores", reason="closed", opens_at=opens),)
    assert choose([rule], (), (), opens).route == rule.routes[0]


def test_a_hub_that_is_shut_is_passed_over_in_all_its_queues() -> None:
    """It was drained, or its breaker is open."""
    choice = choose([STORES, ELSE], (), {"desk"}, TUESDAY_NOON)
    assert choice.route == Route(hub="genesys")
    nothing = choose([STORES, ELSE], ("genesys",), {"desk"}, TUESDAY_NOON)
    assert [each.route for each in nothing.passed] == ["desk/stores", "desk/general"]
    assert nothing.route is None


@pytest.mark.parametrize(
    ("languages", "locale", "fits"),
    [
        ((), "pt-BR", True),
        (("de",), "de-DE", True),
        (("de",), "DE_at", True),
        (("de-CH",), "de-DE", False),
        (("de",), "den", False),
        (("fr", "*"), "is-IS", True),
    ],
)
def test_languages_are_tags_or_their_beginnings(languages: tuple[str, ...], locale: str, fits: bool) -> None:  # noqa: FBT001
    """As HTTP's basic filtering has it (RFC 4647, 3.3.1)."""
    assert speaks(languages, locale) is fits
    rule = ELSE.model_copy(update={"languages": languages})
    assert fitting([rule], lambda _: True, locale) == ([rule] if fits else [])


def test_what_is_known_of_people_is_told_before_trouble_on_the_way() -> None:
    """A customer is helped by "closed until nine", not by the outage of the hub that was asked after that."""
    nine, ten = datetime(2026, 11, 30, 9, tzinfo=UTC), datetime(2026, 11, 30, 10, tzinfo=UTC)
    closed = PassedOver(route="desk", reason="closed", opens_at=ten)
    assert verdict([], []) == ("unavailable", None)
    assert verdict([closed], [_failed("unavailable")]) == ("closed", ten)
    assert verdict([closed], [_failed("closed", nine), _failed("rejected")]) == ("closed", nine)
    assert verdict([closed], [_failed("no_representative", hub_id="h")]) == ("no_representative", None)
    assert verdict([], [_failed("unavailable"), _failed("rejected")]) == ("rejected", None)


def test_the_customer_is_told_once_that_the_search_goes_on() -> None:
    """Not at the first try, not for each hub of a row that fails at once, not where the wait's end told it."""
    down, waited = _failed("unavailable"), _failed("no_representative", hub_id="h")
    assert not still_looks([])
    assert still_looks([down])
    assert not still_looks([down, _failed("rejected")])
    assert not still_looks([waited])
    assert still_looks([waited, down])


def test_a_ticket_goes_to_the_hubs_that_take_one_and_to_those_that_work_first() -> None:
    """Each hub once, with the queue of its first route."""
    takes = {"desk", "genesys"}
    assert takers_of_tickets([STORES, ELSE], takes, ()) == [STORES.routes[0], STORES.routes[1]]
    assert takers_of_tickets([STORES, ELSE], takes, {"desk"}) == [STORES.routes[1], STORES.routes[0]]
    assert takers_of_tickets([ELSE], {"genesys"}, ()) == []


def test_what_version_0_1_wrote_is_read() -> None:
    """A history has the route alone."""
    assert Choice.model_validate({"hub": "desk", "queue": "stores"}).route == STORES.routes[0]
    assert Choice.model_validate(Choice(route=STORES.routes[0]).model_dump()).route == STORES.routes[0]


def _failed(reason: str, opens_at: datetime | None = None, hub_id: str | None = None) -> HandoffRecord:
    return HandoffRecord(
        number=1, opened_at=TUESDAY_NOON, state="failed", reason=reason, opens_at=opens_at, hub_id=hub_id
    )


def test_the_last_phrase_goes_by_both_of_its_names() -> None:
    """Microsoft's sample and its table disagree; and no variable of the agent's hides one of Microsoft's."""
    variables = handoff_variables(
        conversation="conv",
        bot_id="contoso",
        bot_name="Contoso",
        language="en-US",
        last_topic="Escalate",
        topics=["Greeting", "Escalate"],
        phrases=["hi", "speak to agent"],
        message="note",
        own={"OrderId": "A-1", "va_BotId": "forged"},
    )
    assert variables["va_LastPhrase"] == variables["va_LastPhrases"] == "speak to agent"
    assert variables["va_BotId"] == "contoso"
    assert variables["va_AgentMessage"] == "note"
    assert variables["OrderId"] == "A-1"


def test_a_route_in_place_is_another_than_the_same_hubs_own() -> None:
    """Where the hub refuses to take over in place, its queue may still be asked from outside."""
    in_place, plain = Route(hub="desk", in_place=True), Route(hub="desk")
    rules = [RouteRule(routes=(in_place,)), ELSE]
    assert choose(rules, (), (), TUESDAY_NOON).route == in_place
    assert choose(rules, [in_place.name], (), TUESDAY_NOON).route == ELSE.routes[0]
    assert choose([RouteRule(routes=(in_place, plain))], [in_place.name], (), TUESDAY_NOON).route == plain
