"""A handoff as the messaging API takes it: who the customer is, the context, what the representative reads first.

The bounds are those of Microsoft's pages "Use conversation/create endpoint" and "setcontextprovider".
"""

import hashlib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hubs.handoffs import Handoff
from hubs.told import ROLES, chunks, line_of, summary
from protocol.activity import Activity

MAX_TEXT = 6_000
"""Characters of one message."""
MAX_START = 27_000
"""Bytes of the start message; Microsoft says 27 KB."""
MAX_ENTRIES, MAX_NAME, MAX_VALUE = 100, 100, 4_000
"""Context entries, and the characters of a name and of a value."""
MAX_CUSTOMER = 200
"""Characters of each field of the customer's."""
HANDOFF, QUEUE = "baton_Handoff", "baton_Queue"
"""Context variables: our key of the handoff, for whoever looks for it, and the queue, for routing rules."""
BELOW = "(The conversation before this follows below, message by message.)"
_OWN = "va_"
_CUSTOMER_FIELDS = {"email": ("Email",), "phonenumber": ("Phone", "PhoneNumber"), "preferredname": ("Name",)}
"""By field of the customer's the variables that may tell it, as record identification names them."""


@dataclass(frozen=True)
class Part:
    """One message to the conversation."""

    mark: str
    """Our own id of it, the same at every try."""
    text: str
    name: str
    automated: bool = False
    files: tuple[Mapping[str, str], ...] = ()

    @property
    def content(self) -> tuple[str, tuple[str, ...]]:
        """What it shows: its text, and the names of its files."""
        return self.text, tuple(file["name"] for file in self.files)


@dataclass(frozen=True)
class History:
    """What the representative reads at once, and what follows as messages."""

    start: str
    rest: tuple[Part, ...] = ()


def customer_of(handoff: Handoff) -> dict[str, str]:
    """The `customercontext`. Its id is the handoff's, so that asking again finds the conversation that is there."""
    found: dict[str, str] = {"customerid": customer_id(handoff.key)}
    if handoff.customer.name and len(handoff.customer.name) <= MAX_CUSTOMER:
        found["preferredname"] = handoff.customer.name
    for field, names in _CUSTOMER_FIELDS.items():
        told = next((value for name in names if isinstance(value := handoff.variables.get(name), str) and value), "")
        if told and len(told) <= MAX_CUSTOMER:
            found.setdefault(field, told)
    return found


def customer_id(key: str) -> str:
    """Whom the messaging API takes the customer of this handoff for."""
    return f"baton-{hashlib.sha256(key.encode()).hexdigest()}"


def context_of(handoff: Handoff, hidden: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The `conversationcontext`: what routing reads, then every variable that fits, as a string or a number."""
    routing = {
        HANDOFF: handoff.key,
        QUEUE: handoff.queue,
        "baton_Skills": ",".join(handoff.skills),
        "baton_Priority": handoff.priority,
    }
    entries: dict[str, dict[str, Any]] = {}
    for name, value in {**routing, **handoff.variables}.items():
        entry = flat(value)
        if entry not in {None, ""} and _fits(name, entry) and len(entries) < MAX_ENTRIES:
            entries[name] = {"value": entry, "isDisplayable": name not in {HANDOFF, *hidden}}
    return entries


def history_of(handoff: Handoff, context: Mapping[str, Any]) -> History:
    """Note, variables and transcript: whole where the start message holds them, else the newest, and the rest after.

    What of Baton's own variables did not fit into `context` stands among the variables.
    """
    left = [name for name in handoff.variables if name.startswith(_OWN) and name not in context]
    lines = [*summary(handoff).splitlines(), *(f"{name}: {flat(handoff.variables[name])}" for name in left)]
    first, *more = [*chunks(lines, MAX_TEXT)] or [""]
    said = [line_of(activity) for activity in handoff.transcript]
    whole = "\n".join([*lines, "", *said]).strip()
    if len(whole.encode()) <= MAX_START:
        return History(whole)
    newest = _newest(said, MAX_START - len(f"{first}\n{BELOW}\n".encode()))
    older = handoff.transcript[: len(said) - len(newest)]
    texts = [*((text, ROLES["bot"], True, ()) for text in more), *_replayed(older)]
    rest = [Part(f"{handoff.key}:h{number}", *shown) for number, shown in enumerate(texts)]
    return History("\n".join([first, BELOW, *newest]), tuple(rest))


def parts_of(activity: Activity, name: str) -> list[Part]:
    """What a customer's message becomes: its text, cut where it is too long, its files with the last of it."""
    texts = list(chunks([activity.text], MAX_TEXT)) if activity.text else []
    files = files_of(activity)
    if not texts and not files:
        return []
    *before, last = texts or [""]
    marked = [Part(f"{activity.id}:{number}", text, name) for number, text in enumerate(before)]
    return [*marked, Part(f"{activity.id}:{len(before)}", last, name, files=files)]


def files_of(activity: Activity) -> tuple[dict[str, str], ...]:
    """The files that have an address."""
    return tuple(
        {
            "contentType": attachment.content_type[:256],
            "contentUrl": attachment.content_url,
            "name": (attachment.name or "file")[:256],
        }
        for attachment in activity.attachments or ()
        if attachment.content_url
    )


Shown = tuple[str, str, bool, tuple[Mapping[str, str], ...]]


def _replayed(older: Sequence[Activity]) -> Iterator[Shown]:
    """Times cannot be set, so each text begins with its own, and names who said it."""
    for activity in older:
        name = (activity.from_ and activity.from_.name) or ROLES.get(activity.role, activity.role)
        *before, last = [*chunks([line_of(activity)], MAX_TEXT)] or [""]
        automated = activity.role != "user"
        yield from ((text, name, automated, ()) for text in before)
        yield last, name, automated, files_of(activity)


def _newest(lines: Sequence[str], limit: int) -> list[str]:
    """As many of the last lines as `limit` bytes hold."""
    kept: list[str] = []
    for line in reversed(lines):
        limit -= len(line.encode()) + 1
        if limit < 0:
            break
        kept.insert(0, line)
    return kept


def _fits(name: str, entry: str | float) -> bool:
    return 0 < len(name) <= MAX_NAME and len(str(entry)) <= MAX_VALUE


def flat(value: Any) -> str | int | float | None:
    """A string or a number, which is all that a context variable may be."""
    if value is None or isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    return json.dumps(value, ensure_ascii=False)
