"""LivePerson's Conversational Cloud, through the Connector API: Send API version 3, and webhooks.

A consumer of its own for each handoff, for one consumer has one open conversation. LivePerson knows none of our ids: an
unclear outcome is settled by its echoes (`hubs/liveperson_marks.py`). It takes no transcript: the history goes as text.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from hubs.base import Again, Availability, Capabilities, Hub
from hubs.errors import HubClosedError, HubError, HubRefusedError, HubUnavailableError
from hubs.handoffs import Handoff, HubConversation, Prepared, TakenHandoff
from hubs.line import Line
from hubs.liveperson_access import Access
from hubs.liveperson_events import Events
from hubs.liveperson_marks import NOTHING, conversation_in, told
from hubs.liveperson_shifts import Shifts
from hubs.liveperson_signature import checked
from hubs.liveperson_words import CLIENT, closing, creation, history, saying, texts_of, typing
from hubs.pace import Pace
from protocol.activity import END_OF_CONVERSATION, MESSAGE, TYPING, Activity
from protocol.hub_events import HubEvent
from protocol.models import Foreign
from settings.hubs import LivePersonSettings

AT_ONCE = 3
"""Parts of the history that are told before anything else is; what is more of a longer one follows."""
LOOKS_EVERY = 0.25
"""Seconds between two looks for an echo that is late."""
_CHECK = "baton-check"
"""The consumer of `check`, who never has a conversation."""


class _Answer(Foreign):
    code: str | int
    body: Any = None

    def of_body(self, name: str) -> Any:
        """A field of the answer's body, which is a mere text at times."""
        return self.body.get(name) if isinstance(self.body, dict) else None


@dataclass(frozen=True)
class _Talk:
    """Whose words go where."""

    conversation: str
    auth: httpx.Auth


