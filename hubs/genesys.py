"""Genesys Cloud, through Open Messaging.

The wire format is that of the Platform API's SDK (platform-client-sdk, v257) and of Microsoft's sample bridge. A new
sender for each handoff, named by our key, keeps a second handoff out of the first one's conversation. Webhooks tell
what is said; who joins and when it ends comes by the Notifications API, or is looked at.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import httpx
import structlog

from hubs.base import Again, Availability, Capabilities, Ear, Hub
from hubs.errors import HandoffGoneError, HubClosedError, HubError, HubRefusedError, HubUnavailableError
from hubs.genesys_events import events_of, happened
from hubs.genesys_messages import INTRODUCTION, Message, attributes, callback, channel, contents, history
from hubs.genesys_notifications import Notifications
from hubs.genesys_queues import Queues
from hubs.handoffs import Handoff, HubConversation, LeftTicket, TakenHandoff, Ticket, WatchedHandoff
from hubs.line import Line
from hubs.looking import look_on
from hubs.pace import Pace
from hubs.renewed import RenewedToken
from protocol.activity import END_OF_CONVERSATION, MESSAGE, TYPING, Activity
from protocol.hub_events import HubEvent
from protocol.models import Foreign
from settings.hubs import GenesysSettings

MESSAGES = "/api/v2/conversations/messages"
PREFETCH = {"prefetchConversationId": "true"}
"""The conversation's id is told only to who asks for it."""
log = structlog.get_logger()


class _Token(Foreign):
    access_token: str
    expires_in: float = 86_400


class _Taken(Foreign):
    conversation_id: str


class _Asked(Foreign):
    conversation: dict[str, Any] = {}


