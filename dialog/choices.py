"""Choosing from a table that a formula gives, and the buttons that questions with choices offer."""

from collections.abc import Sequence
from dataclasses import dataclass

from dialog.entities import Boolean, Choice, ClosedList, Entity, Match
from dialog.powerfx.values import Record, Table, Value


@dataclass(frozen=True)
class DynamicList:
    """One row of a table, chosen by what it is called; the value is the row."""

    rows: Table

    def match(self, text: str, locale: str = "en-US") -> Match | None:
        """The row that the reply names."""
        choices = tuple(Choice(str(number), label_of(row)) for number, row in enumerate(self.rows))
        found = ClosedList(choices).match(text, locale)
        if not found or not isinstance(found.value, Choice):
            return None
        row = self.rows[int(found.value.id)]
        return Match(_scalar(row), exact=found.exact)


def _scalar(row: Value) -> Value:
    """The value itself, of a table of single values."""
    return row["Value"] if isinstance(row, Record) and list(row) == ["Value"] else row


def label_of(row: Value) -> str:
    """What a row of choices is called: its DisplayName, else its Value, else its first text."""
    if not isinstance(row, Record):
        return str(row)
    named = row.get("DisplayName") or row.get("displayName") or row.get("Value")
    return str(named if named is not None else next((part for part in row.values() if isinstance(part, str)), ""))


def suggestions(entity: Entity) -> Sequence[str]:
    """The buttons that a question with this entity offers."""
    match entity:
        case ClosedList(items=items):
            return [item.display_name for item in items]
        case DynamicList(rows=rows):
            return [label_of(row) for row in rows]
        case Boolean():
            return ["Yes", "No"]
        case _:
            return []
