"""What is asked of the configuration, the hubs and their breakers when a handoff needs a route."""

from pathlib import Path
from typing import Any

import pytest
from temporalio.testing import ActivityEnvironment

from activities.routing import RouteRequest, Routing
from handoff.breaker import Breaker, BreakerState
from handoff.record import Route
from handoff.routing import Choice
from hubs.base import Capabilities, Hub
from hubs.custom import CustomHub
from settings.model import RouteSettings, Settings
from simulators.custom_hub import CustomHubSimulator


class _Preparing(CustomHub):
    prepares = True
    capabilities = Capabilities(tickets=True)


class _Breakers:
    """Breakers that stand as they are told to; the first that asks may probe."""

    def __init__(self, **standing: Breaker) -> None:
        self._standing = standing
        self.probes: list[str] = []

    async def now(self, connection: str) -> Breaker:
        return self._standing.get(connection, Breaker())

    async def probe(self, connection: str, key: str) -> bool:
        self.probes.append(f"{connection} {key}")
        return len(self.probes) == 1


HALF_OPEN, OPEN = Breaker(state=BreakerState.HALF_OPEN), Breaker(state=BreakerState.OPEN)


async def _asked(routing: Routing, request: RouteRequest) -> Choice:
    choice: Choice = await ActivityEnvironment().run(routing.choose_route, request)
    return choice


def _routing(folder: Path, breakers: _Breakers, *routes: dict[str, Any]) -> Routing:
    hub = CustomHubSimulator()
    names = ("desk", "liveperson", "genesys")
    hubs: dict[str, Hub] = {
        name: (_Preparing if name == "liveperson" else CustomHub)(name, "http://hub", hub.token, hub.webhook_secret)
        for name in names
    }
    settings = Settings(data_dir=folder, routes=tuple(RouteSettings.model_validate(route) for route in routes))
    return Routing(settings, hubs, breakers)


async def test_a_route_knows_whether_its_hub_prepares(tmp_path: Path) -> None:
    """The first as well as its fallbacks."""
    routing = _routing(tmp_path, _Breakers(), {"hub": "desk", "fallback": ["liveperson/general", "genesys"]})
    found: dict[str, bool] = {}
    while route := (await _asked(routing, RouteRequest(tried=tuple(found)))).route:
        found[route.name] = route.prepares
    assert found == {"desk": False, "liveperson/general": True, "genesys": False}


async def test_rules_fit_by_formula_and_language(tmp_path: Path) -> None:
    """Over every variable, whatever its type; the first that fits wins."""
    routing = _routing(
        tmp_path,
        _Breakers(),
        {"when": "Total > 100 && IsBlank(Order.Shipped)", "hub": "genesys", "language": "de"},
        {"hub": "desk"},
    )
    big = {"Total": 250.5, "Order": {"Shipped": None}}
    assert (await _asked(routing, RouteRequest(variables=big, locale="de-AT"))).route == Route(hub="genesys")
    assert (await _asked(routing, RouteRequest(variables=big, locale="en-US"))).route == Route(hub="desk")
    assert (await _asked(routing, RouteRequest(variables={"Total": 3}, locale="de-AT"))).route == Route(hub="desk")


@pytest.mark.parametrize(("severity", "priority"), [("critical", 1), ("mild", 4), (None, 3)])
async def test_a_priority_may_be_a_formula(tmp_path: Path, severity: str | None, priority: int) -> None:
    """Of its fallbacks, too; where it gives none that is one, it is 3."""
    formula = '=If(IsBlank(Severity), 77, Severity = "critical", 1, 4)'
    routing = _routing(tmp_path, _Breakers(), {"hub": "desk", "priority": formula, "fallback": ["genesys"]})
    request = RouteRequest(variables={"Severity": severity})
    chosen = [await _asked(routing, request.model_copy(update={"tried": tried})) for tried in ((), ("desk",))]
    assert [each.route and each.route.priority for each in chosen] == [priority, priority]


async def test_a_half_open_hub_gets_one_handoff_and_the_others_pass_it_over(tmp_path: Path) -> None:
    """Whoever may not find out goes on at once, and the one that may says so to the delivery."""
    breakers = _Breakers(desk=HALF_OPEN)
    routing = _routing(tmp_path, breakers, {"hub": "desk", "fallback": ["genesys"]})
    first = await _asked(routing, RouteRequest(key="a:1"))
    second = await _asked(routing, RouteRequest(key="b:1"))
    assert first.route == Route(hub="desk", probes=True)
    assert second.route == Route(hub="genesys")
    assert [each.reason for each in second.passed] == ["unavailable"]
    assert breakers.probes == ["desk a:1", "desk b:1"]


async def test_a_customer_on_a_hubs_own_channel_is_taken_over_there_first(tmp_path: Path) -> None:
    """Unless it is shut: then the routes are asked as for everybody."""
    open_, shut = (
        _routing(tmp_path, _Breakers(), {"hub": "desk"}),
        _routing(tmp_path, _Breakers(genesys=OPEN), {"hub": "desk"}),
    )
    request = RouteRequest(in_place="genesys")
    assert (await _asked(open_, request)).route == Route(hub="genesys", in_place=True)
    assert (await _asked(shut, request)).route == Route(hub="desk")


async def test_tickets_go_where_they_are_taken(tmp_path: Path) -> None:
    """By the rules that fit, and those that work first."""
    routing = _routing(tmp_path, _Breakers(), {"hub": "desk", "fallback": ["liveperson/mail"]})
    found = await ActivityEnvironment().run(routing.choose_ticket_routes, RouteRequest())
    assert [route.name for route in found] == ["liveperson/mail"]
    assert (await _asked(routing, RouteRequest(tried=("desk", "liveperson/mail")))).takes_tickets
    without = _routing(tmp_path, _Breakers(), {"hub": "desk"})
    assert not (await _asked(without, RouteRequest(tried=("desk",)))).takes_tickets
