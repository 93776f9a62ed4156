"""What Baton must be told: put into the outbox, by the transaction that makes it true."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from desk import queueing
from desk.store import Handoff, Store


class Telling:
    """Fills the outbox of one desk."""

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock

    def tell(self, handoff: Handoff, activity: Mapping[str, Any], message: str | None = None) -> None:
        """Tell an activity of this handoff; `message` is its id where somebody wants to know what becomes of it."""
        key = message or uuid4().hex
        now = self._clock()
        body = {
            "id": key,
            "timestamp": timestamp(now),
            "from": {"id": "desk", "name": "Desk"},
            **activity,
            "conversation": {"id": handoff.id},
        }
        self._store.execute(
            "INSERT INTO callbacks (id, handoff, message, body, first_at, next_at) VALUES (?, ?, ?, ?, ?, ?)",
            *(f"{handoff.id}-{key}", handoff.id, message, json.dumps(body), now, now),
        )

    def positions(self, queue: str) -> None:
        """Tell those whose place in the queue has changed."""
        for place, waiting in enumerate(self._store.waiting(queue), 1):
            if waiting.told_position != place:
                self._store.execute("UPDATE handoffs SET told_position = ? WHERE id = ?", place, waiting.id)
                wait = queueing.estimated_wait(self._store, queue, place)
                self.tell(waiting, status("queued", queue=queue, position=place, estimatedWaitSeconds=wait))


def status(state: str, **details: Any) -> dict[str, Any]:
    """The event that says how a handoff stands."""
    return {"type": "event", "name": "handoff.status", "value": {"state": state, **details}}


def timestamp(seconds: float) -> str:
    """A time since the epoch as activities have it."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()
