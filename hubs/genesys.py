"""Genesys Cloud, through Open Messaging.

The wire format is that of the Platform API's SDK (platform-client-sdk, v257) and of Microsoft's sample bridge. A new
sender for each handoff, named by our key, keeps a second handoff out of the first one's conversation. Webhooks tell
what is said; who joins and when it ends is looked at.
"""

from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import httpx

from hubs.base import (
    Again,
    Availability,
    Capabilities,
    Ear,
    Handoff,
    Hub,
    HubConversation,
    HubUnavailableError,
    TakenHandoff,
    WatchedHandoff,
)
from hubs.genesys_events import ended_or_joined, events_of
from hubs.line import Line
from hubs.looking import look_on
from hubs.renewed import RenewedToken
from hubs.told import chunks, line_of, summary
from protocol.activity import END_OF_CONVERSATION, MESSAGE, TYPING, Activity
from protocol.conversation import HubEvent
from protocol.models import Foreign
from settings.hubs import GenesysSettings

MAX_TEXT = 4_000
"""Characters of one message; no bound of the vendor's is published."""
MAX_ATTRIBUTES, MAX_ATTRIBUTE_BYTES = 20, 1_900
"""How many attributes a message takes, and of how many bytes altogether: as careful as others' middleware is."""
INTRODUCTION = "The assistant hands over a conversation."
"""The first message: the one that a repetition may show twice, since nothing can be looked up before it."""


class _Token(Foreign):
    access_token: str
    expires_in: float = 86_400


class _Taken(Foreign):
    conversation_id: str


class GenesysHub(Hub):
    """One Open Messaging integration."""

    kind = "genesys"
    capabilities = Capabilities(history=False, queue_position=False, returns=False, availability=False)
    listens = True
    looks_every = 2.0
    """Seconds between two looks at the open handoffs."""

    def __init__(self, name: str, settings: GenesysSettings, client_secret: str, webhook_secret: str) -> None:
        self._name = name
        self._webhook_secret = webhook_secret
        named, timeout = "client_id and client_secret", settings.timeout_seconds
        basic = httpx.BasicAuth(settings.client_id, client_secret)
        self._login = Line(name, settings.login, auth=basic, credentials=named, timeout=timeout)
        renewed = RenewedToken(self._fetch_token)
        self._line = Line(name, settings.api, auth=renewed, credentials=named, timeout=timeout)
        self._integration = settings.integration
        self._inbound = f"/api/v2/conversations/messages/{settings.integration}/inbound/open"

    async def open(self, handoff: Handoff, *, again: Again | None = None) -> HubConversation:
        """An introduction with the attributes, then note, variables and transcript as messages of the customer's."""
        answer = await self._line.call(
            "POST",
            f"{self._inbound}/message",
            {"channel": _channel(handoff.key, f"{handoff.key}:h", _attributes(handoff)), "text": INTRODUCTION},
            params={"prefetchConversationId": "true"},
        )
        conversation = self._line.parsed(_Taken, answer).conversation_id
        known = await self._known(conversation) if again else frozenset()
        for number, text in enumerate(_history(handoff)):
            ours = f"{handoff.key}:h{number}"
            if ours not in known:
                await self._say(handoff.key, ours, {"text": text})
        return HubConversation(id=conversation)

    async def send(self, handoff: TakenHandoff, activity: Activity, *, again: Again | None = None) -> None:
        """A message, typing, or the end; a message that may have arrived is looked for by our id of it."""
        if activity.type == END_OF_CONVERSATION:
            body = {"state": "disconnected"}
            await self._line.call("PATCH", f"/api/v2/conversations/messages/{handoff.id}", body)
        elif activity.type == TYPING:
            events = [{"eventType": "Typing"}]
            await self._line.call(
                "POST", f"{self._inbound}/event", {"channel": _channel(handoff.key), "events": events}
            )
        elif activity.type == MESSAGE:
            known = await self._known(handoff.id) if again else frozenset()
            for number, content in enumerate(_contents(activity)):
                ours = f"{activity.id}:{number}"
                if ours not in known:
                    await self._say(handoff.key, ours, content)

    async def availability(self, queue: str | None) -> Availability:
        """Opening hours are the flow's own, which says so in a text; Open Messaging has no answer of its own."""
        del queue
        return Availability(open=True)

    async def check(self) -> AsyncIterator[str]:
        """Read the integration, with a token for it."""
        await self._line.call("GET", f"/api/v2/conversations/messaging/integrations/open/{self._integration}")
        yield "it takes our credentials, and has our Open Messaging integration"

    def receive(self, headers: Mapping[str, str], body: bytes, now: datetime) -> list[HubEvent]:
        """One outbound message, signed over the raw body (`X-Hub-Signature-256`, base64)."""
        del now  # the signature holds no time; Genesys tells again for 85 seconds at the most
        return events_of(headers, body, connection=self._name, secret=self._webhook_secret)

    async def listen(self, ear: Ear) -> None:
        """Look at each open conversation: an agent in it has joined; one without agent and queue has ended."""
        await look_on(ear, self.look, self.looks_every)

    async def look(self, handoff: WatchedHandoff) -> list[HubEvent]:
        """Read the conversation."""
        answer = await self._line.call("GET", f"/api/v2/conversations/messages/{handoff.id}")
        return ended_or_joined(answer.content, handoff, self._name)

    async def close(self) -> None:
        """Close the pooled connections."""
        await self._login.close()
        await self._line.close()

    async def _fetch_token(self) -> tuple[str, float]:
        answer = await self._login.call("POST", "/oauth/token", form={"grant_type": "client_credentials"})
        token = self._login.parsed(_Token, answer)
        return token.access_token, token.expires_in

    async def _say(self, key: str, ours: str, content: Mapping[str, Any]) -> None:
        await self._line.call("POST", f"{self._inbound}/message", {"channel": _channel(key, ours), **content})

    async def _known(self, conversation: str) -> frozenset[str]:
        """Our own ids of the messages that a conversation has: Genesys keeps them as the provider's."""
        read = await self._line.call("GET", f"/api/v2/conversations/messages/{conversation}")
        try:
            participants = read.json()["participants"]
            messages = [each["messageId"] for participant in participants for each in participant.get("messages", [])]
            path = f"/api/v2/conversations/messages/{conversation}/messages/bulk"
            entities = (await self._line.call("POST", path, messages)).json()["entities"]
            return frozenset(str(entity.get("providerMessageId")) for entity in entities)
        except (KeyError, TypeError, ValueError):
            raise HubUnavailableError(f'hub "{self._name}" told no messages of its conversation') from None


