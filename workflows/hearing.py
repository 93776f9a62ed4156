"""What the bot hears, in order: what is said while the world is being asked waits until it has answered.

And what it does not hear: the customer's silence, at which topics may speak up.
"""

from collections.abc import Callable, Mapping

from temporalio import workflow

from dialog.calls import Answer, Ask, KnowledgeCall
from dialog.errors import CONTENT
from dialog.machine import TurnOutcome
from handoff.deadlines import Quiet
from protocol.activity import Activity
from protocol.conversation import Phase, Recognition
from protocol.models import Owned
from workflows.bot import Bot

MOST = 100
"""Activities that may wait to be heard. Of more, the oldest are not; they stand in the transcript all the same."""


class Unheard(Owned):
    """Something that the bot has not heard yet: what was said, or what became of a ticket."""

    activity: Activity | None = None
    recognition: Recognition | None = None
    ticket: dict[str, str] = {}


class Heard(Owned):
    """What a run leaves to the next of what its bot has heard."""

    unheard: tuple[Unheard, ...] = ()
    withheld: Answer | None = None
    """What the world has answered while somebody else held the conversation."""
    quiet: Quiet = Quiet()


class Hearing:
    """The bot's ear. `take` carries out what a turn came to; `phase` tells who holds the conversation."""

    def __init__(
        self,
        bot: Bot,
        phase: Callable[[], Phase],
        take: Callable[[TurnOutcome, str | None], None],
        carried: Heard,
    ) -> None:
        self.quiet = carried.quiet
        self._unheard = list(carried.unheard)
        self._withheld = carried.withheld
        self._bot = bot
        self._phase = phase
        self._take = take

    @property
    def busy(self) -> bool:
        """Whether the bot, which holds the conversation, is asking the world."""
        return self._bot.state.asking is not None and self._phase() is Phase.AGENT

    @property
    def silences(self) -> tuple[float, ...]:
        """The lengths of silence at which topics speak up. Conversations of before never heard of it."""
        lengths = () if self.busy else self._bot.state.silences
        return lengths if lengths and workflow.patched("topics speak up") else ()

    def wants(self, number: int) -> bool:
        """Whether the answer to this question is still waited for."""
        asking = self._bot.state.asking
        return bool(asking and asking.ask.number == number and self._phase() is not Phase.ENDED)

    def hear(self, said: Activity, recognition: Recognition | None) -> None:
        """Let the bot hear something, now or when its turn comes."""
        self.broken_silence()
        if self.busy:
            self._unheard.append(Unheard(activity=said, recognition=recognition))
            del self._unheard[:-MOST]
        else:
            self._take(self._bot.hear(said, recognition), said.id)

    def hear_of_ticket(self, left: Mapping[str, str]) -> None:
        """Let the topics know what became of a ticket, now or when their turn comes."""
        if self.busy:
            self._unheard.append(Unheard(ticket=dict(left)))
        else:
            self._take(self._bot.hear_of_ticket(left), None)

    def may_ask(self, ask: Ask) -> bool:
        """Whether the world is asked.

        A conversation of before Baton could has a history that knows of no such questions: it goes on as it did then,
        without an answer.
        """
        if workflow.patched("the world is asked"):
            return True
        found = Answer() if isinstance(ask.call, KnowledgeCall) else Answer(code=CONTENT, message="not supported")
        self._take(self._bot.answered(found), None)
        return False

    def answered(self, number: int, answer: Answer) -> None:
        """Let the bot have the world's answer, now or when it holds the conversation again."""
        if self.wants(number):
            self._withheld = answer
            self.go_on()

    def go_on(self) -> None:
        """Let the bot take what has waited for it."""
        if self._phase() is Phase.AGENT and self._withheld:
            answer, self._withheld = self._withheld, None
            said = self._bot.state.asking and self._bot.state.asking.activity
            self._take(self._bot.answered(answer), said.id if said else None)
        while self._unheard and self._phase() is Phase.AGENT and not self.busy:
            waited = self._unheard.pop(0)
            if waited.activity:
                self._take(self._bot.hear(waited.activity, waited.recognition), waited.activity.id)
            else:
                self._take(self._bot.hear_of_ticket(waited.ticket), None)
        if self._phase() is not Phase.AGENT:
            # It goes to the representative with the rest of the history.
            self._unheard.clear()

    def broken_silence(self) -> None:
        """The customer is there, or somebody else has spoken."""
        self.quiet = Quiet(since=workflow.now())

    def speak_up(self) -> None:
        """Let the topics speak for which the customer has been silent long enough."""
        length = self.quiet.next(self._bot.state.silences)
        if length is not None:
            self.quiet = self.quiet.model_copy(update={"told": length})
            self._take(self._bot.silent(length), None)

    def for_next_run(self) -> Heard:
        """What the next run takes over."""
        return Heard(unheard=tuple(self._unheard), withheld=self._withheld, quiet=self.quiet)
