"""Zendesk, through Sunshine Conversations v2: the switchboard passes control to the Agent Workspace and back.

The wire format is that of Zendesk's published specification (sunshine-conversations-api-spec, v17). It knows none of
our ids but as metadata, so whatever is tried again is read first.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import httpx
from pydantic import Field

from hubs.base import (
    Again,
    Availability,
    Capabilities,
    Handoff,
    HandoffGoneError,
    Hub,
    HubConversation,
    TakenHandoff,
)
from hubs.line import Line
from hubs.told import chunks, line_of, summary
from hubs.zendesk_events import OURS, events_of
from protocol.activity import END_OF_CONVERSATION, MESSAGE, Activity
from protocol.conversation import HubEvent
from protocol.models import Foreign
from settings.hubs import ZendeskSettings

MAX_TEXT = 4_096
"""Characters of one message."""
MAX_METADATA = 4_000
"""Bytes that all of a passControl's metadata may have; Zendesk takes 4 KB."""
AS_THEY_WERE = 20
"""The newest of the history that become messages of their own; what is older goes before them as text."""
PAGE = 100


class _Identified(Foreign):
    id: str


class _Conversation(Foreign):
    conversation: _Identified


class _Found(Foreign):
    id: str
    metadata: dict[str, Any] | None = None


class _Conversations(Foreign):
    conversations: tuple[_Found, ...] = ()


class _Messages(Foreign):
    messages: tuple[_Found, ...] = ()


class _Cursor(Foreign):
    has_more: bool = False
    after_cursor: str | None = None


class _Page(_Messages):
    meta: _Cursor = Field(default=_Cursor())


class ZendeskHub(Hub):
    """One app of Sunshine Conversations whose switchboard leads to the Agent Workspace."""

    kind = "zendesk"
    capabilities = Capabilities(typing=False, queue_position=False, transfers=False, availability=False)

    def __init__(self, name: str, settings: ZendeskSettings, key_secret: str, webhook_secret: str) -> None:
        self._name = name
        self._settings = settings
        self._webhook_secret = webhook_secret
        self._line = Line(
            name,
            f"{settings.url.rstrip('/')}/v2/apps/{settings.app_id}",
            auth=httpx.BasicAuth(settings.key_id, key_secret),
            credentials="app_id, key_id and key_secret",
            timeout=settings.timeout_seconds,
        )

    async def open(self, handoff: Handoff, *, again: Again | None = None) -> HubConversation:
        """A user and a conversation of their own for each handoff, its history as messages, then control is passed."""
        profile = {"locale": handoff.locale} if handoff.locale else {}
        await self._line.call("POST", "/users", {"externalId": handoff.key, "profile": profile}, accepted=(409,))
        conversation = (await self._find(handoff.key) if again else None) or await self._create(handoff)
        first = await self._tell_history(conversation, handoff, again=again)
        await self._line.call("POST", f"/conversations/{conversation}/passControl", self._passing(handoff, first))
        return HubConversation(id=conversation)

    async def send(self, handoff: TakenHandoff, activity: Activity, *, again: Again | None = None) -> None:
        """A message as the user's; the end as control released. A user's typing has no place in Zendesk."""
        if activity.type == END_OF_CONVERSATION:
            await self._line.call("POST", f"/conversations/{handoff.id}/releaseControl", {})
        elif activity.type == MESSAGE and not (again and str(activity.id) in await self._known(handoff.id)):
            author = {"type": "user", "userExternalId": handoff.key}
            for content in _contents(activity):
                await self._post(handoff.id, author, content, str(activity.id))

    async def availability(self, queue: str | None) -> Availability:
        """Messaging is asynchronous: a conversation can always wait; who is online, another API of theirs knows."""
        del queue
        return Availability(open=True)

    async def check(self) -> AsyncIterator[str]:
        """Look for conversations of a user whom there is not: 404 is as good an answer as none found."""
        await self._line.call("GET", "/conversations", params={"filter[userExternalId]": "nobody"}, accepted=(404,))
        yield "it takes our credentials for this app"

    def receive(self, headers: Mapping[str, str], body: bytes, now: datetime) -> list[HubEvent]:
        """Events under the webhook's shared secret, `X-API-Key`; several may come in one callback."""
        del now  # the secret is all that Zendesk signs with
        return events_of(
            headers, body, connection=self._name, secret=self._webhook_secret, desk=self._settings.workspace
        )

    async def close(self) -> None:
        """Close the pooled connections."""
        await self._line.close()

    async def _create(self, handoff: Handoff) -> str:
        body = {
            "type": "personal",
            "participants": [{"userExternalId": handoff.key, "subscribeSDKClient": False}],
            "metadata": {OURS: handoff.key},
        }
        answer = await self._line.call("POST", "/conversations", body)
        return self._line.parsed(_Conversation, answer).conversation.id

    async def _find(self, key: str) -> str | None:
        answer = await self._line.call("GET", "/conversations", params={"filter[userExternalId]": key})
        found = self._line.parsed(_Conversations, answer).conversations
        return next((each.id for each in found if (each.metadata or {}).get(OURS) == key), None)

    async def _known(self, conversation: str) -> dict[str, str]:
        """Our own ids of the messages that the conversation has, with Zendesk's."""
        known: dict[str, str] = {}
        params = {"page[size]": str(PAGE)}
        while True:
            answer = await self._line.call("GET", f"/conversations/{conversation}/messages", params=params)
            page = self._line.parsed(_Page, answer)
            known.update({str((each.metadata or {}).get(OURS)): each.id for each in page.messages})
            if not (page.meta.has_more and page.meta.after_cursor):
                return known
            params = {**params, "page[after]": page.meta.after_cursor}

    async def _tell_history(self, conversation: str, handoff: Handoff, *, again: Again | None) -> str | None:
        """Write the history down as messages; returns the id of the first, from which the agent's view begins."""
        known = await self._known(conversation) if again else {}
        first = None
        for number, (author, content) in enumerate(_history(handoff)):
            ours = f"{handoff.key}:h{number}"
            first = first or known.get(ours)
            if ours not in known:
                posted = await self._post(conversation, author, content, ours)
                first = first or posted
        return first

    async def _post(self, conversation: str, author: Mapping[str, Any], content: Mapping[str, Any], ours: str) -> str:
        body = {"author": author, "content": content, "metadata": {OURS: ours}}
        try:
            answer = await self._line.call("POST", f"/conversations/{conversation}/messages", body)
        except HandoffGoneError:
            raise HandoffGoneError(f'hub "{self._name}" no longer has this conversation') from None
        return self._line.parsed(_Messages, answer).messages[0].id

    def _passing(self, handoff: Handoff, first: str | None) -> dict[str, Any]:
        fields = {f"dataCapture.ticketField.{field}": handoff.variables.get(name) for name, field in self._fields}
        tags = [*self._settings.tags, *handoff.skills, *([handoff.queue] if handoff.queue else [])]
        metadata: dict[str, Any] = {
            "first_message_id": first,
            "dataCapture.systemField.tags": ",".join(tags) or None,
            **fields,
        }
        flat = {name: _flat(value) for name, value in metadata.items() if value is not None}
        return {"switchboardIntegration": self._settings.workspace, "metadata": _bounded(flat)}

    @property
    def _fields(self) -> Sequence[tuple[str, str]]:
        return tuple(self._settings.ticket_fields.items())