def _history(handoff: Handoff) -> Iterator[str]:
    yield from chunks(summary(handoff).splitlines(), MAX_TEXT)
    yield from chunks(map(line_of, handoff.transcript), MAX_TEXT)


def _contents(activity: Activity) -> Iterator[dict[str, Any]]:
    """What a message becomes: its text, cut where it is too long, and each file by its address."""
    for text in chunks([activity.text], MAX_TEXT) if activity.text else ():
        yield {"text": text}
    for attachment in activity.attachments or ():
        if attachment.content_url:
            image = attachment.content_type.startswith("image/")
            kind = {"mediaType": "Image" if image else "File", "mime": attachment.content_type}
            file = {**kind, "url": attachment.content_url}
            yield {"content": [{"contentType": "Attachment", "attachment": file}]}


def _attributes(handoff: Handoff) -> dict[str, str]:
    """Participant data for the flow: routing first, then as many of the variables as fit."""
    routing = {
        "handoff.queue": handoff.queue,
        "handoff.skill": ",".join(handoff.skills) or None,
        "handoff.language": handoff.locale,
        "handoff.priority": handoff.priority,
    }
    kept: dict[str, str] = {}
    size = 0
    for name, value in {**routing, **handoff.variables}.items():
        size += len(name.encode()) + len(str(value).encode())
        if value is not None and len(kept) < MAX_ATTRIBUTES and size <= MAX_ATTRIBUTE_BYTES:
            kept[name] = str(value)
    return kept


def _channel(key: str, ours: str | None = None, attributes: Mapping[str, str] | None = None) -> dict[str, Any]:
    channel: dict[str, Any] = {
        "from": {"id": key, "idType": "Opaque", "nickname": "Customer"},
        "time": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
    if ours:
        channel["messageId"] = ours
    if attributes:
        channel["metadata"] = {"customAttributes": dict(attributes)}
    return channel
