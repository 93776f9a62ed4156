"""How long somebody waits: places in a queue, and an estimate from what was really handled."""

from desk.store import Handoff, Store

HANDLING_SECONDS = 180.0
"""How long a conversation takes, until the desk has seen some."""
SAMPLE = 20
"""Conversations that the estimate looks back on."""


def position(store: Store, handoff: Handoff) -> int | None:
    """The place in its queue, from 1; None for one that does not wait."""
    waiting = [other.id for other in store.waiting(handoff.queue)]
    return waiting.index(handoff.id) + 1 if handoff.id in waiting else None


def estimated_wait(store: Store, queue: str, place: int) -> int:
    """Seconds until the handoff at this place is accepted, about: who is before it, shared by who is at work."""
    sql = (
        "SELECT ended_at - accepted_at AS took FROM handoffs "
        "WHERE state = 'ended' AND accepted_at IS NOT NULL AND queue = ? ORDER BY ended_at DESC LIMIT ?"
    )
    took = [row["took"] for row in store.rows(sql, queue, SAMPLE)]
    handling = sum(took) / len(took) if took else HANDLING_SECONDS
    return round(handling * place / max(1, at_work(store, queue)))


def at_work(store: Store, queue: str) -> int:
    """How many representatives have a conversation of this queue."""
    sql = "SELECT COUNT(DISTINCT representative) AS number FROM handoffs WHERE state = 'accepted' AND queue = ?"
    return int(store.rows(sql, queue)[0]["number"])