class GenesysHub(Hub):
    """One Open Messaging integration."""

    kind = "genesys"
    capabilities = Capabilities(history=False, queue_position=False, returns=False, tickets=True)
    listens = True
    looks_every = 2.0
    """Seconds between two looks at the open handoffs, where that is how Baton comes to know."""
    polls_for = 30.0
    """Seconds of looking, after which a notification socket that was broken is tried anew."""

    def __init__(self, name: str, settings: GenesysSettings, client_secret: str, webhook_secret: str) -> None:
        self._name = name
        self._settings = settings
        self._webhook_secret = webhook_secret
        named, timeout = "client_id and client_secret", settings.timeout_seconds
        basic = httpx.BasicAuth(settings.client_id, client_secret)
        self._login = Line(name, settings.login, auth=basic, credentials=named, timeout=timeout)
        renewed = RenewedToken(self._fetch_token)
        # A tenth may go at once, and no minute holds more than what is allowed.
        burst = max(1, settings.calls_per_minute // 10)
        pace = Pace(max(1, settings.calls_per_minute - burst), 60, burst)
        self._line = Line(name, settings.api, auth=renewed, credentials=named, timeout=timeout, pace=pace)
        self._inbound = f"{MESSAGES}/{settings.integration}/inbound/open"
        self._queues = Queues(self._line, settings.queues)
        self.notifications = Notifications(name, self._line, self.look)

    async def open(self, handoff: Handoff, *, again: Again | None = None) -> HubConversation:
        """An introduction with the attributes, then note, variables and the newest of the transcript as messages."""
        if self._settings.asks_first and not (await self.availability(handoff.queue)).open:
            raise HubClosedError(f'hub "{self._name}": nobody is on queue "{handoff.queue}"')
        known_to_flow = attributes(handoff, self._settings)
        made = channel(handoff.key, handoff.opened_at, ours=f"{handoff.key}:h", attributes=known_to_flow)
        body = {"channel": made, "text": INTRODUCTION}
        answer = await self._line.call("POST", f"{self._inbound}/message", body, params=PREFETCH)
        conversation = self._line.parsed(_Taken, answer).conversation_id
        now, later = history(handoff, self._settings.max_text)
        await self._tell(conversation, handoff, now, again=again)
        wait = await self._queues.wait(handoff.queue)
        return HubConversation(id=conversation, wait_seconds=wait, rest=bool(later))

    async def tell_rest(self, handoff: Handoff, taken: TakenHandoff, *, again: Again | None = None) -> None:
        """The older part of the transcript, at the pace that live messages leave."""
        _, later = history(handoff, self._settings.max_text)
        await self._tell(taken.id, handoff, later, again=again)

    async def send(self, handoff: TakenHandoff, activity: Activity, *, again: Again | None = None) -> None:
        """A message, typing, or the end; a message that may have arrived is looked for by our id of it."""
        said_at = activity.timestamp or datetime.now(UTC)
        if activity.type == END_OF_CONVERSATION:
            await self._line.call("PATCH", f"{MESSAGES}/{handoff.id}", {"state": "disconnected"})
        elif activity.type == TYPING:
            body = {"channel": channel(handoff.key, said_at), "events": [{"eventType": "Typing"}]}
            await self._line.call("POST", f"{self._inbound}/event", body)
        elif activity.type == MESSAGE:
            known = await self._known(handoff.id) if again else frozenset()
            name = activity.from_.name if activity.from_ else None
            for number, content in enumerate(contents(activity, self._settings.max_text)):
                ours = f"{activity.id}:{number}"
                if ours not in known:
                    body = {"channel": channel(handoff.key, said_at, ours=ours, name=name), **content}
                    await self._say(handoff, body)

    async def leave_ticket(self, ticket: Ticket, *, again: Again | None = None) -> LeftTicket:
        """POST /api/v2/conversations/callbacks. Callbacks cannot be looked up: what is tried again may be there twice.

        Raises:
            HubRefusedError: no queue for callbacks is configured, or the customer left no number.
        """
        del again
        queue = self._settings.queues.get(ticket.queue or "", self._settings.callback_queue)
        if not queue:
            raise HubRefusedError(f"set the callbacks' queue: baton.toml [hubs.{self._name}] callback_queue")
        if not ticket.contact.get("phone"):
            raise HubRefusedError(f'hub "{self._name}" calls back by phone, and the customer left no number')
        answer = await self._line.call("POST", "/api/v2/conversations/callbacks", callback(ticket, queue))
        return LeftTicket(id=str(self._line.parsed(_Asked, answer).conversation.get("id", "")))

    async def availability(self, queue: str | None) -> Availability:
        """Who is on the queue, where its id is configured. Opening hours are the flow's own."""
        return await self._queues.availability(queue)

    async def check(self) -> AsyncIterator[str]:
        """Read the integration, ask for a notification channel, and look at each queue."""
        path = f"/api/v2/conversations/messaging/integrations/open/{self._settings.integration}"
        try:
            created = (await self._line.call("GET", path)).json()
        except HandoffGoneError:
            wrong = f"check baton.toml [hubs.{self._name}] integration"
            raise HubRefusedError(f'hub "{self._name}" has no such Open Messaging integration: {wrong}') from None
        yield "it takes our credentials, and has our Open Messaging integration"
        if target := created.get("outboundNotificationWebhookUrl"):
            yield f"what agents say goes to {target}"
        if self._settings.notifications == "socket":
            await self.notifications.new_channel()
            yield "it gives us a notification channel"
        for name in self._settings.queues:
            on_queue = (await self.availability(name)).representatives
            yield f'queue "{name}" is known; {on_queue} on it now'

    def receive(self, headers: Mapping[str, str], body: bytes, now: datetime) -> list[HubEvent]:
        """One outbound message, signed over the raw body (`X-Hub-Signature-256`, base64)."""
        del now  # the signature holds no time; Genesys tells again for 85 seconds at the most
        return events_of(headers, body, connection=self._name, secret=self._webhook_secret)

    async def listen(self, ear: Ear) -> None:
        """Hear notifications; where they are switched off, or broken, look at each open conversation."""
        if self._settings.notifications == "socket":
            try:
                await self.notifications.listen(ear)
            except HubError as error:
                log.warning("notifications are broken; looking instead", connection=self._name, error=str(error))
        looking = None if self._settings.notifications == "polling" else self.polls_for
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(looking):
                await look_on(ear, self.look, self.looks_every)

    async def look(self, handoff: WatchedHandoff, transferred: Iterable[str] = ()) -> list[HubEvent]:
        """GET the conversation: everything that its participants tell, from the beginning on."""
        try:
            answer = await self._line.call("GET", f"{MESSAGES}/{handoff.id}", history=True)
        except HandoffGoneError:
            # Its id is told before it can be read: there is nothing to see yet.
            return []
        return happened(answer.content, handoff, self._name, tuple(transferred))

    async def close(self) -> None:
        """Close the pooled connections."""
        await self._login.close()
        await self._line.close()

    async def _fetch_token(self) -> tuple[str, float]:
        answer = await self._login.call("POST", "/oauth/token", form={"grant_type": "client_credentials"})
        token = self._login.parsed(_Token, answer)
        return token.access_token, token.expires_in

    async def _tell(
        self, conversation: str, handoff: Handoff, messages: Iterable[Message], *, again: Again | None
    ) -> None:
        known = await self._known(conversation) if again else frozenset()
        for ours, text in messages:
            if ours not in known:
                body = {"channel": channel(handoff.key, handoff.opened_at, ours=ours), "text": text}
                await self._line.call("POST", f"{self._inbound}/message", body, history=True)

    async def _say(self, handoff: TakenHandoff, body: dict[str, Any]) -> None:
        """What is said after the end begins another conversation at Genesys: it is closed, for nobody knows of it."""
        answer = await self._line.call("POST", f"{self._inbound}/message", body, params=PREFETCH)
        conversation = self._line.parsed(_Taken, answer).conversation_id
        if conversation != handoff.id:
            await self._line.call("PATCH", f"{MESSAGES}/{conversation}", {"state": "disconnected"})
            raise HandoffGoneError(f'hub "{self._name}" has ended this conversation')

    async def _known(self, conversation: str) -> frozenset[str]:
        """Our own ids of the messages that a conversation has: Genesys keeps them as the provider's."""
        read = await self._line.call("GET", f"{MESSAGES}/{conversation}")
        try:
            participants = read.json()["participants"]
            messages = [each["messageId"] for participant in participants for each in participant.get("messages", [])]
            path = f"{MESSAGES}/{conversation}/messages/bulk"
            entities = (await self._line.call("POST", path, messages)).json()["entities"]
            return frozenset(str(entity.get("providerMessageId")) for entity in entities)
        except (KeyError, TypeError, ValueError):
            raise HubUnavailableError(f'hub "{self._name}" told no messages of its conversation') from None
