"""The life of a conversation as one table: phase and event lead to a phase and effects.

Nothing else decides a phase. The diagram in the docs is drawn from this table (`handoff.diagram`).
"""

from dataclasses import dataclass
from enum import StrEnum

from handoff.notices import Notice
from protocol.conversation import Phase


class Event(StrEnum):
    """What can happen to a conversation."""

    TRANSFER = "transfer"
    """The dialog asks for a human."""
    HUB_ACCEPTED = "hub accepted"
    TAKEN_OVER = "hub took it over"
    """On the customer's own channel, and it tells nothing more."""
    HUB_FAILED = "hub failed"
    """It was asked and said no, or said nothing in time."""
    NO_ROUTE = "no route left"
    QUEUE_MOVED = "queue moved"
    JOINED = "representative joined"
    REPRESENTATIVE_SPOKE = "representative spoke"
    CUSTOMER_SPOKE = "customer spoke"
    TRANSFERRED = "hub transferred"
    """To another queue or representative, inside the hub."""
    LEFT = "representative left"
    RETURNED = "hub returned it"
    HUB_ENDED = "representative closed"
    HUB_LOST = "hub lost it"
    NO_NEWS = "nothing more heard of it"
    """Of a conversation that the hub has on the customer's own channel."""
    CLIENT_FAILED = "client found nobody"
    """Of a generic handoff, whose hub is behind the customer's client."""
    CLIENT_SILENT = "client silent"
    """Nobody has joined a generic handoff in time."""
    WAITED_TOO_LONG = "waited too long"
    REPRESENTATIVE_SLOW = "representative slow"
    REPRESENTATIVE_SILENT = "representative silent"
    CUSTOMER_SILENT = "customer silent"
    CUSTOMER_QUIET = "customer quiet"
    """For as long as a topic is for; not yet for so long that the conversation ends."""
    CUSTOMER_CANCELLED = "customer stopped waiting"
    CUSTOMER_LEFT = "customer left"
    BOT_ENDED = "bot ended it"
    OPERATOR_ENDED = "operator ended it"
    OPERATOR_RETURNED = "operator returned it"
    OPERATOR_REROUTED = "operator rerouted it"
    OPERATOR_RETRIED = "operator tried again"
    """A handoff that had failed."""


class Effect(StrEnum):
    """What a step asks of the workflow, in the order in which it is carried out."""

    HEAR = "the bot hears it"
    SPEAK_UP = "the bot speaks up"
    OPEN_HANDOFF = "open a handoff on the first route"
    TRY_NEXT_ROUTE = "open a handoff on the next route"
    CLOSE_HANDOFF = "end it at the hub"
    RELAY_TO_HUB = "relay to the hub"
    RELAY_TO_CUSTOMER = "relay to the customer"
    RESUME_TOPIC = "resume the topic"
    END = "end the conversation"


@dataclass(frozen=True)
class Step:
    """Where an event leads, what is then done, and what the customer is told of it."""

    phase: Phase
    effects: tuple[Effect, ...] = ()
    notice: Notice | None = None


class NotAllowedError(Exception):
    """The table has no row: this event means nothing in this phase."""


_AGENT, _ASKING, _QUEUED, _LIVE, _ENDED = Phase.AGENT, Phase.TRANSFERRING, Phase.QUEUED, Phase.LIVE, Phase.ENDED
_CLOSE, _NEXT, _RESUME, _END = Effect.CLOSE_HANDOFF, Effect.TRY_NEXT_ROUTE, Effect.RESUME_TOPIC, Effect.END

