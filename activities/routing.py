"""Choosing the route of a handoff, by the configuration as it is when the handoff is made.

This is a Temporal activity because the configuration is not in the history: an operator who changes a route while a hub
is down wants the conversations that are under way to take it.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from random import Random
from typing import Any

import structlog
from temporalio import activity

from activities.drained import Drained
from dialog.powerfx import FormulaError, compile_formula
from dialog.powerfx.scope import VariablesScope
from handoff.record import Route
from handoff.routing import RouteRule, choose
from protocol.models import Owned
from settings.model import RouteSettings, Settings

log = structlog.get_logger()


class RouteRequest(Owned):
    """A handoff that needs a route."""

    variables: dict[str, Any] = {}
    tried: tuple[str, ...] = ()
    locale: str = "en-US"
    in_place: str = ""
    """The connection on whose own channel the customer is: it is asked first, to take over where they are."""


class Routing:
    """The Temporal activity that chooses a route."""

    def __init__(self, settings: Settings, preparing: frozenset[str] = frozenset()) -> None:
        """`preparing`: the connections whose hubs want a handoff prepared before they are asked."""
        self._rules = [_prepared(_rule(route), preparing) for route in settings.routes]
        self._drained = Drained(settings.data_dir)

    @activity.defn
    async def choose_route(self, request: RouteRequest) -> Route | None:
        """The next route to try, or None where every one that fits has been tried."""
        rules = [_in_place(request.in_place), *self._rules] if request.in_place else self._rules
        return choose(rules, lambda when: _holds(when, request), request.tried, self._drained.names())


def _rule(settings: RouteSettings) -> RouteRule:
    first = Route(hub=settings.hub, queue=settings.queue, skills=settings.skills, priority=settings.priority)
    return RouteRule(when=settings.when, routes=(first, *(_fallback(name, first) for name in settings.fallback)))


def _prepared(rule: RouteRule, preparing: frozenset[str]) -> RouteRule:
    routes = (route.model_copy(update={"prepares": route.hub in preparing}) for route in rule.routes)
    return rule.model_copy(update={"routes": tuple(routes)})


def _in_place(connection: str) -> RouteRule:
    return RouteRule(when="true", routes=(Route(hub=connection, in_place=True),))


def _fallback(name: str, first: Route) -> Route:
    hub, _, queue = name.partition("/")
    return first.model_copy(update={"hub": hub, "queue": queue or None})


def _holds(when: str, request: RouteRequest) -> bool:
    try:
        value = compile_formula(when).evaluate(_scope(request.variables, request.locale))
    except FormulaError as error:
        log.warning("a route's condition is no Power Fx; the route is left out", condition=when, error=str(error))
        return False
    return value is True


def _scope(variables: Mapping[str, Any], locale: str) -> VariablesScope:
    return VariablesScope(variables, now=datetime.now(UTC), random=Random(0), locale=locale)  # noqa: S311 - no secret
