"""What a simulated Salesforce org holds: guests and their events, conversations and their entries."""

import asyncio
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import uuid4

PING_EVERY = 0.3
"""Seconds; Salesforce's own are longer, which nobody at a simulator wants to wait for."""
TOKEN_LIVES = 1_800
EXPIRED = "Jwt is expired"


@dataclass
class Event:
    """One event of a guest's stream."""

    id: int
    name: str
    data: dict[str, Any]

    def frame(self) -> bytes:
        """As it goes over the wire."""
        return f"id: {self.id}\nevent: {self.name}\ndata: {json.dumps(self.data)}\n\n".encode()


@dataclass
class Guest:
    """One end user. Tokens come and go; the subject stays."""

    subject: str
    events: list[Event] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    streams: int = 0
    cuts: int = 0
    """How many of the next events break the stream in the middle of their frame."""

    def tell(self, event: Event) -> None:
        """Put an event into every stream of the guest's, of now and later."""
        self.events.append(event)
        self.wake()

    def wake(self) -> None:
        """Have the streams look."""
        self.news.set()
        self.news = asyncio.Event()


@dataclass
class Conversation:
    """One conversation of a guest's, with the messaging session in it."""

    id: str
    guest: Guest
    attributes: dict[str, str]
    entries: list[dict[str, Any]] = field(default_factory=list)
    messages: list[tuple[str, str]] = field(default_factory=list)
    """Id and text of each of the end user's messages."""
    files: list[str] = field(default_factory=list)
    arrived: list[float] = field(default_factory=list)
    typed: int = 0
    acknowledged: list[str] = field(default_factory=list)
    routing: str = "INITIAL"
    agent: str = ""
    sessions: int = 1
    in_session: bool = True
    closed: bool = False


class Org:
    """One org."""

    def __init__(self) -> None:
        self.conversations: dict[str, Conversation] = {}
        self.renewals = 0
        self._guests: dict[str, Guest] = {}
        self._expired: set[str] = set()
        self._numbers = count(1)
        self._moments = count(int(time.time() * 1000))

    @property
    def newest(self) -> str:
        """The id of the event that would come next: a guest's own events all come after it."""
        return str(next(self._numbers))

    def admit(self, guest: Guest | None = None) -> tuple[str, Guest]:
        """A token: of a new guest, or another one of a known guest's."""
        known = guest or Guest(f"v2/iamessage/ANON/{uuid4()}")
        claims = {"sub": known.subject, "exp": int(time.time()) + TOKEN_LIVES, "jti": uuid4().hex}
        token = ".".join(_encoded(part) for part in ({"alg": "RS256"}, claims, {"signed": True}))
        self._guests[token] = known
        return token, known

    def guest(self, token: str, *, even_expired: bool = False) -> Guest | None:
        """Whose token it is, while it is good."""
        return None if token in self._expired and not even_expired else self._guests.get(token)

    def expire(self) -> None:
        """Every token that was given out is over."""
        self._expired.update(self._guests)
        for guest in self._guests.values():
            guest.wake()

    def forget(self) -> None:
        """Every token is over for so long that it cannot be renewed either."""
        self.expire()
        self._guests.clear()

    def entry(self, kind: str, payload: dict[str, Any], role: str, name: str = "") -> dict[str, Any]:
        """A conversation's entry; its payload is a string of JSON."""
        moment, subject = next(self._moments), f"{role.lower()}-{name.lower() or 'one'}"
        return {
            "identifier": str(uuid4()),
            "entryType": kind,
            "senderDisplayName": name,
            "sender": {"role": role, "appType": role.lower(), "subject": subject},
            "transcriptedTimestamp": moment,
            "clientTimestamp": moment,
            "entryPayload": json.dumps({"entryType": kind, **payload}),
        }

    def stream(self, conversation: Conversation, name: str, entry: dict[str, Any]) -> None:
        """Put an entry into the stream of its guest's, under an id of the stream's own."""
        data = {
            "channelPlatformKey": "platform-1",
            "channelType": "embedded_messaging",
            "channelAddressIdentifier": "channel-1",
            "conversationId": conversation.id,
            "conversationEntry": entry,
        }
        conversation.guest.tell(Event(next(self._numbers), f"CONVERSATION_{name}", data))

    async def frames(self, guest: Guest, token: str, after: int | None) -> AsyncIterator[bytes]:
        """A stream: what came after an event, then what comes, and pings between; until its token is over."""
        told = len(guest.events) if after is None else sum(event.id <= after for event in guest.events)
        guest.streams += 1
        try:
            while self.guest(token):
                news = guest.news
                for event in guest.events[told:]:
                    told += 1
                    if guest.cuts:
                        guest.cuts -= 1
                        yield event.frame()[: len(event.frame()) // 2]
                        return
                    yield event.frame()
                try:
                    await asyncio.wait_for(news.wait(), PING_EVERY)
                except TimeoutError:
                    yield b"event: ping\ndata: 0\n\n"
            yield EXPIRED.encode()
        finally:
            guest.streams -= 1


def _encoded(part: dict[str, Any]) -> str:
    return urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
