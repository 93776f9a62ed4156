"""Omnichannel from outside, by the messaging API: conversations are pushed in, answers come to a webhook.

The wire format is that of Microsoft's documentation (Dynamics 365 Contact Center, "Overview of messaging APIs"). It has
no key to deduplicate messages by, so whatever is tried again is read first.
"""

import uuid
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx
from pydantic import AliasChoices, Field

from hubs.base import Again
from hubs.dynamics365_errors import meaning
from hubs.dynamics365_events import events_of
from hubs.dynamics365_history import Part, context_of, customer_id, customer_of, history_of, parts_of
from hubs.entra_access import EntraAccess
from hubs.errors import WebhookError
from hubs.handoffs import Handoff, HubConversation, TakenHandoff
from hubs.line import Line
from hubs.pace import Pace
from hubs.signed_tokens import SignedTokens
from hubs.told import ROLES
from microsoft.tokens import TokenProvider
from protocol.activity import END_OF_CONVERSATION, MESSAGE, TYPING, Activity, utc
from protocol.hub_events import HubEvent
from protocol.models import Foreign
from settings.dynamics365 import Dynamics365MessagingSettings, Dynamics365Settings

ROOT = "/api/v1.0/consumer"
PAGE = 100
"""Messages of one page at most."""
BURST = 10
"""So many messages of a history go at once; then its pace begins."""
OURS = "baton"
"""The key in `channelData` of our own id of a message, which is its `id`, too."""
CLOCKS_APART = timedelta(seconds=5)


class _Created(Foreign):
    conversation_id: str = Field(validation_alias=AliasChoices("conversationId", "conversationid"))


class _Message(Foreign):
    message_id: str = Field(default="", validation_alias=AliasChoices("messageId", "messageid"))
    text: str | None = None
    timestamp: datetime | None = None
    attachments: tuple[dict[str, Any], ...] | None = None
    channel_data: Any = None

    @property
    def mark(self) -> str:
        """Our own id of it, where the conversation shows what we gave."""
        data = self.channel_data if isinstance(self.channel_data, dict) else {}
        return str(data.get(OURS) or "")

    @property
    def content(self) -> tuple[str, tuple[str, ...]]:
        """Its text, and the names of its files."""
        return self.text or "", tuple(str(file.get("name")) for file in self.attachments or ())


class _Page(Foreign):
    messages: tuple[_Message, ...] = ()
    token: str | None = Field(default=None, validation_alias=AliasChoices("continuationToken", "continuationtoken"))


