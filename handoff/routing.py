"""Which hub a handoff goes to: the first route whose condition holds, then its fallbacks, each once."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import model_validator

from handoff.hours import OpeningHours, is_open, opens_at
from handoff.record import Route
from protocol.models import Owned


class RouteRule(Owned):
    """One configured rule: where it fits, these routes are tried in order."""

    when: str = "true"
    languages: tuple[str, ...] = ()
    """BCP 47 tags, or their beginnings; none: any language."""
    hours: OpeningHours = OpeningHours()
    """Of the first route. Its fallbacks are where a handoff goes while it is closed."""
    priority: str = ""
    """Power Fx that gives the priority, where it is not fixed."""
    routes: tuple[Route, ...]


class PassedOver(Owned):
    """A route that fits and is not asked now."""

    route: str
    reason: str
    """"closed" or "unavailable"."""
    opens_at: datetime | None = None


class Choice(Owned):
    """What came of looking for a route."""

    route: Route | None = None
    passed: tuple[PassedOver, ...] = ()
    """Those that came before it and were not asked, in order."""
    takes_tickets: bool = False
    """Where no route is left: whether the hub of any that fits takes a ticket."""

    @model_validator(mode="before")
    @classmethod
    def _as_once_written(cls, written: Any) -> Any:
        """Histories of version 0.1 hold the route alone."""
        return {"route": written} if isinstance(written, Mapping) and "hub" in written else written


def speaks(languages: Sequence[str], locale: str) -> bool:
    """Whether a rule for `languages` is for a customer of `locale`: RFC 4647's basic filtering."""
    tag = locale.replace("_", "-").lower()
    ranges = [language.replace("_", "-").lower() for language in languages]
    return not ranges or any(each in {"*", tag} or tag.startswith(f"{each}-") for each in ranges)


def fitting(rules: Sequence[RouteRule], holds: Callable[[str], bool], locale: str) -> list[RouteRule]:
    """The rules for a handoff. `holds` evaluates a condition."""
    return [rule for rule in rules if speaks(rule.languages, locale) and holds(rule.when)]


def choose(rules: Sequence[RouteRule], tried: Collection[str], shut: Collection[str], now: datetime) -> Choice:
    """The next route to try, or none where none is left.

    `tried` are the names of the routes that have failed this time, `shut` the hub connections that get no new handoffs
    now. Later rules that fit are the last resort, so that a customer is not dropped while any rule fits.
    """
    passed: list[PassedOver] = []
    for rule, place, route in _in_order(rules):
        if route.name in tried:
            continue
        if place == 0 and not is_open(rule.hours, now):
            passed.append(PassedOver(route=route.name, reason="closed", opens_at=opens_at(rule.hours, now)))
        elif route.hub in shut:
            passed.append(PassedOver(route=route.name, reason="unavailable"))
        else:
            return Choice(route=route, passed=tuple(passed))
    return Choice(passed=tuple(passed))


def takers_of_tickets(rules: Sequence[RouteRule], takes: Collection[str], shut: Collection[str]) -> list[Route]:
    """The routes whose hubs take a ticket, each hub once; those that are shut come last."""
    found: dict[str, Route] = {}
    for _, _, route in _in_order(rules):
        if route.hub in takes:
            found.setdefault(route.hub, route)
    return sorted(found.values(), key=lambda route: route.hub in shut)


def _in_order(rules: Sequence[RouteRule]) -> Iterator[tuple[RouteRule, int, Route]]:
    for rule in rules:
        for place, route in enumerate(rule.routes):
            yield rule, place, route
