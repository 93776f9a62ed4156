"""What a customer sends, turned into events of the conversation's life."""

from datetime import timedelta

from temporalio import workflow

from dialog.turn import OURS
from handoff.initiate import STATUS
from handoff.lifecycle import Event
from protocol.activity import END_OF_CONVERSATION, EVENT, MESSAGE, TYPING, Activity
from protocol.conversation import ConversationStart, Phase, Recognition, Said
from protocol.signing_in import tells_of_sign_in
from workflows import refusals
from workflows.generic_handoff import take_status
from workflows.life import Life
from workflows.outbox import Outbox

CANCEL = "handoff.cancel"
"""The customer's event that says: do not wait any longer."""
A_MOMENT = timedelta(seconds=10)


class Customer:
    """Takes the activities of the conversation's customer."""

    def __init__(self, start: ConversationStart, life: Life, outbox: Outbox, turns: int) -> None:
        self._start = start
        self._life = life
        self._outbox = outbox
        self.turns = turns
        self.turns_of_run = 0

    async def understood(self, said: Said) -> Recognition | None:
        """What the message means to the bot, as the gateway found out under the same version, or found out here."""
        if self._life.bot.wants_latest:
            await self._use_latest()
        if said.activity.type != MESSAGE or self._life.phase is not Phase.AGENT or not self._life.bot.understands:
            return None
        if said.recognition and said.recognition.version == self._life.bot.version:
            return said.recognition
        # Recorded by a local activity: a later recogniser must not change what this one decided.
        found: Recognition = await workflow.execute_local_activity(
            "recognise",
            args=[self._start.agent, self._life.bot.version, said.activity.text or ""],
            result_type=Recognition,
            start_to_close_timeout=A_MOMENT,
            summary="what the customer means",
        )
        return found

    def take(self, said: Said, recognition: Recognition | None) -> str | None:
        """Let the conversation take `said`. Returns the id of what it wrote; None for what is not written.

        Raises:
            ApplicationError: the conversation has ended.
        """
        activity, life = said.activity, self._life
        if life.phase is Phase.ENDED:
            # It ended while this one waited for its turn.
            raise refusals.ended()
        if said.reference:
            life.reference = said.reference
        if said.variables or activity.type not in {MESSAGE, EVENT, END_OF_CONVERSATION} or self._is_secret(activity):
            self._take_unwritten(said)
            return None
        written = life.say(activity, self._start.customer)
        self.turns += 1
        self.turns_of_run += 1
        if activity.type == END_OF_CONVERSATION:
            life.happen(Event.CUSTOMER_LEFT)
        elif activity.type == EVENT and activity.name == CANCEL:
            if life.may(Event.CUSTOMER_CANCELLED):
                life.happen(Event.CUSTOMER_CANCELLED)
        elif activity.type == EVENT and activity.name == STATUS and self._start.generic_handoff:
            take_status(life, written)
        elif activity.type == MESSAGE:
            self._spoke(written, recognition)
        elif activity.type == EVENT and life.phase is Phase.AGENT and activity.name not in OURS:
            life.hear(written)
        return written.id

    def _spoke(self, written: Activity, recognition: Recognition | None) -> None:
        bot_holds_it = self._life.phase is Phase.AGENT
        self._life.happen(Event.CUSTOMER_SPOKE, written, self._start.customer)
        if bot_holds_it:
            self._life.hear(written, recognition)

    def _take_unwritten(self, said: Said) -> None:
        """Take what nobody has said: typing, or what the channel knows of the customer, for which topics may wait."""
        if said.activity.type == TYPING:
            self._relay_typing()
        if said.variables:
            self._life.bot.learn(said.variables)
        if self._life.phase is Phase.AGENT and (said.variables or self._is_listened_for(said.activity)):
            self._life.hear(said.activity)

    def _is_secret(self, activity: Activity) -> bool:
        """Whether it may hold a token, which no transcript shows. A conversation of before has it written down."""
        if activity.type != EVENT or not tells_of_sign_in(activity) or not self._life.bot.understands:
            return False
        return workflow.patched("a token is not written down")

    def _is_listened_for(self, activity: Activity) -> bool:
        """Whether a topic is for what is neither a message nor an event. Conversations of before never heard it."""
        if activity.type == EVENT:
            return True
        silent = activity.type in {TYPING, MESSAGE, END_OF_CONVERSATION}
        return not silent and self._life.bot.listens_for(activity) and workflow.patched("every activity is heard")

    def _relay_typing(self) -> None:
        handoff = self._life.handoffs.under_way
        if (
            self._life.phase is Phase.LIVE
            and handoff
            and not self._life.handoffs.in_place
            and not self._outbox.has(str(handoff.number))
        ):
            self._life.put("typing", handoff.number)

    async def _use_latest(self) -> None:
        newest = await workflow.execute_local_activity(
            "newest_version",
            self._start.agent,
            result_type=str,
            start_to_close_timeout=A_MOMENT,
            summary="which version is the newest",
        )
        self._life.bot.version, self._life.bot.wants_latest = newest, False
