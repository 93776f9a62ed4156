"""A Genesys Cloud that keeps the contract of Open Messaging as far as a handoff meets it.

Messages thread by their sender; nothing is deduplicated; the webhook tells what agents say and no more: who joins and
leaves is told on a notification socket to whom has subscribed to the conversation, and can be seen in it.
"""

import asyncio
import json
from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar

import httpx
from starlette.applications import Starlette

from hubs.genesys import GenesysHub
from hubs.genesys_events import signature
from hubs.genesys_messages import EARLIER, INTRODUCTION
from settings.hubs import GenesysSettings
from settings.trust import trusted
from simulators.genesys_api import CLIENT, CLIENT_SECRET, INTEGRATION, QUEUE, GenesysApi, Held
from simulators.hub import HubSimulator

TRIES = 6
"""A callback, and five more."""
TRIED_AGAIN_AFTER = 0.05
"""Seconds; Genesys waits five, which nobody at a simulator wants to."""
ANSWERED_WITHIN = 10.0
CALLS_PER_MINUTE = 6_000
"""Twenty times what Genesys allows: nobody at a simulator wants to wait for it."""


class GenesysSimulator(HubSimulator):
    """One org with one Open Messaging integration, whose flow queues everybody."""

    kind: ClassVar[str] = "genesys"
    opens: ClassVar[str] = "message"
    relays: ClassVar[str] = "message"
    client_id, client_secret, webhook_secret = CLIENT, CLIENT_SECRET, "0123456789abcdef-secret"
    notifications: ClassVar[str] = "socket"

    def __init__(self) -> None:
        super().__init__()
        self.api = GenesysApi(self.faults, CALLS_PER_MINUTE, lambda: self.url)

    def app(self) -> Starlette:
        """The part of the API that a handoff uses; login and API on one address."""
        return self.api.app()

    def adapter(self, name: str) -> GenesysHub:
        """Baton's adapter, which looks more often than it would at the real one."""
        settings = GenesysSettings.model_validate(self.settings())
        hub = GenesysHub(name, settings, self.client_secret, self.webhook_secret)
        hub.looks_every = 0.1
        hub.notifications.seeks_every, hub.notifications.looks_every = 0.1, 1.0
        return hub

    def settings(self) -> dict[str, Any]:
        """One address for login and API, and the secrets by the names under which `secrets` has them."""
        addresses = {"api": self.url, "login": self.url, "integration": INTEGRATION}
        known = {"kind": self.kind, "client_id": self.client_id, "notifications": self.notifications}
        queues = {"callback_queue": QUEUE, "queues": {"general": QUEUE}, "calls_per_minute": CALLS_PER_MINUTE}
        secrets = {"client_secret": "env:GENESYS_SECRET", "webhook_secret": "env:GENESYS_WEBHOOK"}
        return {**known, **addresses, **secrets, **queues}

    @property
    def secrets(self) -> dict[str, str]:
        """The client's secret, and the webhook's."""
        return {"GENESYS_SECRET": self.client_secret, "GENESYS_WEBHOOK": self.webhook_secret}

    def opened(self) -> list[str]:
        """The senders."""
        return [held.sender for held in self.api.held.values()]

    def is_open(self, key: str) -> bool:
        """Whether an agent or the queue holds it."""
        return self.api.of(key).open

    def history(self, key: str) -> list[str]:
        """The messages under our history's ids."""
        return [each["text"] for each in self.api.of(key).messages if _is_history(each, key)]

    def variables(self, key: str) -> dict[str, Any]:
        """The participant data, and what stands in the history of them."""
        return {**self.api.of(key).attributes, "summary": "\n".join(self.history(key)[:2])}

    def said(self, key: str) -> list[str]:
        """The customer's other messages."""
        return [each["text"] for each in self.api.of(key).messages if not _is_history(each, key) and each["text"]]

    def files(self, key: str) -> list[str]:
        """The addresses of the attachments."""
        return [address for each in self.api.of(key).messages for address in each["files"]]

    def typed(self, key: str) -> int:
        """The typing events of the customer."""
        return self.api.of(key).typed

    def tickets(self) -> list[dict[str, Any]]:
        """The callbacks that were asked for."""
        return self.api.callbacks

    def expire_tokens(self) -> bool:
        """No token that was given out is good any more."""
        self.api.expire_token()
        return True

    async def join(self, key: str, name: str) -> None:
        """An agent's participant connects, the queue's disconnects."""
        held = self.api.of(key)
        held.leave("acd", "transfer")
        agent = held.enter("agent", name=name)
        await self._notify(held, "user.start", agent)

    async def say(self, key: str, text: str, *, times: int = 1) -> None:
        """An agent's text."""
        message = self._outbound(key, {"type": "Text", "text": text, "originatingEntity": "Human"})
        for _ in range(times):
            await self._tell(message)

    async def say_image(self, key: str, url: str) -> None:
        """An agent's text with an attachment."""
        image = {"mediaType": "Image", "url": url, "mime": "image/png", "filename": url.rpartition("/")[2]}
        content = [{"contentType": "Attachment", "attachment": image}]
        await self._tell(self._outbound(key, {"type": "Text", "content": content, "originatingEntity": "Human"}))

    async def type(self, key: str) -> None:
        """An agent's typing."""
        typing = {"type": "On", "duration": 5000}
        events = [{"eventType": "Typing", "typing": typing}]
        await self._tell(self._outbound(key, {"type": "Event", "events": events}))

    async def transfer(self, key: str, queue: str) -> None:
        """The agent leaves with a transfer, and the other queue has it."""
        held = self.api.of(key)
        gone = held.leave("agent", "transfer")
        held.enter("acd", queue={"id": queue})
        await self._notify(held, "user.end", gone, disconnectType="TRANSFER")

    async def end(self, key: str) -> None:
        """The agent disconnects, and with the agent everybody."""
        held = self.api.of(key)
        gone = held.leave("agent", "client")
        held.end()
        await self._notify(held, "user.end", gone, disconnectType="CLIENT")

    async def says_by_itself(self, key: str, text: str) -> None:
        """The flow's automatic text."""
        await self._tell(self._outbound(key, {"type": "Text", "text": text, "originatingEntity": "Bot"}))

    async def _notify(self, held: Held, what: str, participant: Mapping[str, Any] | None, **more: str) -> None:
        identifier = participant["id"] if participant else ""
        body = {"conversationId": held.id, "participantId": identifier, "mediaType": "MESSAGE", **more}
        topic = f"v2.detail.events.conversation.{held.id}.{what}"
        await self.callback_faults.send(partial(self.api.channels.notify, topic, body))

    def _outbound(self, key: str, what: Mapping[str, Any]) -> dict[str, Any]:
        names = [each.get("name") for each in self.api.of(key).participants if each["purpose"] == "agent"]
        account = {"id": INTEGRATION, "nickname": names[-1] if names else "Contoso", "idType": "Opaque"}
        channel = {"id": INTEGRATION, "platform": "Open", "type": "Private", "to": {"id": key, "idType": "Opaque"}}
        return {
            "id": self.api.next("o"),
            "channel": {**channel, "from": account, "time": "2026-11-24T12:00:00.000Z"},
            "direction": "Outbound",
            **what,
        }

    async def _tell(self, message: Mapping[str, Any]) -> None:
        await self.callback_faults.send(partial(self._call_back, json.dumps(message).encode()))

    async def _call_back(self, body: bytes) -> None:
        """Again on a time-out, 429 and 5xx; any other status is final."""
        headers = {"X-Hub-Signature-256": signature(self.webhook_secret, body), "Content-Type": "application/json"}
        async with httpx.AsyncClient(verify=trusted(), timeout=ANSWERED_WITHIN) as client:
            for _ in range(TRIES):
                try:
                    answer = await client.post(self.callback, content=body, headers=headers)
                except httpx.TimeoutException:
                    continue
                self.callbacks.append(answer.status_code)
                if answer.status_code != httpx.codes.TOO_MANY_REQUESTS and not answer.is_server_error:
                    return
                await asyncio.sleep(TRIED_AGAIN_AFTER)


def _is_history(message: Mapping[str, Any], key: str) -> bool:
    return message["text"] in {INTRODUCTION, EARLIER} or str(message["providerMessageId"]).startswith(f"{key}:h")
