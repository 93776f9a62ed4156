"""Choosing from a table that a formula gives, and the buttons that questions with choices offer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dialog.entities import ANYWHERE, Boolean, Choice, ClosedList, Entity, Heard, Match
from dialog.powerfx.values import Record, Table, Value

MOST = 5
"""Choices that one reply may name."""


@dataclass(frozen=True)
class DynamicList:
    """One row of a table, chosen by what it is called; the value is the row."""

    rows: Table

    def match(self, text: str, heard: Heard = ANYWHERE) -> Match | None:
        """The row that the reply names."""
        return self._row(self._names.match(text, heard))

    def within(self, text: str) -> Match | None:
        """The one row whose name stands in `text`."""
        return self._row(self._names.within(text))

    @property
    def _names(self) -> ClosedList:
        # An id that nobody would type: the number of a row is no name of it.
        return ClosedList(tuple(Choice(f"#{number}#", label_of(row)) for number, row in enumerate(self.rows)))

    def _row(self, found: Match | None) -> Match | None:
        if not found or not isinstance(found.value, Choice):
            return None
        return Match(_scalar(self.rows[int(found.value.id.strip("#"))]), exact=found.exact, words=found.words)


@dataclass(frozen=True)
class Several:
    """Up to five choices in one reply: "red, green and blue". The value is a table of them, as they were said."""

    one: Entity

    def match(self, text: str, heard: Heard = ANYWHERE) -> Chosen | None:
        """All that the reply names; exact where each part of it is exactly one."""
        parts = [part for part in re.split(r"\s*(?:[,;&\n]|\band\b|\bund\b|\bet\b|\by\b)\s*", text) if part.strip()]
        found = [match for part in parts if (match := self.one.match(part, heard))][:MOST]
        if not found:
            return None
        return Chosen(
            tuple(match.value for match in found), len(found) == len(parts) and all(m.exact for m in found), text
        )


@dataclass(frozen=True)
class Chosen:
    """What `Several` understood."""

    values: tuple[Value | Choice, ...]
    exact: bool
    words: str = ""


def _scalar(row: Value) -> Value:
    """The value itself, of a table of single values."""
    return row["Value"] if isinstance(row, Record) and list(row) == ["Value"] else row


def label_of(row: Value) -> str:
    """What a row of choices is called: its DisplayName, else its Value, else its first text."""
    if not isinstance(row, Record):
        return str(row)
    named = row.get("DisplayName") or row.get("displayName") or row.get("Value")
    return str(named if named is not None else next((part for part in row.values() if isinstance(part, str)), ""))


def suggestions(entity: Entity | Several) -> Sequence[str]:
    """The buttons that a question with this entity offers."""
    match entity:
        case ClosedList(items=items):
            return [item.display_name for item in items]
        case DynamicList(rows=rows):
            return [label_of(row) for row in rows]
        case Several(one=one):
            return suggestions(one)
        case Boolean():
            return ["Yes", "No"]
        case _:
            return []