class LivePersonHub(Hub):
    """One account, as one installed application."""

    kind = "liveperson"
    capabilities = Capabilities(history=False, files=False, queue_position=False, returns=False, availability=False)
    prepares = True
    insists = True

    def __init__(
        self, name: str, settings: LivePersonSettings, client_secret: str, shift_token: str | None = None
    ) -> None:
        self._name = name
        self._settings = settings
        self._client_secret = client_secret
        named, timeout = "account, client_id and client_secret", settings.timeout_seconds
        self._line = Line(name, settings.directory, credentials=named, timeout=timeout)
        self._access = Access(self._line, settings, client_secret)
        self._shifts = Shifts(name, settings, self._access, shift_token) if shift_token else None
        self._events = Events(name, settings)
        self._pace = Pace(settings.sends_per_second, 1)
        self._typing: set[str] = set()

    async def prepare(self, handoff: Handoff) -> Prepared:
        """The handoff's consumer: callbacks name it before the conversation's id is known."""
        consumer = await self._access.consumer(handoff.key)
        return Prepared(session=consumer.token, known_as=consumer.id)

    async def open(self, handoff: Handoff, *, again: Again | None = None) -> HubConversation:
        """POST …/messaging/consumer/conversation?v=3, then note, variables and transcript as messages of theirs."""
        if again is None:
            await self._refuse_while_closed(handoff.queue)
        auth = self._access.on_behalf(handoff.key, handoff.session)
        begun = await self._opened(again) if again else None
        talk = _Talk(begun or await self._create(handoff, auth, again), auth)
        first, rest = _divided(history(handoff, self._settings.max_text))
        await self._say(talk, first, again if begun else None)
        return HubConversation(id=talk.conversation, queue=handoff.queue, rest=bool(rest))

    async def tell_rest(self, handoff: Handoff, taken: TakenHandoff, *, again: Again | None = None) -> None:
        """The older parts of a long history; whatever is said live goes before them."""
        talk = _Talk(taken.id, self._access.on_behalf(taken.key, taken.session))
        _, rest = _divided(history(handoff, self._settings.max_text))
        await self._say(talk, rest, again, history_now=True)

    async def send(self, handoff: TakenHandoff, activity: Activity, *, again: Again | None = None) -> str | None:
        """POST …/messaging/consumer/conversation/send?v=3; gives back the number that the message got."""
        talk = _Talk(handoff.id, self._access.on_behalf(handoff.key, handoff.session))
        if activity.type == END_OF_CONVERSATION:
            self._typing.discard(handoff.id)
            await self._send(talk, closing(handoff.id))
        elif activity.type == TYPING:
            await self._send(talk, typing(handoff.id))
            self._typing.add(handoff.id)
        elif activity.type == MESSAGE:
            after = int(handoff.mark or NOTHING)
            texts = texts_of(activity, self._settings.max_text)
            newest = await self._say(talk, texts, again, after=after)
            await self._type_no_longer(talk)
            return str(newest)
        return None

    async def availability(self, queue: str | None) -> Availability:
        """Whether the skill is on shift, where a token for that API is configured; else messaging is always open."""
        return await self._shifts.of(queue) if self._shifts else Availability(open=True)

    async def check(self) -> AsyncIterator[str]:
        """Find the domains, get both tokens, and read the shifts. No conversation is begun."""
        for service in ("sentinel", "idp", "asyncMessagingEnt"):
            await self._access.address(service)
        yield f"the directory knows the account {self._settings.account} and its services"
        await self._access.consumer(_CHECK)
        yield "it takes our credentials, and names the consumer that we act for"
        if self._shifts:
            shift = await self._shifts.of(None)
            yield f"it takes the shift token: the account is {'open' if shift.open else 'closed'} now"
        yield "which webhooks the application has cannot be asked: docs/hubs/liveperson.md has the manifest"

    def receive(self, headers: Mapping[str, str], body: bytes, now: datetime) -> list[HubEvent]:
        """A notification, signed over the raw body with the client's secret."""
        checked(headers, body, self._settings, self._client_secret)
        return self._events.of(body, now)

    async def close(self) -> None:
        """Close the pooled connections."""
        await self._line.close()
        if self._shifts:
            await self._shifts.close()

    async def _refuse_while_closed(self, queue: str | None) -> None:
        if not self._shifts:
            return
        shift = Availability(open=True)
        with suppress(HubUnavailableError):
            # Opening hours that cannot be read now keep nobody from a person.
            shift = await self._shifts.of(queue)
        if not shift.open:
            raise HubClosedError(f'hub "{self._name}": nobody is on shift for the queue "{queue or ""}"')

    async def _opened(self, again: Again) -> str | None:
        """The conversation that an earlier try began, as LivePerson's callbacks tell of it."""
        until = asyncio.get_running_loop().time() + self._settings.echo_seconds
        while (found := conversation_in(await again.echoed())) is None:
            if asyncio.get_running_loop().time() >= until:
                return None
            await asyncio.sleep(LOOKS_EVERY)
        return found

    async def _create(self, handoff: Handoff, auth: httpx.Auth, again: Again | None) -> str:
        answer = await self._post("conversation", creation(handoff, self._settings), auth)
        for each in _answers(answer):
            if str(each.code) not in {"OK", "200"}:
                self._not_created(str(each.code), again)
            if isinstance(conversation := each.of_body("conversationId"), str):
                return conversation
        raise HubUnavailableError(f'hub "{self._name}" answered a request for a conversation without one')

    def _not_created(self, code: str, again: Again | None) -> None:
        said = f'hub "{self._name}" did not begin a conversation: {code}'
        if again:
            # The consumer may have one already, of which its callback is yet to tell.
            raise HubUnavailableError(said)
        raise HubRefusedError(f"{said}; check baton.toml [hubs.{self._name}] skills, campaign and engagement")

    async def _say(
        self,
        talk: _Talk,
        texts: Sequence[str],
        again: Again | None,
        *,
        after: int = NOTHING,
        history_now: bool = False,
    ) -> int:
        """Say what of `texts` is not said yet; returns the number of the last one."""
        numbers = await self._echoed(texts, again, after) if again else []
        newest = max([after, *numbers])
        for text in texts[len(numbers) :]:
            answer = await self._send(talk, saying(talk.conversation, text), history_now=history_now)
            number = answer.of_body("sequence")
            newest = max(newest, number if isinstance(number, int) else NOTHING)
        return newest

    async def _echoed(self, texts: Sequence[str], again: Again, after: int) -> list[int]:
        """The numbers of those texts that came back to us, from the first; an echo that is late is waited for."""
        until = asyncio.get_running_loop().time() + self._settings.echo_seconds
        while len(found := told(await again.echoed(), texts, after)) < len(texts):
            if asyncio.get_running_loop().time() >= until:
                break
            await asyncio.sleep(LOOKS_EVERY)
        return found

    async def _type_no_longer(self, talk: _Talk) -> None:
        if talk.conversation in self._typing:
            self._typing.discard(talk.conversation)
            with suppress(HubError):
                # The message has arrived, and that is what counts.
                await self._send(talk, typing(talk.conversation, ended=True))

    async def _send(self, talk: _Talk, body: Mapping[str, Any], *, history_now: bool = False) -> _Answer:
        sent = await self._post("conversation/send", body, talk.auth, history_now=history_now)
        answer = self._line.parsed(_Answer, sent)
        if str(answer.code) not in {"OK", "200"}:
            raise HubRefusedError(f'hub "{self._name}" did not take an event: {answer.code}')
        return answer

    async def _post(self, what: str, body: Any, auth: httpx.Auth, *, history_now: bool = False) -> httpx.Response:
        host = await self._access.address("asyncMessagingEnt")
        await self._pace.turn(history=history_now)
        path = f"/api/account/{self._settings.account}/messaging/consumer/{what}"
        try:
            return await self._line.call("POST", f"{host}{path}", body, params={"v": "3"}, headers=CLIENT, auth=auth)
        except HubUnavailableError as error:
            if error.retry_after:
                self._pace.hold(error.retry_after)
            raise


def _divided(parts: Sequence[str]) -> tuple[list[str], list[str]]:
    """The parts of a history that are told at once, its beginning (note and variables) and its end, and the rest."""
    if len(parts) <= AT_ONCE:
        return list(parts), []
    return [*parts[: AT_ONCE - 1], parts[-1]], list(parts[AT_ONCE - 1 : -1])


def _answers(answer: httpx.Response) -> list[_Answer]:
    """Each request of a creation is answered on its own."""
    try:
        return [_Answer.model_validate(each) for each in answer.json()]
    except (ValueError, TypeError):
        return []
