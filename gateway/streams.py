"""The open sockets of this process, and how news reach each of them once and in order.

News come with an update's answer, or as a nudge from the conversation. They are only that: every socket has a cursor,
and where news do not continue it, what is between is read from the log.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

import structlog

from gateway.frames import KEEP_ALIVE, Entry, Parcel, frame, replay
from gateway.log import ConversationLog
from protocol.conversation import News, Turn, Watch
from workflows.client import ConversationError, ConversationRefusedError, Conversations, ConversationUnknownError

KEEP_ALIVE_SECONDS = 20.0
INBOX = 256
"""Parcels that may wait for a slow socket. One that lets more wait is closed, and catches up when it comes again."""
LINGER_SECONDS = 15.0
"""How long a conversation is still watched after its last socket has closed: most come back at once."""

_logger = structlog.get_logger(__name__)


class SlowSocketError(Exception):
    """The client does not read as fast as the conversation goes."""


class Socket:
    """One client's place in a conversation."""

    def __init__(self, conversation: str, cursor: int, user: str | None, until: float) -> None:
        self.conversation = conversation
        self.cursor = cursor
        self.user = user
        self.until = until
        self._inbox: asyncio.Queue[Parcel] = asyncio.Queue(INBOX)
        self._overrun = False

    def put(self, parcel: Parcel) -> None:
        """Let the socket have news when it comes to it."""
        try:
            self._inbox.put_nowait(parcel)
        except asyncio.QueueFull:
            self._overrun = True

    async def next(self) -> Parcel | None:
        """The next news, or None when it is time to show a sign of life.

        Raises:
            SlowSocketError: news had to be left out.
        """
        if self._overrun:
            raise SlowSocketError
        with contextlib.suppress(TimeoutError):
            return await asyncio.wait_for(self._inbox.get(), KEEP_ALIVE_SECONDS)
        return None

    async def expired(self) -> None:
        """Return when the token behind the socket, or the one that it was refreshed to, is no longer valid."""
        # `until` may move while we wait, and only its passing matters: an asyncio.Event would know no more.
        while (left := self.until - time.time()) > 0:  # noqa: ASYNC110
            await asyncio.sleep(left)


class Streams:
    """Every open socket of this process, by conversation."""

    def __init__(self, conversations: Conversations, log: ConversationLog, queue: str) -> None:
        self._conversations = conversations
        self._log = log
        self._queue = queue
        self._sockets: dict[str, set[Socket]] = {}
        self._asked: set[str] = set()
        self._watched: set[str] = set()
        self._leaving: dict[str, asyncio.Task[None]] = {}

    @property
    def open_sockets(self) -> int:
        """How many sockets are open."""
        return sum(map(len, self._sockets.values()))

    async def open(self, socket: Socket) -> None:
        """Let `socket` have the news from now on.

        Raises:
            ConversationUnavailableError: the conversation could not be told that it is watched.
        """
        self._sockets.setdefault(socket.conversation, set()).add(socket)
        if leaving := self._leaving.pop(socket.conversation, None):
            leaving.cancel()
            await asyncio.gather(leaving, return_exceptions=True)
        if socket.conversation not in self._watched:
            await self._watch(socket.conversation)

    def close(self, socket: Socket) -> None:
        """Forget `socket`. When it was its conversation's last, the watch ends soon, unless one comes back."""
        sockets = self._sockets.get(socket.conversation, set())
        sockets.discard(socket)
        if sockets:
            return
        self._sockets.pop(socket.conversation, None)
        if socket.conversation in self._asked and socket.conversation not in self._leaving:
            self._leaving[socket.conversation] = asyncio.create_task(self._leave(socket.conversation))

    def publish(self, conversation: str, turn: Turn | News) -> None:
        """Let every socket of `conversation` have what an update or a nudge brought."""
        sockets = self._sockets.get(conversation)
        if sockets and turn.activities:
            parcel = Parcel.of(turn.activities, turn.watermark)
            for socket in sockets:
                socket.put(parcel)

    def extend(self, conversation: str, user: str | None, until: float) -> None:
        """Let the sockets of a user whose token was refreshed live on."""
        for socket in self._sockets.get(conversation, ()):
            if socket.user == user:
                socket.until = max(socket.until, until)

    async def frames(self, socket: Socket) -> AsyncIterator[str]:
        """What to send down `socket`: first what it has missed, then the news, and signs of life between.

        Raises:
            SlowSocketError: it does not keep up.
            ConversationError: the log could not be read.
        """
        for text in await self._missed(socket):
            yield text
        while True:
            parcel = await socket.next()
            if parcel is None:
                yield KEEP_ALIVE
                continue
            fresh = _continuing(parcel, socket.cursor)
            socket.cursor = max([socket.cursor, *(entry.sequence or 0 for entry in fresh)])
            if fresh:
                yield frame(fresh)
            if parcel.watermark > socket.cursor:
                for text in await self._missed(socket):
                    yield text

    async def watch_again(self) -> None:
        """Renew every watch and let every socket look what it missed: after an outage in which nudges may be lost."""
        for conversation in list(self._sockets):
            with contextlib.suppress(ConversationError):
                await self._watch(conversation)
                said = await self._conversations.activities(conversation, 1 << 53)
                for socket in self._sockets.get(conversation, ()):
                    socket.put(Parcel(entries=(), watermark=said.watermark))

    async def stop(self) -> None:
        """Drop what waits to be unwatched; a nudge that finds nobody ends the watch as well."""
        for task in self._leaving.values():
            task.cancel()
        self._leaving.clear()

    async def _missed(self, socket: Socket) -> list[str]:
        found = await self._log.after(socket.conversation, socket.cursor)
        socket.cursor = max(socket.cursor, found.watermark)
        return replay(Parcel.of(found.activities, found.watermark).entries)

    async def _watch(self, conversation: str) -> None:
        # Noted before it is known to have arrived: a client that leaves meanwhile must not leave a watch behind.
        self._asked.add(conversation)
        # An ended conversation has no news, and an unknown one is found out by the first read.
        with contextlib.suppress(ConversationUnknownError, ConversationRefusedError):
            await self._conversations.watch(conversation, Watch(queue=self._queue))
            self._watched.add(conversation)

    async def _leave(self, conversation: str) -> None:
        await asyncio.sleep(LINGER_SECONDS)
        self._asked.discard(conversation)
        self._watched.discard(conversation)
        try:
            await self._conversations.watch(conversation, Watch(queue=self._queue, watching=False))
        except ConversationError as error:
            # The next nudge that finds no socket here changes nothing, so this is no loss.
            _logger.debug("watch not ended", conversation=conversation, error=type(error).__name__)
        self._leaving.pop(conversation, None)


def _continuing(parcel: Parcel, cursor: int) -> list[Entry]:
    """The entries that come right after `cursor`, ephemeral ones among them; none after a gap."""
    fresh = []
    for entry in parcel.entries:
        if entry.sequence is None:
            fresh.append(entry)
        elif entry.sequence == cursor + 1:
            fresh.append(entry)
            cursor += 1
    return fresh
