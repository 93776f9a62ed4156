"""The bot's side of a conversation: the published agent, and where its dialog stands."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from temporalio import workflow

from dialog import machine
from dialog.calls import Answer
from dialog.definition import AgentDefinition
from dialog.given import given
from dialog.machine import DialogState, TurnOutcome
from dialog.powerfx.encoding import from_json, plain
from dialog.turn import HandoffOutcome, Request, UseLatestVersion, World
from handoff.context import handoff_variables
from protocol.activity import MESSAGE, Activity, ChannelAccount
from protocol.conversation import ConversationStart, Recognition
from workflows import library
from workflows.turn_traces import TurnTrace, collected

APOLOGY = "I'm sorry, something went wrong on our side. Please try again, or ask for a representative."


class Bot:
    """Runs one turn of the topic machine at a time, and holds its state between turns."""

    understands: ClassVar[bool] = True
    """Whether it wants to know what an utterance means."""

    def __init__(self, conversation: str, start: ConversationStart, version: str, state: DialogState) -> None:
        self.version = version
        self.state = state
        self.topic = ""
        self.wants_latest = False
        self._conversation = conversation
        self._start = start

    @property
    def definition(self) -> AgentDefinition:
        """The agent under the version to which this conversation is pinned."""
        return library.definition(self._start.agent, self.version)

    @property
    def account(self) -> ChannelAccount:
        """The bot as the sender of an activity."""
        return ChannelAccount(id=self._start.agent, name=self.definition.display_name, role="bot")

    @property
    def variables(self) -> dict[str, Any]:
        """Every variable of the topics by its bare name, as a representative is given it."""
        return {name: plain(from_json(value)) for name, value in self.state.last_set.items() if value is not None}

    def context(self, variables: Mapping[str, Any], message: str | None = None) -> dict[str, Any]:
        """What a representative is given: the topics' own variables, and Microsoft's `va_*`."""
        return handoff_variables(
            conversation=self._conversation,
            bot_id=self._start.agent,
            bot_name=self.definition.display_name,
            language=self._start.locale,
            message=message,
            own=variables,
            **machine.context_of(self.state),
        )

    def recognise(self, text: str) -> Recognition:
        """What `text` means, where nobody has found out before the turn."""
        return self.definition.recognizer().recognise(text, self.version)

    def learn(self, values: Mapping[str, Any]) -> None:
        """Take what the channel knows of the customer, as far as the agent lets itself be told."""
        self.state = given(self.definition, self.state, values)

    def greet(self) -> TurnOutcome:
        """The turn that begins a conversation."""
        return self._turn(lambda agent, world: machine.start(agent, self.state, world))

    def hear(self, activity: Activity, recognition: Recognition | None) -> TurnOutcome:
        """The turn that an activity of the customer's makes."""
        return self._turn(lambda agent, world: machine.hear(agent, self.state, activity, recognition, world))

    def answered(self, answer: Answer) -> TurnOutcome:
        """The turn that goes on at the node that asked the world."""
        return self._turn(lambda agent, world: machine.answered(agent, self.state, answer, world))

    def silent(self, seconds: float) -> TurnOutcome:
        """The turn that a customer's silence of this length makes."""
        return self._turn(lambda agent, world: machine.silent(agent, self.state, seconds, world))

    def listens_for(self, activity: Activity) -> bool:
        """Whether any topic is for this activity, which is neither message nor event, or an open card."""
        return machine.listens_for(self.definition, self.state, activity)

    def resume(self, outcome: HandoffOutcome) -> TurnOutcome:
        """The turn that goes on behind a handoff."""
        return self._turn(lambda agent, world: machine.resume(agent, self.state, outcome, world))

    def hears_of(self, event: str) -> bool:
        """Whether any topic is for this event of Baton's own."""
        return machine.hears_of(self.definition, event)

    def left(self) -> tuple[Request, ...]:
        """What is asked when somebody else has ended the conversation."""
        return ()

    def remember_ticket(self, number: str) -> None:
        """Let the topics read a ticket's number."""
        self.state = self.state.model_copy(update={"handoff": {**self.state.handoff, "ticket": number}})

    def hear_of_ticket(self, left: Mapping[str, str]) -> TurnOutcome:
        """The turn in which the topics are told what came of a ticket."""
        return self._turn(lambda agent, world: machine.ticket_left(agent, self.state, left, world))

    def _turn(self, run: Callable[[AgentDefinition, World], TurnOutcome]) -> TurnOutcome:
        agent, traces = self.definition, collected()
        try:
            outcome = run(agent, self._world(tracing=traces is not None))
        except Exception:  # noqa: BLE001 - see below
            # The machine turns every error of a topic into On Error; what comes out here is a defect of Baton's own.
            # The dialog stays where it was, so that the conversation is not lost with the turn.
            workflow.logger.exception("the topic machine broke; the dialog stays where it was")
            return TurnOutcome(state=self.state, outgoing=(Activity(type=MESSAGE, text=APOLOGY),), topic=self.topic)
        if traces is not None:
            traces.append(TurnTrace(at=workflow.now(), activities=outcome.traces))
        self.state, self.topic = outcome.state, outcome.topic
        self.wants_latest |= any(isinstance(request, UseLatestVersion) for request in outcome.requests)
        return outcome

    def _world(self, *, tracing: bool) -> World:
        return World(
            now=workflow.now(),
            random=workflow.random(),
            conversation=self._conversation,
            locale=self._start.locale,
            channel=self._start.channel,
            test_mode=self._start.test_mode,
            sign_in=self._start.sign_in,
            tracing=tracing,
        )
