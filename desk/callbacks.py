"""Telling Baton what happens at the desk: every callback until it is taken, one handoff's in order.

What is to be told stands in the store before anybody is told that it was said; a desk that was killed goes on telling.
"""

import asyncio
import time
from datetime import UTC, datetime

import httpx
import structlog
from standardwebhooks import Webhook

from desk.desk import Desk
from desk.store import Row
from settings.trust import trusted

log = structlog.get_logger()

FIRST_DELAY, LONGEST_DELAY = 0.2, 5.0
"""Seconds between tries: doubled each time."""
GIVES_UP_AFTER = 3_600.0
"""Seconds after which a message that Baton has not taken is marked as failed."""
NEVER = {400, 404, 410, 413, 422}
"""Answers that no repetition changes."""


class Callbacks:
    """The desk's outbox on its way."""

    def __init__(self, desk: Desk, webhook_secret: str, timeout: float = 10.0) -> None:
        self._desk = desk
        self._webhook = Webhook(webhook_secret)
        self._http = httpx.AsyncClient(verify=trusted(), timeout=timeout)
        self._busy: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Deliver for as long as the desk runs."""
        try:
            while True:
                changed = asyncio.create_task(self._desk.changes.next())
                for handoff in self._waiting():
                    if handoff not in self._busy:
                        self._busy[handoff] = asyncio.create_task(self._deliver_all(handoff))
                await changed
        finally:
            await self._http.aclose()

    def _waiting(self) -> list[str]:
        sql = "SELECT DISTINCT handoff FROM callbacks WHERE state = 'waiting'"
        return [row["handoff"] for row in self._desk.store.rows(sql)]

    async def _deliver_all(self, handoff: str) -> None:
        """Deliver what waits for one handoff, in order: the next only when the one before was taken or given up."""
        try:
            while row := self._first_of(handoff):
                delay = row["next_at"] - self._desk.clock()
                if delay > 0:
                    await asyncio.sleep(delay)
                await self._try(row)
        finally:
            del self._busy[handoff]

    def _first_of(self, handoff: str) -> Row | None:
        sql = "SELECT * FROM callbacks WHERE handoff = ? AND state = 'waiting' ORDER BY number LIMIT 1"
        found = self._desk.store.rows(sql, handoff)
        return found[0] if found else None

    async def _try(self, row: Row) -> None:
        handoff = self._desk.get(row["handoff"])
        try:
            answer = await self._http.post(handoff.callback, content=row["body"], headers=self._headers(row))
        except httpx.HTTPError as error:
            self._later(row, f"Baton does not answer ({type(error).__name__})")
            return
        if answer.is_success:
            self._settle(row, "done", "delivered")
        elif answer.status_code in NEVER:
            self._settle(row, "failed", "failed", _why(answer.status_code))
        else:
            self._later(row, f"Baton answered {answer.status_code}")

    def _headers(self, row: Row) -> dict[str, str]:
        """Standard Webhooks: the id stays the same at every try, the time is the try's."""
        now = datetime.fromtimestamp(int(time.time()), UTC)
        return {
            "content-type": "application/json",
            "webhook-id": row["id"],
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self._webhook.sign(row["id"], now, row["body"]),
        }

    def _later(self, row: Row, why: str) -> None:
        now = self._desk.clock()
        if now - row["first_at"] > GIVES_UP_AFTER:
            self._settle(row, "failed", "failed", f"{why} for an hour")
            return
        delay = min(FIRST_DELAY * 2 ** min(row["attempts"], 10), LONGEST_DELAY)
        sql = "UPDATE callbacks SET attempts = attempts + 1, next_at = ? WHERE number = ?"
        self._desk.store.execute(sql, now + delay, row["number"])
        log.info("callback is tried again", handoff=row["handoff"], why=why, seconds=delay)

    def _settle(self, row: Row, state: str, delivery: str, reason: str = "") -> None:
        with self._desk.store.change():
            self._desk.store.execute("UPDATE callbacks SET state = ? WHERE number = ?", state, row["number"])
            if row["message"]:
                sql = "UPDATE messages SET delivery = ?, reason = ? WHERE handoff = ? AND id = ?"
                self._desk.store.execute(sql, delivery, reason, row["handoff"], row["message"])
        self._desk.changes.happened()


def _why(status: int) -> str:
    return "the conversation has ended" if status in {404, 410} else f"Baton refused it ({status})"
