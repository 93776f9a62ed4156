"""A ticket as its conversation remembers it."""

from collections.abc import Sequence
from typing import Any

from handoff.record import Route
from protocol.models import Owned

MOST = 20
"""Tickets of one conversation; a topic that asks for more is not obeyed."""


class TicketRecord(Owned):
    """What a customer left where nobody could talk with them."""

    number: int
    subject: str
    description: str
    contact: dict[str, str] = {}
    variables: dict[str, Any] = {}
    """With the `va_*` variables, as a representative would be given them."""
    state: str = "leaving"
    """"leaving", "left" or "failed"."""
    asked: Route | None = None
    """The route whose hub has been asked last."""
    id: str = ""
    """The hub's own number, which the customer may quote."""
    url: str = ""

    def for_next_run(self) -> "TicketRecord":
        """The record as the next run needs it: what was left already, without what it said."""
        if self.state == "leaving":
            return self
        return self.model_copy(update={"description": "", "contact": {}, "variables": {}})

    @property
    def hub(self) -> str:
        """The hub that has it, or was asked last."""
        return self.asked.hub if self.asked else ""

    @property
    def outcome(self) -> dict[str, str]:
        """What the topics are told of it."""
        return {"state": self.state, "id": self.id, "url": self.url, "hub": self.hub}


class TicketBook:
    """All tickets of one conversation."""

    def __init__(self, records: Sequence[TicketRecord] = ()) -> None:
        self.records = list(records)

    def open(self, **said: Any) -> TicketRecord | None:
        """Write down what a customer leaves; None where it is more than `MOST`."""
        if len(self.records) >= MOST:
            return None
        record = TicketRecord(number=len(self.records) + 1, **said)
        self.records.append(record)
        return record

    def get(self, number: int) -> TicketRecord:
        """The ticket with this number."""
        return self.records[number - 1]

    def update(self, number: int, **known: object) -> TicketRecord:
        """Keep what has become of a ticket, and return it so."""
        self.records[number - 1] = self.get(number).model_copy(update=known)
        return self.get(number)
