"""A handoff goes to the first route that fits, then to its fallbacks, each once."""

from handoff.context import handoff_variables
from handoff.record import Route
from handoff.routing import RouteRule, choose

STORES = RouteRule(when="stores", routes=(Route(hub="desk", queue="stores"), Route(hub="genesys")))
ELSE = RouteRule(when="true", routes=(Route(hub="desk", queue="general"),))


def test_the_first_rule_that_holds_wins() -> None:
    """Rules are asked in order."""
    assert choose([STORES, ELSE], lambda when: when in {"true", "stores"}, ()) == STORES.routes[0]
    assert choose([STORES, ELSE], lambda when: when == "true", ()) == ELSE.routes[0]


def test_a_route_that_failed_is_not_tried_again() -> None:
    """Its fallback is next, then the later rules that hold, then nothing."""
    tried: list[str] = []
    found = []
    while route := choose([STORES, ELSE], lambda _: True, tried):
        found.append(route.name)
        tried.append(route.name)
    assert found == ["desk/stores", "genesys", "desk/general"]


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
    in_place = Route(hub="desk", in_place=True)
    found = choose([RouteRule(when="true", routes=(in_place,)), ELSE], lambda _: True, ())
    assert found == in_place
    assert choose([RouteRule(when="true", routes=(in_place,)), ELSE], lambda _: True, [in_place.name]) == ELSE.routes[0]
    plain = Route(hub="desk")
    assert choose([RouteRule(when="true", routes=(in_place, plain))], lambda _: True, [in_place.name]) == plain
