"""A Zendesk that keeps the contract of Sunshine Conversations v2 as far as a handoff meets it.

It knows nothing of ids but its own: whoever posts twice has posted twice. Its webhooks carry the shared secret and
several events at once, are told again while we do not take them, and not after a 4xx that Zendesk takes as final.
"""

import asyncio
import json
from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar

import httpx
from starlette.applications import Starlette

from hubs.zendesk import ZendeskHub
from settings.hubs import ZendeskSettings
from settings.trust import trusted
from simulators.hub import HubSimulator
from simulators.zendesk_api import (
    BRIDGE,
    KEY_ID,
    KEY_SECRET,
    SUPPORT_TOKEN,
    SUPPORT_USER,
    WORKSPACE,
    Held,
    ZendeskApi,
)

TRIES = 5
TRIED_AGAIN_AFTER = 0.05
"""Seconds; Zendesk takes up to minutes, which nobody at a simulator wants to wait for."""
ANSWERED_WITHIN = 20.0
FINAL = frozenset([400, 401, 403, 404, 406])
_WHEN = "2026-11-24T12:00:00.000Z"


class ZendeskSimulator(HubSimulator):
    """One app with a bridge and an Agent Workspace on its switchboard, and the Support API beside it."""

    kind: ClassVar[str] = "zendesk"
    says_who_joined: ClassVar[bool] = False
    opens: ClassVar[str] = "passControl"
    relays: ClassVar[str] = "message"
    key_id, key_secret, webhook_secret = KEY_ID, KEY_SECRET, "hook-secret"
    auth: ClassVar[str] = "basic"

    def __init__(self) -> None:
        super().__init__()
        self.api = ZendeskApi(self.faults)

    def app(self) -> Starlette:
        """The part of both APIs that a handoff uses."""
        return self.api.app()

    def adapter(self, name: str) -> ZendeskHub:
        """Baton's adapter, with a ticket field for the order number."""
        settings = ZendeskSettings.model_validate(self.settings())
        return ZendeskHub(name, settings, self.key_secret, self.webhook_secret, SUPPORT_TOKEN)

    def settings(self) -> dict[str, Any]:
        """One app, a ticket field for the order number, and the Support API; the rate is the simulator's own."""
        known = {"kind": self.kind, "url": f"{self.url}/sc", "app_id": "app", "key_id": self.key_id, "auth": self.auth}
        support = {"support_url": self.url, "support_email": SUPPORT_USER, "support_token": "env:ZENDESK_SUPPORT"}
        secrets = {"key_secret": "env:ZENDESK_SECRET", "webhook_secret": "env:ZENDESK_WEBHOOK"}
        fields = {"ticket_fields": {"OrderNumber": "360023540498"}, "calls_per_minute": 6_000}
        return {**known, **support, **secrets, **fields}

    @property
    def secrets(self) -> dict[str, str]:
        """The key's secret, the webhook's, and the Support API's token."""
        conversations = {"ZENDESK_SECRET": self.key_secret, "ZENDESK_WEBHOOK": self.webhook_secret}
        return {**conversations, "ZENDESK_SUPPORT": SUPPORT_TOKEN}

    def opened(self) -> list[str]:
        """The conversations that were passed to the agents."""
        return [str(held.metadata["baton"]) for held in self.api.held.values() if held.was_passed]

    def is_open(self, key: str) -> bool:
        """Whether the agents have control."""
        return self.api.of(key).active == WORKSPACE

    def history(self, key: str) -> list[str]:
        """The messages that stand under our ids of the history."""
        return [each["content"].get("text", "") for each in self.api.of(key).messages if _is_history(each, key)]

    def variables(self, key: str) -> dict[str, Any]:
        """The ticket's fields and tags, and the summary that stands first."""
        return {**self.api.of(key).passed, "summary": self.history(key)[0]}

    def said(self, key: str) -> list[str]:
        """The user's messages since."""
        return [each["content"]["text"] for each in self._since(key) if each["content"]["type"] == "text"]

    def files(self, key: str) -> list[str]:
        """The addresses of the user's files since."""
        return [each["content"]["mediaUrl"] for each in self._since(key) if each["content"]["type"] != "text"]

    def tickets(self) -> list[dict[str, Any]]:
        """The Support API's tickets."""
        return list(self.api.tickets.values())

    async def join(self, key: str, name: str) -> None:
        """Zendesk does not say who joins: the first message does."""
        self.api.of(key).agent = name

    async def say(self, key: str, text: str, *, times: int = 1) -> None:
        """An agent's message, as a business message without metadata of ours."""
        await self._say(key, {"type": "text", "text": text}, times)

    async def say_image(self, key: str, url: str) -> None:
        """An agent's image."""
        image = {"type": "image", "mediaUrl": url, "mediaType": "image/png", "altText": url.rpartition("/")[2]}
        await self._say(key, image)

    async def type(self, key: str) -> None:
        """An agent's typing, as a standby integration gets it."""
        author = {"type": "business", "userId": "agent-1", "displayName": self.api.of(key).agent}
        activity = {"author": author, "type": "typing:start"}
        await self._tell(self._event("conversation:typing", self.api.of(key), activity=activity))

    async def give_back(self, key: str, note: str) -> None:
        """The agent ends the session: control comes back, for no reason that is told."""
        del note  # Zendesk has no place for one
        await self._control_comes_back(key)

    async def end(self, key: str) -> None:
        """The ticket is closed: control comes back with the reason."""
        await self._control_comes_back(key, reason="ticketClosed")

    async def goes_on_by_mail(self, key: str) -> None:
        """The agent goes on by e-mail: for the chat that is an end as well."""
        await self._control_comes_back(key, reason="transferToEmail")

    async def fail(self, key: str, why: str) -> None:
        """The switchboard could not pass control."""
        held = self.api.of(key)
        held.active = BRIDGE
        await self._tell(self._event("switchboard:passControl:failure", held, error={"code": why}))

    def _since(self, key: str) -> list[dict[str, Any]]:
        messages = [each for each in self.api.of(key).messages if each["author"]["type"] == "user"]
        return [each for each in messages if not _is_history(each, key)]

    async def _say(self, key: str, content: Mapping[str, Any], times: int = 1) -> None:
        """What was read, and what is said: several events in one callback, as Zendesk has it."""
        held = self.api.of(key)
        author = {"type": "business", "userId": "agent-1", "displayName": held.agent, "subtypes": ["agent"]}
        message = {"id": self.api.next("m"), "received": _WHEN, "author": author, "content": content}
        held.messages.append({**message, "source": {"type": WORKSPACE}})
        read = self._event("conversation:read", held, activity={"author": author, "type": "conversation:read"})
        said = self._event("conversation:message", held, message=held.messages[-1])
        for _ in range(times):
            await self._tell(read, said)

    async def _control_comes_back(self, key: str, **reason: str) -> None:
        held = self.api.of(key)
        held.active = BRIDGE
        await self._tell(self._event("switchboard:passControl", held, **reason))

    def _event(self, kind: str, held: Held, **payload: Any) -> dict[str, Any]:
        active = {"id": held.active, "name": held.active, "integrationId": held.active, "integrationType": held.active}
        whole = {"id": held.id, "type": "personal", "metadata": held.metadata, "activeSwitchboardIntegration": active}
        known = {"id": self.api.next("e"), "createdAt": _WHEN, "type": kind}
        return {**known, "payload": {"conversation": whole, **payload}}

    async def _tell(self, *events: Mapping[str, Any]) -> None:
        """An integration that has no control, and no `deliverStandbyEvents`, is told nothing of what is said."""
        active = events[0]["payload"]["conversation"]["activeSwitchboardIntegration"]["id"]
        standby = active != BRIDGE and events[0]["type"].startswith("conversation:")
        if standby and not self.api.delivers_standby_events:
            return
        webhook = {"app": {"id": "app"}, "webhook": {"id": "w", "version": "v2"}, "events": events}
        await self.callback_faults.send(partial(self._call_back, json.dumps(webhook)))

    async def _call_back(self, body: str) -> None:
        headers = {"X-API-Key": self.webhook_secret, "Content-Type": "application/json"}
        async with httpx.AsyncClient(verify=trusted(), timeout=ANSWERED_WITHIN) as client:
            for _ in range(TRIES):
                answer = await client.post(self.callback, content=body, headers=headers)
                self.callbacks.append(answer.status_code)
                if answer.is_success or answer.status_code in FINAL:
                    return
                await asyncio.sleep(TRIED_AGAIN_AFTER)


def _is_history(message: Mapping[str, Any], key: str) -> bool:
    return str((message.get("metadata") or {}).get("baton", "")).startswith(f"{key}:h")
