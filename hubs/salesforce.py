"""Salesforce, through Enhanced Chat (Messaging for In-App and Web) API v2 with a Custom Client deployment.

A handoff is a guest of its own, with one conversation. Ids of conversations and messages are ours, so that nothing is
there twice; after an unclear outcome the conversation is read before anything is written, because what Salesforce
answers to an id that it has is published nowhere.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from datetime import datetime

from hubs.base import Again, Availability, Capabilities, Ear, Hub
from hubs.errors import HandoffGoneError, HubRefusedError, HubUnavailableError, WebhookError
from hubs.handoffs import Handoff, HubConversation, Prepared, TakenHandoff
from hubs.pace import Pace
from hubs.recent import Recent
from hubs.salesforce_api import SalesforceApi
from hubs.salesforce_attended import Heard, Listener
from hubs.salesforce_entries import LEFT_UNROUTED, ended
from hubs.salesforce_files import Files
from hubs.salesforce_guests import Guest, Guests
from hubs.salesforce_history import Told, conversation_of, history, message_of, parameters, uuid_of
from hubs.salesforce_listening import Looks, Streams
from hubs.told import chunks
from protocol.activity import END_OF_CONVERSATION, MESSAGE, TYPING, Activity, Attachment
from protocol.hub_events import HubEvent
from settings.hubs import SalesforceSettings

BURST = 6
"""Messages that a conversation may be told at once; with the pace after them no minute holds more than it may."""
WAITS = 15.0
"""Seconds for which one call of ours waits for its turn; what is left is told at the next try."""


class SalesforceHub(Hub):
    """One Custom Client deployment of one org."""

    kind = "salesforce"
    capabilities = Capabilities(history=False, returns=False, availability=False)
    prepares = True
    listens = True
    minute = 60.0
    """Seconds in which `messages_per_minute` are counted."""

    def __init__(self, name: str, settings: SalesforceSettings) -> None:
        self._name = name
        self._settings = settings
        self._api = SalesforceApi(name, settings)
        self._guests = Guests(self._api.renew)
        self._files = Files(settings.files_from, settings.timeout_seconds)
        self._paces: Recent[Pace] = Recent()
        self._heard = Heard()

    async def prepare(self, handoff: Handoff) -> Prepared:
        """A guest: kept before a conversation is opened, for nobody else can ever speak in it."""
        session = await self._api.new_guest()
        return Prepared(session=session.model_dump_json(), known_as=conversation_of(handoff.key))

    async def open(self, handoff: Handoff, *, again: Again | None = None) -> HubConversation:
        """A conversation with the flow's parameters; summary and newest history as the first messages."""
        conversation = conversation_of(handoff.key)
        guest = self._guests.of(handoff.key, handoff.session)
        there = again is not None and await self._api.routing(guest, conversation) is not None
        if not there:
            there = not await self._created(guest, conversation, handoff)
        first, rest = history(handoff, self._settings.text_length)
        known = await self._known(guest, conversation) if there else ()
        async with self._in_time():
            await self._tell(guest, conversation, first, known)
        return HubConversation(id=conversation, rest=bool(rest))

    async def tell_rest(self, handoff: Handoff, taken: TakenHandoff, *, again: Again | None = None) -> None:
        """The older part of a long history, at the pace that is left beside what is said now."""
        guest = self._guests.of(taken.key, taken.session)
        known = await self._known(guest, taken.id) if again else ()
        _, rest = history(handoff, self._settings.text_length)
        for told in rest:
            if told.id not in known:
                await self._pace(taken.id).turn(history=True)
                await self._not_ended(guest, taken.id)
                await self._say(guest, taken.id, told)

    async def send(self, handoff: TakenHandoff, activity: Activity, *, again: Again | None = None) -> None:
        """A message, typing, or the end."""
        guest = self._guests.of(handoff.key, handoff.session)
        if activity.type == END_OF_CONVERSATION:
            await self._api.end(guest, handoff.id)
            self._paces.forget(handoff.id)
            return
        await self._not_ended(guest, handoff.id)
        if activity.type == TYPING:
            await self._api.type(guest, handoff.id, uuid_of(handoff.key, str(activity.id)))
        elif activity.type == MESSAGE:
            known = await self._known(guest, handoff.id) if again else ()
            async with self._in_time():
                await self._relay(guest, handoff, activity, known)

    async def availability(self, queue: str | None) -> Availability:
        """Opening hours are the channel's and its flow's; whoever is not taken is told by a routing result."""
        del queue
        return Availability(open=True)

    async def check(self) -> AsyncIterator[str]:
        """Become a guest who never speaks, and open the stream of their events."""
        session = await self._api.new_guest()
        yield "it has the deployment, and lets guests in"
        guest = Guest(self._api.renew, session.token)
        async with self._api.stream(guest, session.last_event_id):
            yield "it streams a guest's events: there is no callback to set up"

    def receive(self, headers: Mapping[str, str], body: bytes, now: datetime) -> list[HubEvent]:
        """Refused: Salesforce calls nobody back."""
        del headers, body, now
        raise WebhookError(404, "Salesforce has no callbacks: Baton listens to its stream of events")

    async def listen(self, ear: Ear) -> None:
        """A stream of events for each open handoff, or looks at their entries."""
        shared = Listener(self._name, self._api, self._guests, self._settings, self._heard)
        await (Streams if self._settings.stream else Looks)(shared, ear).follow()

    async def close(self) -> None:
        """Close the pooled connections."""
        await self._files.close()
        await self._api.close()

    async def _created(self, guest: Guest, conversation: str, handoff: Handoff) -> bool:
        """False: it was there before. How Salesforce refuses an id that it has is written nowhere, so we look."""
        try:
            await self._api.create(guest, conversation, parameters(handoff, self._settings))
        except HubRefusedError:
            if await self._api.routing(guest, conversation) is None:
                raise
            return False
        return True

    async def _tell(self, guest: Guest, conversation: str, parts: list[Told], known: Collection[str]) -> None:
        for told in parts:
            if told.id not in known:
                await self._pace(conversation).turn()
                await self._say(guest, conversation, told)

    async def _relay(self, guest: Guest, handoff: TakenHandoff, activity: Activity, known: Collection[str]) -> None:
        texts = list(chunks([activity.text], self._settings.text_length)) if activity.text else []
        ids = [message_of(handoff.key, str(activity.id), part) for part in range(len(texts))]
        await self._tell(guest, handoff.id, [Told(*pair) for pair in zip(ids, texts, strict=True)], known)
        for part, attachment in enumerate(activity.attachments or (), len(texts)):
            told = Told(message_of(handoff.key, str(activity.id), part), _address(attachment))
            if attachment.content_url and told.id not in known:
                await self._attach(guest, handoff.id, told, attachment)

    async def _attach(self, guest: Guest, conversation: str, told: Told, attachment: Attachment) -> None:
        """The file itself, where it can be had and is taken; else where it is."""
        file = await self._files.fetch(attachment)
        if file:
            await self._pace(conversation).turn()
            async with self._slower(conversation):
                if await self._api.send_file(guest, conversation, told.id, file):
                    return
        await self._tell(guest, conversation, [told], ())

    async def _say(self, guest: Guest, conversation: str, told: Told) -> None:
        async with self._slower(conversation):
            await self._api.say(guest, conversation, told.id, told.text)

    async def _known(self, guest: Guest, conversation: str) -> frozenset[str]:
        return frozenset(entry.identifier for entry in await self._api.entries(guest, conversation))

    async def _not_ended(self, guest: Guest, conversation: str) -> None:
        """What is said in a session that has ended begins another, which nobody would answer.

        Raises:
            HandoffGoneError: the session has ended.
        """
        over = self._heard.ended(conversation)
        if over is None:
            over = ended(await self._api.entries(guest, conversation))
        if over is None and self._settings.left_without_routing_ends:
            over = await self._api.routing(guest, conversation) in {None, LEFT_UNROUTED}
        if over:
            raise HandoffGoneError(f'hub "{self._name}" has ended this session')

    def _pace(self, conversation: str) -> Pace:
        rest = max(1, self._settings.messages_per_minute - BURST)
        return self._paces.get(conversation, lambda: Pace(rest, self.minute, BURST))

    @asynccontextmanager
    async def _slower(self, conversation: str) -> AsyncIterator[None]:
        try:
            yield
        except HubUnavailableError as error:
            if error.retry_after is not None:
                self._pace(conversation).hold(error.retry_after)
            raise

    @asynccontextmanager
    async def _in_time(self) -> AsyncIterator[None]:
        """What has not had its turn before Temporal would give up is told at the next try, which reads first."""
        try:
            async with asyncio.timeout(WAITS):
                yield
        except TimeoutError:
            raise HubUnavailableError(f'hub "{self._name}" takes no more messages for now', 0) from None


def _address(attachment: Attachment) -> str:
    name = f"[{attachment.name}]" if attachment.name else "[file]"
    address = attachment.content_url or ""
    return name if address.startswith("data:") else f"{name} {address}"