LIFE: dict[tuple[Phase, Event], Step] = {
    (_AGENT, Event.CUSTOMER_SPOKE): Step(_AGENT, (Effect.HEAR,)),
    (_AGENT, Event.TRANSFER): Step(_ASKING, (Effect.OPEN_HANDOFF,), Notice.TRANSFERRING),
    (_AGENT, Event.OPERATOR_RETRIED): Step(_ASKING, (Effect.OPEN_HANDOFF,), Notice.TRANSFERRING),
    (_AGENT, Event.BOT_ENDED): Step(_ENDED, (_END,)),
    (_AGENT, Event.CUSTOMER_QUIET): Step(_AGENT, (Effect.SPEAK_UP,)),
    (_AGENT, Event.CUSTOMER_SILENT): Step(_ENDED, (_END,)),
    (_AGENT, Event.CUSTOMER_LEFT): Step(_ENDED, (_END,)),
    (_AGENT, Event.OPERATOR_ENDED): Step(_ENDED, (_END,), Notice.ENDED),
    (_ASKING, Event.CUSTOMER_SPOKE): Step(_ASKING, (Effect.RELAY_TO_HUB,)),
    (_ASKING, Event.HUB_ACCEPTED): Step(_QUEUED, (), Notice.QUEUED),
    (_ASKING, Event.TAKEN_OVER): Step(_ENDED, (_END,)),
    (_ASKING, Event.HUB_FAILED): Step(_ASKING, (_NEXT,)),
    (_ASKING, Event.NO_ROUTE): Step(_AGENT, (_RESUME,), Notice.NOBODY),
    (_ASKING, Event.CUSTOMER_CANCELLED): Step(_AGENT, (_CLOSE, _RESUME), Notice.CANCELLED),
    (_ASKING, Event.CUSTOMER_LEFT): Step(_ENDED, (_CLOSE, _END)),
    (_ASKING, Event.OPERATOR_ENDED): Step(_ENDED, (_CLOSE, _END), Notice.ENDED),
    (_ASKING, Event.OPERATOR_RETURNED): Step(_AGENT, (_CLOSE, _RESUME), Notice.RETURNED),
    (_ASKING, Event.OPERATOR_REROUTED): Step(_ASKING, (_CLOSE, _NEXT), Notice.STILL_LOOKING),
    (_QUEUED, Event.CUSTOMER_SPOKE): Step(_QUEUED, (Effect.RELAY_TO_HUB,)),
    (_QUEUED, Event.QUEUE_MOVED): Step(_QUEUED),
    (_QUEUED, Event.TRANSFERRED): Step(_QUEUED),
    (_QUEUED, Event.JOINED): Step(_LIVE, (), Notice.JOINED),
    (_QUEUED, Event.REPRESENTATIVE_SPOKE): Step(_LIVE, (Effect.RELAY_TO_CUSTOMER,), Notice.JOINED),
    (_QUEUED, Event.WAITED_TOO_LONG): Step(_ASKING, (_CLOSE, _NEXT), Notice.STILL_LOOKING),
    (_QUEUED, Event.HUB_LOST): Step(_ASKING, (_NEXT,), Notice.STILL_LOOKING),
    (_QUEUED, Event.HUB_ENDED): Step(_ENDED, (_END,), Notice.ENDED),
    (_QUEUED, Event.NO_NEWS): Step(_ENDED, (_END,)),
    (_QUEUED, Event.CLIENT_FAILED): Step(_AGENT, (_RESUME,), Notice.NOBODY),
    (_QUEUED, Event.CLIENT_SILENT): Step(_AGENT, (_RESUME,), Notice.NOBODY),
    (_QUEUED, Event.RETURNED): Step(_AGENT, (_RESUME,), Notice.RETURNED),
    (_QUEUED, Event.CUSTOMER_CANCELLED): Step(_AGENT, (_CLOSE, _RESUME), Notice.CANCELLED),
    (_QUEUED, Event.CUSTOMER_LEFT): Step(_ENDED, (_CLOSE, _END)),
    (_QUEUED, Event.OPERATOR_ENDED): Step(_ENDED, (_CLOSE, _END), Notice.ENDED),
    (_QUEUED, Event.OPERATOR_RETURNED): Step(_AGENT, (_CLOSE, _RESUME), Notice.RETURNED),
    (_QUEUED, Event.OPERATOR_REROUTED): Step(_ASKING, (_CLOSE, _NEXT), Notice.STILL_LOOKING),
    (_LIVE, Event.CUSTOMER_SPOKE): Step(_LIVE, (Effect.RELAY_TO_HUB,)),
    (_LIVE, Event.REPRESENTATIVE_SPOKE): Step(_LIVE, (Effect.RELAY_TO_CUSTOMER,)),
    (_LIVE, Event.JOINED): Step(_LIVE, (), Notice.JOINED),
    (_LIVE, Event.TRANSFERRED): Step(_QUEUED, (), Notice.TRANSFERRED),
    (_LIVE, Event.LEFT): Step(_QUEUED, (), Notice.LEFT),
    (_LIVE, Event.QUEUE_MOVED): Step(_QUEUED, (), Notice.LEFT),
    (_LIVE, Event.REPRESENTATIVE_SLOW): Step(_LIVE, (), Notice.STILL_WAITING),
    (_LIVE, Event.REPRESENTATIVE_SILENT): Step(_ASKING, (_CLOSE, _NEXT), Notice.STILL_LOOKING),
    (_LIVE, Event.HUB_LOST): Step(_ASKING, (_NEXT,), Notice.STILL_LOOKING),
    (_LIVE, Event.CLIENT_FAILED): Step(_AGENT, (_RESUME,), Notice.NOBODY),
    (_LIVE, Event.RETURNED): Step(_AGENT, (_RESUME,), Notice.RETURNED),
    (_LIVE, Event.HUB_ENDED): Step(_ENDED, (_END,), Notice.ENDED),
    (_LIVE, Event.NO_NEWS): Step(_ENDED, (_END,)),
    (_LIVE, Event.CUSTOMER_SILENT): Step(_ENDED, (_CLOSE, _END), Notice.ABANDONED),
    (_LIVE, Event.CUSTOMER_LEFT): Step(_ENDED, (_CLOSE, _END)),
    (_LIVE, Event.OPERATOR_ENDED): Step(_ENDED, (_CLOSE, _END), Notice.ENDED),
    (_LIVE, Event.OPERATOR_RETURNED): Step(_AGENT, (_CLOSE, _RESUME), Notice.RETURNED),
    (_LIVE, Event.OPERATOR_REROUTED): Step(_ASKING, (_CLOSE, _NEXT), Notice.STILL_LOOKING),
}


FAILED = frozenset([Event.NO_ROUTE, Event.CLIENT_FAILED, Event.CLIENT_SILENT])
"""By which a handoff comes back to the bot because no human could take it."""
OUT_OF_REACH = frozenset([Event.CUSTOMER_CANCELLED, Event.OPERATOR_RETURNED, Event.OPERATOR_REROUTED])
"""What can no longer be done to a conversation that its hub has taken over on the customer's own channel."""


def step(phase: Phase, event: Event) -> Step:
    """What `event` leads to in `phase`.

    Raises:
        NotAllowedError: where the table has no row for the two.
    """
    try:
        return LIFE[phase, event]
    except KeyError:
        raise NotAllowedError(f'"{event}" means nothing while the conversation is in phase "{phase}"') from None


def allowed(phase: Phase, event: Event) -> bool:
    """Whether the table has a row for the two."""
    return (phase, event) in LIFE
