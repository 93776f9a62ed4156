"""A hub whose handoffs want something of their own first: its routes say so, and no other's."""

from pathlib import Path

from temporalio.testing import ActivityEnvironment

from activities.routing import RouteRequest, Routing
from settings.model import RouteSettings, Settings


async def test_a_route_knows_whether_its_hub_prepares(tmp_path: Path) -> None:
    """The first as well as its fallbacks."""
    routes = (RouteSettings(hub="desk", fallback=("liveperson/general", "genesys")),)
    routing = Routing(Settings(data_dir=tmp_path, routes=routes), frozenset(["liveperson"]))
    found = {}
    tried: list[str] = []
    while route := await ActivityEnvironment().run(routing.choose_route, RouteRequest(tried=tuple(tried))):
        found[route.name] = route.prepares
        tried.append(route.name)
    assert found == {"desk": False, "liveperson/general": True, "genesys": False}
