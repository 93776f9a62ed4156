"""A conversation as tests speak of it: what the customer says and hears, what the representative does."""

import itertools
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from temporalio.testing import WorkflowEnvironment

from protocol.activity import EVENT, MESSAGE, TYPING, Activity, ChannelAccount
from protocol.conversation import ConversationStart, Operate, Operation, Phase, Said, Turn
from protocol.hub_events import HubEvent, HubEventKind
from protocol.status import HandoffStatus, Status
from simulators.custom_hub import CustomHubSimulator, TakenHandoff
from tests.support.waiting import eventually
from workflows.client import Conversations

ADA = ChannelAccount(id="ada", name="Ada", role="agent")


@dataclass
class Conversing:
    """One conversation, its customer, and the representative at the simulated hub."""

    environment: WorkflowEnvironment
    conversations: Conversations
    hub: CustomHubSimulator
    start: ConversationStart
    id: str = field(default_factory=lambda: f"test-{uuid4().hex[:12]}")
    hub_name: str = "hub"
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    async def begin(self) -> "Conversing":
        """Let the conversation start."""
        await self.conversations.start(self.id, self.start)
        return self

    async def say(self, text: str, key: str | None = None) -> Turn:
        """The customer writes `text`."""
        activity = Activity(type=MESSAGE, text=text)
        return await self.conversations.post(self.id, Said(key=key or f"c{next(self._numbers)}", activity=activity))

    async def send(self, activity_type: str, name: str | None = None, value: Any = None) -> Turn:
        """The customer's client sends something that is no message."""
        activity = Activity(type=activity_type, name=name, value=value)
        return await self.conversations.post(self.id, Said(key=f"c{next(self._numbers)}", activity=activity))

    async def escalate(self) -> TakenHandoff:
        """The customer asks for a person, and the hub takes the conversation."""
        before = len(self.hub.handoffs)
        await self.say("Speak to agent")
        await self.until(Phase.QUEUED)
        await eventually(lambda: len(self.hub.handoffs) > before)
        return self.hub.newest

    async def hub_says(self, kind: HubEventKind, **details: Any) -> Turn:
        """The hub tells the conversation something about its newest handoff."""
        number = next(self._numbers)
        event = HubEvent(
            key=details.pop("key", f"w{number}"),
            connection=details.pop("connection", self.hub_name),
            kind=kind,
            handoff=details.pop("handoff", None) or self.hub.newest.id,
            **details,
        )
        return await self.conversations.hub_event(self.id, event)

    async def join(self) -> TakenHandoff:
        """Escalate, and let Ada join."""
        handoff = await self.escalate()
        await self.hub_says(HubEventKind.JOINED, representative=ADA)
        return handoff

    async def representative_says(self, text: str, key: str | None = None) -> Turn:
        """Ada writes `text`."""
        details: dict[str, Any] = {"key": key} if key else {}
        activity = Activity(type=MESSAGE, text=text, from_=ADA)
        return await self.hub_says(HubEventKind.MESSAGE, activity=activity, **details)

    async def representative_types(self) -> Turn:
        """Ada types."""
        return await self.hub_says(HubEventKind.TYPING, activity=Activity(type=TYPING, from_=ADA))

    async def operate(self, operation: Operation, note: str | None = None) -> Turn:
        """An operator does something to the conversation."""
        return await self.conversations.operate(self.id, Operate(key=uuid4().hex, operation=operation, note=note))

    async def let_pass(self, **span: float) -> None:
        """Let the conversation's own clock run on; no real time passes."""
        handle = self.conversations.client.get_workflow_handle(self.id)
        await self.environment.fast_forward(handle, timedelta(**span))

    async def status(self) -> Status:
        """Where the conversation stands."""
        return await self.conversations.status(self.id)

    async def phase(self) -> Phase:
        """Its phase."""
        return (await self.status()).phase

    async def handoff(self) -> HandoffStatus:
        """The newest handoff as an operator sees it."""
        return (await self.status()).handoffs[-1]

    async def until(self, phase: Phase) -> None:
        """Wait for a phase."""

        async def reached() -> bool:
            return await self.phase() is phase

        await eventually(reached)

    async def hears(self, text: str) -> None:
        """Wait until this was said."""

        async def there() -> bool:
            return text in await self.heard()

        await eventually(there)

    async def log(self) -> list[Activity]:
        """Everything that everybody who watches has seen."""
        return list((await self.conversations.activities(self.id)).activities)

    async def heard(self) -> list[str]:
        """The texts of all messages, in order."""
        return [activity.text or "" for activity in await self.log() if activity.type == MESSAGE]

    async def statuses(self) -> list[str]:
        """The states that the `handoff.status` events told, in order."""
        return [
            activity.value["state"]
            for activity in await self.log()
            if activity.type == EVENT and activity.name == "handoff.status"
        ]
