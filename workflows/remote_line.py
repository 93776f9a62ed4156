"""The line to an agent that runs elsewhere: it is told in order, one thing after another, and listened to meanwhile.

How far it was heard stands in the conversation's state, and what was heard in the history: so nothing is heard twice or
passed over, whichever worker listens, and however often.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ActivityError

from activities.remote_agents import GONE, LISTENS_FOR, NEVER_AGAIN, ONE_CALL
from handoff.record import Outbound
from protocol.activity import END_OF_CONVERSATION, MESSAGE, Activity
from protocol.conversation import ConversationStart, Phase
from protocol.remote import RemoteHeard, RemoteListening, RemoteOpening, RemoteSession, RemoteTelling, RemoteTold
from protocol.task_queues import remote_task_queue
from workflows.bot import APOLOGY
from workflows.calling import ALIVE_WITHIN, AWAY, CUT_OFF, failure_of, retrying
from workflows.life import Life
from workflows.remote_bot import RemoteBot

TOLD_WITHIN = timedelta(minutes=2)
"""An agent that cannot be told something for so long is out of order: the customer is told so."""
FALLS_SILENT = timedelta(minutes=30)
"""After so long without a word it is no longer listened to, until it is told something: Copilot Studio's own session
ends then."""
ENDED_WITHIN = timedelta(minutes=10)

RemoteCall = RemoteOpening | RemoteTelling | RemoteListening


class RemoteLine:
    """The line of one conversation. `changed` runs what changes its life, and tells who watches."""

    def __init__(
        self,
        conversation: str,
        start: ConversationStart,
        life: Life,
        bot: RemoteBot,
        changed: Callable[[Callable[[], object]], None],
    ) -> None:
        self._conversation = conversation
        self._start = start
        self._life = life
        self._bot = bot
        self._changed = changed
        self._spoken: datetime | None = workflow.now() if bot.remote.session else None
        self.broken: BaseException | None = None

    async def deliver(self, outbound: Outbound) -> None:
        """Tell the agent one thing; returns when it has it, or will never have it."""
        activity, deaf = outbound.activity, self._bot.remote.deaf
        if not self._is_for_the_agent(activity):
            return
        try:
            await self._tell(outbound.id, activity, catch_up=deaf)
        except ActivityError as error:
            failure = failure_of(error)
            self._changed(lambda: self._not_told(activity, failure))
        self._bot.remote = self._bot.remote.model_copy(update={"deaf": deaf and self._held_by_others})
        self._spoken = workflow.now()

    async def run(self) -> None:
        """Listen for as long as the conversation lasts."""
        try:
            while self._life.phase is not Phase.ENDED:
                await (self._listen() if self._listens else self._wait())
        except Exception as error:  # noqa: BLE001 - a task's exception is seen by nobody; the run raises it
            self.broken = error

    @property
    def _held_by_others(self) -> bool:
        return self._life.phase is not Phase.AGENT

    @property
    def _listens(self) -> bool:
        """Whether the agent may have something to say that somebody wants to hear."""
        remote = self._bot.remote
        if self._held_by_others or remote.session is None or remote.deaf or self._spoken is None:
            return False
        return workflow.now() < self._spoken + FALLS_SILENT

    def _listens_to(self, session: RemoteSession) -> bool:
        now = self._bot.remote.session
        return self._listens and now is not None and now.conversation == session.conversation

    def _is_for_the_agent(self, activity: Activity | None) -> bool:
        """What was said when a human had been asked for already is in the history that the human gets."""
        if activity and activity.type == END_OF_CONVERSATION:
            return self._bot.remote.session is not None
        return not self._held_by_others

    async def _tell(self, key: str, activity: Activity | None, *, catch_up: bool) -> None:
        session = self._bot.remote.session or await self._open()
        try:
            told = await self._told(session, key, activity, catch_up=catch_up)
        except ActivityError as error:
            if failure_of(error) != GONE or (activity and activity.type == END_OF_CONVERSATION):
                raise
            self._changed(lambda: self._life.milestone("remote agent", "its conversation was over: another was begun"))
            told = await self._told(await self._open(), key, activity, catch_up=False)
        changes: dict[str, Any] = {"session": told.session}
        if told.watermark is not None:
            changes["watermark"] = told.watermark
        self._bot.remote = self._bot.remote.model_copy(update=changes)

    async def _open(self) -> RemoteSession:
        opening = RemoteOpening(
            agent=self._start.agent,
            conversation=self._conversation,
            locale=self._start.locale,
            within=TOLD_WITHIN.total_seconds(),
        )
        session: RemoteSession = await self._call("open_remote", opening, RemoteSession, "begin with the agent")
        self._bot.remote = self._bot.remote.model_copy(update={"session": session, "watermark": ""})
        return session

    async def _told(self, session: RemoteSession, key: str, activity: Activity | None, *, catch_up: bool) -> RemoteTold:
        ends = activity is not None and activity.type == END_OF_CONVERSATION
        telling = RemoteTelling(
            agent=self._start.agent,
            session=session,
            key=key,
            activity=activity,
            after=self._bot.remote.watermark,
            catch_up=catch_up,
            within=(ENDED_WITHIN if ends else TOLD_WITHIN).total_seconds(),
        )
        told: RemoteTold = await self._call("tell_remote", telling, RemoteTold, "tell the agent")
        return told

    async def _call(self, name: str, argument: RemoteCall, result: type, summary: str) -> Any:
        return await workflow.execute_activity(
            name,
            argument,
            result_type=result,
            task_queue=remote_task_queue(workflow.info().task_queue),
            schedule_to_close_timeout=timedelta(seconds=argument.within) + AWAY,
            start_to_close_timeout=ONE_CALL + CUT_OFF,
            heartbeat_timeout=ALIVE_WITHIN,
            retry_policy=retrying(NEVER_AGAIN),
            summary=summary,
        )

    def _not_told(self, activity: Activity | None, failure: str) -> None:
        self._life.milestone("remote agent not reached", failure or "no answer in time")
        if self._life.phase is Phase.AGENT and activity and activity.type == MESSAGE:
            self._life.say(Activity(type=MESSAGE, text=APOLOGY), self._bot.account)

    async def _listen(self) -> None:
        session = self._bot.remote.session
        if session is None:
            return
        listening = RemoteListening(agent=self._start.agent, session=session, after=self._bot.remote.watermark)
        handle = workflow.start_activity(
            "listen_to_remote",
            listening,
            result_type=RemoteHeard,
            task_queue=remote_task_queue(workflow.info().task_queue),
            start_to_close_timeout=LISTENS_FOR + ONE_CALL,
            heartbeat_timeout=ALIVE_WITHIN,
            retry_policy=retrying(NEVER_AGAIN),
            summary="listen to the agent",
        )
        await workflow.wait_condition(lambda: handle.done() or not self._listens_to(session))
        if not handle.done():
            handle.cancel()
            with suppress(ActivityError):
                await handle
            return
        try:
            heard: RemoteHeard = await handle
        except ActivityError as error:
            self._lost(error)
        else:
            # A handoff may have begun, or another session: then it comes too late.
            if self._listens_to(session):
                self._heard(heard)

    def _heard(self, heard: RemoteHeard) -> None:
        if heard.activities:
            self._spoken = workflow.now()
            self._changed(lambda: self._life.take(self._bot.said(heard)))
        else:
            self._bot.said(heard)

    def _lost(self, error: ActivityError) -> None:
        """Nobody can listen any more; what is told to the agent next begins another conversation, where it must."""
        failure = failure_of(error)
        self._spoken = None
        if failure == GONE:
            self._bot.remote = self._bot.remote.model_copy(update={"session": None, "watermark": ""})
        self._changed(lambda: self._life.milestone("remote agent lost", failure or "no answer"))

    async def _wait(self) -> None:
        """Wait until there is something to listen for, and keep the token from expiring meanwhile."""
        session = self._bot.remote.session
        needed = session is not None and not session.lasting
        patience = max(session.renew_at - workflow.now(), timedelta(0)) if session and needed else None
        try:
            await workflow.wait_condition(
                lambda: self._listens or self._life.phase is Phase.ENDED or self._bot.remote.session is not session,
                timeout=patience,
                timeout_summary="the agent's token",
            )
        except TimeoutError:
            if session:
                await self._renew(session)

    async def _renew(self, session: RemoteSession) -> None:
        within = TOLD_WITHIN.total_seconds()
        listening = RemoteListening(agent=self._start.agent, session=session, within=within)
        try:
            renewed: RemoteSession = await self._call("renew_remote", listening, RemoteSession, "renew the token")
        except ActivityError as error:
            self._lost(error)
            self._bot.remote = self._bot.remote.model_copy(update={"session": None, "watermark": ""})
        else:
            self._bot.remote = self._bot.remote.model_copy(update={"session": renewed})


def line_of(
    conversation: str, start: ConversationStart, life: Life, changed: Callable[[Callable[[], object]], None]
) -> RemoteLine | None:
    """The line of a conversation whose agent runs elsewhere; one whose agent runs here has none."""
    bot = life.bot
    return RemoteLine(conversation, start, life, bot, changed) if isinstance(bot, RemoteBot) else None
