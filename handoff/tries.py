"""What the tries of one search for a human came to, route after route."""

from collections.abc import Sequence
from datetime import datetime

from handoff.record import HandoffRecord
from handoff.routing import PassedOver

ABOUT_PEOPLE = frozenset(["closed", "no_representative", "silent"])
"""Reasons that say something of the representatives, and not only of the ways to them."""


def verdict(passed: Sequence[PassedOver], tries: Sequence[HandoffRecord]) -> tuple[str, datetime | None]:
    """Why no human was found, and when one may be where that is known.

    Of all that kept the conversation from a human the customer is helped most by what is known of people; of several
    such things by the last. `passed` are the routes that were not even asked.
    """
    found = [*((each.reason, each.opens_at) for each in passed), *((each.reason, each.opens_at) for each in tries)]
    reasons = [reason for reason, _ in found if reason]
    reason = ([each for each in reasons if each in ABOUT_PEOPLE] or reasons or ["unavailable"])[-1]
    opening = [opens_at for each, opens_at in found if opens_at and each == reason]
    return reason, min(opening, default=None)


def still_looks(tries: Sequence[HandoffRecord]) -> bool:
    """Whether the customer must be told that the search goes on.

    That is so where the last try was the first of a row that never came to a queue; what became of others was told.
    """
    taken = [_was_taken(record) for record in reversed(tries)]
    return bool(taken) and not taken[0] and (len(taken) == 1 or taken[1])


def _was_taken(record: HandoffRecord) -> bool:
    """Whether its hub took it, or an operator gave it up before."""
    return record.hub_id is not None or record.reason not in {"closed", "rejected", "unavailable"}
