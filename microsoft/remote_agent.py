"""An agent that stays in Copilot Studio, or any bot behind Direct Line, as a conversation talks with it.

What was said is known by reading it; a stream only tells that there is something to read. So a stream that breaks,
repeats itself or is taken over by another reader changes nothing but the time.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from microsoft.direct_line import (
    ActivitySet,
    Conversation,
    DirectLine,
    DirectLineExpiredError,
    DirectLineGoneError,
    DirectLineUnavailableError,
)
from microsoft.token_endpoint import TokenEndpoint
from protocol.activity import TYPING, Activity
from protocol.remote import RemoteHeard, RemoteListening, RemoteOpening, RemoteSession, RemoteTelling, RemoteTold
from settings.remote import DIRECT_LINE, RemoteSettings

SETTLES = 0.05
"""Seconds that an agent, which has begun to speak, is given to say more: what comes together is told together."""
LOOKS_EVERY = 1.0
"""Seconds between two looks where no stream can be had."""

Result = TypeVar("Result")
_STAMPED = ("id", "timestamp", "localTimestamp", "conversation", "recipient", "replyToId", "serviceUrl", "channelId")


class RemoteAgent:
    """One agent. What a conversation with it needs is in its session, so that any worker may go on with it."""

    def __init__(self, settings: RemoteSettings, resolve: Callable[[str], str]) -> None:
        self._settings = settings
        self._secret = resolve(settings.secret) if settings.secret else ""
        endpoint = resolve(settings.token_endpoint) if settings.token_endpoint else ""
        self._endpoint = TokenEndpoint(endpoint, timeout_seconds=settings.timeout_seconds) if endpoint else None
        self._lines: dict[str, DirectLine] = {}

    async def open(self, opening: RemoteOpening) -> RemoteSession:
        """Begin a conversation with the agent; one that nobody hears of means nothing to it. Raises as `tell` does."""
        user = f"dl_{hashlib.sha256(opening.conversation.encode()).hexdigest()[:24]}"
        url = self._settings.url or (await self._endpoint.direct_line() if self._endpoint else DIRECT_LINE)
        line = self._line(url)
        given = await (self._endpoint.token() if self._endpoint else line.generate(self._secret, user))
        begun = await line.start(given.token, opening.locale)
        session = RemoteSession(
            conversation=begun.conversation_id,
            token=given.token,
            renew_at=datetime.now(UTC),
            expires_at=datetime.now(UTC),
            url=url,
            user=user,
            lasting=bool(self._secret),
        )
        return _renewed(session, begun if begun.token else given)

    async def tell(self, telling: RemoteTelling, *, again: bool) -> RemoteTold:
        """Tell the agent one activity. `again`: it may have been told before, and is looked for first.

        Raises:
            DirectLineGoneError: the conversation is over there.
            DirectLineExpiredError, DirectLineRefusedError, DirectLineUnavailableError: as `DirectLine.post` does.
        """
        session = await self.usable(telling.session)
        watermark = None
        if telling.catch_up or again:
            session, found = await self._read(session, telling.after)
            watermark = found.watermark if telling.catch_up else None
            echo = next((each for each in found.activities if _key_of(each) == telling.key), None)
            if echo:
                return RemoteTold(session=session, id=echo.id or "", watermark=watermark)
        if telling.activity is None:
            return RemoteTold(session=session, watermark=watermark)
        wire = _wire(telling.activity, telling.key, session.user)
        session, told = await self._with(
            session, lambda now: self._line(now.url).post(now.token, now.conversation, wire)
        )
        return RemoteTold(session=session, id=told, watermark=watermark)

    async def hear(self, listening: RemoteListening, seconds: float) -> RemoteHeard:
        """What the agent has said behind the watermark, as soon as it has said something; nothing after `seconds`.

        Raises as `tell` does.
        """
        session, after = listening.session, listening.after
        until = asyncio.get_running_loop().time() + seconds
        while True:
            session = await self.usable(session)
            session, found = await self._read(session, after)
            after = found.watermark or after
            said = tuple(each for each in found.activities if is_said(each, session))
            left = until - asyncio.get_running_loop().time()
            if said or left <= 0:
                return RemoteHeard(session=session, activities=said, watermark=after)
            with suppress(TimeoutError):
                async with asyncio.timeout(min(left, _seconds_until(session.renew_at))):
                    await self._something_said(session, after)

    async def usable(self, session: RemoteSession) -> RemoteSession:
        """The session with a token that is good for a while: renewed when half its life is over. Raises as `tell`."""
        now = datetime.now(UTC)
        if now < session.renew_at:
            return session
        if now >= session.expires_at:
            return await self._anew(session)
        try:
            return _renewed(session, await self._line(session.url).refresh(session.token))
        except DirectLineUnavailableError:
            # It is still good: there is time to try again.
            return session.model_copy(update={"renew_at": min(now + timedelta(seconds=10), session.expires_at)})
        except DirectLineExpiredError:
            return await self._anew(session)

    async def close(self) -> None:
        """Close the pooled connections."""
        for line in self._lines.values():
            await line.close()
        if self._endpoint:
            await self._endpoint.close()

    async def _anew(self, session: RemoteSession) -> RemoteSession:
        """The session with another token, though the last is no longer good: only a secret can do that."""
        if not self._secret:
            raise DirectLineGoneError("the token of the conversation has expired")
        return _renewed(session, await self._line(session.url).reconnect(self._secret, session.conversation, ""))

    async def _read(self, session: RemoteSession, after: str) -> tuple[RemoteSession, ActivitySet]:
        return await self._with(session, lambda now: self._line(now.url).read(now.token, now.conversation, after))

    async def _with(
        self, session: RemoteSession, call: Callable[[RemoteSession], Awaitable[Result]]
    ) -> tuple[RemoteSession, Result]:
        """The call's result; where the token is refused before its time, by another one."""
        try:
            return session, await call(session)
        except DirectLineExpiredError:
            another = await self._anew(session)
            return another, await call(another)

    async def _something_said(self, session: RemoteSession, after: str) -> None:
        """Return when the agent has said something, or when it is time to look whether it has."""
        line = self._line(session.url)
        try:
            opened = await line.reconnect(session.token, session.conversation, after)
            async for frame in line.stream(opened.stream_url):
                if any(is_said(each, session) for each in frame.activities):
                    await asyncio.sleep(SETTLES)
                    return
        except (DirectLineUnavailableError, DirectLineExpiredError):
            await asyncio.sleep(LOOKS_EVERY)

    def _line(self, url: str) -> DirectLine:
        if url not in self._lines:
            self._lines[url] = DirectLine(url, timeout_seconds=self._settings.timeout_seconds)
        return self._lines[url]


def is_said(activity: Activity, session: RemoteSession) -> bool:
    """Whether the agent says it; typing is nothing said."""
    sender = activity.from_
    role, who = (sender.role, sender.id) if sender else (None, "")
    return activity.type != TYPING and (role == "bot" or (not role and who != session.user))


def _key_of(activity: Activity) -> str:
    data = activity.channel_data
    return str(data.get("clientActivityID", "")) if isinstance(data, dict) else ""


def _wire(activity: Activity, key: str, user: str) -> dict[str, Any]:
    fields = {name: value for name, value in activity.wire().items() if name not in _STAMPED}
    data = fields.get("channelData")
    name = activity.from_.name if activity.from_ else None
    fields["from"] = {"id": user, "role": "user"} | ({"name": name} if name else {})
    fields["channelData"] = (data if isinstance(data, dict) else {}) | {"clientActivityID": key}
    return fields


def _renewed(session: RemoteSession, given: Conversation) -> RemoteSession:
    life, now = timedelta(seconds=given.expires_in), datetime.now(UTC)
    token = given.token or session.token
    return session.model_copy(update={"token": token, "renew_at": now + life / 2, "expires_at": now + life})


def _seconds_until(moment: datetime) -> float:
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
