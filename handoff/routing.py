"""Which hub a handoff goes to: the first route whose condition holds, then its fallbacks, each once."""

from collections.abc import Callable, Collection, Sequence

from handoff.record import Route
from protocol.models import Owned


class RouteRule(Owned):
    """One configured rule: where `when` holds, these routes are tried in order."""

    when: str
    routes: tuple[Route, ...]


def choose(
    rules: Sequence[RouteRule], holds: Callable[[str], bool], tried: Collection[str], drained: Collection[str] = ()
) -> Route | None:
    """The next route to try, or None where none is left.

    `holds` evaluates a rule's condition; `tried` are the names of the routes that have failed this time, `drained` the
    hub connections that get no new handoffs now. Later rules whose conditions hold are the last resort, so that a
    customer is not dropped while any rule fits.
    """
    for rule in rules:
        if not holds(rule.when):
            continue
        for route in rule.routes:
            if route.name not in tried and route.hub not in drained:
                return route
    return None
