"""Choosing the route of a handoff, by the configuration as it is when the handoff is made.

This is a Temporal activity because the configuration is not in the history: an operator who changes a route while a hub
is down wants the conversations that are under way to take it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from random import Random
from typing import Any, Protocol

import structlog
from temporalio import activity

from activities.connected_hubs import ConnectedHubs
from dialog.powerfx import FormulaError, compile_formula
from dialog.powerfx.scope import VariablesScope
from handoff.breaker import Breaker, BreakerState
from handoff.record import Route
from handoff.routing import Choice, RouteRule, choose, fitting, takers_of_tickets
from hubs.base import Hub
from protocol.models import Owned
from settings.model import RouteSettings, Settings

log = structlog.get_logger()


class RouteRequest(Owned):
    """A handoff that needs a route."""

    variables: dict[str, Any] = {}
    tried: tuple[str, ...] = ()
    locale: str = "en-US"
    key: str = ""
    """The handoff's; it may find out whether a hub that failed works again."""
    in_place: str = ""
    """The connection on whose own channel the customer is: it is asked first, to take over where they are."""
    agent: str = ""
    """Whose conversation it is."""


class Breakers(Protocol):
    """The circuit breakers of all hub connections, which every worker of the cluster shares."""

    def now(self, connection: str) -> Awaitable[Breaker]:
        """How one stands now, or did within about a second."""

    def probe(self, connection: str, key: str) -> Awaitable[bool]:
        """Whether the handoff `key` is the one that finds out whether a half-open hub works again."""


class Routing:
    """The Temporal activities that choose where a handoff, or a ticket, goes."""

    def __init__(
        self, settings: Settings, hubs: Mapping[str, Hub], breakers: Breakers, connected: ConnectedHubs | None = None
    ) -> None:
        self._connected = connected
        preparing = {name for name, hub in hubs.items() if hub.prepares}
        self._rules = [_prepared(_rule(route), preparing) for route in settings.routes]
        self._breakers = breakers
        self._takes_tickets = {name for name, hub in hubs.items() if hub.capabilities.tickets}

    def all(self) -> list[Callable[..., Any]]:
        """What a worker for conversations runs."""
        return [self.choose_route, self.choose_ticket_routes]

    @activity.defn
    async def choose_route(self, request: RouteRequest) -> Choice:
        """The next route to try; none where every one that fits has been tried, or takes nobody now."""
        rules = [_with_priority(rule, request) for rule in self._fitting(request)]
        if request.in_place:
            rules.insert(0, _in_place(request.in_place))
        breakers = await self._of(rules)
        shut = {hub for hub, breaker in breakers.items() if _keeps_out(breaker)}
        if self._connected:
            shut |= await self._connected.not_connected(request.agent)
        while True:
            choice = choose(rules, request.tried, shut, datetime.now(UTC))
            if choice.route is None:
                takes_tickets = bool(takers_of_tickets(rules, self._takes_tickets, shut))
                return choice.model_copy(update={"takes_tickets": takes_tickets})
            if breakers[choice.route.hub].state is BreakerState.CLOSED:
                return choice
            if await self._breakers.probe(choice.route.hub, request.key):
                return choice.model_copy(update={"route": choice.route.model_copy(update={"probes": True})})
            # Another handoff finds out: this one does not wait for it.
            shut.add(choice.route.hub)

    @activity.defn
    async def choose_ticket_routes(self, request: RouteRequest) -> list[Route]:
        """The routes whose hubs take a ticket, in the order in which they are to be asked."""
        rules = [_with_priority(rule, request) for rule in self._fitting(request)]
        shut = {hub for hub, breaker in (await self._of(rules)).items() if _keeps_out(breaker)}
        return takers_of_tickets(rules, self._takes_tickets, shut)

    def _fitting(self, request: RouteRequest) -> list[RouteRule]:
        return fitting(self._rules, lambda when: _value(when, request) is True, request.locale)

    async def _of(self, rules: list[RouteRule]) -> dict[str, Breaker]:
        hubs = list(dict.fromkeys(route.hub for rule in rules for route in rule.routes))
        return dict(zip(hubs, await asyncio.gather(*map(self._breakers.now, hubs)), strict=True))


def _keeps_out(breaker: Breaker) -> bool:
    return breaker.drained or breaker.state is BreakerState.OPEN


def _rule(settings: RouteSettings) -> RouteRule:
    fixed = settings.priority if isinstance(settings.priority, int) else 3
    first = Route(hub=settings.hub, queue=settings.queue, skills=settings.skills, priority=fixed)
    return RouteRule(
        when=settings.when,
        languages=settings.language,
        hours=settings.hours,
        priority=settings.priority if isinstance(settings.priority, str) else "",
        routes=(first, *(_fallback(name, first) for name in settings.fallback)),
    )


def _prepared(rule: RouteRule, preparing: Collection[str]) -> RouteRule:
    routes = (route.model_copy(update={"prepares": route.hub in preparing}) for route in rule.routes)
    return rule.model_copy(update={"routes": tuple(routes)})


def _in_place(connection: str) -> RouteRule:
    return RouteRule(routes=(Route(hub=connection, in_place=True),))


def _fallback(name: str, first: Route) -> Route:
    hub, _, queue = name.partition("/")
    return first.model_copy(update={"hub": hub, "queue": queue or None})


def _with_priority(rule: RouteRule, request: RouteRequest) -> RouteRule:
    """The rule with the priority that its formula gives; 3 where that is no priority."""
    if not rule.priority:
        return rule
    value = _value(rule.priority, request)
    priority = int(value) if isinstance(value, int | float | Decimal) and not isinstance(value, bool) else 0
    if not 1 <= priority <= 5:
        log.warning("a route's formula gives no priority from 1 to 5; it is 3", formula=rule.priority)
        priority = 3
    routes = tuple(route.model_copy(update={"priority": priority}) for route in rule.routes)
    return rule.model_copy(update={"routes": routes})


def _value(formula: str, request: RouteRequest) -> Any:
    """A formula over the handoff's variables; Blank where it is none."""
    try:
        return compile_formula(formula).evaluate(_scope(request.variables, request.locale))
    except FormulaError as error:
        log.warning("a route's formula is no Power Fx; it holds for nobody", formula=formula, error=str(error))
        return None


def _scope(variables: Mapping[str, Any], locale: str) -> VariablesScope:
    return VariablesScope(variables, now=datetime.now(UTC), random=Random(0), locale=locale)  # noqa: S311 - no secret