def _history(handoff: Handoff) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Author and content of each message that tells the history: the summary, what is older as text, the newest."""
    older, newest = handoff.transcript[:-AS_THEY_WERE], handoff.transcript[-AS_THEY_WERE:]
    assistant = {"type": "business", "displayName": str(handoff.variables.get("va_BotName") or "Assistant")}
    told = [*chunks(summary(handoff).splitlines(), MAX_TEXT), *chunks(map(line_of, older), MAX_TEXT)]
    messages = [(assistant, _text(text)) for text in told if text]
    for activity in newest:
        mine = {"type": "user", "userExternalId": handoff.key}
        name = (activity.from_ and activity.from_.name) or assistant["displayName"]
        author = mine if activity.role == "user" else {"type": "business", "displayName": name}
        messages.extend((author, content) for content in _contents(activity))
    return messages


def _contents(activity: Activity) -> list[dict[str, Any]]:
    """What a message becomes: its text, cut where it is too long, and each file by its address."""
    texts = [_text(text) for text in chunks([activity.text], MAX_TEXT)] if activity.text else []
    files = [
        {"type": "file", "mediaUrl": attachment.content_url, "text": attachment.name or ""}
        for attachment in activity.attachments or ()
        if attachment.content_url
    ]
    return [*texts, *files]


def _text(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


def _flat(value: object) -> str | int | float | bool:
    return value if isinstance(value, str | int | float | bool) else str(value)


def _bounded(metadata: dict[str, Any]) -> dict[str, Any]:
    """As many of the values as the metadata may hold, in order."""
    kept: dict[str, Any] = {}
    size = 0
    for name, value in metadata.items():
        size += len(name.encode()) + len(str(value).encode()) + 8
        if size <= MAX_METADATA:
            kept[name] = value
    return kept
