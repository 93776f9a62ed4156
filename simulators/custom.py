"""The custom hub's simulator, told and asked as every other hub's is."""

from typing import Any, ClassVar

from starlette.applications import Starlette

from hubs.custom import CustomHub
from simulators.custom_hub import CustomHubSimulator, TakenHandoff
from simulators.faults import Faults
from simulators.hub import HubSimulator


class CustomStorySimulator(HubSimulator):
    """A hub of the custom contract."""

    kind: ClassVar[str] = "custom"
    opens: ClassVar[str] = "open"
    relays: ClassVar[str] = "tell"

    def __init__(self) -> None:
        super().__init__()
        self._hub = CustomHubSimulator()
        self.faults = Faults(self._hub.faults, self._hub.calls)
        self._names: dict[str, dict[str, str]] = {}

    def app(self) -> Starlette:
        """The contract's four calls."""
        return self._hub.app()

    def adapter(self, name: str) -> CustomHub:
        """Baton's adapter."""
        return CustomHub(name, self.url, self._hub.token, self._hub.webhook_secret)

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
        handoff = self._hub.handoffs[key]
        once = f"{handoff.id}-said-{handoff.sent}"
        said = {"type": "message", "text": text, "from": self._names.get(key, {"id": "somebody"})}
        for _ in range(times):
            await self._tell(handoff, said, once)

    async def type(self, key: str) -> None:
        """A typing activity."""
        await self._tell(self._hub.handoffs[key], {"type": "typing", "from": self._names.get(key, {"id": "somebody"})})

    async def end(self, key: str) -> None:
        """`endOfConversation`."""
        handoff = self._hub.handoffs[key]
        handoff.ended = True
        await self._tell(handoff, {"type": "endOfConversation"})

    async def _status(self, key: str, state: str, **details: Any) -> None:
        value = {"state": state, **details}
        await self._tell(self._hub.handoffs[key], {"type": "event", "name": "handoff.status", "value": value})

    async def _tell(self, handoff: TakenHandoff, activity: dict[str, Any], key: str | None = None) -> None:
        answer = await self._hub.call_back(handoff, activity, key)
        self.callbacks.append(answer.status_code)
