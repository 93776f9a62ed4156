"""One turn under way: the stack of topics as Python has it, and everything that a node may do.

It is made from a `DialogState`, which is never changed; `dialog.keeping` makes the next one of it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from dialog.bounds import Bounds
from dialog.calls import Answer, Ask, Asking
from dialog.definition import AgentDefinition
from dialog.errors import CONTENT, NO_SUCH_TOPIC, TopicError
from dialog.frames import Frame, frame_of
from dialog.powerfx import FormulaError, compile_formula
from dialog.powerfx.encoding import from_json, to_json
from dialog.powerfx.kinds import EvaluationError
from dialog.powerfx.values import ErrorValue, Record, Untyped, Value, from_plain
from dialog.problems import did_you_mean
from dialog.program import Step
from dialog.state import DialogState
from dialog.surroundings import TURN_STEPS, Surroundings
from dialog.template import compile_template
from dialog.tracing import Tracer
from dialog.turn import Request, UseLatestVersion, World
from protocol.activity import Activity
from protocol.conversation import Recognition

WRITABLE = frozenset(["SearchResults", "ContinueResponse"])
"""System variables, beside the recogniser's, that a topic may set."""
QUEUED = "queued"
"""The stage of a topic that has its turn after the one above it, and does not wait for it."""


class Run:
    """One turn under way."""

    def __init__(
        self, agent: AgentDefinition, state: DialogState, world: World, activity: Activity | None = None
    ) -> None:
        self.agent = agent
        self.world = world
        self.activity = activity
        self.recognition: Recognition | None = None
        """What this turn's message means, for topics that hand it on."""
        self.handed_on: set[str] = set()
        """Topics that have handed this turn's message on: it does not start them again."""
        self.reply: Activity | None = None
        """What the waiting question is given; it takes it once."""
        self.answer: Answer | None = None
        """What the world has answered; the node that asked takes it once."""
        self.stack = [frame for each in state.stack if (frame := frame_of(agent, each, world.locale))]
        self.globals = {name: from_json(value) for name, value in state.globals.items()}
        self.recognizer = {name: from_json(value) for name, value in state.recognizer.items()}
        self.queue = list(state.queue)
        self.selecting = state.selecting
        self.fallback_count = state.fallback_count
        self.topics = list(state.topics)
        self.phrases = list(state.phrases)
        self.last_set = dict(state.last_set)
        self.handoff = dict(state.handoff)
        self.last_message = state.last_message
        self.asking = state.asking
        self.asked = state.asked
        self.system = {name: from_json(value) for name, value in state.system.items()}
        self.disabled = state.disabled
        self.fired: set[str] = set()
        """Topics that triggers have started in this turn, for the rule that one may run once."""
        self.meant: set[str] = set()
        """Topics that this turn's words are for: their questions may find answers in them."""
        self.error: TopicError | None = None
        self.outgoing: list[Activity] = []
        self.requests: list[Request] = []
        self.tracer = Tracer() if world.tracing else None
        self.scope = Surroundings(self)
        self.uncovered = False
        """A topic has just ended above another one."""
        self._bounds = Bounds()

    @property
    def frame(self) -> Frame:
        """The topic on top."""
        return self.stack[-1]

    def count(self) -> None:
        """One more node runs.

        Raises:
            TopicError: too many have run in this turn.
        """
        self._bounds.count()

    def allow_more(self) -> None:
        """Give On Error nodes, messages and formulas of its own, whatever used up the turn's."""
        self.scope.steps = TURN_STEPS
        self._bounds = Bounds()

    def say(self, activity: Activity) -> None:
        """Say something to the customer.

        Raises:
            TopicError: it is too long, or too much for one turn.
        """
        self._bounds.say(activity)
        self.outgoing.append(activity)

    def value(self, source: Any) -> Value:
        """What a property means: a formula's value where it begins with `=`, else itself.

        Raises:
            TopicError: the formula is none, or ends in an error.
        """
        if not (isinstance(source, str) and source.lstrip().startswith("=")):
            return from_plain(source)
        try:
            value = compile_formula(source).evaluate(self.scope)
        except FormulaError as error:
            raise TopicError(CONTENT, f"{source}: {error.message}") from None
        if isinstance(value, ErrorValue):
            raise TopicError(CONTENT, f"{source.strip()[:200]}: {value.message}")
        return value

    def text(self, source: Any) -> str:
        """A text property with its formulas filled in.

        Raises:
            TopicError: a formula ends in an error.
        """
        if source is None:
            return ""
        try:
            return compile_template(str(source)).render(self.scope)
        except EvaluationError as error:
            raise TopicError(CONTENT, error.message) from None

    def boolean(self, source: Any, *, default: bool) -> bool:
        """A Boolean property: a formula that is Blank is false."""
        if source is None:
            return default
        value = self.value(source)
        if isinstance(value, Untyped):
            value = value.data
        if isinstance(value, bool) or value is None:
            return bool(value)
        raise TopicError(CONTENT, f"{source} is neither true nor false")

    def get(self, variable: str) -> Value:
        """The value of `Topic.X` or `Global.X`; Blank where it was never set."""
        return self.value("=" + bare(variable))

    def set(self, variable: str, value: Value) -> None:
        """Set `Topic.X`, `Global.X`, or one of the few writable System variables.

        Raises:
            TopicError: it cannot be set.
        """
        scope, _, path = bare(variable).partition(".")
        name, _, inner = path.partition(".")
        match scope:
            case "Topic":
                self.frame.variables[name] = _with(self.frame.variables.get(name), inner, value)
                self._remember(name, self.frame.variables[name])
            case "Global":
                self.globals[name] = _with(self.globals.get(name), inner, value)
                self._remember(name, self.globals[name])
            case "System" if name == "Recognizer":
                self.recognizer[inner] = value
            case "System" if path in WRITABLE:
                self.system[path] = value
            case _:
                raise TopicError(CONTENT, f'"{variable}" cannot be set: name it Topic.… or Global.…')
        if self.tracer:
            self.tracer.assigned(scope, path, value)

    def begin(
        self, name: str, inputs: Mapping[str, Value] | None = None, outputs: Mapping[str, str] | None = None
    ) -> None:
        """Start a topic above the others, or instead of them where it says so.

        Raises:
            TopicError: there is no such topic, or the stack is too deep.
        """
        topic = self.agent.named(name)
        if topic is None:
            hint = did_you_mean(name, self.agent.topics)
            raise TopicError(NO_SUCH_TOPIC, f'there is no topic "{name}"{hint}')
        if topic.start_behavior != "Default":
            self.cancel_all()
        if topic.start_behavior == "UseLatestPublishedContentAndCancelOtherTopics":
            self.requests.append(UseLatestVersion())
        self._bounds.stack(len(self.stack))
        topic = self.agent.told_in(self.world.locale, topic)
        frame = Frame(topic, topic.program.first, variables=dict(inputs or {}), outputs=dict(outputs or {}))
        frame.utterance = self.last_message if topic.name in self.meant else ""
        self.stack.append(frame)
        if topic.kind == "OnSelectIntent":
            self.selecting = True
        if self.tracer:
            self.tracer.tell("DialogRedirect", {"targetDialogId": topic.name, "targetDialogType": topic.kind})

    def begin_all(self, names: Iterable[str]) -> None:
        """Start topics above the others, to run one after another; one that clears the queue drops those after it."""
        for number, name in enumerate(reversed(list(names))):
            if number:
                self.frame.stage = QUEUED
            self.begin(name)

    def end_topic(self) -> None:
        """End the topic on top, and hand its outputs to its caller."""
        ended = self.stack.pop()
        self.uncovered = True
        if self.stack:
            for name, variable in ended.outputs.items():
                self.set(variable, ended.variables.get(name))

    def cancel_all(self) -> None:
        """End all topics; globals survive."""
        self.stack.clear()
        self.queue.clear()
        self.selecting = False

    def trace(self, kind: str, step: Step | None = None, detail: Any = "") -> None:  # noqa: ARG002 - where it stands, the tracer knows
        """Write down what a node did, where somebody wants to know."""
        if self.tracer:
            self.tracer.note(kind, detail)

    def ask(self, call: Ask) -> None:
        """Ask the world; the topic on top waits for the answer."""
        self.asked += 1
        call = call.model_copy(update={"number": self.asked})
        self.frame.waiting = "world"
        self.asking = Asking(ask=call, depth=len(self.stack), activity=self.activity, heard=self.recognition)
        self.requests.append(call)

    def _remember(self, name: str, value: Value) -> None:
        self.last_set.pop(name, None)
        self.last_set[name] = to_json(value)


def bare(variable: str) -> str:
    """A variable's name without the mark of its first assignment."""
    return variable.strip().removeprefix("=").removeprefix("init:")


def _with(whole: Value, path: str, value: Value) -> Value:
    if not path:
        return value
    name, _, inner = path.partition(".")
    fields = dict(whole) if isinstance(whole, Record) else {}
    return Record({**fields, name: _with(fields.get(name), inner, value)})