class MessagingTransport:
    """One custom messaging channel of one organisation."""

    def __init__(
        self, name: str, settings: Dynamics365Settings, messaging: Dynamics365MessagingSettings, entra: TokenProvider
    ) -> None:
        self._name = name
        self._application, self._tenant = settings.client_id, settings.tenant
        self._messaging = messaging
        host = f"{messaging.organization.replace('-', '')}-c.{messaging.zone}.dynamics.com"
        self._line = Line(
            name,
            messaging.url,
            auth=EntraAccess(name, entra, messaging.scope or f"https://{host}/.default"),
            headers={"channel-id": messaging.channel, "organization-id": messaging.organization},
            credentials="client_id and messaging",
            timeout=settings.timeout_seconds,
            meaning=meaning(name),
        )
        self._history_pace = Pace(messaging.history_per_second, 1, BURST)
        self._tokens = _callback_tokens(settings, messaging)

    async def open(self, handoff: Handoff, *, again: Again | None = None) -> HubConversation:
        """POST …/conversation/create. The customer's id is the handoff's: asked again, it answers with what is there.

        The start message is taken when the conversation begins, and so not twice.
        """
        del again
        context = context_of(handoff, self._messaging.hidden_variables)
        history = history_of(handoff, context)
        assistant = str(handoff.variables.get("va_BotName") or ROLES["bot"])
        body: dict[str, Any] = {
            "customercontext": customer_of(handoff),
            "conversationcontext": context,
            "conversationrequestid": str(uuid.uuid5(uuid.NAMESPACE_URL, f"baton:{handoff.key}")),
            # Else the workstream's own bot, which may be this very agent, would get its conversation back.
            "skipdeflectionbot": True,
        }
        if history.start:
            body["startmessage"] = {"message": history.start, "displayname": assistant}
        answer = await self._line.call("POST", f"{ROOT}/conversation/create", body)
        taken = self._line.parsed(_Created, answer).conversation_id
        return HubConversation(id=taken, rest=bool(history.rest))

    async def tell_rest(self, handoff: Handoff, taken: TakenHandoff, *, again: Again | None = None) -> None:
        """What the start message did not hold, as messages: the bot's as automated ones."""
        rest = history_of(handoff, context_of(handoff, self._messaging.hidden_variables)).rest
        known = await self._known(taken.id) if again else None
        for part in rest:
            if not (known and known.has(part)):
                await self._history_pace.turn(history=True)
                await self._post(taken, part)

    async def send(self, handoff: TakenHandoff, activity: Activity, *, again: Again | None = None) -> None:
        """POST …/conversation/{id}: a message, typing, or the customer's end, which is done where it is over (404)."""
        name = (activity.from_ and activity.from_.name) or ROLES["user"]
        if activity.type == END_OF_CONVERSATION:
            await self._call(handoff, {"type": END_OF_CONVERSATION}, accepted=(httpx.codes.NOT_FOUND,))
        elif activity.type == TYPING:
            await self._call(handoff, {"type": TYPING, "from": {"name": name}})
        elif activity.type == MESSAGE:
            known = await self._known(handoff.id) if again else None
            for part in parts_of(activity, name):
                if not (known and known.has(part, activity.timestamp)):
                    await self._post(handoff, part)

    async def ready(self, headers: Mapping[str, str]) -> None:
        """Have the key of the callback's token. Raises as `SignedTokens.ready`."""
        await self._tokens.ready(headers.get("authorization", ""))

    def receive(self, headers: Mapping[str, str], body: bytes, now: datetime) -> list[HubEvent]:
        """An activity under a token of this tenant's, for this application and from it."""
        claims = self._tokens.check(headers.get("authorization", ""), now).claims
        if claims.get("tid") != self._tenant or self._application not in {claims.get("appid"), claims.get("azp")}:
            raise WebhookError(401, "the token is another application's, or another tenant's")
        return events_of(body, connection=self._name, now=now)

    async def check(self) -> AsyncIterator[str]:
        """The application's token, the channel (its open conversations are asked for), the keys of the callbacks."""
        await self._line.call("GET", f"{ROOT}/conversations", params={"PageSize": "1"})
        yield "the messaging API takes our application, organisation and channel"
        await self._tokens.warm()
        yield "Entra publishes the keys that callbacks are signed with"

    async def close(self) -> None:
        """Close the pooled connections."""
        await self._line.close()
        await self._tokens.close()

    async def _post(self, taken: TakenHandoff, part: Part) -> None:
        data: dict[str, Any] = {OURS: part.mark}
        if part.automated:
            data["messagingapi-oc"] = {"type": "AutomatedMessage"}
        activity: dict[str, Any] = {
            "type": MESSAGE,
            "id": part.mark,
            "from": {"id": customer_id(taken.key), "name": part.name[:256]},
            "channelData": data,
        }
        shown = {"text": part.text} if part.text else {}
        files = {"attachments": list(part.files)} if part.files else {}
        await self._call(taken, {**activity, **shown, **files})

    async def _call(self, taken: TakenHandoff, activity: Mapping[str, Any], accepted: tuple[int, ...] = ()) -> None:
        body = {**activity, "channelId": self._messaging.channel, "conversation": {"id": taken.id}}
        await self._line.call("POST", f"{ROOT}/conversation/{taken.id}", body, accepted=accepted)

    async def _known(self, conversation: str) -> "_Known":
        """What the conversation has already. Microsoft asks not to poll this; it is read after an unclear outcome."""
        messages: list[_Message] = []
        params = {"PageSize": str(PAGE)}
        while True:
            answer = await self._line.call("GET", f"{ROOT}/conversation/{conversation}/messages", params=params)
            page = self._line.parsed(_Page, answer)
            messages.extend(page.messages)
            # A token comes with the last page, too: it is the time of its last message.
            if len(page.messages) < PAGE or not page.token:
                return _Known(messages)
            params = {**params, "ContinuationToken": page.token}


class _Known:
    """The messages of a conversation, by our ids of them; where it does not show those, by what they say."""

    def __init__(self, messages: list[_Message]) -> None:
        self._messages = messages
        self._marks = {message.mark for message in messages if message.mark}

    def has(self, part: Part, since: datetime | None = None) -> bool:
        """Whether this part is there. By its content only what came after `since` counts, and for one part each."""
        if self._marks:
            return part.mark in self._marks
        for place, message in enumerate(self._messages):
            if message.content == part.content and _after(message.timestamp, since):
                del self._messages[place]
                return True
        return False


def _after(moment: datetime | None, since: datetime | None) -> bool:
    return moment is None or since is None or utc(moment) >= utc(since) - CLOCKS_APART


def _callback_tokens(settings: Dynamics365Settings, messaging: Dynamics365MessagingSettings) -> SignedTokens:
    """A token of Entra's for the channel's application; v1 and v2 of them name their issuer differently."""
    authority, tenant, us = settings.login_url.rstrip("/"), settings.tenant, settings.client_id
    return SignedTokens(
        f"{authority}/{tenant}/v2.0/.well-known/openid-configuration",
        issuers=(f"{authority}/{tenant}/v2.0", f"https://sts.windows.net/{tenant}/"),
        audiences=messaging.webhook_audiences or (us, f"api://{us}"),
        timeout=settings.timeout_seconds,
    )
