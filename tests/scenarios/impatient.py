"""Simulated hubs whose adapters wait for an answer as long as a test may last, and no longer."""

from typing import Any

from simulators.hub import HubSimulator

WAITS = 1.0
"""Seconds that the adapter waits for an answer."""


def impatient(simulator: type[HubSimulator]) -> HubSimulator:
    """A simulator of this kind, with an adapter that does not wait long."""

    class Impatient(simulator):  # type: ignore[misc, valid-type]
        """As its kind is, otherwise."""

        def settings(self) -> dict[str, Any]:
            """What every kind has."""
            return {**super().settings(), "timeout_seconds": WAITS}

    hub: HubSimulator = Impatient()
    return hub
