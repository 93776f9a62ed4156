"""Genesys' Notifications API: one socket a connection, on which every open conversation is subscribed to.

Topics and frames are those of the SDK's notificationMappings.json and of Microsoft's sample bridge. A notification is
only the nudge: what happened is read from the conversation, once when it is subscribed to, at each notification, and
now and then in case one was lost.
"""

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import UTC, datetime
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from hubs.base import Ear
from hubs.errors import HubUnavailableError
from hubs.handoffs import WatchedHandoff
from hubs.line import Line
from protocol.hub_events import HubEvent
from protocol.models import Foreign

CHANNELS = "/api/v2/notifications/channels"
CLOSING = "v2.system.socket_closing"
MAX_TOPICS = 1_000
"""Of one channel. What is over is replaced by what is open, and what does not fit is looked at now and then."""
RENEWED_BEFORE = 300.0
"""Seconds before a channel's end at which another one is made."""
LIVES = 86_400.0
"""Seconds that a channel lives which does not say how long."""
_KINDS = ("user.start", "user.end", "acd.start", "customer.end")
_TOPIC = re.compile(r"v2\.detail\.events\.conversation\.(?P<conversation>[^.]+)\.(?P<what>\w+\.\w+)")

Look = Callable[[WatchedHandoff, Collection[str]], Awaitable[Sequence[HubEvent]]]


class Channel(Foreign):
    """The answer of POST /api/v2/notifications/channels."""

    id: str
    connect_uri: str
    expires: datetime | None = None

    def lives(self) -> float:
        """Seconds for which it is used."""
        if self.expires is None:
            return LIVES - RENEWED_BEFORE
        whole = (self.expires - datetime.now(UTC)).total_seconds()
        return max(whole - RENEWED_BEFORE, whole / 2)


class Notifications:
    """The notifications of one connection."""

    seeks_every = 1.0
    """Seconds between two looks for handoffs that are new."""
    looks_every = 60.0
    """Seconds after which an open conversation of which nothing was heard is looked at."""

    def __init__(self, name: str, line: Line, look: Look) -> None:
        self._name = name
        self._line = line
        self._look = look

    async def new_channel(self) -> Channel:
        """POST /api/v2/notifications/channels. An app may have 20, and loses the oldest first."""
        return self._line.parsed(Channel, await self._line.call("POST", CHANNELS, {}))

    async def listen(self, ear: Ear) -> None:
        """Hear one channel after another, until cancelled.

        Raises:
            HubUnavailableError: there is no channel, or its socket broke.
            HubRefusedError: the client may have no notifications.
        """
        hearing = _Hearing(ear, self._look)
        while True:
            channel = await self.new_channel()
            try:
                async with connect(channel.connect_uri) as socket:
                    await self._hear(channel, socket, hearing)
            except (OSError, TimeoutError, WebSocketException) as error:
                raise HubUnavailableError(f'hub "{self._name}": its notifications broke off: {error}') from None

    async def _hear(self, channel: Channel, socket: ClientConnection, hearing: "_Hearing") -> None:
        """Until the channel comes to its end."""
        until = time.monotonic() + channel.lives()
        subscribed: set[str] = set()
        while time.monotonic() < until:
            new = await hearing.open_ones() - subscribed
            if new:
                subscribed = await self._subscribe(channel, subscribed, new, hearing)
            hearing.look_at(new)
            hearing.look_at_the_quiet(self.looks_every)
            await hearing.look_at_the_due()
            if not await self._frames(socket, hearing):
                return

    async def _subscribe(self, channel: Channel, old: set[str], new: set[str], hearing: "_Hearing") -> set[str]:
        """POST adds, PUT replaces: what is over is let go when the channel is full."""
        path = f"{CHANNELS}/{channel.id}/subscriptions"
        if len(old | new) * len(_KINDS) <= MAX_TOPICS:
            await self._line.call("POST", path, _topics(new))
            return old | new
        fitting = set(sorted(hearing.known)[: MAX_TOPICS // len(_KINDS)])
        await self._line.call("PUT", path, _topics(fitting))
        return old | new

    async def _frames(self, socket: ClientConnection, hearing: "_Hearing") -> bool:
        """Take what comes until it is time to seek again. Returns whether the channel goes on."""
        until = time.monotonic() + self.seeks_every
        while (left := until - time.monotonic()) > 0:
            try:
                # Not wait_for: in Python 3.11 it loses a cancellation that comes together with a frame.
                async with asyncio.timeout(left):
                    frame = await socket.recv()
            except TimeoutError:
                return True
            said = _parsed(frame)
            if said.get("topicName") == CLOSING:
                return False
            hearing.heard(str(said.get("topicName")), said.get("eventBody") or {})
            await hearing.look_at_the_due()
        return True


class _Hearing:
    """Which conversations are open, which shall be looked at, and what was told of them already."""

    def __init__(self, ear: Ear, look: Look) -> None:
        self.known: dict[str, WatchedHandoff] = {}
        self._ear = ear
        self._look = look
        self._due: set[str] = set()
        self._looked_at: dict[str, float] = {}
        self._transferred: set[str] = set()

    async def open_ones(self) -> set[str]:
        """The ids of the conversations that are open now."""
        self.known = {each.id: each for each in await self._ear.watched()}
        self._looked_at = {each: self._looked_at.get(each, 0.0) for each in self.known}
        return set(self.known)

    def heard(self, topic: str, body: dict[str, Any]) -> None:
        """Take a notification: its conversation is looked at, and who left by a transfer is remembered."""
        found = _TOPIC.fullmatch(topic)
        if found is None:
            return
        if found["what"] == "user.end" and str(body.get("disconnectType", "")).upper().endswith("TRANSFER"):
            self._transferred.add(str(body.get("participantId")))
        self.look_at([found["conversation"]])

    def look_at(self, conversations: Collection[str]) -> None:
        """Let them be looked at."""
        self._due.update(conversations)

    def look_at_the_quiet(self, seconds: float) -> None:
        """Let those be looked at that were not for so long."""
        before = time.monotonic() - seconds
        self.look_at([each for each, at in self._looked_at.items() if at < before])

    async def look_at_the_due(self) -> None:
        """Look, and tell what is new; what cannot be looked at now is at the next time."""
        due, self._due = [each for each in self._due if each in self.known], set()
        for conversation in due:
            handoff = self.known[conversation]
            try:
                events = await self._look(handoff, self._transferred)
            except HubUnavailableError:
                self._due.add(conversation)
                continue
            self._looked_at[conversation] = time.monotonic()
            await self._tell(handoff, events)

    async def _tell(self, handoff: WatchedHandoff, events: Sequence[HubEvent]) -> None:
        told = self._ear.cursor(handoff.id).split()
        for event in events:
            if event.key not in told:
                await self._ear.tell(event)
                told.append(event.key)
                self._ear.remember(handoff.id, " ".join(told))


def _topics(conversations: Collection[str]) -> list[dict[str, str]]:
    names = (f"v2.detail.events.conversation.{each}.{kind}" for each in sorted(conversations) for kind in _KINDS)
    return [{"id": name} for name in names]


def _parsed(frame: str | bytes) -> dict[str, Any]:
    try:
        said = json.loads(frame)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
