"""A ring of seen ids: what makes an activity take effect once over retries, duplicates and rollovers."""

from collections.abc import Mapping

CAPACITY = 1_000
"""Temporal itself remembers update ids within a run only; a duplicate comes within minutes, not a thousand messages."""


class SeenIds:
    """The most recent keys, each with the activity id that its first coming was given."""

    def __init__(self, seen: Mapping[str, str] | None = None) -> None:
        self._ids = dict(seen or {})

    def get(self, *keys: str) -> str | None:
        """The activity id that the first known one of `keys` was given, or None where all are new."""
        return next((self._ids[key] for key in keys if key in self._ids), None)

    def add(self, key: str, activity_id: str) -> None:
        """Remember `key`; the oldest is forgotten when the ring is full."""
        self._ids[key] = activity_id
        if len(self._ids) > CAPACITY:
            del self._ids[next(iter(self._ids))]

    def as_dict(self) -> dict[str, str]:
        """The ring, oldest first, for the next run."""
        return dict(self._ids)
