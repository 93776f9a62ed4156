"""Counters for machines, in Prometheus' text format."""

from collections import Counter
from collections.abc import Mapping

_HELP = {
    "baton_activities_total": "Activities taken from customers.",
    "baton_refusals_total": "Requests refused, by status.",
    "baton_hub_events_total": "Events taken from hubs, by connection.",
    "baton_tokens_total": "Direct Line tokens made.",
}


class Metrics:
    """What this gateway has done since it started."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()

    def count(self, name: str, label: str = "") -> None:
        """One more of `name`; `label` is one pair as Prometheus writes it, `status="404"`."""
        self._counts[name, label] += 1

    def text(self, gauges: Mapping[str, float]) -> str:
        """All counters, and the gauges given, as Prometheus reads them."""
        lines = []
        for name, help_text in _HELP.items():
            lines += [f"# HELP {name} {help_text}", f"# TYPE {name} counter"]
            found = {label: count for (counted, label), count in self._counts.items() if counted == name}
            lines += [_sample(name, label, count) for label, count in sorted((found or {"": 0}).items())]
        for name, value in gauges.items():
            lines += [f"# TYPE {name} gauge", _sample(name, "", value)]
        return "\n".join(lines) + "\n"


def _sample(name: str, label: str, value: float) -> str:
    return f"{name}{{{label}}} {value:g}" if label else f"{name} {value:g}"
