"""Reading the stream of one guest's events: `GET /eventrouter/v1/sse`."""

import asyncio
from contextlib import suppress

import structlog
from pydantic import ValidationError

from hubs.errors import HubUnavailableError
from hubs.salesforce_api import SalesforceApi
from hubs.salesforce_attended import Attended
from hubs.salesforce_entries import PREFIX, Frame, kind_of
from hubs.sse import ServerEvent, SseParser

EXPIRED = "Jwt is expired"
"""What the stream says in plain text when its token is over."""
LONGEST = 86_400.0
"""Seconds after which a stream is opened anew, even where its token lives for ever."""

log = structlog.get_logger()


class Stream:
    """One stream, from where its handoff was heard up to. An event is remembered when its conversation has it."""

    def __init__(self, attended: Attended, api: SalesforceApi, connection: str) -> None:
        self._attended = attended
        self._api = api
        self._connection = connection
        self.lasted = False
        """Whether anything came, be it a ping, and could be told."""

    async def read(self) -> None:
        """Return when the token had to be renewed: a stream is opened with one, and ends with it.

        Raises:
            HubUnavailableError: it broke or was closed. What came of a frame that did not end is no event.
        """
        attended = self._attended
        await attended.keep_token()
        with suppress(TimeoutError):
            async with asyncio.timeout(min(attended.guest.good_for, LONGEST)):
                await self._until_expired()

    async def _until_expired(self) -> None:
        parser = SseParser()
        guest = self._attended.guest
        async with self._api.stream(guest, self._attended.position) as answer:
            used = answer.request.headers["authorization"].removeprefix("Bearer ")
            async for chunk in answer.aiter_bytes():
                for event in _parsed(parser, chunk):
                    await self._take(event)
                if EXPIRED in parser.stray or EXPIRED in parser.unfinished:
                    await guest.token(instead_of=used)
                    return
        raise HubUnavailableError(f'hub "{self._connection}" closed a stream of events')

    async def _take(self, event: ServerEvent) -> None:
        self._attended.listened_to()
        if event.event.startswith(PREFIX):
            try:
                frame = Frame.model_validate_json(event.data)
            except ValidationError:
                # It would be the same at the next try, and keep everything behind it back.
                log.warning("an event is not of its format", connection=self._connection, kind=event.event)
            else:
                if frame.conversation_id == self._attended.handoff.id:
                    await self._attended.take(kind_of(event.event), frame.conversation_entry)
        self._attended.remember(event.id)
        self.lasted = True


def _parsed(parser: SseParser, chunk: bytes) -> list[ServerEvent]:
    try:
        return parser.feed(chunk)
    except ValueError as error:
        raise HubUnavailableError(str(error)) from None
