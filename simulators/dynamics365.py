"""A Dynamics 365 Customer Service with one messaging channel, which conversations are pushed into from outside.

System events come as in Microsoft's samples: as messages with a name, and no id. Its webhook calls are tried three
times more, and then lost.
"""

import asyncio
import json
from collections.abc import Mapping
from typing import Any, ClassVar

import httpx
from starlette.applications import Starlette
from starlette.routing import Mount

from hubs.dynamics365 import Dynamics365Hub
from hubs.dynamics365_history import HANDOFF
from settings.certificates import trusted
from settings.dynamics365 import Dynamics365Settings
from simulators.dynamics365_dataverse import DataverseSimulator
from simulators.dynamics365_messaging import CHANNEL, ORGANIZATION, Held, MessagingSimulator
from simulators.entra import EntraSimulator
from simulators.hub import HubSimulator

TRIES = 4
TRIED_AGAIN_AFTER = 0.05
"""Seconds; how long Microsoft waits is written nowhere."""
ANSWERED_WITHIN = 10.0
MESSAGING_RESOURCE = f"https://{ORGANIZATION.replace('-', '')}-c.crm.dynamics.com"
AGENT = "1d1a5a36-0000-4000-8000-0000000000ad"


class Dynamics365Simulator(HubSimulator):
    """One organisation: Entra, the messaging API and Dataverse on one address."""

    kind: ClassVar[str] = "dynamics365"
    opens: ClassVar[str] = "create"
    relays: ClassVar[str] = "message"

    def __init__(self) -> None:
        super().__init__()
        self.entra = EntraSimulator(self.faults, {MESSAGING_RESOURCE})
        self.messaging = MessagingSimulator(self.faults, self.entra, MESSAGING_RESOURCE)
        self.dataverse = DataverseSimulator(self.faults, self.entra)
        self.names_events_by_text_only = False
        """Whether a system event comes without its `name`, which then only its text says."""
        self._agents: dict[str, str] = {}

    def app(self) -> Starlette:
        """The messaging API at the root, Entra and Dataverse below it."""
        mounted = [Mount("/login", routes=self.entra.routes()), Mount("/dataverse", routes=self.dataverse.routes())]
        return Starlette(routes=[*self.messaging.routes(), *mounted])

    def adapter(self, name: str) -> Dynamics365Hub:
        """Baton's adapter."""
        return Dynamics365Hub(name, Dynamics365Settings.model_validate(self.settings()), self.entra.client_secret)

    def settings(self) -> dict[str, Any]:
        """One address for all three."""
        self._know_where()
        return {
            "kind": self.kind,
            "tenant": self.entra.tenant,
            "client_id": self.entra.client_id,
            "client_secret": "env:DYNAMICS_SECRET",
            "login_url": self.entra.url,
            "messaging": {
                "url": self.url,
                "organization": ORGANIZATION,
                "channel": CHANNEL,
                "history_per_second": 200,
            },
            "dataverse": {"url": f"{self.url}/dataverse", "workstream": self.dataverse.workstream},
        }

    @property
    def secrets(self) -> dict[str, str]:
        """The application's."""
        return {"DYNAMICS_SECRET": self.entra.client_secret}

    def opened(self) -> list[str]:
        """The conversations that no bot took."""
        return [held.context[HANDOFF] for held in self.messaging.held.values() if held.for_representatives]

    def is_open(self, key: str) -> bool:
        """Whether it is active."""
        return self._of(key).open

    def history(self, key: str) -> list[str]:
        """What was told message by message, which is the older part, and the start message, which has the newest."""
        held = self._of(key)
        return [*(each.get("text", "") for each in held.messages if _is_history(each, key)), held.start]

    def variables(self, key: str) -> dict[str, Any]:
        """The context, and the start message."""
        held = self._of(key)
        return {**held.context, "summary": held.start}

    def said(self, key: str) -> list[str]:
        """The customer's messages that are no history."""
        return [each.get("text", "") for each in self._live(key)]

    def files(self, key: str) -> list[str]:
        """The names of the customer's files."""
        return [file["name"] for each in self._live(key) for file in each.get("attachments", ())]

    def typed(self, key: str) -> int:
        """How often the customer's typing came."""
        return self._of(key).typed

    def expire_tokens(self) -> bool:
        """Every token of Entra's."""
        self.entra.expire()
        return True

    def tickets(self) -> list[dict[str, Any]]:
        """The cases."""
        return list(self.dataverse.rows["incidents"].values())

    async def join(self, key: str, name: str) -> None:
        """A representative accepts; who, only the messages tell."""
        self._agents[key] = name
        await self.happens(key, "AgentAccepted")

    async def say(self, key: str, text: str, *, times: int = 1) -> None:
        """A representative's text."""
        for _ in range(times):
            await self._call_back(key, {"type": "message", **self._sender(key), "textFormat": "markdown", "text": text})

    async def say_image(self, key: str, url: str) -> None:
        """A representative's image, without a text."""
        file = {"contentType": "image/png", "contentUrl": url, "content": None, "name": "picture.png"}
        await self._call_back(key, {"type": "message", **self._sender(key), "attachments": [file]})

    async def type(self, key: str) -> None:
        """A representative's typing, which names nobody."""
        recipient = {"recipient": {"id": "customer"}}
        await self._call_back(key, {"type": "typing", "channelId": "MessagingApi", **recipient})

    async def transfer(self, key: str, queue: str) -> None:
        """To another queue, whose name is not told."""
        self._of(key).queue = queue
        await self.happens(key, "TransferToQueueInitiated")

    async def end(self, key: str) -> None:
        """The representative closes it: two events say so."""
        self._of(key).open = False
        await self.happens(key, "AgentClosed")
        await self.happens(key, "ConversationClosed")

    async def fail(self, key: str, why: str = "OutOfOperatingHoursDueToNonWorkingHours") -> None:
        """Nobody is there."""
        self._of(key).open = False
        await self.happens(key, why)

    async def happens(self, key: str, name: str) -> None:
        """A system event."""
        named = {} if self.names_events_by_text_only else {"name": name}
        await self._call_back(key, {"type": "message", "text": f"EventName: **_{name}_**", **named})

    def callback_token(self) -> str:
        """What stands in the webhook's `Authorization`."""
        self._know_where()
        return f"Bearer {self.entra.sign(self.entra.client_id)}"

    def _know_where(self) -> None:
        """Its address is settled after it was made, and is in issuer and audience of its tokens."""
        self.entra.url = f"{self.url}/login"
        self.entra.resources.add(f"{self.url}/dataverse")

    def _of(self, key: str) -> Held:
        return next(held for held in self.messaging.held.values() if held.context[HANDOFF] == key)

    def _live(self, key: str) -> list[dict[str, Any]]:
        messages = self._of(key).messages
        return [each for each in messages if not _is_history(each, key) and not _is_automated(each)]

    def _sender(self, key: str) -> dict[str, Any]:
        return {"from": {"id": AGENT, "name": self._agents.get(key, "Agent")}}

    async def _call_back(self, key: str, activity: Mapping[str, Any]) -> None:
        held = self._of(key)
        body = json.dumps({"channelId": CHANNEL, "conversation": {"id": held.id}, **activity})
        address = f"{self.callback}/v3/conversations/{held.id}/activities"
        await self.callback_faults.send(lambda: self._post(address, body))

    async def _post(self, address: str, body: str) -> None:
        headers = {"Authorization": self.callback_token(), "Content-Type": "application/json"}
        async with httpx.AsyncClient(verify=trusted(), timeout=ANSWERED_WITHIN) as client:
            for _ in range(TRIES):
                answer = await client.post(address, content=body, headers=headers)
                self.callbacks.append(answer.status_code)
                if answer.is_success:
                    return
                await asyncio.sleep(TRIED_AGAIN_AFTER)


def _is_history(message: Mapping[str, Any], key: str) -> bool:
    return str(message.get("id")).startswith(f"{key}:h")


def _is_automated(message: Mapping[str, Any]) -> bool:
    data = message.get("channelData") or {}
    return bool((data.get("messagingapi-oc") or {}).get("type") == "AutomatedMessage")
