"""The desk's memory: rows in, rows out; every change is one transaction."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desk.schema import SCHEMA

Row = sqlite3.Row


@dataclass(frozen=True)
class Handoff:
    """One handoff as the desk has it. Times are seconds since the epoch."""

    id: str
    key: str
    body: Mapping[str, Any]
    queue: str
    priority: int
    state: str
    outcome: str
    callback: str
    representative: str | None
    representative_name: str | None
    told_position: int | None
    opened_at: float
    queued_at: float
    accepted_at: float | None
    ended_at: float | None

    @property
    def variables(self) -> Mapping[str, Any]:
        """What Baton told about the conversation."""
        value: Mapping[str, Any] = self.body["value"]
        return value

    @property
    def note(self) -> str:
        """The private note for the representative."""
        return str(self.variables.get("va_AgentMessage") or "")

    @property
    def history(self) -> list[Mapping[str, Any]]:
        """What was said before the handoff, in order."""
        activities: list[Mapping[str, Any]] = self.body["attachments"][0]["content"]["activities"]
        return activities

    @property
    def customer(self) -> str:
        """What to call the customer."""
        named = self.variables.get("CustomerName") or self.variables.get("UserName")
        return str(named) if named else "Customer"


@dataclass(frozen=True)
class Message:
    """One thing said since the handoff began."""

    id: str
    role: str
    name: str
    activity: Mapping[str, Any]
    at: float
    delivery: str
    reason: str

    @property
    def text(self) -> str:
        """Its words."""
        return str(self.activity.get("text") or "")


class Store:
    """One SQLite file."""

    def __init__(self, path: Path | str) -> None:
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        # WAL with normal survives a kill of the process; only a power cut can take the last moments.
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @contextmanager
    def change(self) -> Iterator[None]:
        """One transaction: all of it, or nothing."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def execute(self, sql: str, *arguments: object) -> int:
        """Run a statement; returns how many rows it changed."""
        return self._db.execute(sql, arguments).rowcount

    def rows(self, sql: str, *arguments: object) -> list[Row]:
        """The rows that a query gives."""
        return self._db.execute(sql, arguments).fetchall()

    def handoff(self, handoff: str) -> Handoff | None:
        """The handoff with this id."""
        found = self.rows("SELECT * FROM handoffs WHERE id = ?", handoff)
        return _handoff(found[0]) if found else None

    def by_key(self, key: str) -> Handoff | None:
        """The handoff that was opened under this key."""
        found = self.rows("SELECT * FROM handoffs WHERE key = ?", key)
        return _handoff(found[0]) if found else None

    def handoffs(self, state: str | None = None, most: int = 200) -> list[Handoff]:
        """Handoffs, those that wait longest first; ended ones the newest first."""
        if state is None:
            found = self.rows("SELECT * FROM handoffs ORDER BY opened_at DESC LIMIT ?", most)
        elif state == "ended":
            found = self.rows("SELECT * FROM handoffs WHERE state = 'ended' ORDER BY ended_at DESC LIMIT ?", most)
        else:
            sql = "SELECT * FROM handoffs WHERE state = ? ORDER BY priority, queued_at LIMIT ?"
            found = self.rows(sql, state, most)
        return [_handoff(row) for row in found]

    def waiting(self, queue: str) -> list[Handoff]:
        """The handoffs that wait in a queue, the next first."""
        sql = "SELECT * FROM handoffs WHERE state = 'queued' AND queue = ? ORDER BY priority, queued_at, id"
        return [_handoff(row) for row in self.rows(sql, queue)]

    def messages(self, handoff: str) -> list[Message]:
        """What was said since the handoff began, in order."""
        sql = "SELECT * FROM messages WHERE handoff = ? ORDER BY number"
        return [_message(row) for row in self.rows(sql, handoff)]

    def message(self, handoff: str, message: str) -> Message | None:
        """One message."""
        found = self.rows("SELECT * FROM messages WHERE handoff = ? AND id = ?", handoff, message)
        return _message(found[0]) if found else None

    def add_message(self, handoff: str, activity: Mapping[str, Any], at: float, delivery: str = "") -> bool:
        """Write down what somebody said; False where its id was seen before."""
        sender = activity.get("from") or {}
        sql = (
            "INSERT OR IGNORE INTO messages (handoff, id, role, name, activity, at, delivery) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)"
        )
        role, name = str(sender.get("role") or "user"), str(sender.get("name") or "")
        return self.execute(sql, handoff, activity["id"], role, name, json.dumps(activity), at, delivery) == 1


def _handoff(row: Row) -> Handoff:
    fields = dict(row)
    return Handoff(**{**fields, "body": json.loads(fields["body"])})


def _message(row: Row) -> Message:
    fields = dict(row)
    return Message(
        id=fields["id"],
        role=fields["role"],
        name=fields["name"],
        activity=json.loads(fields["activity"]),
        at=fields["at"],
        delivery=fields["delivery"],
        reason=fields["reason"],
    )
