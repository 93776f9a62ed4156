"""The handoffs of one conversation, in the order in which they were begun."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from handoff.record import HandoffRecord


class Handoffs:
    """What is known of each, and which routes the newest has tried in vain."""

    def __init__(self, conversation: str, records: tuple[HandoffRecord, ...], tried: tuple[str, ...]) -> None:
        self._conversation = conversation
        self._records = list(records)
        self.tried = list(tried)
        """The names of the routes that were tried since the dialog asked."""

    def __iter__(self) -> Iterator[HandoffRecord]:
        """The oldest first."""
        return iter(self._records)

    @property
    def newest(self) -> HandoffRecord | None:
        """The last that was begun, whether it is over or not."""
        return self._records[-1] if self._records else None

    @property
    def current(self) -> HandoffRecord:
        """The newest, where the phase says that there is one."""
        return self._records[-1]

    @property
    def under_way(self) -> HandoffRecord | None:
        """The newest, unless it is over."""
        newest = self.newest
        return newest if newest and newest.open else None

    @property
    def in_place(self) -> bool:
        """Whether a hub has taken the customer over on its own channel: nothing of ours reaches them any more."""
        newest = self.newest
        return bool(newest and newest.route and newest.route.in_place and newest.hub_id)

    def begin(self, at: datetime, variables: dict[str, Any]) -> int:
        """Begin another; returns its number."""
        number = len(self._records) + 1
        self._records.append(HandoffRecord(number=number, opened_at=at, variables=variables))
        return number

    def update(self, number: int, **changes: object) -> None:
        """Change what is known of one."""
        self._records = [
            record.model_copy(update=changes) if record.number == number else record for record in self._records
        ]

    def record(self, number: int) -> HandoffRecord:
        """The one with this number."""
        return next(record for record in self._records if record.number == number)

    def tries_before(self, number: int) -> list[HandoffRecord]:
        """The routes that have been tried in vain since the dialog asked, before the handoff `number`."""
        before = [record for record in self._records if record.number < number]
        return before[len(before) - len(self.tried) :]

    def key_of(self, record: HandoffRecord) -> str:
        """The name that our side gives a handoff: hubs that take one are told it."""
        return f"{self._conversation}:{record.number}"
