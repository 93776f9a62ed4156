"""Conversations in memory that keep the promises of `workflows.client.Conversations`: the gateway's tests alone.

The bot repeats what it hears. `outage` makes every call fail as when no worker answers.
"""

import asyncio
from datetime import UTC, datetime

from protocol.activity import TYPING, Activity, ChannelAccount, ConversationAccount
from protocol.conversation import ActivitySet, ConversationStart, News, Phase, RefusalType, Said, Turn, Watch
from protocol.hub_events import HubEvent
from protocol.status import Status
from workflows.client import (
    ConversationRefusedError,
    Conversations,
    ConversationUnavailableError,
    ConversationUnknownError,
)

BOT = ChannelAccount(id="contoso", name="Contoso", role="bot")


class Talk:
    """One conversation in memory."""

    def __init__(self, start: ConversationStart) -> None:
        self.start = start
        self.activities: list[Activity] = []
        self.turns: dict[str, Turn] = {}
        self.said: list[Said] = []
        self.watchers: set[str] = set()
        self.ended = False


class FakeConversations(Conversations):
    """All of them; `gateways` maps a gateway's queue to what takes its nudges, as Temporal would."""

    def __init__(self) -> None:
        self.talks: dict[str, Talk] = {}
        self.gateways: dict[str, object] = {}
        self.outage = False
        self.reads = 0

    async def start(self, conversation: str, start: ConversationStart) -> bool:
        """Begin, and greet."""
        await self._answer()
        if conversation in self.talks:
            return False
        self.talks[conversation] = Talk(start)
        self._add(conversation, Activity(type="message", text="Hello!"), BOT)
        return True

    async def post(self, conversation: str, said: Said) -> Turn:
        """Repeat what was said, once."""
        await self._answer()
        talk = self._talk(conversation)
        if said.key in talk.turns:
            return talk.turns[said.key].model_copy(update={"repeated": True, "activities": ()})
        talk.said.append(said)
        if said.activity.type == TYPING:
            return Turn(id="", activities=(said.activity,), watermark=len(talk.activities), version="1")
        first = self._add(conversation, said.activity, said.activity.from_)
        second = self._add(conversation, Activity(type="message", text=f"You said: {said.activity.text}"), BOT)
        turn = Turn(id=first.id or "", activities=(first, second), watermark=len(talk.activities), version="1")
        talk.turns[said.key] = turn
        await self._nudge(conversation, turn, said.via)
        return turn

    async def hub_event(self, conversation: str, event: HubEvent) -> Turn:
        """A representative's word."""
        await self._answer()
        talk = self._talk(conversation)
        if event.handoff != "h1":
            raise ConversationRefusedError(RefusalType.UNKNOWN_HANDOFF, "no such handoff")
        if event.key in talk.turns:
            return talk.turns[event.key].model_copy(update={"repeated": True, "activities": ()})
        assert event.activity is not None
        added = self._add(conversation, event.activity, event.representative)
        turn = Turn(
            id=added.id or "", activities=(added,), watermark=len(talk.activities), phase=Phase.LIVE, version="1"
        )
        talk.turns[event.key] = turn
        await self._nudge(conversation, turn, event.via)
        return turn

    async def watch(self, conversation: str, watch: Watch) -> None:
        """Note who watches."""
        await self._answer()
        watchers = self._talk(conversation).watchers
        (watchers.add if watch.watching else watchers.discard)(watch.queue)

    async def activities(self, conversation: str, watermark: int = 0) -> ActivitySet:
        """What was said after `watermark`."""
        await self._answer(but_ended=True)
        self.reads += 1
        log = self._talk(conversation, ended=True).activities
        return ActivitySet(activities=tuple(log[watermark:]), watermark=len(log))

    async def status(self, conversation: str) -> Status:
        """Where it stands."""
        await self._answer()
        talk = self._talk(conversation, ended=True)
        return Status(id=conversation, phase=Phase.AGENT, agent=talk.start.agent, version="1")

    async def _answer(self, *, but_ended: bool = False) -> None:
        await asyncio.sleep(0)
        if self.outage:
            raise ConversationUnavailableError("no worker", but_ended)

    def _talk(self, conversation: str, *, ended: bool = False) -> Talk:
        if conversation not in self.talks:
            raise ConversationUnknownError(conversation)
        talk = self.talks[conversation]
        if talk.ended and not ended:
            raise ConversationRefusedError(RefusalType.ENDED, "it has ended")
        return talk

    def _add(self, conversation: str, activity: Activity, sender: ChannelAccount | None) -> Activity:
        log = self.talks[conversation].activities
        stamped = activity.model_copy(
            update={
                "id": f"{conversation}|{len(log) + 1:07d}",
                "timestamp": datetime.now(UTC),
                "from_": sender,
                "conversation": ConversationAccount(id=conversation),
            }
        )
        log.append(stamped)
        return stamped

    async def _nudge(self, conversation: str, turn: Turn, but: str | None) -> None:
        news = News(conversation=conversation, activities=turn.activities, watermark=turn.watermark)
        for queue in self.talks[conversation].watchers - {but}:
            await self.gateways[queue].push(news)  # type: ignore[attr-defined]  # gateway.nudge.Nudges
