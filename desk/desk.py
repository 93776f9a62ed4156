"""What happens at the desk: handoffs come, representatives take them, talk, pass them on, give them back, close them.

Each verb is one transaction that also puts what Baton must be told into the outbox: neither is without the other.
"""

import json
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from desk.events import Changes
from desk.problems import ProblemError
from desk.store import Handoff, Store
from desk.telling import Telling, status, timestamp
from handoff.hours import OpeningHours, is_open

TYPING_SECONDS = 3.0
"""A representative's typing is told at most once in so many seconds."""


class Desk:
    """The rules of the desk over its store."""

    def __init__(
        self, store: Store, queues: Mapping[str, OpeningHours], clock: Callable[[], float] = time.time
    ) -> None:
        self.store = store
        self.queues = queues
        self.changes = Changes()
        self.clock = clock
        self._telling = Telling(store, clock)
        self.typing: dict[str, float] = {}
        """Until when each handoff's customer is taken as typing."""
        self._told_typing: dict[str, float] = {}

    def open(self, key: str, body: Mapping[str, Any]) -> tuple[Handoff, bool]:
        """Take a conversation. Returns it, and whether it is new.

        Raises:
            ProblemError: 404 for an unknown queue, 409 for a key that was used with another body.
        """
        queue = str(body["channelData"].get("queue") or next(iter(self.queues)))
        if queue not in self.queues:
            raise ProblemError(404, "no such queue", f"there are: {', '.join(self.queues)}")
        known = self.store.by_key(key)
        if known:
            if known.body != body:
                raise ProblemError(409, "the key was used with another body")
            return known, False
        now = self.clock()
        with self.store.change():
            self.store.execute(
                "INSERT INTO handoffs (id, key, body, queue, priority, state, callback, opened_at, queued_at) "
                "VALUES (?, ?, ?, ?, ?, 'queued', ?, ?, ?)",
                *(uuid4().hex, key, json.dumps(body), queue, int(body["channelData"].get("priority", 3))),
                *(str(body["channelData"]["callbackUrl"]), now, now),
            )
            self._telling.positions(queue)
        self.changes.happened()
        return self._by_key(key), True

    def hear(self, handoff: Handoff, activity: Mapping[str, Any]) -> bool:
        """Take what the customer says; False where it was taken before.

        Raises:
            ProblemError: 410 where the handoff has ended.
        """
        if self.store.message(handoff.id, str(activity["id"])):
            return False
        if handoff.state == "ended":
            raise ProblemError(410, "the handoff has ended")
        match activity["type"]:
            case "typing":
                self.typing[handoff.id] = self.clock() + 2 * TYPING_SECONDS
            case "endOfConversation":
                with self.store.change():
                    self.store.add_message(handoff.id, activity, self.clock())
                    self._end(handoff, "customer left")
            case _:
                self.typing.pop(handoff.id, None)
                with self.store.change():
                    self.store.add_message(handoff.id, activity, self.clock())
        self.changes.happened()
        return True

    def accept(self, handoff: str, representative: str, name: str) -> Handoff:
        """Take a waiting handoff; of two who try, one gets it.

        Raises:
            ProblemError: 409 where somebody else has it, or nobody can.
        """
        with self.store.change():
            taken = self.store.execute(
                "UPDATE handoffs SET state = 'accepted', representative = ?, representative_name = ?, accepted_at = ?, "
                "told_position = NULL WHERE id = ? AND state = 'queued'",
                *(representative, name, self.clock(), handoff),
            )
            found = self.get(handoff)
            if not taken:
                if found.state == "accepted" and found.representative == representative:
                    return found
                who = f"{found.representative_name} has it" if found.state == "accepted" else "it has ended"
                raise ProblemError(409, "this handoff cannot be accepted", who)
            self._telling.tell(found, status("accepted", agent={"id": representative, "name": name}))
            self._telling.positions(found.queue)
        self.changes.happened()
        return found

    def say(self, handoff: str, text: str, message: str | None = None, by: str | None = None) -> str:
        """A representative writes. Returns the message's id; the same id again changes nothing, whatever came between.

        Raises:
            ProblemError: 409 where nobody has accepted the handoff, somebody other than `by` has, or it has ended.
        """
        if message and self.store.message(handoff, message):
            return message
        found = self._live(handoff)
        if by and by != found.representative:
            raise ProblemError(409, "this was not said", f"{found.representative_name} has the conversation now")
        message = message or uuid4().hex
        sender = {"id": found.representative or "", "name": found.representative_name or "", "role": "agent"}
        activity = {
            "type": "message",
            "id": message,
            "timestamp": timestamp(self.clock()),
            "from": sender,
            "text": text,
        }
        with self.store.change():
            if self.store.add_message(handoff, activity, self.clock(), "sending"):
                self._telling.tell(found, activity, message)
        self.changes.happened()
        return message

    def type(self, handoff: str) -> None:
        """A representative types."""
        found = self._live(handoff)
        if self.clock() - self._told_typing.get(handoff, 0.0) < TYPING_SECONDS:
            return
        self._told_typing[handoff] = self.clock()
        sender = {"id": found.representative or "", "name": found.representative_name or "", "role": "agent"}
        self._telling.tell(found, {"type": "typing", "from": sender})
        self.changes.happened()

    def transfer(self, handoff: str, queue: str) -> None:
        """Pass a handoff on to another queue, where it waits from now.

        Raises:
            ProblemError: 404 for an unknown queue.
        """
        if queue not in self.queues:
            raise ProblemError(404, "no such queue", f"there are: {', '.join(self.queues)}")
        found = self._live(handoff)
        with self.store.change():
            self.store.execute(
                "UPDATE handoffs SET state = 'queued', queue = ?, queued_at = ?, representative = NULL, "
                "representative_name = NULL, accepted_at = NULL, told_position = NULL WHERE id = ?",
                *(queue, self.clock(), handoff),
            )
            self._telling.tell(found, status("transferred", queue=queue))
            self._telling.positions(queue)
        self.changes.happened()

    def give_back(self, handoff: str, note: str) -> None:
        """Give a conversation back to the bot, with a note for it."""
        found = self._live(handoff)
        with self.store.change():
            self._telling.tell(found, status("returned", **({"message": note, "note": note} if note else {})))
            self._end(found, "returned")
        self.changes.happened()

    def close(self, handoff: str) -> None:
        """Close a conversation."""
        found = self._live(handoff)
        with self.store.change():
            self._telling.tell(found, {"type": "endOfConversation", "code": "completedSuccessfully"})
            self._end(found, "closed")
        self.changes.happened()

    def retry(self, handoff: str, message: str) -> None:
        """Try once more to deliver a message that failed.

        Raises:
            ProblemError: 404 where there is no failed message with this id.
        """
        with self.store.change():
            changed = self.store.execute(
                "UPDATE messages SET delivery = 'sending', reason = '' "
                "WHERE handoff = ? AND id = ? AND delivery = 'failed'",
                *(handoff, message),
            )
            if not changed:
                raise ProblemError(404, "no failed message with this id")
            self.store.execute(
                "UPDATE callbacks SET state = 'waiting', attempts = 0, first_at = ?, next_at = ? "
                "WHERE handoff = ? AND message = ?",
                *(self.clock(), self.clock(), handoff, message),
            )
        self.changes.happened()

    def get(self, handoff: str) -> Handoff:
        """The handoff with this id.

        Raises:
            ProblemError: 404 where there is none.
        """
        found = self.store.handoff(handoff)
        if found is None:
            raise ProblemError(404, "no such handoff")
        return found

    def queue_open(self, queue: str) -> bool:
        """Whether a queue takes conversations now."""
        return is_open(self.queues[queue], datetime.fromtimestamp(self.clock(), UTC))

    def _by_key(self, key: str) -> Handoff:
        found = self.store.by_key(key)
        if found is None:
            raise ProblemError(404, "no such handoff")
        return found

    def _live(self, handoff: str) -> Handoff:
        found = self.get(handoff)
        if found.state != "accepted":
            raise ProblemError(409, "accept the handoff first" if found.state == "queued" else "the handoff has ended")
        return found

    def _end(self, handoff: Handoff, outcome: str) -> None:
        self.store.execute(
            "UPDATE handoffs SET state = 'ended', outcome = ?, ended_at = ? WHERE id = ? AND state != 'ended'",
            *(outcome, self.clock(), handoff.id),
        )
        self._telling.positions(handoff.queue)
