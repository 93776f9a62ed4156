"""Whom a conversation waits for, and until when: every phase waits for somebody, and no longer than is configured."""

from datetime import datetime, timedelta

from handoff.lifecycle import Event
from protocol.conversation import Deadlines, Phase
from protocol.models import Owned


class Due(Owned):
    """What happens when nothing else has happened by then."""

    at: datetime
    event: Event


class Quiet(Owned):
    """How long the customer has said nothing to the bot."""

    since: datetime | None = None
    told: float = 0
    """The longest silence, in seconds, at which topics have spoken up already."""

    def next(self, lengths: tuple[float, ...]) -> float | None:
        """The next silence, of those for which there are topics."""
        return min((length for length in lengths if length > self.told), default=None)


_ON_REPRESENTATIVE = {Event.REPRESENTATIVE_SLOW, Event.REPRESENTATIVE_SILENT}


def next_due(  # noqa: PLR0913 - all that a deadline depends on
    phase: Phase,
    event: Event | None,
    due: Due | None,
    waits: Deadlines,
    now: datetime,
    *,
    in_place: bool = False,
    by_client: bool = False,
    quiet: Quiet | None = None,
    silences: tuple[float, ...] = (),
) -> Due | None:
    """The deadline after `event` led to `phase`; `due`, the one before, stays where nobody new is waited for.

    `quiet` is how long the customer has been silent, `silences` the lengths at which topics speak up.
    `in_place`: the hub has the customer on its own channel, and minds its own deadlines; we only look on.
    `by_client`: and it is the client that finds a representative, for whom it is waited no longer than for any.
    """

    def within(seconds: float, what: Event) -> Due:
        return Due(at=now + timedelta(seconds=seconds), event=what)

    match phase:
        case Phase.AGENT:
            return _silence(quiet or Quiet(), silences, waits.customer_idle, now)
        case Phase.TRANSFERRING:
            # The hub is asked by a Temporal activity, whose own time limit ends this wait.
            return None
        case Phase.QUEUED if in_place and by_client:
            waits_already = due is not None and due.event is Event.CLIENT_SILENT
            return due if waits_already else within(waits.representative_joins, Event.CLIENT_SILENT)
        case Phase.QUEUED | Phase.LIVE if in_place:
            return within(waits.customer_idle, Event.NO_NEWS)
        case Phase.QUEUED if event in {Event.HUB_ACCEPTED, Event.LEFT, Event.TRANSFERRED} or not _waits_to_join(due):
            return within(waits.representative_joins, Event.WAITED_TOO_LONG)
        case Phase.LIVE if event is Event.REPRESENTATIVE_SLOW:
            return within(waits.representative_replies, Event.REPRESENTATIVE_SILENT)
        case Phase.LIVE if event is Event.REPRESENTATIVE_SPOKE:
            return within(waits.customer_replies, Event.CUSTOMER_SILENT)
        case Phase.LIVE if due is None or due.event not in _ON_REPRESENTATIVE:
            return within(waits.representative_replies, Event.REPRESENTATIVE_SLOW)
        case _:
            return due


def _silence(quiet: Quiet, silences: tuple[float, ...], idle: float, now: datetime) -> Due:
    """The customer says nothing: a topic speaks up, or it is the end."""
    since, next_ = quiet.since or now, quiet.next(silences)
    if next_ is not None and next_ < idle:
        return Due(at=since + timedelta(seconds=next_), event=Event.CUSTOMER_QUIET)
    return Due(at=since + timedelta(seconds=idle), event=Event.CUSTOMER_SILENT)


def _waits_to_join(due: Due | None) -> bool:
    return due is not None and due.event is Event.WAITED_TOO_LONG
