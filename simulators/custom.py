"""The custom hub's simulator, told and asked as every other hub's is."""

import asyncio
from functools import partial
from typing import Any, ClassVar

from starlette.applications import Starlette

from hubs.custom import CustomHub
from settings.hubs import CustomHubSettings
from simulators.custom_hub import CustomHubSimulator, TakenHandoff
from simulators.hub import HubSimulator

TRIES = 5
TRIED_AGAIN_AFTER = 0.05
"""Seconds; a hub of one's own may wait as long as it likes."""


class CustomStorySimulator(HubSimulator):
    """A hub of the custom contract."""

    kind: ClassVar[str] = "custom"
    signs_the_time: ClassVar[bool] = True
    opens: ClassVar[str] = "open"
    relays: ClassVar[str] = "tell"

    def __init__(self) -> None:
        super().__init__()
        self._hub = CustomHubSimulator()
        self.faults = self._hub.faults
        self._names: dict[str, dict[str, str]] = {}

    def app(self) -> Starlette:
        """The contract's four calls."""
        return self._hub.app()

    def adapter(self, name: str) -> CustomHub:
        """Baton's adapter."""
        settings = CustomHubSettings.model_validate(self.settings())
        timeout = settings.timeout_seconds
        return CustomHub(name, settings.url, self._hub.token, self._hub.webhook_secret, timeout_seconds=timeout)

    def settings(self) -> dict[str, Any]:
        """The address, and what is needed to speak to it."""
        known = {"kind": self.kind, "url": self.url}
        return {**known, "token": "env:CUSTOM_TOKEN", "webhook_secret": "env:CUSTOM_WEBHOOK"}

    @property
    def secrets(self) -> dict[str, str]:
        """The token, and the webhook's secret."""
        return {"CUSTOM_TOKEN": self._hub.token, "CUSTOM_WEBHOOK": self._hub.webhook_secret}

    def opened(self) -> list[str]:
        """The idempotency keys."""
        return list(self._hub.handoffs)

    def is_open(self, key: str) -> bool:
        """Whether nobody has ended it."""
        return not self._hub.handoffs[key].ended

    def history(self, key: str) -> list[str]:
        """The transcript attachment's texts."""
        return [said.get("text", "") for said in self._hub.handoffs[key].history]

    def variables(self, key: str) -> dict[str, Any]:
        """The event's value."""
        value: dict[str, Any] = self._hub.handoffs[key].opening["value"]
        return value

    def said(self, key: str) -> list[str]:
        """The customer's messages, each id once."""
        return self._hub.handoffs[key].said

    async def join(self, key: str, name: str) -> None:
        """`handoff.status` accepted."""
        self._names[key] = {"id": name.lower(), "name": name}
        await self._status(key, "accepted", agent=self._names[key])

    async def say(self, key: str, text: str, *, times: int = 1) -> None:
        """A message, under one id however often it is told."""
        await self._tell(key, {"type": "message", "text": text}, times)

    async def say_image(self, key: str, url: str) -> None:
        """A message with an attachment."""
        image = {"contentType": "image/png", "contentUrl": url, "name": url.rpartition("/")[2]}
        await self._tell(key, {"type": "message", "attachments": [image]})

    async def type(self, key: str) -> None:
        """A typing activity."""
        await self._tell(key, {"type": "typing"})

    async def transfer(self, key: str, queue: str) -> None:
        """`handoff.status` transferred."""
        await self._status(key, "transferred", queue=queue)

    async def give_back(self, key: str, note: str) -> None:
        """`handoff.status` returned."""
        self._hub.handoffs[key].ended = True
        await self._status(key, "returned", note=note)

    async def end(self, key: str) -> None:
        """`endOfConversation`."""
        self._hub.handoffs[key].ended = True
        await self._tell(key, {"type": "endOfConversation"})

    def files(self, key: str) -> list[str]:
        """The addresses of the customer's attachments."""
        said = self._hub.handoffs[key].activities.values()
        return [file["contentUrl"] for activity in said for file in activity.get("attachments", [])]

    def typed(self, key: str) -> int:
        """The customer's typing activities."""
        return sum(activity["type"] == "typing" for activity in self._hub.handoffs[key].activities.values())

    async def _status(self, key: str, state: str, **details: Any) -> None:
        await self._tell(key, {"type": "event", "name": "handoff.status", "value": {"state": state, **details}})

    async def _tell(self, key: str, activity: dict[str, Any], times: int = 1) -> None:
        handoff = self._hub.handoffs[key]
        whole = {"from": self._names.get(key, {"id": "somebody"}), **activity}
        for_all_tries = self._hub.next_key(handoff)
        for _ in range(times):
            await self.callback_faults.send(partial(self._call_back, handoff, whole, for_all_tries))

    async def _call_back(self, handoff: TakenHandoff, activity: dict[str, Any], key: str) -> None:
        self._hub.clock_is_off = self.clock_is_off
        for _ in range(TRIES):
            answer = await self._hub.call_back(handoff, activity, key)
            self.callbacks.append(answer.status_code)
            if not answer.is_server_error:
                return
            await asyncio.sleep(TRIED_AGAIN_AFTER)
